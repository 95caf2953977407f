/**
 * The people and groups of a tenant in memory, as the store has them: read whole once, then only what changed. Local
 * overrides are applied here. Who stands in the bundle comes before a directory that knows the same address.
 */
import type { Crowd } from '../directory/completeness.ts';
import { applyOverrides, type Override, overridesByPerson } from '../directory/overrides.ts';
import type { Pace } from '../directory/pace.ts';
import { createPeopleIndex } from '../directory/people.ts';
import type { Group, People, Person } from '../signature/person.ts';
import type { People as StoredPeople } from '../store/people.ts';
import type { SnapshotRows } from '../store/snapshot-rows.ts';

export type PopulationStore = SnapshotRows & Pick<StoredPeople, 'listOverrides'>;

export type Population = {
  readonly people: People;
  readonly isEmpty: () => boolean;
  /** Everybody once, in no order. */
  readonly all: () => Iterable<Person>;
  /** In no order; the same array for as long as no group changed. */
  readonly groups: () => readonly Group[];
  /** Reads what changed after the revision; all of it without one. Rejects with what was read so far in place. */
  readonly update: (since: number | undefined, pace: Pace) => Promise<void>;
};

export type PopulationNeeds = {
  readonly now: () => number;
  readonly isOfBundle: (id: string) => boolean;
  /** Told of each photo's hash when its person is read. */
  readonly onPhoto?: (hash: string) => void;
};

export function createPopulation(
  { readPopulation, listOverrides }: PopulationStore,
  tenantId: string,
  { now, isOfBundle, onPhoto }: PopulationNeeds,
): Population {
  const fromBundle = createPeopleIndex();
  const fromDirectory = createPeopleIndex();
  const byId = new Map<string, Group>();
  let groups: readonly Group[] = [];
  const indexOf = (id: string) => (isOfBundle(id) ? fromBundle : fromDirectory);

  async function update(since: number | undefined, pace: Pace) {
    const overrides = overridesByPerson((await listOverrides(tenantId)) as readonly Override[]);
    let groupsChanged = false;
    for await (const slice of readPopulation(tenantId, since)) {
      if (slice.kind === 'people')
        for (const person of slice.people) {
          if (pace.isDue()) await pace.pause();
          if (person.photo !== undefined) onPhoto?.(person.photo);
          indexOf(person.id).put(applyOverrides(person, overrides(person.id), now()).person);
        }
      else if (slice.kind === 'groups') groupsChanged = putGroups(slice.groups) || groupsChanged;
      else if (slice.of === 'people') for (const id of slice.ids) indexOf(id).remove(id);
      else groupsChanged = removeGroups(slice.ids) || groupsChanged;
    }
    if (groupsChanged) groups = [...byId.values()];
  }

  function putGroups(list: readonly Group[]) {
    for (const group of list) {
      byId.set(group.id, group);
      indexOf(group.id).putGroup(group);
    }
    return list.length > 0;
  }

  function removeGroups(ids: readonly string[]) {
    for (const id of ids) {
      byId.delete(id);
      indexOf(id).removeGroup(id);
    }
    return ids.length > 0;
  }

  function* all() {
    yield* fromBundle.all();
    for (const person of fromDirectory.all()) if (!fromBundle.byAddress(person.address)) yield person;
  }

  return {
    people: {
      byAddress: address => fromBundle.byAddress(address) ?? fromDirectory.byAddress(address),
      byId: id => indexOf(id).byId(id),
      groupByAddress: address => fromBundle.groupByAddress(address) ?? fromDirectory.groupByAddress(address),
    },
    isEmpty: () => fromBundle.size() + fromDirectory.size() === 0,
    all,
    groups: () => groups,
    update,
  };
}

/** For the completeness board. */
export function crowdOf({ all, people }: Population): Crowd {
  return { people: { [Symbol.iterator]: () => all()[Symbol.iterator]() }, byId: people.byId };
}
