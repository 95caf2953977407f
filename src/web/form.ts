/**
 * A sent form: fields by name, in a Map, so that no field's name means anything to the language. A field that came twice
 * is refused where one is expected: of two values nobody knows which one was checked (HTTP parameter pollution).
 */
import type { IncomingMessage } from 'node:http';
import { limits } from '../limits.ts';
import { HttpFault } from './http-fault.ts';

export type Upload = { readonly name: string; readonly bytes: Uint8Array };

export type Form = {
  /** '' when absent. Control characters but line ends are taken out. */
  readonly text: (name: string) => string;
  readonly list: (name: string) => readonly string[];
  readonly has: (name: string) => boolean;
  /** What was uploaded under this name; undefined without a file. */
  readonly file: (name: string) => Upload | undefined;
};

export const emptyForm: Form = formOf(new URLSearchParams());

/**
 * Rejects with an `HttpFault` when the body is too large or of another type.
 *
 * @param mayUpload files are read: only of those who are signed in.
 */
export async function readForm(request: IncomingMessage, mayUpload: boolean): Promise<Form> {
  const type = (request.headers['content-type'] ?? '').split(';', 1)[0]?.trim().toLowerCase();
  const isUpload = type === 'multipart/form-data' && mayUpload;
  if (type !== 'application/x-www-form-urlencoded' && !isUpload) {
    if (!request.headers['content-length'] && !request.headers['transfer-encoding']) return emptyForm;
    throw new HttpFault(415, 'malformed');
  }
  const pieces: Buffer[] = [];
  let size = 0;
  for await (const piece of request) {
    size += piece.length;
    if (size > (isUpload ? limits.web.uploadBytes : limits.web.formBytes))
      throw new HttpFault(413, 'too-large');
    pieces.push(piece);
  }
  const bytes = Buffer.concat(pieces);
  if (isUpload) return uploadOf(bytes, request.headers['content-type'] ?? '');
  return formOf(new URLSearchParams(bytes.toString('utf8')));
}

/** By Node's own reader of such bodies. */
async function uploadOf(bytes: Buffer<ArrayBuffer>, type: string): Promise<Form> {
  const data = await new Response(bytes, { headers: { 'Content-Type': type } }).formData().catch(() => {
    throw new HttpFault(400, 'malformed');
  });
  const texts = new URLSearchParams();
  const files = new Map<string, Upload>();
  for (const [name, value] of data) {
    if (typeof value === 'string') texts.append(name, value);
    else if (value.size > 0) files.set(name, { name: value.name, bytes: await value.bytes() });
  }
  return formOf(texts, files);
}

/** Also for queries. */
export function formOf(parameters: URLSearchParams, files: ReadonlyMap<string, Upload> = new Map()): Form {
  const fields = new Map<string, string[]>();
  for (const [name, value] of parameters) fields.set(name, [...(fields.get(name) ?? []), clean(value)]);
  return {
    text(name) {
      const values = fields.get(name) ?? [];
      if (values.length > 1) throw new HttpFault(400, 'malformed');
      return values[0] ?? '';
    },
    list: name => fields.get(name) ?? [],
    has: name => fields.has(name),
    file: name => files.get(name),
  };
}

function clean(value: string) {
  return value.replace(/[^\P{Cc}\t\n\r]/gu, '').replace(/\r\n?/g, '\n');
}
