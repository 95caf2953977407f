/**
 * The database as the store's functions see it: a writer (one connection, so that transactions queue up), readers that
 * a long transaction or search does not hold up, and batches. Everything runs off the main thread. The same type is met
 * by a PostgreSQL, so that several nodes can share one.
 */
import { mkdir, rename, rm } from 'node:fs/promises';
import { basename, dirname, join } from 'node:path';
import { type Compilable, Kysely } from 'kysely';
import { limits } from '../limits.ts';
import type { StartWorker } from '../start-worker.ts';
import { findAddon } from './addon.ts';
import { type DatabaseThread, startDatabaseThread } from './database-thread.ts';
import type { Tables } from './tables.ts';
import { createThreadDialect } from './thread-dialect.ts';
import { createThreadPool } from './thread-pool.ts';
import type { Opening, Statement, Value } from './worker-protocol.ts';

/** A compiled query and the parameters of each of its runs, all of the shape of the first one. */
export type BatchPart = { readonly query: Compilable; readonly runs: readonly (readonly Value[])[] };

export type Database = {
  readonly kind: 'sqlite' | 'postgres';
  readonly read: Kysely<Tables>;
  readonly write: Kysely<Tables>;
  /** One transaction in one message: for many rows. Answers the rows changed by each part. */
  readonly runBatch: (parts: readonly BatchPart[]) => Promise<readonly number[]>;
  /** A consistent copy while everything goes on. Replaces the file, all or nothing. */
  readonly copyTo: (file: string) => Promise<void>;
  /** The database in that file, which may be open elsewhere, becomes what this one is: wholly or not at all. */
  readonly replace: (file: string) => Promise<void>;
  readonly close: () => Promise<void>;
};

export type DatabaseOptions = {
  readonly file: string;
  readonly startWorker: StartWorker;
  /** `read`: a file that exists already, and no connection can write to it. */
  readonly access?: 'read' | 'write';
  /** Told of each thread that ended by itself; another one takes its place. */
  readonly onLost?: () => void;
};

/** Rejects with a `StoreError` or an `AddonUnloadable`'s code when the database cannot be opened. */
export async function openSqlite({
  file,
  startWorker,
  access = 'write',
  onLost,
}: DatabaseOptions): Promise<Database> {
  const { busyMs, writerCacheKiB, readerCacheKiB, readers } = limits.store;
  const common = { file, busyMs, addon: findAddon(dirname(file)) };
  const start = (opening: Pick<Opening, 'mode' | 'cacheKiB'>) =>
    startDatabaseThread(startWorker, { ...common, ...opening });
  const startReader = () => start({ mode: 'read', cacheKiB: readerCacheKiB });

  const startWriter = () => start({ mode: access, cacheKiB: writerCacheKiB });
  const writer = await startWriter();
  const reader = await startReader().catch(async error => {
    await writer.close();
    throw error;
  });
  const writers = createThreadPool({ first: writer, open: startWriter, most: 1, onLost });
  const readPool = createThreadPool({ first: reader, open: startReader, most: readers, onLost });
  const read = new Kysely<Tables>({ dialect: createThreadDialect(readPool) });
  const write = new Kysely<Tables>({ dialect: createThreadDialect(writers) });

  async function runBatch(parts: readonly BatchPart[]) {
    const statements = parts.map(({ query, runs }): Statement => ({ sql: query.compile().sql, runs }));
    const thread = await writers.take();
    try {
      const answer = await thread.ask({ kind: 'batch', statements });
      return answer.kind === 'changes' ? answer.changes : [];
    } finally {
      writers.give(thread);
    }
  }

  async function copyTo(to: string) {
    // A thread of its own: neither searches nor writes wait for the copy.
    const thread = await startReader();
    await copyAtomically(thread, to).finally(() => thread.close());
  }

  async function replace(over: string) {
    const thread = await startReader();
    await thread.ask({ kind: 'replace', over }).finally(() => thread.close());
  }

  async function close() {
    // The writer last: only it can bring the write-ahead log into the database and remove it.
    await readPool.close();
    await writers.close();
  }

  return { kind: 'sqlite', read, write, runBatch, copyTo, replace, close };
}

async function copyAtomically(thread: DatabaseThread, to: string) {
  await mkdir(dirname(to), { recursive: true, mode: 0o700 });
  const unfinished = join(dirname(to), `.${basename(to)}.unfinished`);
  await rm(unfinished, { force: true });
  try {
    await thread.ask({ kind: 'copy', to: unfinished });
    await rename(unfinished, to);
  } finally {
    await rm(unfinished, { force: true });
  }
}
