/** What was collected, as the reading that every source delivers: no address twice, members as each person's own groups. */
import type { Pace } from '../pace.ts';
import { createRejectionList } from '../rejections.ts';
import { createShardedMap, type ShardedMap } from '../sharded-map.ts';
import type { Reading, SourceGroup, SourcePerson } from '../source.ts';
import { BATCH } from './batch.ts';
import type { Collected } from './collect.ts';
import { photoHash } from './photos.ts';

export type ReadingNeeds = {
  readonly collected: Collected;
  readonly pace: Pace;
  readonly notes: string[];
  readonly photo: (personId: string) => Promise<Uint8Array | undefined>;
};

export async function readingOf({ collected, pace, notes, photo }: ReadingNeeds): Promise<Reading> {
  const { groups } = collected;
  const rejections = createRejectionList();
  /** Filled while the groups are walked: the person's own list. */
  const memberships = createShardedMap<string[]>();
  /** Name of a photo -> whose it is. */
  const owners = createShardedMap<string>();
  const people = await peopleOf(collected, { pace, rejections, memberships, owners });
  const parents = new Map<string, string[]>([...groups.keys()].map(id => [id, []]));
  for (const [groupId, { members }] of groups)
    for (const member of members) {
      if (pace.isDue()) await pace.pause();
      (memberships.get(member) ?? parents.get(member))?.push(groupId);
    }
  let missing = 0;
  const note = () => {
    missing++;
    if (missing === 1) notes.push('Photos that could not be read are tried again by the next sync.');
  };
  return {
    people,
    groups: [...groups].map(
      ([id, { name, address }]): SourceGroup => ({
        id,
        name: name || id,
        ...(address && { address }),
        memberOf: parents.get(id) ?? [],
      }),
    ),
    rejections: rejections.all(),
    notes,
    photosAtOnce: BATCH,
    photo: async hash => {
      const owner = owners.get(hash);
      const bytes = owner === undefined ? undefined : await photo(owner);
      if (!bytes) note();
      return bytes;
    },
    close: () => Promise.resolve(),
  };
}

type PeopleNeeds = Pick<ReadingNeeds, 'pace'> & {
  readonly rejections: ReturnType<typeof createRejectionList>;
  readonly memberships: ShardedMap<string[]>;
  readonly owners: ShardedMap<string>;
};

async function peopleOf(
  { users, photos, managers }: Collected,
  { pace, rejections, memberships, owners }: PeopleNeeds,
): Promise<readonly SourcePerson[]> {
  const addresses = createShardedMap<string>();
  const people: SourcePerson[] = [];
  for (const { id, read } of users.values()) {
    if (pace.isDue()) await pace.pause();
    if (read.kind === 'rejected') {
      rejections.add({ place: id, reason: read.reason, sentence: read.sentence });
      continue;
    }
    const { address } = read.person;
    const twin = addresses.get(address);
    if (twin !== undefined) {
      const sentence = `${address} belongs to ${twin} already.`;
      rejections.add({ place: id, reason: 'duplicate-address', sentence });
      continue;
    }
    addresses.set(address, id);
    const memberOf: string[] = [];
    memberships.set(id, memberOf);
    const manager = managers.get(id);
    const etag = photos.get(id) ?? '';
    const photo = etag === '' ? undefined : photoHash(id, etag);
    if (photo !== undefined) owners.set(photo, id);
    people.push({ ...read.person, memberOf, ...(manager && { manager }), ...(photo && { photo }) });
  }
  return people;
}
