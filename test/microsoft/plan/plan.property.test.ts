import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { createTenantSetup } from '../../../src/microsoft/apply/setup.ts';
import type { ConnectorSettings } from '../../../src/microsoft/connectors/settings.ts';
import type { Row } from '../../../src/microsoft/exchange/command.ts';
import { contosoSettings } from '../../support/connector-settings.ts';
import { createTestTenant, type TestTenant } from '../../support/exchange-tenant.ts';

const settings: fc.Arbitrary<ConnectorSettings> = fc.record({
  installationId: fc.constant(contosoSettings.installationId),
  version: fc.constantFrom('0.1.0', '1.20.3-beta.1'),
  relayHost: fc.constantFrom('signet.contoso.com', 'mail.fabrikam.co.uk'),
  relayTls: fc.constantFrom('verified', 'encrypted'),
  identification: fc.constantFrom<ConnectorSettings['identification']>(
    { kind: 'certificate', name: 'signet.contoso.com' },
    { kind: 'certificate', name: '*.contoso.com' },
    { kind: 'addresses', addresses: ['203.0.113.10'] },
    { kind: 'addresses', addresses: ['203.0.113.0/24', '198.51.100.7'] },
  ),
  keepsHeaders: fc.boolean(),
  scope: fc.record({
    senders: fc.constantFrom<ConnectorSettings['scope']['senders']>(
      { kind: 'all' },
      { kind: 'group', address: 'signatures@contoso.com' },
      { kind: 'group', address: "o'brien&co@contoso.com" },
    ),
    isInternalToo: fc.boolean(),
  }),
  token: fc.constantFrom(contosoSettings.token, 'f'.repeat(32)),
  routeSecret: fc.constantFrom(contosoSettings.routeSecret, 'B'.repeat(40)),
  priority: fc.integer({ min: 0, max: 5 }),
  stopsOtherRules: fc.boolean(),
  onRuleError: fc.constantFrom('ignore', 'defer'),
  sizeLimitBytes: fc.constantFrom(23_592_960, 10 * 2 ** 20),
});

const own = [
  ...['Signet - from relay', 'Signet - to relay', 'Signet - recall mail stays'],
  ...['Signet - out of office mail stays', 'Signet - route for signature'],
];

/** What people do in the admin centre, between two set-ups. */
const meddling = fc.oneof(
  fc.record({ kind: fc.constant('delete' as const), name: fc.constantFrom(...own.toSpliced(1, 1)) }),
  fc.record({
    kind: fc.constant('change' as const),
    name: fc.constantFrom(...own.slice(2)),
    values: fc.constantFrom<Row>(
      { State: 'Disabled' },
      { SetHeaderValue: 'x' },
      { SubjectContainsWords: ['no signature'] },
      { ExceptIfSentTo: ['press@contoso.com'] },
      { ExpiryDate: '2026-01-01T00:00:00Z' },
      { Name: 'Renamed by somebody' },
    ),
  }),
  fc.record({
    kind: fc.constant('change' as const),
    name: fc.constant('Signet - from relay'),
    values: fc.constantFrom<Row>(
      { Enabled: false },
      { SenderDomains: ['smtp:contoso.com;1'], RequireTls: false },
      { TlsSenderCertificateName: null, RestrictDomainsToCertificate: false },
      { Name: 'Renamed by somebody' },
    ),
  }),
  fc.record({
    kind: fc.constant('change' as const),
    name: fc.constant('Signet - to relay'),
    values: fc.constantFrom<Row>(
      { Enabled: false },
      { TlsDomain: null, TlsSettings: 'EncryptionOnly' },
      { UseMXRecord: true, SmartHosts: [] },
      { RouteAllMessagesViaOnPremises: true },
      { Name: 'Renamed by somebody' },
    ),
  }),
);

const others = fc.array(fc.constantFrom({ Name: 'A' }, { Name: 'B', FromScope: 'InOrganization' }), {
  maxLength: 6,
});

