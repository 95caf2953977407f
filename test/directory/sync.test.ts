import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { Source, SourcePerson } from '../../src/directory/source.ts';
import {
  createSync,
  type DirectoryStore,
  type FitPhoto,
  type SyncAlert,
  type SyncResult,
} from '../../src/directory/sync.ts';
import { failed } from '../../src/problem.ts';
import type { Person } from '../../src/signature/person.ts';
import { reading, sourcePerson } from '../support/people.ts';

const signal = new AbortController().signal;
const crowd = (from: number, until: number) =>
  Array.from({ length: until - from }, (_, index) => sourcePerson(`p${from + index}`));

/** A store in memory that can be made to fail. */
function createStore() {
  const stored = { people: [] as readonly Person[], photos: new Map<string, Uint8Array>() };
  const results: SyncResult[] = [];
  const failure: { next?: Error } = {};
  const store: DirectoryStore = {
    personIds: async () => stored.people.map(({ id }) => id),
    missingPhotos: async hashes => hashes.filter(hash => !stored.photos.has(hash)),
    addPhoto: async (hash, bytes) => void stored.photos.set(hash, bytes),
    replace: async ({ people }) => {
      if (failure.next) throw failure.next;
      stored.people = people;
    },
    saveResult: async result => void results.push(result),
  };
  return { store, stored, results, failure };
}

function create(read: Source['read'], fitPhoto?: FitPhoto) {
  const memory = createStore();
  const alerts: SyncAlert[] = [];
  let now = 1_000;
  const sync = createSync({
    name: 'head office',
    source: { read },
    store: memory.store,
    ...(fitPhoto && { fitPhoto }),
    clock: { now: () => now++, elapsed: () => performance.now() },
    onAlert: alert => alerts.push(alert),
  });
  return { sync, alerts, ...memory };
}

function sources(...answers: (readonly SourcePerson[])[]): Source['read'] {
  return async () => ({ kind: 'ok', value: reading(answers.shift() ?? []) });
}

test('a sync runs from never to success, with its progress seen', async () => {
  const seen: unknown[] = [];
  const { sync, stored, results, alerts } = create(async (_, onProgress) => {
    onProgress({ stage: 'people', done: 5 });
    seen.push(sync.state().running);
    return { kind: 'ok', value: reading(crowd(0, 20)) };
  });
  assert.deepEqual(sync.state(), {});
  const result = await sync.run({ signal });
  assert.equal(result.kind, 'success');
  assert.deepEqual(seen, [{ since: 1_000, progress: { stage: 'people', done: 5 } }]);
  assert.equal(stored.people.length, 20);
  assert.deepEqual(sync.state(), { lastSuccess: result });
  assert.deepEqual(results, [result]);
  assert.deepEqual(alerts, [{ kind: 'clear', source: 'head office' }]);
});

test('when many people would be gone, nothing changes until that is accepted, once', async () => {
  const { sync, stored, alerts } = create(sources(crowd(0, 100), crowd(50, 90), crowd(50, 90), []));
  await sync.run({ signal });
  const shrunk = await sync.run({ signal });
  assert.ok(shrunk.kind === 'failure');
  assert.equal(shrunk.problem.code, 'SIGNET_DIRECTORY_SHRUNK');
  assert.match(shrunk.problem.sentence, /^60 of 100 people would be gone, more than 10 %/);
  assert.equal(stored.people.length, 100);
  assert.equal(sync.state().lastSuccess?.people, 100);
  assert.equal(sync.state().lastFailure, shrunk);
  assert.deepEqual(alerts.at(-1), { kind: 'raise', source: 'head office', problem: shrunk.problem });
  const accepted = await sync.run({ signal, acceptOnce: true });
  assert.ok(accepted.kind === 'success' && accepted.gone === 60);
  assert.equal(sync.state().lastFailure, undefined);
  assert.equal((await sync.run({ signal })).kind, 'failure', 'the next run is checked again');
});

const shares: readonly (readonly [number, number, string])[] = [
  [100, 90, 'success'],
  [100, 89, 'failure'],
  [10, 7, 'success'],
  [10, 6, 'failure'],
  [3, 0, 'failure'],
];

