import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { test } from 'node:test';
import { createLog } from '../../src/log.ts';
import type { BatchPart } from '../../src/store/database.ts';
import type { MessageEntry } from '../../src/store/messages.ts';
import { createRecorder, type RecorderLimits, type RecorderState } from '../../src/store/recorder.ts';
import type { Store } from '../../src/store/store.ts';
import { freshName, openFreshSqlite, openSqliteFile, scratch } from '../support/databases.ts';
import { createSetClock, prepareStore, testStore } from '../support/store.ts';

const entry = (number: number): MessageEntry => ({
  id: `m${number}`,
  tenantId: 'acme',
  at: number,
  sender: 'ada@acme.example',
  recipients: ['r@x.example'],
  reason: 'stamped',
  outcome: 'delivered',
  sizeBytes: 1,
  detail: {},
});
const seat = (personId: string, firstAt: number) => ({
  tenantId: 'acme',
  month: '2026-11',
  personId,
  firstAt,
});

function recorderOn({ database }: Pick<Store, 'database'>, limits: Partial<RecorderLimits> = {}) {
  const states: RecorderState[] = [];
  let changed = () => {};
  const recorder = createRecorder({
    database,
    clock: createSetClock(),
    log: createLog('silent'),
    limits: { batchMs: 10, batchEntries: 100, queuedEntries: 1_000, closeMs: 5_000, ...limits },
    onChange: state => {
      states.push(state);
      changed();
    },
  });
  const nextChange = () => new Promise<void>(resolve => (changed = resolve));
  return { recorder, states, nextChange };
}

async function loggedIds({ database }: Pick<Store, 'database'>) {
  const rows = await database.read.selectFrom('messages').select('id').orderBy('at').execute();
  return rows.map(({ id }) => id);
}

testStore('what was recorded is in the log and in the seats after closing, exactly once', async store => {
  const { recorder } = recorderOn(store, { batchMs: 60_000 });
  for (let number = 0; number < 950; number++) {
    recorder.recordMessage(entry(number));
    recorder.recordSeat(seat(`p${number % 10}`, 1_000 - number));
  }
  assert.deepEqual(recorder.state(), { queued: 960, dropped: 0 });
  assert.equal(await recorder.close(), 0);
  assert.equal((await loggedIds(store)).length, 950);
  const seats = await store.licences.listSeats('acme', '2026-11');
  assert.deepEqual(seats[0], seat('p9', 51));
  assert.equal(seats.length, 10);
});

/** A database that does not take batches until told so, as one that is locked, full or read-only. */
function stubborn(database: Store['database']) {
  let isOpen = false;
  return {
    open: () => (isOpen = true),
    database: {
      ...database,
      runBatch: (parts: readonly BatchPart[]) =>
        isOpen ? database.runBatch(parts) : Promise.reject(new Error('SQLITE_FULL')),
    },
  };
}

testStore('while the database takes nothing entries wait, and it catches up by itself', async store => {
  const { database, open } = stubborn(store.database);
  const { recorder, states, nextChange } = recorderOn({ database });
  recorder.recordMessage(entry(1));
  recorder.recordSeat(seat('ada', 1));
  await nextChange();
  assert.deepEqual(states, [{ queued: 2, dropped: 0, failingSince: 1_000 }]);
  recorder.recordMessage(entry(2));
  open();
  await nextChange();
  assert.deepEqual(await loggedIds(store), ['m1', 'm2']);
  assert.deepEqual(recorder.state(), { queued: 0, dropped: 0 });
  assert.equal((await store.licences.listSeats('acme', '2026-11')).length, 1);
  await recorder.close();
});

testStore('when the queue is full the oldest entries go and are counted; seats never', async store => {
  const { database, open } = stubborn(store.database);
  const { recorder, states } = recorderOn({ database }, { queuedEntries: 100, batchMs: 60_000 });
  recorder.recordSeat(seat('ada', 1));
  for (let number = 0; number < 250; number++) recorder.recordMessage(entry(number));
  const { queued, dropped } = recorder.state();
  assert.equal(queued + dropped, 251);
  assert.ok(queued <= 101);
  assert.equal(states.length, 1);
  open();
  assert.equal(await recorder.close(), 0);
  const ids = await loggedIds(store);
  assert.deepEqual([ids.length, ids.at(-1)], [250 - dropped, 'm249']);
  assert.equal((await store.licences.listSeats('acme', '2026-11')).length, 1);
});

