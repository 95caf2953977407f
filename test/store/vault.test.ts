import assert from 'node:assert/strict';
import { randomBytes } from 'node:crypto';
import { readFileSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { migrations } from '../../src/store/migrations/all.ts';
import { migrate } from '../../src/store/migrations/migrate.ts';
import { keyOf, type Place, seal, unseal } from '../../src/store/seal.ts';
import { openVault, type VaultOptions } from '../../src/store/vault.ts';
import { freshName, openFreshSqlite, scratch, testOnEachDatabase } from '../support/databases.ts';
import { createSetClock } from '../support/store.ts';

const place: Place = { owner: 'tenants', rowId: 'acme', name: 'route-secret' };
const key = keyOf(Buffer.alloc(32, 1));
const other = keyOf(Buffer.alloc(32, 2));
const sealed = seal(key, place, 'tiger', randomBytes);

const places: [string, Place][] = [
  ['another table', { ...place, owner: 'people' }],
  ['another row', { ...place, rowId: 'other' }],
  ['another column', { ...place, name: 'next-hop-key' }],
  ['a place of the same letters', { owner: 'tenants', rowId: 'acm', name: 'eroute-secret' }],
];
for (const [where, moved] of places)
  test(`a sealed value does not open in ${where}`, () => {
    assert.deepEqual(unseal([key], moved, sealed), { kind: 'broken' });
  });

test('a sealed value opens in its place, with any key of the ring, and never looks the same twice', () => {
  assert.deepEqual(unseal([other, key], place, sealed), { kind: 'open', text: 'tiger' });
  assert.deepEqual(unseal([other], place, sealed), { kind: 'unknown-key' });
  assert.notDeepEqual(seal(key, place, 'tiger', randomBytes), sealed);
  assert.equal(sealed.includes('tiger'), false);
});

test('a change of any single byte of a sealed value keeps it shut', () => {
  for (const index of sealed.keys()) {
    const changed = Buffer.from(sealed);
    changed[index] = (changed[index] ?? 0) ^ 1;
    assert.notEqual(unseal([key], place, changed).kind, 'open', `byte ${index}`);
  }
  for (let length = 0; length < sealed.length; length++)
    assert.equal(unseal([key], place, sealed.subarray(0, length)).kind, 'broken', `${length} bytes`);
});

async function prepare(database: Awaited<ReturnType<typeof openFreshSqlite>>) {
  const clock = createSetClock();
  await migrate({ database, migrations, now: clock.now, beforeChange: async () => {} });
  const keyFile = join(scratch, `${freshName()}.key`);
  const options: VaultOptions = {
    write: database.write,
    clock,
    random: randomBytes,
    keyFile,
    mayMakeKeyFile: true,
  };
  const open = async (changes: Partial<VaultOptions> = {}) => {
    const result = await openVault({ ...options, ...changes });
    return result.kind === 'ok' ? result.value : assert.fail(result.problem.sentence);
  };
  return { options, keyFile, open };
}

testOnEachDatabase(
  'the first start makes a key file for its owner alone; the next one takes it',
  async database => {
    const { keyFile, open } = await prepare(database);
    const vault = await open();
    assert.equal(statSync(keyFile).mode & 0o777, 0o600);
    await vault.keepSecret(database.write, place, 'tiger');
    const text = readFileSync(keyFile, 'utf8');
    assert.deepEqual(await (await open()).readSecret(database.read, place), {
      kind: 'secret',
      text: 'tiger',
    });
    assert.equal(readFileSync(keyFile, 'utf8'), text);
  },
);

testOnEachDatabase('a secret moved to another row in the database does not open', async database => {
  const vault = await (await prepare(database)).open();
  await vault.keepSecret(database.write, place, 'tiger');
  await database.write.updateTable('secrets').set({ row_id: 'other' }).where('row_id', '=', 'acme').execute();
  assert.deepEqual(await vault.readSecret(database.read, place), { kind: 'missing' });
  const moved = await vault.readSecret(database.read, { ...place, rowId: 'other' });
  assert.deepEqual(moved, { kind: 'unopenable' });
  assert.deepEqual(await vault.readSecretsOf(database.read, { owner: 'tenants', rowId: 'other' }), {});
});

const otherKey = `${Buffer.alloc(32, 7).toString('base64')}\n`;
const mishaps: { name: string; code: string; file: string | undefined; given?: boolean }[] = [
  { name: 'no key file', code: 'SIGNET_MASTER_KEY_MISSING', file: undefined },
  { name: 'another key', code: 'SIGNET_MASTER_KEY_WRONG', file: otherKey },
  { name: 'an empty key file', code: 'SIGNET_MASTER_KEY_UNREADABLE', file: '' },
  { name: 'a cut key', code: 'SIGNET_MASTER_KEY_UNREADABLE', file: otherKey.slice(5) },
];
for (const { name, code, file } of mishaps)
  test(`${name} where secrets are stored is one sentence, and the right file opens them again`, async () => {
    const database = await openFreshSqlite();
    const { options, keyFile, open } = await prepare(database);
    await (await open()).keepSecret(database.write, place, 'tiger');
    const wrongFile = join(scratch, freshName());
    if (file !== undefined) writeFileSync(wrongFile, file);
    const before = await database.read.selectFrom('secrets').selectAll().execute();
    const result = await openVault({ ...options, keyFile: wrongFile });
    assert.equal(result.kind === 'problem' && result.problem.code, code);
    assert.match(result.kind === 'problem' ? result.problem.sentence : '', /^[^\n.]+\S*[^\n]*\.$/);
    assert.deepEqual(await database.read.selectFrom('secrets').selectAll().execute(), before);
    const vault = await open({ keyFile });
    assert.deepEqual(await vault.readSecret(database.read, place), { kind: 'secret', text: 'tiger' });
    await database.close();
  });

test('a key file that the operator named is not made when it is missing', async () => {
  const database = await openFreshSqlite();
  const { options } = await prepare(database);
  const result = await openVault({ ...options, mayMakeKeyFile: false });
  assert.equal(result.kind === 'problem' && result.problem.code, 'SIGNET_MASTER_KEY_MISSING');
  await database.close();
});

testOnEachDatabase('a rotation seals everything anew and leaves only the new key', async database => {
  const { keyFile, open } = await prepare(database);
  const vault = await open();
  await vault.keepSecret(database.write, place, 'tiger');
  const oldFile = readFileSync(keyFile, 'utf8');
  assert.deepEqual(await vault.rotateMasterKey(), { kind: 'ok', value: 1 });
  assert.notEqual(readFileSync(keyFile, 'utf8'), oldFile);
  assert.equal(readFileSync(keyFile, 'utf8').trim().split('\n').length, 2);
  assert.deepEqual(await vault.readSecret(database.read, place), { kind: 'secret', text: 'tiger' });
  assert.deepEqual(await (await open()).readSecret(database.read, place), { kind: 'secret', text: 'tiger' });
});

testOnEachDatabase(
  'a rotation that ends at any step leaves secrets that open, and is finished by the next',
  async database => {
    const { open, keyFile } = await prepare(database);
    await (await open()).keepSecret(database.write, place, 'tiger');
    for (const step of ['proof', 'route-secret', 'key file']) {
      const beforeStep = (at: string) => {
        if (at === step) throw new Error('pulled the plug');
      };
      const cut = await open({ beforeStep });
      const rotated = await cut.rotateMasterKey();
      assert.ok(rotated.kind === 'problem', step);
      assert.equal(rotated.problem.code, 'SIGNET_STORE_FAILED');
      assert.match(rotated.problem.sentence, /\(pulled the plug\): .* rotate again to go on\.$/);
      const vault = await open();
      assert.deepEqual(await vault.readSecret(database.read, place), { kind: 'secret', text: 'tiger' }, step);
    }
    const last = await (await open()).rotateMasterKey();
    // One secret, though the rotation before had sealed it already.
    assert.deepEqual(last, { kind: 'ok', value: 1 });
    assert.equal(readFileSync(keyFile, 'utf8').trim().split('\n').length, 2);
    assert.deepEqual(await (await open()).readSecret(database.read, place), {
      kind: 'secret',
      text: 'tiger',
    });
  },
);

testOnEachDatabase(
  'a server that runs on goes with a rotation beside it, also for secrets kept meanwhile',
  async database => {
    const { open } = await prepare(database);
    const server = await open();
    await server.keepSecret(database.write, place, 'tiger');
    const begun = await open({
      beforeStep: step => {
        if (step === 'key file') throw new Error('pulled the plug');
      },
    });
    await begun.rotateMasterKey();
    const other = { ...place, name: 'next-hop-password' };
    await server.keepSecret(database.write, other, 'lion');
    assert.equal((await (await open()).rotateMasterKey()).kind, 'ok');
    assert.equal((await (await open()).rotateMasterKey()).kind, 'ok');
    for (const vault of [server, await open()]) {
      assert.deepEqual(await vault.readSecret(database.read, place), { kind: 'secret', text: 'tiger' });
      assert.deepEqual(await vault.readSecretsOf(database.read, place), {
        [place.name]: 'tiger',
        'next-hop-password': 'lion',
      });
    }
  },
);
