/**
 * The database's own thread: one SQLite connection that answers requests in the order of their arrival. Nothing here
 * decides anything; SQL comes compiled from the main thread, whose loop this thread never holds up.
 */
import { closeSync, fchmodSync, fsyncSync, openSync } from 'node:fs';
import { setTimeout as pause } from 'node:timers/promises';
import { parentPort } from 'node:worker_threads';
import Sqlite from 'better-sqlite3';
import { loadAddon } from './addon.ts';
import { createStatementCache, type StatementCache } from './statement-cache.ts';
import type { Answer, Numbered, Opening, Request, Value } from './worker-protocol.ts';

type Connection = {
  readonly sqlite: Sqlite.Database;
  readonly statements: StatementCache;
  readonly busyMs: number;
};

const busyPauseMs = 20;

/** `data` is an `Opening`. Answers id 0 when the database is open, then each request. */
export function run(data: unknown): void {
  const port = parentPort;
  if (!port) throw new Error('expected a worker thread, got the main thread');
  const opened = attempt(() => open(data as Opening));
  if ('kind' in opened) {
    // Nobody listens yet, so the thread ends by itself; closing the port would lose this message.
    port.postMessage({ id: 0, content: opened });
    return;
  }
  port.on('message', ({ id, content }: Numbered<Request>) => {
    const tell = (answer: Answer) => port.postMessage({ id, content: answer });
    if (content.kind === 'replace') return void replace(opened, content.over).catch(failure).then(tell);
    tell(attempt(() => perform(opened, content)));
    if (content.kind === 'close') port.close();
  });
  port.postMessage({ id: 0, content: { kind: 'done' } });
}

function open({ file, mode, busyMs, cacheKiB, addon }: Opening): Connection {
  const nativeBinding = loadAddon(addon);
  const sqlite = new Sqlite(file, {
    readonly: mode === 'read',
    timeout: busyMs,
    // The type package knows paths only; the library takes a loaded addon as well.
    ...(nativeBinding && { nativeBinding: nativeBinding as unknown as string }),
  });
  try {
    if (mode === 'write') sqlite.pragma('journal_mode = wal');
    sqlite.pragma('synchronous = full');
    sqlite.pragma('foreign_keys = on');
    sqlite.pragma(`cache_size = -${cacheKiB}`);
    // Also reads the header: a file that is no database fails here, not at the first query.
    sqlite.pragma('schema_version');
    return { sqlite, statements: createStatementCache(sqlite), busyMs };
  } catch (error) {
    sqlite.close();
    throw error;
  }
}

function attempt<Outcome>(work: () => Outcome): Outcome | Extract<Answer, { kind: 'failed' }> {
  try {
    return work();
  } catch (error) {
    return failure(error);
  }
}

function failure(error: unknown): Extract<Answer, { kind: 'failed' }> {
  const { message, code } = error as Error & { code?: unknown };
  return { kind: 'failed', message, code: typeof code === 'string' ? code : 'UNKNOWN' };
}

function perform(connection: Connection, request: Exclude<Request, { kind: 'replace' }>): Answer {
  switch (request.kind) {
    case 'query':
      return query(connection, request.sql, request.parameters);
    case 'batch':
      return batch(connection, request.statements);
    case 'copy':
      return copy(connection, request.to);
    case 'close':
      connection.sqlite.close();
      return { kind: 'done' };
  }
}

function query({ statements }: Connection, sql: string, parameters: readonly Value[]): Answer {
  const statement = statements.prepare(sql);
  if (statement.reader) return { kind: 'rows', rows: statement.all(parameters), changes: 0 };
  return { kind: 'rows', rows: [], changes: statement.run(parameters).changes };
}

function batch(
  { sqlite, statements }: Connection,
  list: Extract<Request, { kind: 'batch' }>['statements'],
): Answer {
  const changes = sqlite
    .transaction(() =>
      list.map(({ sql, runs }) => {
        const statement = statements.prepare(sql);
        return runs.reduce((sum, parameters) => sum + statement.run(parameters).changes, 0);
      }),
    )
    .immediate();
  return { kind: 'changes', changes };
}

/** `vacuum into` reads one snapshot: writers go on, and the copy holds no unfinished transaction and no free pages. */
function copy({ sqlite }: Connection, to: string): Answer {
  sqlite.prepare('vacuum into ?').run(to);
  // SQLite does not flush the new file.
  const file = openSync(to, 'r+');
  try {
    fchmodSync(file, 0o600);
    fsyncSync(file);
  } finally {
    closeSync(file);
  }
  return { kind: 'done' };
}

/** SQLite's backup API writes through a transaction of the other database; all pages in one step, so that its lock is short. */
async function replace({ sqlite, busyMs }: Connection, over: string): Promise<Answer> {
  const everyPage = 0x7fff_ffff;
  const deadline = performance.now() + busyMs;
  for (;;) {
    const { totalPages } = await sqlite.backup(over, { progress: () => everyPage });
    if (totalPages > 0) return { kind: 'done' };
    // better-sqlite3 takes a busy destination, where nothing is left to copy yet, for a finished one.
    if (performance.now() > deadline)
      return { kind: 'failed', message: 'database is locked', code: 'SQLITE_BUSY' };
    await pause(busyPauseMs);
  }
}
