import assert from 'node:assert/strict';
import { randomBytes } from 'node:crypto';
import { existsSync, mkdirSync, readFileSync, statSync, truncateSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { createLog } from '../../src/log.ts';
import { openStore, type Store } from '../../src/store/store.ts';
import { freshName, openSqliteFile, scratch, startWorker } from '../support/databases.ts';
import { acme, createSetClock } from '../support/store.ts';

function openIn(dataFolder: string) {
  const clock = createSetClock();
  return openStore({ dataFolder, startWorker, clock, random: randomBytes, log: createLog('silent') });
}

async function openedIn(dataFolder: string): Promise<Store> {
  const result = await openIn(dataFolder);
  return result.kind === 'ok' ? result.value : assert.fail(result.problem.sentence);
}

function freshFolder() {
  const folder = join(scratch, freshName());
  mkdirSync(folder, { mode: 0o700 });
  return folder;
}

test('what was stored is there after the next start', async () => {
  const folder = freshFolder();
  const first = await openedIn(folder);
  await first.tenants.saveTenant(acme, { 'route-secret': 'tiger' });
  await first.close();
  const next = await openedIn(folder);
  assert.equal((await next.tenants.findTenant('acme'))?.name, 'Acme');
  assert.deepEqual(await next.tenants.tenantSecrets('acme'), { 'route-secret': 'tiger' });
  await next.close();
});

test('the database is durable, checks its references, and lets readers in while it writes', async () => {
  const store = await openedIn(freshFolder());
  const pragma = async (name: string) => {
    const { rows } = await store.database.write.executeQuery<Record<string, unknown>>({
      ...store.database.write.selectFrom('jobs').select('name').compile(),
      sql: `pragma ${name}`,
      parameters: [],
    });
    return Object.values(rows[0] ?? {})[0];
  };
  assert.equal(await pragma('journal_mode'), 'wal');
  assert.equal(await pragma('synchronous'), 2);
  assert.equal(await pragma('foreign_keys'), 1);
  await store.close();
});

test('a read sees what was written before it and nothing of an open transaction', async () => {
  const store = await openedIn(freshFolder());
  await store.tenants.saveTenant(acme);
  await store.database.write.transaction().execute(async transaction => {
    await transaction.deleteFrom('tenants').execute();
    assert.equal((await store.tenants.listTenants()).length, 1);
  });
  assert.equal((await store.tenants.listTenants()).length, 0);
  await store.close();
});

test('a database of a newer Signet is refused with one sentence and not changed', async () => {
  const folder = freshFolder();
  const store = await openedIn(folder);
  await store.database.write.insertInto('migrations').values({ number: 99, name: 'x', at: 1 }).execute();
  await store.close();
  const before = readFileSync(join(folder, 'signet.sqlite'));
  const result = await openIn(folder);
  assert.equal(result.kind === 'problem' && result.problem.code, 'SIGNET_DATABASE_NEWER');
  assert.match(result.kind === 'problem' ? result.problem.sentence : '', /schema 99, this one knows \d+\): /);
  assert.deepEqual(readFileSync(join(folder, 'signet.sqlite')), before);
});

test('a file that is no database is refused with one sentence and not changed', async () => {
  const folder = freshFolder();
  writeFileSync(join(folder, 'signet.sqlite'), 'not a database at all, but a text of some length'.repeat(20));
  const before = readFileSync(join(folder, 'signet.sqlite'));
  const result = await openIn(folder);
  assert.equal(result.kind === 'problem' && result.problem.code, 'SIGNET_DATABASE_UNUSABLE');
  assert.deepEqual(readFileSync(join(folder, 'signet.sqlite')), before);
});

test('a backup is a whole database, for its owner alone, taken while a transaction is open', async () => {
  const store = await openedIn(freshFolder());
  await store.tenants.saveTenant(acme);
  const file = join(freshFolder(), 'copies/signet.sqlite');
  await store.database.write.transaction().execute(async transaction => {
    await transaction.deleteFrom('tenants').execute();
    assert.deepEqual(await store.backUp(file), { kind: 'ok', value: file });
  });
  await store.close();
  assert.equal(statSync(file).mode & 0o777, 0o600);
  const copy = await openSqliteFile(file);
  assert.deepEqual(await copy.read.selectFrom('tenants').select('id').execute(), [{ id: 'acme' }]);
  await copy.close();
});

test('a backup that cannot be written says so, and an older one stays', async () => {
  const store = await openedIn(freshFolder());
  const file = join(freshFolder(), 'backup.sqlite');
  await store.backUp(file);
  const before = readFileSync(file);
  const failed = await store.backUp(join(file, 'below-a-file.sqlite'));
  assert.equal(failed.kind === 'problem' && failed.problem.code, 'SIGNET_BACKUP_FAILED');
  assert.deepEqual(readFileSync(file), before);
  await store.close();
});

test('a database cut in the middle is refused, not written to', async () => {
  const folder = freshFolder();
  await (await openedIn(folder)).close();
  const file = join(folder, 'signet.sqlite');
  truncateSync(file, 5_000);
  const result = await openIn(folder);
  assert.equal(result.kind === 'problem' && result.problem.code, 'SIGNET_DATABASE_UNUSABLE');
  assert.equal(statSync(file).size, 5_000);
  assert.equal(existsSync(join(folder, 'signet.sqlite-wal')), false);
});
