import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { gunzipSync } from 'node:zlib';
import { buildSync } from 'esbuild';
import type { Database } from '../../src/store/database.ts';
import { migrations } from '../../src/store/migrations/all.ts';
import { migrate } from '../../src/store/migrations/migrate.ts';
import { wordsOf } from '../../src/store/migrations/migration.ts';
import { addonFile, freshName, openSqliteFile, scratch, workerFile } from '../support/databases.ts';
import { nextMigration } from '../support/next-migration.ts';

/** A database of every released version, as `scripts/store-fixture.ts` made it with that version. */
const released = readdirSync(join(import.meta.dirname, 'fixtures')).filter(name =>
  name.endsWith('.sqlite.gz'),
);

function copyOf(fixture: string) {
  const file = join(scratch, `${freshName()}.sqlite`);
  writeFileSync(file, gunzipSync(readFileSync(join(import.meta.dirname, 'fixtures', fixture))));
  return file;
}

const newestKnown = migrations.at(-1)?.number ?? 0;

/** Each migration is one transaction, so a third of the places tells as much; `EVERY_STATEMENT=yes` tries all. */
const stride = process.env.EVERY_STATEMENT ? 1 : 3;

/** In one file it starts four times faster, and it is started for each statement. */
const program = join(scratch, 'migrate-until-killed.mjs');
buildSync({
  entryPoints: [join(import.meta.dirname, '../support/migrate-until-killed.ts')],
  outfile: program,
  bundle: true,
  platform: 'node',
  format: 'esm',
});

/** Ends with the signal that killed it, or null. */
async function migrateUntil(file: string, statement?: number) {
  const words = [
    program,
    file,
    workerFile,
    addonFile,
    ...(statement === undefined ? [] : [String(statement)]),
  ];
  const child = spawn(process.execPath, words, { stdio: ['ignore', 'ignore', 'inherit'], env: {} });
  const [code, signal] = await once(child, 'exit');
  if (signal === null) assert.equal(code, 0);
  return signal;
}

async function ask<Row>({ read }: Database, sql: string): Promise<readonly Row[]> {
  const { rows } = await read.executeQuery<Row>({
    ...read.selectFrom('jobs').compile(),
    sql,
    parameters: [],
  });
  return rows;
}

async function newestOf(database: Database) {
  const tables = await ask<{ name: string }>(database, "select name from sqlite_master where type = 'table'");
  if (!tables.some(({ name }) => name === 'migrations')) {
    assert.deepEqual(tables, []);
    return 0;
  }
  const [row] = await ask<{ newest: number }>(database, 'select max(number) as newest from migrations');
  return row?.newest ?? 0;
}

/** Whole, and of one schema only: everything of the next migration is there, or nothing. */
async function checkWhole(file: string) {
  const database = await openSqliteFile(file);
  try {
    assert.deepEqual(await ask(database, 'pragma integrity_check'), [{ integrity_check: 'ok' }]);
    assert.deepEqual(await ask(database, 'pragma foreign_key_check'), []);
    const newest = await newestOf(database);
    if (newest === 0) return newest;
    const isNext = newest > newestKnown;
    const columns = await ask<{ name: string }>(database, "select name from pragma_table_info('tenants')");
    assert.equal(
      columns.some(({ name }) => name === 'note'),
      isNext,
    );
    assert.equal(
      columns.some(({ name }) => name === 'managed_by'),
      !isNext,
    );
    const tokens = await ask(database, "select name from sqlite_master where name = 'tokens'");
    assert.equal(tokens.length, isNext ? 1 : 0);
    return newest;
  } finally {
    await database.close();
  }
}

/** What the next start does; in this process, since nobody kills it. */
async function finish(file: string) {
  const database = await openSqliteFile(file);
  const all = [...migrations, nextMigration(newestKnown + 1)];
  await migrate({ database, migrations: all, now: () => 7, beforeChange: async () => {} });
  await database.close();
  assert.equal(await checkWhole(file), newestKnown + 1);
}

for (const fixture of released) {
  test(`a database of ${fixture} comes to the newest schema with everything in it`, async () => {
    const file = copyOf(fixture);
    assert.equal(await migrateUntil(file), null);
    assert.equal(await checkWhole(file), newestKnown + 1);
    const database = await openSqliteFile(file);
    const counts = await ask<Record<string, number>>(
      database,
      `select (select count(*) from tenants) as tenants, (select count(*) from people) as people,
        (select count(*) from signature_versions) as versions, (select count(*) from rules) as rules,
        (select count(*) from messages) as messages, (select count(*) from secrets) as secrets`,
    );
    await database.close();
    assert.deepEqual(counts, [{ tenants: 2, people: 20, versions: 3, rules: 2, messages: 30, secrets: 3 }]);
  });

  test(`a kill between any two statements on ${fixture} leaves the old schema or the new one`, async () => {
    const seen: number[] = [];
    for (let statement = 0; ; statement += stride) {
      const file = copyOf(fixture);
      const signal = await migrateUntil(file, statement);
      seen.push(await checkWhole(file));
      if (signal === null) break;
      assert.equal(signal, 'SIGKILL');
      await finish(file);
    }
    assert.equal(seen.at(-1), newestKnown + 1);
    assert.equal(seen[0], await checkWhole(copyOf(fixture)));
  });
}

test('a kill while the first schema is made leaves an empty database or a whole one', async () => {
  mkdirSync(join(scratch, 'first'));
  const seen: number[] = [];
  // With the table of migrations before and its entry after. Around the commit all of them; in between one.
  const statements = (migrations[0]?.statements(wordsOf.sqlite).length ?? 0) + 1;
  for (const statement of [
    0,
    1,
    statements >> 1,
    statements - 1,
    statements,
    statements + 1,
    statements + 2,
  ]) {
    const file = join(scratch, 'first', `${statement}.sqlite`);
    await migrateUntil(file, statement);
    seen.push(await checkWhole(file));
  }
  assert.deepEqual(seen, [0, 0, 0, 0, 0, 0, 1]);
});