test('whatever was there and whatever happened, connect leads to a plan that keeps everything', async () => {
  await fc.assert(
    fc.asyncProperty(
      settings,
      settings,
      fc.array(meddling, { maxLength: 5 }),
      others,
      async (a, b, acts, rules) => {
        const tenant = createTestTenant({
          rules: rules.map((rule, i) => ({ ...rule, Name: `${rule.Name}${i}` })),
        });
        const setup = createTenantSetup({ exchange: tenant, clock: tenant.clock, wait: tenant.wait });
        assert.equal((await setup.connect({ settings: a, isEnabled: true })).kind, 'ok');
        for (const act of acts)
          if (act.kind === 'delete') tenant.delete(act.name);
          else tenant.meddle(act.name, act.values);
        const again = await setup.connect({ settings: b, isEnabled: true });
        assert.equal(again.kind, 'ok', JSON.stringify(again, null, 1));
        const plan = await setup.preview({ settings: b, isEnabled: true });
        assert.ok(plan.kind === 'ok');
        assert.deepEqual(
          plan.value.filter(({ kind }) => kind !== 'keep'),
          [],
        );
        assert.deepEqual(ownState(tenant), await freshState(b), 'the tenant looks as one set up anew');
        const names = tenant.objects().rules.map(row => row.Name);
        assert.equal(names.filter(name => /^[AB]\d$/.test(String(name))).length, rules.length, 'others stay');
        const writesBefore = tenant.writes.length;
        await setup.connect({ settings: b, isEnabled: true });
        assert.equal(tenant.writes.length, writesBefore, 'nothing is written twice');
      },
    ),
    { numRuns: 150 },
  );
});

/** What is set on our own objects, rules in their order; without what each tenant numbers for itself. */
function ownState(tenant: TestTenant) {
  const { inbound, outbound, rules } = tenant.objects();
  return [...inbound, ...outbound, ...rules].filter(isOurs).map(row =>
    Object.fromEntries(
      Object.entries(row)
        .filter(
          ([name, value]) => !['Guid', 'Priority', 'Comment', 'Comments'].includes(name) && isSet(value),
        )
        .toSorted(([one], [other]) => (one < other ? -1 : 1)),
    ),
  );
}

function isOurs(row: Readonly<Record<string, unknown>>) {
  return String(row.Comment ?? row.Comments).includes(contosoSettings.installationId);
}

function isSet(value: unknown) {
  return value !== null && value !== false && !(Array.isArray(value) && value.length === 0);
}

async function freshState(settings: ConnectorSettings) {
  const tenant = createTestTenant();
  const setup = createTenantSetup({ exchange: tenant, clock: tenant.clock, wait: tenant.wait });
  await setup.connect({ settings, isEnabled: true });
  return ownState(tenant);
}

test('a write that fails or whose answer is lost, at any place, is made good by running again', async () => {
  const reasons = fc.constantFrom('unknown', 'busy', 'unreachable', 'sign-in', 'not-yet', 'refused');
  const fault = fc.record({ write: fc.integer({ min: 0, max: 8 }), reason: reasons, happened: fc.boolean() });
  await fc.assert(
    fc.asyncProperty(settings, fault, fc.constantFrom(0, 3_000, 20_000), async (a, one, lagMs) => {
      const tenant = createTestTenant({ faults: [one], lagMs });
      const setup = createTenantSetup({ exchange: tenant, clock: tenant.clock, wait: tenant.wait });
      const first = await setup.connect({ settings: a, isEnabled: true });
      if (first.kind === 'failed') {
        const routes = tenant.objects().rules.filter(row => row.RouteMessageOutboundConnector);
        const isEarly = ['read', 'connectors', 'rule'].includes(first.reached);
        assert.ok(!isEarly || routes.every(row => row.State === 'Disabled'), 'mail flow is as it was');
      }
      await tenant.wait(60_000);
      const second = await setup.connect({ settings: a, isEnabled: true });
      assert.equal(second.kind, 'ok', JSON.stringify(second, null, 1));
      const health = await setup.verify({ settings: a });
      assert.deepEqual(health, { kind: 'ok', value: { kind: 'successful' } });
    }),
    { numRuns: 200 },
  );
});
