/** A backup for the browser is a whole database, and leaves nothing in the data folder. */
import assert from 'node:assert/strict';
import { randomBytes } from 'node:crypto';
import { mkdirSync, readdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { buffer } from 'node:stream/consumers';
import { test } from 'node:test';
import { createTakeBackup } from '../../src/app/take-backup.ts';
import { openFreshSqlite, openSqliteFile, scratch } from '../support/databases.ts';
import { acme, createSetClock, prepareStore } from '../support/store.ts';

test('what is downloaded opens again with everything in it', async () => {
  const database = await openFreshSqlite();
  const store = await prepareStore(database, createSetClock());
  await store.tenants.saveTenant(acme);
  const dataFolder = join(scratch, 'download');
  mkdirSync(dataFolder);
  const take = createTakeBackup({ ...store, dataFolder, stamp: () => 'now', random: randomBytes });
  const taken = await take();
  assert.equal(taken.kind, 'ok');
  if (taken.kind !== 'ok') return;
  assert.deepEqual(readdirSync(join(dataFolder, 'backups')), []);
  const bytes = await buffer(taken.value.bytes);
  await database.close();
  assert.deepEqual([taken.value.name, bytes.length], ['signet-now.sqlite', taken.value.sizeBytes]);
  const file = join(scratch, 'downloaded.sqlite');
  writeFileSync(file, bytes);
  const copy = await openSqliteFile(file);
  const { name } = await copy.read.selectFrom('tenants').select('name').executeTakeFirstOrThrow();
  await copy.close();
  assert.equal(name, acme.name);
});
