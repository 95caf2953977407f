import assert from 'node:assert/strict';
import { testStore } from '../support/store.ts';

const grants = [{ tenantId: '', role: 'owner' }] as const;
const ann = { id: 'a1', name: 'Ann', grants, passwordHash: 'x' };

testStore(
  'a code of an authenticator app counts once, also for two at the same moment',
  async ({ accounts, factors }) => {
    await accounts.addAccount(ann);
    await factors.addTotp('a1', { id: 'f1', name: 'Phone', seed: 'JBSWY3DPEHPK3PXP', step: 100 });
    assert.deepEqual(await factors.totpSeeds('a1'), [{ id: 'f1', seed: 'JBSWY3DPEHPK3PXP' }]);
    assert.equal(await factors.takeTotpStep('f1', 100), false);
    const both = await Promise.all([factors.takeTotpStep('f1', 101), factors.takeTotpStep('f1', 101)]);
    assert.deepEqual(both.toSorted(), [false, true]);
    assert.equal(await factors.takeTotpStep('f1', 99), false);
  },
);

testStore(
  'a recovery code counts once, and new codes put an end to the old',
  async ({ accounts, factors }) => {
    await accounts.addAccount(ann);
    await factors.replaceRecoveryCodes('a1', ['old', 'other']);
    const both = await Promise.all([
      factors.takeRecoveryCode('a1', 'old'),
      factors.takeRecoveryCode('a1', 'old'),
    ]);
    assert.deepEqual(both.toSorted(), [false, true]);
    await factors.replaceRecoveryCodes('a1', ['new']);
    assert.equal(await factors.takeRecoveryCode('a1', 'other'), false);
    assert.equal(await factors.countRecoveryCodes('a1'), 1);
  },
);

testStore('of two first accounts one wins, and names are taken in any case', async ({ accounts }) => {
  const made = await Promise.all([
    accounts.addFirstAccount(ann),
    accounts.addFirstAccount({ ...ann, id: 'a2', name: 'Bob' }),
  ]);
  assert.deepEqual(made.toSorted(), [false, true]);
  const [first] = await accounts.listAccounts();
  assert.equal(await accounts.addAccount({ ...ann, id: 'a3', name: first?.name.toUpperCase() ?? '' }), false);
  assert.equal(await accounts.countAccounts(), 1);
});

testStore(
  'with an account its sessions, factors and their seeds go',
  async ({ accounts, factors, sessions, vault, database }) => {
    await accounts.addAccount(ann);
    assert.equal(await accounts.removeAccount('a1'), false, 'the last owner stays');
    await accounts.addAccount({ ...ann, id: 'a2', name: 'Bob' });
    await factors.addTotp('a1', { id: 'f1', name: 'Phone', seed: 'JBSWY3DPEHPK3PXP', step: 1 });
    const session = { id: 's1', accountId: 'a1', stage: 'full', address: '', agent: '' } as const;
    await sessions.addSession({ ...session, tokenHash: 'h' });
    assert.equal(await accounts.removeAccount('a1'), true);
    assert.equal(await sessions.findSession('h'), undefined);
    const seed = await vault.readSecret(database.read, { owner: 'factors', rowId: 'f1', name: 'seed' });
    assert.notEqual(seed.kind, 'secret');
  },
);
