/**
 * One source's sync: read, settle, check, store. All or nothing: a reading that failed, or after which suspiciously many
 * people would be gone, changes nothing and raises an alert; what the relay knows stays as it was.
 */
import type { Clock } from '../clock.ts';
import { failed, type Problem, type Result } from '../problem.ts';
import type { Group, Person } from '../signature/person.ts';
import { createPace, type Pace } from './pace.ts';
import { type Settled, settle } from './settle.ts';
import { createShardedMap } from './sharded-map.ts';
import type { OnProgress, Progress, Reading, Rejections, Source } from './source.ts';

/** What a sync needs of the store, for one source of one tenant. */
export type DirectoryStore = {
  /** Ids of the people this source brought last; none before the first sync. */
  readonly personIds: () => Promise<readonly string[]>;
  /** Those of the hashes whose photo is not stored yet. */
  readonly missingPhotos: (hashes: readonly string[]) => Promise<readonly string[]>;
  readonly addPhoto: (hash: string, bytes: Uint8Array) => Promise<void>;
  /**
   * Puts these in the place of all people and groups of this source, in one transaction; the store slices the transfer.
   * Rejects with nothing changed.
   */
  readonly replace: (population: {
    readonly people: readonly Person[];
    readonly groups: readonly Group[];
  }) => Promise<void>;
  /** Keeps the end of the last run, so that it survives a restart. */
  readonly saveResult: (result: SyncResult) => Promise<void>;
};

export type SyncSuccess = {
  readonly kind: 'success';
  /** Milliseconds since 1970-01-01 UTC, of the end. */
  readonly at: number;
  readonly tookMs: number;
  readonly people: number;
  readonly groups: number;
  readonly newPhotos: number;
  /** People of the last sync that are not in this one. */
  readonly gone: number;
  readonly rejections: Rejections;
  readonly notes: readonly string[];
};

export type SyncFailure = { readonly kind: 'failure'; readonly at: number; readonly problem: Problem };
export type SyncResult = SyncSuccess | SyncFailure;

/** What the people page shows; `never` while there is neither a run nor a result. */
export type SyncState = {
  readonly running?: { readonly since: number; readonly progress?: Progress };
  readonly lastSuccess?: SyncSuccess;
  /** Only if it came after the last success. */
  readonly lastFailure?: SyncFailure;
};

/** For the alerts: raised by a failure, cleared by a success. */
export type SyncAlert =
  | { readonly kind: 'raise'; readonly source: string; readonly problem: Problem }
  | { readonly kind: 'clear'; readonly source: string };

export type SyncDependencies = {
  /** Name of the source, for alerts. */
  readonly name: string;
  readonly source: Source;
  readonly store: DirectoryStore;
  readonly clock: Clock;
  readonly onAlert: (alert: SyncAlert) => void;
  /** Makes a photo small enough for mail. Without it photos stay as they are. */
  readonly fitPhoto?: FitPhoto;
  /** Share of the people of the last sync, 0 to 1, that may be gone at most. */
  readonly maxGoneShare?: number;
  /** Results of earlier runs, from the store. */
  readonly last?: Pick<SyncState, 'lastSuccess' | 'lastFailure'>;
};

/** `refused`: no mail can carry it. */
export type FitPhoto = (
  bytes: Uint8Array,
) => Promise<{ readonly kind: 'ok'; readonly bytes: Uint8Array } | { readonly kind: 'refused' }>;

export type RunOptions = {
  readonly signal: AbortSignal;
  /** The administrator has seen how many would be gone, and wants this one run anyway. */
  readonly acceptOnce?: boolean;
};

export type Sync = {
  /** A run that begins while another one runs is that one. Rejects only when the signal is aborted or we are broken. */
  readonly run: (options: RunOptions) => Promise<SyncResult>;
  readonly state: () => SyncState;
};

/** A tenth of the people leaves no company in a day; a wrong filter or a half file takes more. */
export const defaultMaxGoneShare = 0.1;
/** So few may always be gone: in a company of ten, one is a tenth. */
const ALWAYS_GONE = 3;

export function createSync(dependencies: SyncDependencies): Sync {
  const { name, clock, store, onAlert, last } = dependencies;
  let state: SyncState = { ...last };
  let current: Promise<SyncResult> | undefined;

  const conclude = async (result: SyncResult) => {
    const { lastSuccess } = state;
    if (result.kind === 'success') state = { lastSuccess: result };
    else state = { ...(lastSuccess && { lastSuccess }), lastFailure: result };
    onAlert(
      result.kind === 'success'
        ? { kind: 'clear', source: name }
        : { kind: 'raise', source: name, problem: result.problem },
    );
    // A store that cannot keep the result has failed the sync already, or will be noticed by the next one.
    await store.saveResult(result).catch(() => {});
    return result;
  };
  const run = async (options: RunOptions) => {
    const since = clock.now();
    const { running: _, ...before } = state;
    state = { ...before, running: { since } };
    try {
      const onProgress: OnProgress = progress => {
        state = { ...state, running: { since, progress } };
      };
      const started = clock.elapsed();
      const end = await runOnce(dependencies, options, onProgress);
      const at = clock.now();
      if (end.kind === 'problem') return await conclude({ kind: 'failure', at, problem: end.problem });
      return await conclude({ kind: 'success', at, tookMs: clock.elapsed() - started, ...end.value });
    } finally {
      const { running: _, ...after } = state;
      state = after;
    }
  };
  return {
    run: options => {
      current ??= run(options).finally(() => {
        current = undefined;
      });
      return current;
    },
    state: () => state,
  };
}