for (const [before, after, kind] of shares) {
  test(`from ${before} people to ${after}: ${kind}`, async () => {
    const { sync } = create(sources(crowd(0, before), crowd(0, after)));
    await sync.run({ signal });
    assert.equal((await sync.run({ signal })).kind, kind);
  });
}

test('the same number of other people counts as gone', async () => {
  const { sync } = create(sources(crowd(0, 50), crowd(100, 150)));
  await sync.run({ signal });
  assert.equal((await sync.run({ signal })).kind, 'failure');
});

test('a source that fails, a store that fails: nothing changes, the sentence is kept', async () => {
  const broken = create(async () => failed('SIGNET_DIRECTORY_UNREACHABLE', 'No answer.'));
  const unread = await broken.sync.run({ signal });
  assert.ok(unread.kind === 'failure' && unread.problem.sentence === 'No answer.');
  const full = create(sources(crowd(0, 5)));
  full.failure.next = new Error('database or disk is full');
  const unstored = await full.sync.run({ signal });
  assert.ok(unstored.kind === 'failure');
  assert.match(unstored.problem.sentence, /nothing was changed: database or disk is full/);
  assert.equal(full.stored.people.length, 0);
});

test('only photos that are not stored yet are fetched, and the reading is closed', async () => {
  const asked: string[] = [];
  let closed = 0;
  const people = ['aa', 'bb', 'aa'].map((photo, index) => sourcePerson(`p${index}`, { photo }));
  const { sync, stored } = create(async () => ({
    kind: 'ok',
    value: reading(people, {
      photo: async hash => {
        asked.push(hash);
        return Buffer.from(hash);
      },
      close: async () => void closed++,
    }),
  }));
  const first = await sync.run({ signal });
  assert.ok(first.kind === 'success' && first.newPhotos === 2);
  await sync.run({ signal });
  assert.deepEqual(asked.sort(), ['aa', 'bb']);
  assert.equal(stored.photos.size, 2);
  assert.equal(closed, 2);
});

test('a second run while one is going on is that one', async () => {
  let reads = 0;
  const { sync } = create(async () => {
    reads++;
    return { kind: 'ok', value: reading(crowd(0, 5)) };
  });
  const [first, second] = await Promise.all([sync.run({ signal }), sync.run({ signal })]);
  assert.equal(first, second);
  assert.equal(reads, 1);
});

test('an aborted run rejects, stores nothing, and the next one can run', async () => {
  const controller = new AbortController();
  const { sync, stored } = create(async () => {
    controller.abort(new Error('stopped'));
    return { kind: 'ok', value: reading(crowd(0, 5)) };
  });
  await assert.rejects(sync.run({ signal: controller.signal }), /stopped/);
  assert.equal(stored.people.length, 0);
  assert.deepEqual(sync.state(), {});
  assert.equal((await sync.run({ signal })).kind, 'success');
});

test('photos are made fit before they are stored, and one that cannot be is asked for once', async () => {
  const photos: Record<string, Uint8Array> = { large: Buffer.alloc(90, 1), damaged: Buffer.alloc(5, 2) };
  const asked: string[] = [];
  const people = ['large', 'damaged', 'absent'].map(photo => sourcePerson(photo, { photo }));
  const photo = async (hash: string) => {
    asked.push(hash);
    return photos[hash];
  };
  const fit: FitPhoto = async bytes =>
    bytes.length > 10 ? { kind: 'ok', bytes: bytes.subarray(0, 10) } : { kind: 'refused' };
  const { sync, stored } = create(async () => ({ kind: 'ok', value: reading(people, { photo }) }), fit);
  const result = await sync.run({ signal });
  assert.ok(result.kind === 'success');
  assert.deepEqual(
    [...stored.photos].map(([hash, bytes]) => [hash, bytes.length]),
    [
      ['large', 10],
      ['damaged', 0],
    ],
  );
  await sync.run({ signal });
  assert.deepEqual(asked, ['large', 'damaged', 'absent', 'absent']);
});
