import assert from 'node:assert/strict';
import { once } from 'node:events';
import { join } from 'node:path';
import { test } from 'node:test';
import type { Worker } from 'node:worker_threads';
import { type StartWorker, startWorker } from '../../src/start-worker.ts';
import { type Database, openSqlite } from '../../src/store/database.ts';
import type { StoreError } from '../../src/store/store-error.ts';
import { freshName, scratch } from '../support/databases.ts';

type Watched = {
  readonly database: Database;
  readonly threads: Worker[];
  readonly lost: () => number;
  readonly failNext: (count: number) => void;
};

/** The first thread is the writer's, the second one the reader's. */
async function open(): Promise<Watched> {
  const threads: Worker[] = [];
  let failures = 0;
  let lost = 0;
  const start: StartWorker = (role, data, limits) => {
    if (failures-- > 0) throw new Error('no memory for a thread');
    const worker = startWorker(role, data, limits);
    threads.push(worker);
    return worker;
  };
  const file = join(scratch, `${freshName()}.sqlite`);
  const database = await openSqlite({ file, startWorker: start, onLost: () => lost++ });
  await database.write.schema.createTable('settings').addColumn('name', 'text').execute();
  return { database, threads, lost: () => lost, failNext: count => (failures = count) };
}

const insert = ({ write }: Database) =>
  write
    .insertInto('settings')
    .values({ name: 'x' } as never)
    .execute();

async function count({ read }: Database) {
  const row = await read
    .selectFrom('settings')
    .select(({ fn }) => fn.countAll().as('rows'))
    .executeTakeFirst();
  return Number(row?.rows);
}

const isEnded = (error: StoreError) => error.code === 'THREAD_ENDED' && /database/.test(error.message);

async function kill(thread: Worker | undefined) {
  assert.ok(thread);
  const ended = once(thread, 'exit');
  await thread.terminate();
  await ended;
}

test('a write that its thread took with it fails by its name, and the next one works', async () => {
  const { database, threads, lost } = await open();
  const pending = insert(database);
  const [, refused] = await Promise.all([kill(threads[0]), assert.rejects(pending, isEnded)]);
  assert.equal(refused, undefined);
  await insert(database);
  assert.deepEqual([await count(database), lost()], [1, 1]);
  await database.close();
});

test('a transaction whose thread ends is rolled back, and tells that, not the rollback', async () => {
  const { database, threads } = await open();
  const half = database.write.transaction().execute(async transaction => {
    await transaction
      .insertInto('settings')
      .values({ name: 'half' } as never)
      .execute();
    await kill(threads[0]);
    await transaction
      .insertInto('settings')
      .values({ name: 'whole' } as never)
      .execute();
  });
  await assert.rejects(half, isEnded);
  assert.equal(await count(database), 0);
  await insert(database);
  await database.runBatch([{ query: database.write.deleteFrom('settings'), runs: [[]] }]);
  assert.equal(await count(database), 0);
  await database.close();
});

test('who waits for a thread gets the one that takes the place of a dead one', async () => {
  const { database, threads } = await open();
  const transaction = database.write.transaction().execute(async () => {
    await kill(threads[0]);
    throw new Error('gave up');
  });
  const waiting = insert(database);
  await assert.rejects(transaction, /gave up/);
  await waiting;
  assert.equal(await count(database), 1);
  await database.close();
});

test('a reader is replaced as well', async () => {
  const { database, threads, lost } = await open();
  await kill(threads[1]);
  assert.deepEqual([await count(database), lost()], [0, 1]);
  await database.close();
});

test('while no thread can be started calls fail by their reason, and later ones work', async () => {
  const { database, threads, failNext } = await open();
  await kill(threads[0]);
  failNext(1);
  await assert.rejects(insert(database), /no memory for a thread/);
  await insert(database);
  assert.equal(await count(database), 1);
  await database.close();
  await assert.rejects(insert(database), isEnded);
});