type Counts = Omit<SyncSuccess, 'kind' | 'at' | 'tookMs'>;

async function runOnce(
  { source, store, clock, maxGoneShare = defaultMaxGoneShare, fitPhoto = asItIs }: SyncDependencies,
  { signal, acceptOnce = false }: RunOptions,
  onProgress: OnProgress,
): Promise<Result<Counts>> {
  const read = await source.read(signal, onProgress);
  if (read.kind === 'problem') return read;
  const reading = read.value;
  try {
    const pace = createPace(clock.elapsed, signal);
    const settled = await settle(reading, pace, onProgress);
    const before = await store.personIds();
    const gone = await countGone(before, settled.people, pace);
    const refusal = acceptOnce ? undefined : refuse({ before: before.length, gone, maxGoneShare, settled });
    if (refusal) return refusal;
    const stored = await storeAll({ store, reading, settled, signal, pace, onProgress, fitPhoto });
    if (stored.kind === 'problem') return stored;
    const { rejections } = reading;
    const { newPhotos, refusedPhotos } = stored.value;
    const refused =
      refusedPhotos > 0 ? [`Photos left out because they cannot be used: ${refusedPhotos}.`] : [];
    const notes = [...reading.notes, ...settled.notes, ...refused];
    const sizes = { people: settled.people.length, groups: settled.groups.length };
    return { kind: 'ok', value: { ...sizes, newPhotos, gone, rejections, notes } };
  } finally {
    await reading.close();
  }
}

async function countGone(before: readonly string[], people: readonly Person[], pace: Pace) {
  const now = createShardedMap<true>();
  for (const { id } of people) {
    if (pace.isDue()) await pace.pause();
    now.set(id, true);
  }
  let gone = 0;
  for (const id of before) {
    if (pace.isDue()) await pace.pause();
    if (!now.has(id)) gone++;
  }
  return gone;
}

type Check = {
  readonly before: number;
  readonly gone: number;
  readonly maxGoneShare: number;
  readonly settled: Settled;
};

function refuse({ before, gone, maxGoneShare, settled }: Check) {
  if (settled.people.length === 0)
    return failed('SIGNET_DIRECTORY_SHRUNK', 'The source holds no people at all: nothing was changed.');
  if (gone <= ALWAYS_GONE || gone <= before * maxGoneShare) return undefined;
  const sentence = `${gone} of ${before} people would be gone, more than ${Math.round(maxGoneShare * 100)} %`;
  return failed(
    'SIGNET_DIRECTORY_SHRUNK',
    `${sentence}: nothing was changed. Check the source, or accept it once.`,
  );
}

type StoreJob = {
  readonly store: DirectoryStore;
  readonly reading: Reading;
  readonly settled: Settled;
  readonly signal: AbortSignal;
  readonly pace: Pace;
  readonly onProgress: OnProgress;
  readonly fitPhoto: FitPhoto;
};

const asItIs: FitPhoto = async bytes => ({ kind: 'ok', bytes });
/** Kept for a photo that cannot be used: it shows as none, and is not fetched again by every sync. */
const noPhoto = new Uint8Array(0);

type StoredPhotos = { readonly newPhotos: number; readonly refusedPhotos: number };

/** Photos first: a person must never name one that is not there. */
async function storeAll({
  store,
  reading,
  settled,
  signal,
  pace,
  onProgress,
  fitPhoto,
}: StoreJob): Promise<Result<StoredPhotos>> {
  try {
    const hashes = await photosOf(settled.people, pace);
    const missing = hashes.length === 0 ? [] : await store.missingPhotos(hashes);
    let done = 0;
    let refusedPhotos = 0;
    let absentPhotos = 0;
    const { photosAtOnce = 1 } = reading;
    for (let start = 0; start < missing.length; start += photosAtOnce) {
      signal.throwIfAborted();
      const hashes = missing.slice(start, start + photosAtOnce);
      const photos = await Promise.all(hashes.map(reading.photo));
      for (const [index, hash] of hashes.entries()) {
        const bytes = photos[index];
        if (bytes) {
          const fitted = await fitPhoto(bytes);
          if (fitted.kind === 'refused') refusedPhotos++;
          // Under the hash of what the source has, by which the next sync knows it.
          await store.addPhoto(hash, fitted.kind === 'ok' ? fitted.bytes : noPhoto);
        } else absentPhotos++;
        onProgress({ stage: 'photos', done: ++done, total: missing.length });
      }
    }
    signal.throwIfAborted();
    onProgress({ stage: 'storing', done: 0, total: settled.people.length });
    await store.replace(settled);
    return { kind: 'ok', value: { newPhotos: done - refusedPhotos - absentPhotos, refusedPhotos } };
  } catch (error) {
    signal.throwIfAborted();
    const reason = error instanceof Error ? error.message : String(error);
    return failed('SIGNET_DIRECTORY_STORE', `The people could not be stored, nothing was changed: ${reason}`);
  }
}

async function photosOf(people: readonly Person[], pace: Pace) {
  const hashes = createShardedMap<string>();
  for (const { photo } of people) {
    if (pace.isDue()) await pace.pause();
    if (photo !== undefined) hashes.set(photo, photo);
  }
  return [...hashes.values()];
}
