/**
 * What a source read, made into people and groups: nested groups resolved, managers found, no address twice. In slices;
 * the order stays.
 */
import type { Group, Person } from '../signature/person.ts';
import { normalAddress } from './address.ts';
import { firstValue } from './dn.ts';
import { createMemberships, type Memberships } from './groups.ts';
import type { Pace } from './pace.ts';
import { createShardedMap, type ShardedMap } from './sharded-map.ts';
import type { OnProgress, Reading, SourceGroup, SourcePerson } from './source.ts';

export type Settled = {
  readonly people: readonly Person[];
  readonly groups: readonly Group[];
  /** What was corrected, one sentence each. */
  readonly notes: readonly string[];
};

export async function settle(
  { people, groups }: Pick<Reading, 'people' | 'groups'>,
  pace: Pace,
  onProgress: OnProgress,
): Promise<Settled> {
  const managers = createManagers();
  const owners = createShardedMap<string>();
  for (const person of people) {
    if (pace.isDue()) await pace.pause();
    managers.know(person);
    owners.set(person.address, person.id);
  }
  const memberships = createMemberships(groups);
  const counts: Counts = { droppedAliases: 0, unknownManagers: 0 };
  const settled: Person[] = [];
  for (const person of people) {
    if (pace.isDue()) {
      onProgress({ stage: 'settling', done: settled.length, total: people.length });
      await pace.pause();
    }
    settled.push(settlePerson(person, { managers, memberships, owners, counts }));
  }
  return { people: settled, groups: groups.map(withoutParents), notes: notesOf(counts, memberships.cut()) };
}

type Counts = { droppedAliases: number; unknownManagers: number };

type Context = {
  readonly managers: Managers;
  readonly memberships: Memberships;
  /** Address -> id of the one person that has it. */
  readonly owners: ShardedMap<string>;
  readonly counts: Counts;
};

function settlePerson(person: SourcePerson, { managers, memberships, owners, counts }: Context): Person {
  const { memberOf, manager, ...rest } = person;
  const aliases = person.aliases.filter(alias => {
    const owner = owners.get(alias);
    if (owner === undefined) owners.set(alias, person.id);
    return owner === undefined || owner === person.id;
  });
  counts.droppedAliases += person.aliases.length - aliases.length;
  const managerId = manager === undefined ? undefined : managers.find(manager);
  if (manager !== undefined && managerId === undefined) counts.unknownManagers++;
  return {
    ...rest,
    aliases: aliases.length === person.aliases.length ? person.aliases : aliases,
    groups: memberships.of(memberOf),
    ...(managerId !== undefined && managerId !== person.id && { managerId }),
  };
}

type Managers = {
  readonly know: (person: SourcePerson) => void;
  /** By id, then address, then display name if only one person has it; the telling part of a path counts as a name. */
  readonly find: (reference: string) => string | undefined;
};

function createManagers(): Managers {
  const ids = createShardedMap<true>();
  const addresses = createShardedMap<string>();
  const names = createShardedMap<string | undefined>();
  return {
    know: ({ id, address, aliases, fields }) => {
      ids.set(id, true);
      addresses.set(address, id);
      for (const alias of aliases) if (!addresses.has(alias)) addresses.set(alias, id);
      const name = fields.displayName?.toLowerCase();
      if (name !== undefined) names.set(name, names.has(name) ? undefined : id);
    },
    find: reference => {
      if (ids.has(reference)) return reference;
      const address = normalAddress(reference);
      if (address !== undefined) return addresses.get(address);
      const name = reference.toLowerCase();
      // Exchange writes managers as `firm.example/Berlin/Anna Weber`, Get-ADUser as `CN=Anna Weber,OU=Berlin,...`.
      const last = name.startsWith('cn=') ? firstValue(name) : name.slice(name.lastIndexOf('/') + 1);
      return names.get(name) ?? names.get(last);
    },
  };
}

function withoutParents({ id, name, address }: SourceGroup): Group {
  return address === undefined ? { id, name } : { id, name, address };
}

function notesOf({ droppedAliases, unknownManagers }: Counts, cut: number) {
  return [
    ...(droppedAliases > 0
      ? [`Aliases left out because another person has the address: ${droppedAliases}.`]
      : []),
    ...(unknownManagers > 0
      ? [`Managers who are not among these people, or not unique: ${unknownManagers}.`]
      : []),
    ...(cut > 0 ? [`Combinations of groups cut because they lead to too many groups: ${cut}.`] : []),
  ];
}
