import assert from 'node:assert/strict';
import { acme, testStore } from '../support/store.ts';

testStore('a tenant comes back as it was saved, with its revision', async ({ tenants }, clock) => {
  clock.set(5_000);
  assert.equal(await tenants.saveTenant(acme), 1);
  assert.deepEqual(await tenants.findTenant('acme'), { ...acme, revision: 1, createdAt: 5_000 });
  assert.deepEqual(await tenants.listTenants(), [{ ...acme, revision: 1, createdAt: 5_000 }]);
  assert.equal(await tenants.findTenant('other'), undefined);
});

testStore(
  'saving again replaces all but the time of making, and raises the revision',
  async ({ tenants }, clock) => {
    await tenants.saveTenant(acme);
    clock.set(9_000);
    const changed = { ...acme, name: 'Acme 2', mode: 'off', domains: ['b.example', 'a.example'] } as const;
    assert.equal(await tenants.saveTenant({ ...changed, managedBy: '/etc/signet.yaml' }), 2);
    assert.deepEqual(await tenants.findTenant('acme'), {
      ...changed,
      domains: ['a.example', 'b.example'],
      managedBy: '/etc/signet.yaml',
      revision: 2,
      createdAt: 1_000,
    });
    assert.deepEqual([...(await tenants.tenantRevisions())], [['acme', 2]]);
  },
);

testStore('a name is taken by another tenant only', async ({ tenants }) => {
  await tenants.saveTenant(acme);
  assert.equal(await tenants.tenantNameExists('Acme'), true);
  assert.equal(await tenants.tenantNameExists('Acme', 'acme'), false);
  assert.equal(await tenants.tenantNameExists('acme'), false);
});

testStore('a second tenant of the same name changes nothing', async ({ tenants, database }) => {
  await tenants.saveTenant(acme);
  await assert.rejects(tenants.saveTenant({ ...acme, id: 'twin' }, { 'route-secret': 'x' }));
  assert.deepEqual(await database.read.selectFrom('domains').selectAll().execute(), [
    { tenant_id: 'acme', domain: 'acme.example' },
  ]);
  assert.deepEqual(await tenants.tenantSecrets('twin'), {});
});

testStore('secrets are kept, left alone, and forgotten one by one', async ({ tenants }) => {
  await tenants.saveTenant(acme, { 'route-secret': 'one', 'peer-password:scanner': 'two' });
  await tenants.saveTenant(acme, { 'peer-password:scanner': null, 'next-hop-password': 'three' });
  assert.deepEqual(await tenants.tenantSecrets('acme'), {
    'route-secret': 'one',
    'next-hop-password': 'three',
  });
});

testStore('a removed tenant takes its secrets and its log along, and nobody else’s', async store => {
  const { tenants, messages } = store;
  await tenants.saveTenant(acme, { 'route-secret': 'one' });
  await tenants.saveTenant({ ...acme, id: 'other', name: 'Other' }, { 'route-secret': 'two' });
  await tenants.removeTenant('acme');
  assert.deepEqual(await tenants.tenantSecrets('acme'), {});
  assert.deepEqual(await tenants.tenantSecrets('other'), { 'route-secret': 'two' });
  assert.deepEqual([...(await tenants.tenantRevisions()).keys()], ['other']);
  assert.deepEqual((await messages.searchMessages({ tenantId: 'acme' }, { size: 10 })).entries, []);
});
