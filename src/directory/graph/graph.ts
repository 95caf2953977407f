/**
 * People and groups of a Microsoft 365 tenant by Graph's delta queries, a page at a time, so that no list of Microsoft's is ever
 * in memory beside ours. What a reading brought is kept, and the next one asks for the changes alone; what Microsoft drops in
 * the middle (410) is read from the start, and half a directory is never delivered. Direct memberships come from the groups;
 * nesting is resolved by `settle`.
 */
import { failed, type Result } from '../../problem.ts';
import { createPace, type Pace } from '../pace.ts';
import type { OnProgress, Reading, Source } from '../source.ts';
import { readEach } from './batch.ts';
import { type Collected, createCollected } from './collect.ts';
import { userProperties } from './graph-person.ts';
import {
  type GraphMemory,
  type GraphState,
  type KeptPage,
  type PageKind,
  packPage,
  readState,
  unpackPage,
} from './memory.ts';
import { createPhotoReader, readEtags } from './photos.ts';
import { readingOf } from './reading.ts';
import { type GraphNeeds, type Row, readPage } from './request.ts';

export type GraphDependencies = GraphNeeds & {
  /** Milliseconds since 1970-01-01 UTC. */
  readonly now: () => number;
  /** Milliseconds that only go forward. */
  readonly elapsed: () => number;
  /** Undefined: nothing is kept, and each reading is a whole one. */
  readonly memory?: GraphMemory;
  readonly photos: boolean;
};

const STARTS = 3;
/** A delta brings users of some 700 bytes: such a page is taken apart in two or three milliseconds. */
const PAGE_ROWS = 200;
/** How many rows of our own are kept in a page. */
const OWN_ROWS = 2_000;
const PHOTOS_MS = 24 * 3_600_000;
const asked = `1 ${userProperties}`;

export function createGraphSource(dependencies: GraphDependencies): Source {
  return {
    read: async (signal, onProgress) => {
      const { elapsed, memory, now } = dependencies;
      const pace = createPace(elapsed, signal);
      const kept = await memory?.find();
      const state = kept && readState(kept.state, { asked, now: now() });
      for (let start = 1, isWhole = !state; start <= STARTS; start++, isWhole = true) {
        const job: Job = {
          needs: dependencies,
          signal,
          pace,
          onProgress,
          collected: createCollected(),
          pages: [],
        };
        const before = isWhole || !state ? undefined : await replay(job, kept?.pages ?? 0, state);
        const read = await readChanges(job, before);
        if (read.kind === 'problem') return read;
        if (read.value === 'start-over') continue;
        return await finish(job, read.value, before === undefined);
      }
      return neverStill();
    },
  };
}

type Job = {
  readonly needs: GraphDependencies;
  readonly signal: AbortSignal;
  readonly pace: Pace;
  readonly onProgress: OnProgress;
  readonly collected: Collected;
  /** What this reading adds to what is kept. */
  readonly pages: KeptPage[];
};

/** What was kept, taken in again; undefined when it is damaged, and then all is read. */
async function replay(job: Job, pages: number, state: GraphState): Promise<GraphState | undefined> {
  try {
    for (let number = 0; number < pages; number++) {
      const page = await job.needs.memory?.page(number);
      if (!page) return undefined;
      await takeAll(job, page.kind, await unpackPage(page));
    }
    return state;
  } catch {
    job.signal.throwIfAborted();
    return undefined;
  }
}

async function takeAll({ collected, pace }: Job, kind: PageKind, rows: readonly Row[]) {
  for (const row of rows) {
    if (pace.isDue()) await pace.pause();
    collected.take(kind, row);
  }
}

async function readChanges(
  job: Job,
  before: GraphState | undefined,
): Promise<Result<GraphState | 'start-over'>> {
  const { origin, now } = job.needs;
  const people = before?.peopleLink ?? `${origin}/v1.0/users/delta?$select=${userProperties}`;
  const groups = before?.groupsLink ?? `${origin}/v1.0/groups/delta?$select=id,displayName,mail,members`;
  const peopleLink = await follow(job, 'people', people);
  if (peopleLink.kind === 'problem' || peopleLink.value === 'start-over') return startOver(peopleLink);
  const groupsLink = await follow(job, 'groups', groups);
  if (groupsLink.kind === 'problem' || groupsLink.value === 'start-over') return startOver(groupsLink);
  return {
    kind: 'ok',
    value: {
      asked,
      readAt: before?.readAt ?? now(),
      photosAt: before?.photosAt ?? 0,
      peopleLink: peopleLink.value,
      groupsLink: groupsLink.value,
      hasManagers: before?.hasManagers ?? job.collected.hasManagers(),
    },
  };
}

