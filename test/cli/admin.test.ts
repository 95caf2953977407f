import assert from 'node:assert/strict';
import { randomBytes } from 'node:crypto';
import { mkdirSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, test } from 'node:test';
import Sqlite from 'better-sqlite3';
import { systemClock } from '../../src/clock.ts';
import { createLog } from '../../src/log.ts';
import { startWorker } from '../../src/start-worker.ts';
import { databaseFile, openStore, type Store } from '../../src/store/store.ts';
import { createPasswords } from '../../src/web/accounts/password.ts';
import { runHere } from '../support/run-here.ts';

const dataFolder = mkdtempSync(join(tmpdir(), 'signet-admin-'));
after(() => rmSync(dataFolder, { recursive: true, force: true }));

const admin = (...words: string[]) => runHere(['admin', ...words], { SIGNET_DATA: dataFolder });
const passwords = createPasswords(randomBytes);

async function inStore<Value>(run: (store: Store) => Promise<Value>): Promise<Value> {
  const log = createLog('silent');
  const store = await openStore({ dataFolder, startWorker, clock: systemClock, random: randomBytes, log });
  if (store.kind === 'problem') return assert.fail(store.problem.sentence);
  try {
    return await run(store.value);
  } finally {
    await store.value.close();
  }
}

before(async () => {
  mkdirSync(dataFolder, { recursive: true });
  await inStore(async ({ accounts, factors, sessions }) => {
    const grants = [{ tenantId: '', role: 'owner' }] as const;
    await accounts.addFirstAccount({ id: 'a1', name: 'Ann', grants, passwordHash: 'x' });
    await factors.addTotp('a1', { id: 'f1', name: 'Phone', seed: 'JBSWY3DPEHPK3PXP', step: 1 });
    await factors.replaceRecoveryCodes('a1', ['h1', 'h2']);
    const session = { id: 's1', accountId: 'a1', stage: 'full', address: '', agent: '' } as const;
    await sessions.addSession({ ...session, tokenHash: 'h' });
  });
});

test('accounts are listed with their roles', async () => {
  assert.equal((await admin('accounts')).stdout, 'Ann: owner\n');
});

test('a new passphrase is told once, opens the account, and ends its sessions', async () => {
  const { code, stdout } = await admin('reset-password', 'ann');
  assert.equal(code, 0);
  const [, passphrase = ''] = /signs in with (\S+) from now on; 1 sessions ended/.exec(stdout) ?? [];
  await inStore(async ({ accounts, sessions }) => {
    assert.equal((await passwords.verify(passphrase, await accounts.passwordHash('a1'))).isRight, true);
    assert.deepEqual(await sessions.listSessions('a1'), []);
  });
});

test('second factors go with their recovery codes', async () => {
  assert.match((await admin('disable-factor', 'Ann')).stdout, /\(1 taken away\)/);
  await inStore(async ({ factors }) => {
    assert.deepEqual(await factors.listFactors('a1'), []);
    assert.deepEqual(await factors.totpSeeds('a1'), []);
    assert.equal(await factors.countRecoveryCodes('a1'), 0);
  });
});

test('an unknown account and a missing word say what to do', async () => {
  assert.match((await admin('reset-password', 'Bob')).stderr, /^SIGNET_ACCOUNT_UNKNOWN: [^\n]+\.\n$/);
  for (const words of [[], ['reset-password'], ['accounts', 'Ann'], ['constructor'], ['x', 'y', 'z']])
    assert.match((await admin(...words)).stderr, /^SIGNET_USAGE: /, words.join(' '));
});

test('the trail is whole until somebody changes it around Signet', async () => {
  assert.match(
    (await admin('verify-audit')).stdout,
    /^The trail is whole: 2 entries, the last digest is [0-9a-f]{64}\.\n$/,
  );
  const database = new Sqlite(databaseFile(dataFolder));
  const forge = "update audit set subject = 'Bob' where number = 1";
  assert.throws(() => database.exec(forge), /audit only grows/);
  database.exec('drop trigger audit_no_update');
  database.exec(forge);
  database.close();
  const { code, stderr } = await admin('verify-audit');
  assert.equal(code, 1);
  assert.match(stderr, /^SIGNET_AUDIT_BROKEN: [^\n]*entry 1[^\n]*\n$/);
});