testStore('closing gives up after its time and says how many entries were lost', async store => {
  const database = { ...store.database, runBatch: () => new Promise<never>(() => {}) };
  const { recorder } = recorderOn({ database }, { closeMs: 20 });
  recorder.recordMessage(entry(1));
  assert.equal(await recorder.close(), 1);
});

const unwritable: [string, string, string][] = [
  ['full', 'max_page_count = 1', 'max_page_count = 1000000'],
  ['read-only', 'query_only = 1', 'query_only = 0'],
];
for (const [what, spoil, mend] of unwritable)
  test(`a database that is ${what} takes the entries once it can be written again`, async () => {
    const store = await prepareStore(await openFreshSqlite(), createSetClock());
    const { recorder, states, nextChange } = recorderOn(store);
    const { write } = store.database;
    const set = (pragma: string) =>
      write.executeQuery({ ...write.selectFrom('jobs').compile(), sql: `pragma ${pragma}`, parameters: [] });
    await set(spoil);
    const detail = 'x'.repeat(100_000);
    for (let number = 0; number < 20; number++) recorder.recordMessage({ ...entry(number), detail });
    await nextChange();
    assert.equal(states[0]?.failingSince, 1_000);
    assert.deepEqual(await loggedIds(store), []);
    const mended = nextChange();
    await set(mend);
    await mended;
    assert.equal((await loggedIds(store)).length, 20);
    await recorder.close();
    await store.database.close();
  });

test('a database locked by another process takes the entries once it is free', async () => {
  const file = join(scratch, `${freshName()}.sqlite`);
  const store = await prepareStore(await openSqliteFile(file), createSetClock());
  const other = await openSqliteFile(file);
  const { recorder } = recorderOn(store);
  await other.write.transaction().execute(async transaction => {
    await transaction.insertInto('settings').values({ name: 'x', value: '1', changed_at: 1 }).execute();
    recorder.recordMessage(entry(1));
    assert.deepEqual(await loggedIds(store), []);
  });
  assert.equal(await recorder.close(), 0);
  assert.deepEqual(await loggedIds(store), ['m1']);
  await other.close();
  await store.database.close();
});

test('after kill -9 nothing is missing but the last batch of at most one second', async () => {
  const file = join(scratch, `${freshName()}.sqlite`);
  const program = join(import.meta.dirname, '../support/record-until-killed.ts');
  const child = spawn(process.execPath, [program, file], { stdio: ['ignore', 'pipe', 'inherit'], env: {} });
  let recorded = 0;
  const lines = createInterface({ input: child.stdout });
  // Each line is the time of an entry that the child took: some seconds of them, so that several batches were due.
  let first = 0;
  for await (const line of lines) {
    recorded = Number(line);
    first ||= recorded;
    if (recorded - first > 2_500) break;
  }
  child.kill('SIGKILL');
  const killedAt = Date.now();
  await once(child, 'exit');
  const database = await openSqliteFile(file);
  const [newest] = await database.read
    .selectFrom('messages')
    .select('at')
    .orderBy('at', 'desc')
    .limit(1)
    .execute();
  const rows = await database.read
    .selectFrom('messages')
    .select(({ fn }) => fn.countAll<number>().as('count'))
    .execute();
  const [last] = await database.read
    .selectFrom('messages')
    .select('size_bytes')
    .orderBy('size_bytes', 'desc')
    .limit(1)
    .execute();
  // Entries are numbered from 1: what is there has no holes, so only the end can be missing.
  assert.equal(Number(rows[0]?.count), last?.size_bytes);
  const missingMs = killedAt - (newest?.at ?? 0);
  assert.ok(missingMs < 1_000 + batchTakesMs, `${missingMs} ms of entries are missing`);
  await database.close();
});

/** What writing a batch may take on a busy machine, on top of the second. */
const batchTakesMs = 2_000;
