/**
 * The databases that the store's tests run on: SQLite in its threads, and a PostgreSQL 15 of this test run alone, on a Unix
 * socket in a temporary folder. Without the Debian package `postgresql` those tests are skipped, saying so.
 */
import { execFileSync, spawnSync } from 'node:child_process';
import { chmodSync, chownSync, existsSync, mkdtempSync, readdirSync, rmSync } from 'node:fs';
import { tmpdir, userInfo } from 'node:os';
import { join } from 'node:path';
import { after, type TestContext, test } from 'node:test';
import { Worker } from 'node:worker_threads';
import { Kysely, PostgresDialect } from 'kysely';
import pg from 'pg';
import type { StartWorker } from '../../src/start-worker.ts';
import type { AddonSource } from '../../src/store/addon.ts';
import { type BatchPart, type Database, openSqlite } from '../../src/store/database.ts';
import type { Tables } from '../../src/store/tables.ts';
import type { Opening } from '../../src/store/worker-protocol.ts';

/** A folder of this test file alone. */
export const scratch = mkdtempSync(join(tmpdir(), 'signet-store-'));
after(() => rmSync(scratch, { recursive: true, force: true }));

/** From a bundle made for this test file: a database thread starts three times faster than from the sources. */
export const startWorker: StartWorker = (role, data) => {
  const workerData = { role, data: { ...(data as Opening), addon } };
  return new Worker(workerFile, { workerData, env: {}, execArgv: [] });
};
export const workerFile = join(scratch, 'signet-worker.cjs');
execFileSync(process.execPath, [
  join(import.meta.dirname, '../../scripts/build.mjs'),
  join(scratch, 'signet.cjs'),
]);
export const addonFile = join(scratch, 'sqlite.node');
const addon: AddonSource = { kind: 'file', path: addonFile };

let count = 0;
/** A name that no other test of this file has. */
export const freshName = () => `d${++count}`;

export const openFreshSqlite = (): Promise<Database> =>
  openSqliteFile(join(scratch, `${freshName()}.sqlite`));

export const openSqliteFile = (file: string): Promise<Database> => openSqlite({ file, startWorker });

/** The same test on an empty database of each kind. */
export function testOnEachDatabase(
  name: string,
  body: (database: Database, context: TestContext) => Promise<void>,
) {
  const run = (open: () => Promise<Database>) => async (context: TestContext) => {
    const database = await open();
    try {
      await body(database, context);
    } finally {
      await database.close();
    }
  };
  test(`${name} (SQLite)`, run(openFreshSqlite));
  const skip = postgresFolder ? false : 'PostgreSQL 15 is not installed (Debian package postgresql)';
  test(`${name} (PostgreSQL)`, { skip }, run(openFreshPostgres));
}

const versions = '/usr/lib/postgresql';
const newest = existsSync(versions) ? readdirSync(versions).sort().at(-1) : undefined;
const postgresFolder = newest && join(versions, newest, 'bin');

let cluster: { readonly socket: string; readonly stop: () => void } | undefined;
after(() => cluster?.stop());

async function openFreshPostgres(): Promise<Database> {
  cluster ??= startCluster(postgresFolder ?? '');
  const name = freshName();
  const connection = { host: cluster.socket, user: 'signet' };
  const maintenance = new pg.Client({ ...connection, database: 'postgres' });
  await maintenance.connect();
  await maintenance.query(`create database ${name}`);
  await maintenance.end();
  return createPostgres(new pg.Pool({ ...connection, database: name, max: 4, types: numbers }));
}

/** 64-bit whole numbers as numbers: times and counts stay below 2^53. */
const numbers = {
  getTypeParser: ((oid: number, format?: 'text' | 'binary') =>
    oid === pg.types.builtins.INT8
      ? Number
      : pg.types.getTypeParser(oid, format as 'text')) as typeof pg.types.getTypeParser,
};

function createPostgres(pool: pg.Pool): Database {
  const kysely = new Kysely<Tables>({ dialect: new PostgresDialect({ pool }) });
  return {
    kind: 'postgres',
    read: kysely,
    write: kysely,
    async runBatch(parts: readonly BatchPart[]) {
      const client = await pool.connect();
      try {
        await client.query('begin');
        const changes: number[] = [];
        for (const { query, runs } of parts) {
          const { sql } = query.compile();
          let changed = 0;
          for (const run of runs) changed += (await client.query(sql, [...run])).rowCount ?? 0;
          changes.push(changed);
        }
        await client.query('commit');
        return changes;
      } catch (error) {
        await client.query('rollback');
        throw error;
      } finally {
        client.release();
      }
    },
    copyTo: () => Promise.reject(new Error('a PostgreSQL is backed up with its own tools')),
    replace: () => Promise.reject(new Error('a PostgreSQL is restored with its own tools')),
    close: () => kysely.destroy(),
  };
}

function startCluster(bin: string) {
  const folder = mkdtempSync(join(tmpdir(), 'signet-postgres-'));
  // PostgreSQL refuses to run as root; Debian's package makes the user it runs as.
  const isRoot = userInfo().uid === 0;
  const command = (file: string, ...words: string[]) =>
    isRoot ? ['runuser', '-u', 'postgres', '--', join(bin, file), ...words] : [join(bin, file), ...words];
  if (isRoot) {
    const id = (flag: string) => Number(execFileSync('id', [flag, 'postgres'], { encoding: 'utf8' }));
    chownSync(folder, id('-u'), id('-g'));
  }
  chmodSync(folder, 0o700);
  const data = join(folder, 'data');
  const run = ([file = '', ...words]: string[]) =>
    execFileSync(file, words, { cwd: folder, stdio: ['ignore', 'ignore', 'inherit'] });
  run(
    command(
      'initdb',
      '-D',
      data,
      '-U',
      'signet',
      '-A',
      'trust',
      '--locale=C',
      '--encoding=UTF8',
      '--no-sync',
    ),
  );
  const settings = `-k ${folder} -c listen_addresses= -c fsync=off -c max_connections=40`;
  run(command('pg_ctl', '-D', data, '-w', '-l', join(folder, 'log'), '-o', settings, 'start'));
  const stop = () => {
    const [file = '', ...words] = command('pg_ctl', '-D', data, '-w', '-m', 'immediate', 'stop');
    spawnSync(file, words, { cwd: folder });
    rmSync(folder, { recursive: true, force: true });
  };
  return { socket: folder, stop };
}
