import assert from 'node:assert/strict';
import type { BundleTenant } from '../../src/bundle/bundle.ts';
import { planImport } from '../../src/bundle/plan.ts';
import { readBundle } from '../../src/bundle/read.ts';
import { writeBundle } from '../../src/bundle/write.ts';
import { routeSecretsJob } from '../../src/jobs/route-secrets.ts';
import { acme, testStore } from '../support/store.ts';

const entraId = '11111111-2222-3333-4444-555555555555';
const contoso = {
  ...acme,
  id: 'contoso',
  name: 'Contoso',
  kind: 'exchange-online',
  domains: ['contoso.com', 'contoso.onmicrosoft.com'],
  connection: { ...acme.connection, peers: [], microsoft: { tenantId: entraId, cloud: 'worldwide' } },
} as const;
const secret = 's'.repeat(43);

testStore(
  'a state is changed with its secrets, under one installation id, and moves the revision',
  async store => {
    const before = await store.tenants.saveTenant(contoso);
    const first = await store.microsoft.changeMicrosoft(
      'contoso',
      state => ({ ...state, status: 'waiting', statusAt: 5, routeSecretAt: 5 }),
      { 'route-secret': secret },
    );
    const second = await store.microsoft.changeMicrosoft('contoso', state => ({ ...state, verifiedAt: 9 }));
    assert.match(first.installationId, /^[0-9a-f]{32}$/);
    assert.equal(second.installationId, first.installationId);
    assert.deepEqual(await store.microsoft.findMicrosoft('contoso'), second);
    assert.deepEqual(second.state, { status: 'waiting', statusAt: 5, routeSecretAt: 5, verifiedAt: 9 });
    assert.equal((await store.tenants.tenantRevisions()).get('contoso'), before + 2);
    const read = await store.configurations.readConfiguration('contoso');
    assert.deepEqual(read?.tenant.microsoft, {
      tenantId: entraId,
      cloud: 'worldwide',
      routeSecrets: [secret],
    });
  },
);

testStore('two changes at once are both kept', async store => {
  await store.tenants.saveTenant(contoso);
  const add = (domain: string) =>
    store.microsoft.changeMicrosoft('contoso', state => ({
      ...state,
      unknownDomains: [...(state.unknownDomains ?? []), domain],
    }));
  await Promise.all([add('a.example'), add('b.example')]);
  const { unknownDomains = [] } = (await store.microsoft.findMicrosoft('contoso'))?.state ?? {};
  assert.deepEqual([...unknownDomains].sort(), ['a.example', 'b.example']);
});

testStore('no state is made for a tenant that does not exist', async store => {
  await assert.rejects(store.microsoft.changeMicrosoft('nobody', state => state));
});

testStore('a validation is open for a quarter of an hour at most, and counts', async (store, clock) => {
  await store.tenants.saveTenant(contoso);
  clock.set(1_000_000);
  await store.microsoft.openValidation('contoso', {
    until: Number.MAX_SAFE_INTEGER,
    recipients: ['A@Contoso.com'],
  });
  const open = await store.microsoft.findValidation('contoso');
  assert.equal(open?.until, 1_000_000 + 15 * 60_000);
  assert.deepEqual(open?.recipients, ['a@contoso.com']);
  await store.microsoft.countProbe('contoso', open?.id ?? '');
  await store.microsoft.countProbe('contoso', 'another');
  const { tenant } = (await store.configurations.readConfiguration('contoso')) ?? {};
  assert.equal(tenant?.microsoft?.validation?.taken, 1);
  await store.microsoft.openValidation('contoso', { until: 1_000_500, recipients: [] });
  assert.equal((await store.microsoft.findValidation('contoso'))?.taken, 0);
  await store.microsoft.closeValidation('contoso');
  assert.equal(await store.microsoft.findValidation('contoso'), undefined);
});

testStore('the secret before is dropped when its day is over', async (store, clock) => {
  await store.tenants.saveTenant(contoso);
  await store.microsoft.changeMicrosoft('contoso', state => ({ ...state, routeSecretBeforeUntil: 50_000 }), {
    'route-secret': secret,
    'route-secret-before': 'b'.repeat(43),
  });
  const job = routeSecretsJob({ ...store, now: clock.now });
  const run = () => job.run(new AbortController().signal);
  clock.set(49_999);
  assert.deepEqual(await run(), { dropped: [] });
  clock.set(50_000);
  assert.deepEqual(await run(), { dropped: ['contoso'] });
  assert.deepEqual(await store.tenants.tenantSecrets('contoso'), { 'route-secret': secret });
  assert.deepEqual(await run(), { dropped: [] });
});

testStore('a removed tenant leaves no state and no secret', async store => {
  await store.tenants.saveTenant(contoso);
  await store.microsoft.changeMicrosoft('contoso', state => state, { 'route-secret': secret });
  await store.microsoft.openValidation('contoso', { until: 2_000, recipients: [] });
  await store.tenants.removeTenant('contoso');
  assert.equal(await store.microsoft.findMicrosoft('contoso'), undefined);
  assert.equal(await store.microsoft.findValidation('contoso'), undefined);
  assert.deepEqual(await store.tenants.tenantSecrets('contoso'), {});
});

testStore('an export has the id and no secret, and an import keeps what it leaves out', async store => {
  await store.tenants.saveTenant(contoso, { 'next-hop-key': 'KEY' });
  await store.microsoft.changeMicrosoft('contoso', state => state, { 'route-secret': secret });
  const [known] = await store.configurations.listConfigurations();
  assert.ok(known);
  const text = writeBundle({ version: 1, tenants: [known.tenant] });
  assert.ok(text.includes(entraId));
  assert.ok(!text.includes(secret) && !text.includes('KEY'));
  const again = await readBundle(text, () => Promise.reject(new Error('no files')));
  assert.ok(again.kind === 'ok');
  const here = planImport([known], again.bundle, undefined);
  assert.deepEqual(here.kind === 'ok' && [here.value.put, here.value.lacking], [[], []]);
  const elsewhere = planImport([], again.bundle, undefined);
  assert.match(JSON.stringify(elsewhere.kind === 'ok' && elsewhere.value.lacking), /its route secret/);
});

testStore('a bundle without a next hop keeps the one that the wizard chose', async store => {
  await store.tenants.saveTenant({
    ...contoso,
    connection: { ...contoso.connection, nextHop: { ...acme.connection.nextHop, certificate: 'PEM' } },
  });
  const [known] = await store.configurations.listConfigurations();
  assert.ok(known);
  const text = `version: 1
tenants:
  - name: Contoso
    id: contoso
    kind: exchange-online
    domains: [contoso.com, contoso.onmicrosoft.com]
`;
  const read = await readBundle(text, () => Promise.reject(new Error('no files')));
  assert.ok(read.kind === 'ok');
  const [fresh] = read.bundle.tenants as readonly [BundleTenant];
  assert.deepEqual(fresh.nextHop, {
    target: {
      kind: 'mx',
      domain: 'contoso.onmicrosoft.com',
      within: ['.mail.protection.outlook.com', '.mx.microsoft'],
    },
    port: 25,
    tls: 'required',
    isDefault: true,
  });
  const planned = planImport([known], read.bundle, undefined);
  assert.ok(planned.kind === 'ok');
  const [put] = planned.value.put;
  assert.deepEqual(put?.tenant.nextHop ?? known.tenant.nextHop, known.tenant.nextHop);
  assert.deepEqual(put?.tenant.microsoft ?? known.tenant.microsoft, known.tenant.microsoft);
});
