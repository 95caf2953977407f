/** Photos: their description with an ETag, and their bytes in the sizes of exchange-online.md 10.2; 404 for who has none. */
import { createHash } from 'node:crypto';
import { type Answer, json } from '../http.ts';
import { mayReadPhotos } from './caller.ts';
import { badRequest, noPrivileges, noResource, type Refusal, refusal } from './errors.ts';
import type { Asked } from './lists.ts';

const sizes = [48, 64, 96, 120, 240, 360, 432, 504, 648];

/** @param rest behind `/users/{id}/`: `photo`, `photo/$value`, `photos/240x240`, `photos/240x240/$value` */
export function answerPhoto({ caller, request }: Asked, id: string, rest: string): Answer | Refusal {
  if (!mayReadPhotos(caller)) return noPrivileges;
  const person = caller.tenant.directory.findPerson(id);
  if (!person) return noResource(id);
  const [, size, value] = /^photos?(?:\/(\d+x\d+))?(\/\$value)?$/.exec(rest) ?? [];
  if (size !== undefined && !sizes.some(one => size === `${one}x${one}`))
    return badRequest(`The photo size '${size}' is not supported.`);
  const { photo } = person;
  if (!photo) return refusal(404, 'ImageNotFound', "The photo wasn't found.");
  const side = size ?? '240x240';
  const etag = `"${createHash('sha256').update(photo).digest('hex').slice(0, 24).toUpperCase()}"`;
  const type = photo[0] === 0xff ? 'image/jpeg' : 'image/png';
  if (value === undefined)
    return json(200, {
      '@odata.mediaContentType': type,
      '@odata.mediaEtag': etag,
      id: side,
      width: Number(side.split('x')[0]),
      height: Number(side.split('x')[1]),
    });
  if (request.headers['if-none-match'] === etag) return { status: 304, headers: { etag } };
  return { status: 200, headers: { 'content-type': type, etag }, body: photo };
}