function startOver(result: Result<string>): Result<'start-over'> {
  return result.kind === 'problem' ? result : { kind: 'ok', value: 'start-over' };
}

/** All pages from a link on; answers the delta link behind them. */
async function follow(job: Job, kind: 'people' | 'groups', first: string): Promise<Result<string>> {
  const { needs, signal, collected, onProgress, pages } = job;
  const headers = { prefer: `odata.maxpagesize=${PAGE_ROWS}` };
  for (let url = first; ; ) {
    const read = await readPage(needs, { url, headers }, signal);
    if (read.kind === 'problem') return read;
    if (read.value.kind === 'start-over') return { kind: 'ok', value: 'start-over' };
    const { rows, next, deltaLink } = read.value;
    await takeAll(job, kind, rows);
    if (rows.length > 0 && needs.memory) pages.push(await packPage(kind, rows));
    onProgress({ stage: kind, done: kind === 'people' ? collected.users.size() : collected.groups.size });
    // Without either link nothing could follow: then nothing is kept, and the next reading is a whole one.
    if (next === undefined) return { kind: 'ok', value: deltaLink ?? '' };
    url = next;
  }
}

function neverStill() {
  return failed(
    'SIGNET_DIRECTORY_REFUSED',
    'Microsoft Graph dropped the reading again and again (410): nothing was changed, the next sync tries again.',
  );
}

async function finish(job: Job, state: GraphState, isWhole: boolean): Promise<Result<Reading>> {
  const { needs, signal, collected, pace, pages } = job;
  const notes: string[] = [];
  const managers = await readManagers(job, { state, isWhole });
  if (managers.kind === 'problem') return managers;
  const photosAt = await readPhotos(job, state, notes);
  if (photosAt.kind === 'problem') return photosAt;
  const kept = { ...state, photosAt: photosAt.value };
  if (needs.memory && kept.peopleLink !== '' && kept.groupsLink !== '')
    await needs.memory
      .keep({ state: JSON.stringify(kept), pages, isWhole })
      .catch(() => notes.push('What was read could not be kept: the next sync reads everything again.'));
  const reader = createPhotoReader(needs, signal);
  return { kind: 'ok', value: await readingOf({ collected, pace, notes, photo: reader.read }) };
}

/** Where deltas do not tell of managers, each person's is asked for: of all at a whole reading, else once a day. */
async function readManagers(
  job: Job,
  { state, isWhole }: { readonly state: GraphState; readonly isWhole: boolean },
): Promise<Result<undefined>> {
  const { needs, signal, collected } = job;
  const isDue = isWhole || needs.now() - state.photosAt >= PHOTOS_MS;
  if (state.hasManagers || !isDue) return { kind: 'ok', value: undefined };
  const rows: Row[] = [];
  const read = await readEach(
    needs,
    {
      items: peopleOf(collected),
      pathOf: id => `/users/${encodeURIComponent(id)}/manager?$select=id`,
      onReply: (id, { status, body }) => {
        if (status === 200) rows.push({ id, manager: (body as Row | undefined)?.id });
        else if (status === 404) rows.push({ id, manager: '' });
      },
      onProgress: done => job.onProgress({ stage: 'people', done }),
    },
    signal,
  );
  if (read.kind === 'problem') return read;
  await takeOwn(job, 'managers', rows);
  return read;
}

/** Answers when everybody was last looked at one by one. */
async function readPhotos(job: Job, state: GraphState, notes: string[]): Promise<Result<number>> {
  const { needs, signal, collected, onProgress } = job;
  const isDue = needs.now() - state.photosAt >= PHOTOS_MS;
  const checkedAt = isDue ? needs.now() : state.photosAt;
  if (!needs.photos) return { kind: 'ok', value: checkedAt };
  const ids = peopleOf(collected).filter(id => isDue || !collected.photos.has(id));
  const read = await readEtags(needs, ids, {
    signal,
    onProgress: done => onProgress({ stage: 'photos', done, total: ids.length }),
  });
  if (read.kind === 'problem') return read;
  await takeOwn(job, 'photos', read.value);
  const missed = ids.length - read.value.length;
  if (missed > 0) notes.push(`Photos that could not be looked at: ${missed}.`);
  return { kind: 'ok', value: checkedAt };
}

async function takeOwn(job: Job, kind: PageKind, rows: readonly Row[]) {
  await takeAll(job, kind, rows);
  if (!job.needs.memory) return;
  for (let start = 0; start < rows.length; start += OWN_ROWS)
    job.pages.push(await packPage(kind, rows.slice(start, start + OWN_ROWS)));
}

function peopleOf({ users }: Collected): readonly string[] {
  const ids: string[] = [];
  for (const { id, read } of users.values()) if (read.kind === 'person') ids.push(id);
  return ids;
}
