/** People and groups that stand in the bundle -> what rules and templates look into. Groups are known by name. */
import { createHash } from 'node:crypto';
import type { BundlePerson, BundleTenant } from '../bundle/bundle.ts';
import { imageType } from '../bundle/files.ts';
import { createPeopleIndex } from '../directory/people.ts';
import type { People, Person } from '../signature/person.ts';
import type { SignatureImage } from '../signature/signature.ts';

export function peopleOf({ people, groups }: Pick<BundleTenant, 'people' | 'groups'>): People {
  const index = createPeopleIndex();
  for (const person of people) index.put(personOf(person));
  for (const { name, address } of groups)
    index.putGroup({ id: name, name, ...(address === undefined ? {} : { address }) });
  return index;
}

function personOf({ address, kind, aliases, fields, custom, groups, manager, photo }: BundlePerson): Person {
  return {
    id: address,
    kind,
    address,
    aliases,
    fields: { email: address, ...fields },
    custom,
    groups,
    ...(manager === undefined ? {} : { managerId: manager }),
    ...(photo && { photo: hashOf(photo) }),
  };
}

/** Photos that stand in the value itself; others are asked `elsewhere`. */
export function photosOf(
  { people }: Pick<BundleTenant, 'people'>,
  elsewhere: (hash: string) => SignatureImage | undefined,
): (hash: string) => SignatureImage | undefined {
  const photos = new Map<string, SignatureImage>();
  for (const { photo } of people)
    if (photo) {
      const name = hashOf(photo);
      photos.set(name, { name, type: imageType(photo) ?? '', bytes: photo });
    }
  return hash => photos.get(hash) ?? elsewhere(hash);
}

function hashOf(bytes: Uint8Array) {
  return createHash('sha256').update(bytes).digest('hex');
}
