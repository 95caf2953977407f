import assert from 'node:assert/strict';
import { test } from 'node:test';
import { alertsOf, type Facts, type TenantFacts } from '../../src/alerts/conditions.ts';

const [day, hour, minute] = [86_400_000, 3_600_000, 60_000];
const now = Date.UTC(2026, 10, 25);
const tenant: TenantFacts = {
  id: 't1',
  name: 'Contoso',
  deferred: 0,
  delivered: 5,
  licenceProblems: [],
  drift: [],
};
const well: Facts = {
  now,
  isListening: true,
  disk: { folder: '/data', freeBytes: 2 ** 40 },
  certificates: [{ name: 'of the relay', validUntil: now + 60 * day }],
  tenants: [tenant],
  isRecorderFailing: false,
};
const withTenant = (facts: Partial<TenantFacts>): Partial<Facts> => ({ tenants: [{ ...tenant, ...facts }] });
const directory = { everyMinutes: 60, lastSuccessAt: now - 10 * minute, knownSince: now - day };

test('where all is well nothing is said', () => {
  assert.deepEqual(alertsOf(well), []);
  assert.deepEqual(alertsOf({ ...well, disk: undefined, certificates: [], tenants: [] }), []);
});

const cases: readonly (readonly [string, Partial<Facts>, RegExp | undefined])[] = [
  ['a relay that takes no mail', { isListening: false }, /^SIGNET_RELAY_DEAF/],
  [
    'a disk with little left',
    { disk: { folder: '/data', freeBytes: 9 * 2 ** 20 } },
    /^SIGNET_DISK_FULL.*9 MiB/,
  ],
  ['a log that cannot be written', { isRecorderFailing: true }, /^SIGNET_STORE_FAILED/],
  [
    'a certificate of 20 days',
    { certificates: [{ name: 'x', validUntil: now + 20.5 * day }] },
    /ENDING.*ends in 20 days/,
  ],
  ['a certificate of 22 days', { certificates: [{ name: 'x', validUntil: now + 22 * day }] }, undefined],
  ['a certificate that ended', { certificates: [{ name: 'x', validUntil: now - 1 }] }, /ENDING.*has ended/],
  ['a next hop that takes nothing', withTenant({ deferred: 3, delivered: 0 }), /^SIGNET_NEXT_HOP_REFUSES t1/],
  ['a next hop that takes some', withTenant({ deferred: 30, delivered: 1 }), undefined],
  ['a grey-listed message', withTenant({ deferred: 2, delivered: 0 }), undefined],
  ['people read just now', withTenant({ directory }), undefined],
  [
    'people who were not read for three intervals',
    withTenant({ directory: { ...directory, lastSuccessAt: now - 3 * hour, failure: 'no answer.' } }),
    /STALE.*for 3 hours \(no answer\):/,
  ],
  [
    'a short interval, where a few failures are no trouble yet',
    withTenant({ directory: { ...directory, everyMinutes: 5, lastSuccessAt: now - hour } }),
    undefined,
  ],
  [
    'people never read, since a minute',
    withTenant({ directory: { everyMinutes: 60, knownSince: now - minute } }),
    undefined,
  ],
  [
    'people never read, since a day',
    withTenant({ directory: { everyMinutes: 60, knownSince: now - day } }),
    /STALE/,
  ],
  [
    'a licence',
    withTenant({ licenceProblems: [{ code: 'SIGNET_LICENCE_ENDING', sentence: 'ends.' }] }),
    /^SIGNET_LICENCE_ENDING t1 Contoso: ends/,
  ],
  ['drift', withTenant({ drift: ['the rule is off'] }), /^SIGNET_EXCHANGE_DRIFT t1 .*the rule is off/],
];
for (const [what, facts, says] of cases)
  test(`${what}: ${says ? 'an alert' : 'nothing'}`, () => {
    const alerts = alertsOf({ ...well, ...facts }).map(
      ({ code, tenantId = '', sentence }) => `${code} ${tenantId} ${sentence}`,
    );
    assert.equal(alerts.length, says ? 1 : 0, alerts.join());
    if (says) assert.match(alerts[0] ?? '', says);
  });

test('of several certificates of one owner the first to end is told', () => {
  const certificates = [
    { name: 'late', validUntil: now + 9 * day },
    { name: 'soon', validUntil: now + 2 * day },
    { name: 'of a tenant', tenantId: 't1', validUntil: now + day },
  ];
  const told = alertsOf({ ...well, certificates }).map(({ tenantId, sentence }) => [
    tenantId,
    sentence.slice(0, 24),
  ]);
  assert.deepEqual(told.sort(), [
    [undefined, 'the certificate soon end'],
    ['t1', 'the certificate of a ten'],
  ]);
});
