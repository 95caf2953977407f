/**
 * People and groups of a Microsoft 365 tenant, read whole by Graph's delta queries: a page at a time, so that no list of
 * Microsoft's is ever in memory beside ours. Direct memberships come from the groups; nesting is resolved by `settle`. What
 * Microsoft drops in the middle (410) is read from the start; half a directory is never delivered. Photos are not read.
 */
import { failed, type Result } from '../../problem.ts';
import { createPace, type Pace } from '../pace.ts';
import { createRejectionList } from '../rejections.ts';
import { createShardedMap } from '../sharded-map.ts';
import type { OnProgress, Reading, ReadStage, Source, SourceGroup, SourcePerson } from '../source.ts';
import { createValues } from '../values.ts';
import { readUser, textOf, userProperties } from './graph-person.ts';
import { type GraphNeeds, type Row, readPage } from './request.ts';

export type GraphDependencies = GraphNeeds & {
  /** Milliseconds that only go forward. */
  readonly elapsed: () => number;
};

const STARTS = 3;

export function createGraphSource(dependencies: GraphDependencies): Source {
  return {
    read: async (signal, onProgress) => {
      const job: Job = {
        needs: dependencies,
        signal,
        pace: createPace(dependencies.elapsed, signal),
        onProgress,
      };
      const users = await readAll(job, `users/delta?$select=${userProperties}`, 'people', collectUsers);
      if (users.kind === 'problem') return users;
      const groups = await readAll(
        job,
        'groups/delta?$select=id,displayName,mail,members',
        'groups',
        collectGroups,
      );
      return groups.kind === 'problem'
        ? groups
        : { kind: 'ok', value: await readingOf(users.value, groups.value, job.pace) };
    },
  };
}

type Job = {
  readonly needs: GraphNeeds;
  readonly signal: AbortSignal;
  readonly pace: Pace;
  readonly onProgress: OnProgress;
};

type Collector = { readonly take: (row: Row) => void; readonly count: () => number };

/** All pages of one query into a fresh collector, anew whenever Microsoft says that it must be. */
async function readAll<Collected extends Collector>(
  { needs, signal, pace, onProgress }: Job,
  query: string,
  stage: ReadStage,
  collect: () => Collected,
): Promise<Result<Collected>> {
  const first = `${needs.origin}/v1.0/${query}`;
  let collected = collect();
  let url: string | undefined = first;
  for (let start = 1; url !== undefined; ) {
    const read: Awaited<ReturnType<typeof readPage>> = await readPage(needs, url, signal);
    if (read.kind === 'problem') return read;
    if (read.value.kind === 'start-over') {
      if (++start > STARTS) return neverStill();
      collected = collect();
      url = first;
      continue;
    }
    for (const row of read.value.rows) {
      if (pace.isDue()) await pace.pause();
      collected.take(row);
    }
    onProgress({ stage, done: collected.count() });
    url = read.value.next;
  }
  return { kind: 'ok', value: collected };
}

function neverStill() {
  return failed(
    'SIGNET_DIRECTORY_REFUSED',
    'Microsoft Graph dropped the reading again and again (410): nothing was changed, the next sync tries again.',
  );
}

/** A delta may bring one user twice, the later one counts, and take one away that it brought before. */
function collectUsers() {
  const values = createValues();
  const read = createShardedMap<{ readonly id: string; readonly read: ReturnType<typeof readUser> }>();
  return {
    take: (row: Row) => {
      const id = textOf(row.id);
      if ('@removed' in row) read.delete(id);
      else read.set(id, { id, read: readUser(row, values) });
    },
    count: read.size,
    users: read.values,
  };
}

type GroupDraft = { name: string; address: string; readonly members: Set<string> };

/** Members of a large group come in several rows of the same id, and may be taken away in a later one. */
function collectGroups() {
  const groups = new Map<string, GroupDraft>();
  return {
    take: (row: Row) => {
      const id = textOf(row.id);
      if ('@removed' in row) return void groups.delete(id);
      const group = groups.get(id) ?? { name: '', address: '', members: new Set<string>() };
      groups.set(id, group);
      group.name = textOf(row.displayName) || group.name;
      group.address = textOf(row.mail) || group.address;
      for (const member of (row['members@delta'] ?? []) as readonly Row[])
        if ('@removed' in member) group.members.delete(textOf(member.id));
        else group.members.add(textOf(member.id));
    },
    count: () => groups.size,
    groups: () => groups,
  };
}

async function readingOf(
  { users }: ReturnType<typeof collectUsers>,
  { groups }: ReturnType<typeof collectGroups>,
  pace: Pace,
): Promise<Reading> {
  const rejections = createRejectionList();
  const addresses = createShardedMap<string>();
  /** Filled while the groups are walked: the person's own list. */
  const memberships = createShardedMap<string[]>();
  const people: SourcePerson[] = [];
  for (const { id, read } of users()) {
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
    people.push({ ...read.person, memberOf });
  }
  const parents = new Map<string, string[]>([...groups().keys()].map(id => [id, []]));
  for (const [groupId, { members }] of groups())
    for (const member of members) {
      if (pace.isDue()) await pace.pause();
      (memberships.get(member) ?? parents.get(member))?.push(groupId);
    }
  return {
    people,
    groups: [...groups()].map(
      ([id, { name, address }]): SourceGroup => ({
        id,
        name: name || id,
        ...(address && { address }),
        memberOf: parents.get(id) ?? [],
      }),
    ),
    rejections: rejections.all(),
    notes: [],
    photo: () => Promise.resolve(undefined),
    close: () => Promise.resolve(),
  };
}
