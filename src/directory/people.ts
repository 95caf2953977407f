/**
 * The people of a tenant in memory, found by address or id: what the relay's snapshot looks into. A changed person is
 * replaced in place; nothing else is rebuilt. An address belongs to the person whose primary one it is, before anybody
 * who has it as an alias; among equals to the first who came.
 */
import type { Group, People, Person } from '../signature/person.ts';
import { normalAddress, withoutTag } from './address.ts';
import type { Pace } from './pace.ts';
import { createShardedMap } from './sharded-map.ts';

export type PeopleIndex = People & {
  readonly size: () => number;
  /** In no order. */
  readonly all: () => Iterable<Person>;
  /** Adds the person, or puts it in the place of the one with the same id. */
  readonly put: (person: Person) => void;
  readonly remove: (id: string) => void;
  readonly putGroup: (group: Group) => void;
  readonly removeGroup: (id: string) => void;
};

export function createPeopleIndex(): PeopleIndex {
  const byId = createShardedMap<Person>();
  const byAddress = createShardedMap<Person>();
  /** Ids of those who have an address too that another one answers to; almost always empty. */
  const waiting = new Map<string, Set<string>>();
  const groups = new Map<string, Group>();
  const groupAddresses = new Map<string, string>();

  const claim = (address: string, person: Person) => {
    const holder = byAddress.get(address);
    const wins = !holder || (holder.address !== address && person.address === address);
    if (wins) byAddress.set(address, person);
    const loser = wins ? holder : person;
    if (loser && loser.id !== byAddress.get(address)?.id)
      waiting.set(address, (waiting.get(address) ?? new Set()).add(loser.id));
  };
  const release = (address: string, { id }: Person) => {
    waiting.get(address)?.delete(id);
    if (byAddress.get(address)?.id !== id) return;
    byAddress.delete(address);
    const heirs = [...(waiting.get(address) ?? [])].flatMap(heir => byId.get(heir) ?? []);
    waiting.delete(address);
    for (const heir of heirs) claim(address, heir);
  };
  const remove = (id: string) => {
    const person = byId.get(id);
    if (!person) return;
    byId.delete(id);
    for (const address of [person.address, ...person.aliases]) release(address, person);
  };
  const removeGroup = (id: string) => {
    const address = groupAddresses.get(id);
    groupAddresses.delete(id);
    if (address !== undefined && groups.get(address)?.id === id) groups.delete(address);
  };
  const find = (address: string) => {
    const exact = byAddress.get(address);
    if (exact) return exact;
    const normal = normalAddress(address);
    if (normal === undefined) return undefined;
    // Exchange Online and Postfix deliver `anna+news@` to anna: mail from it is hers too, unless it is somebody's own.
    return byAddress.get(normal) ?? byAddress.get(withoutTag(normal) ?? '');
  };
  return {
    byAddress: find,
    byId: id => byId.get(id),
    groupByAddress: address => groups.get(normalAddress(address) ?? ''),
    size: byId.size,
    all: byId.values,
    put: person => {
      const old = byId.get(person.id);
      byId.set(person.id, person);
      const own = [person.address, ...person.aliases];
      if (old) for (const address of [old.address, ...old.aliases]) release(address, old);
      for (const address of own) claim(address, person);
    },
    remove,
    putGroup: group => {
      removeGroup(group.id);
      const address = group.address === undefined ? undefined : normalAddress(group.address);
      if (address === undefined) return;
      groups.set(address, group);
      groupAddresses.set(group.id, address);
    },
    removeGroup,
  };
}

export type Population = { readonly people: Iterable<Person>; readonly groups: Iterable<Group> };

/** A whole index in slices, ready to be swapped in at once. */
export async function buildPeopleIndex({ people, groups }: Population, pace: Pace): Promise<PeopleIndex> {
  const index = createPeopleIndex();
  for (const person of people) {
    if (pace.isDue()) await pace.pause();
    index.put(person);
  }
  for (const group of groups) index.putGroup(group);
  return index;
}
