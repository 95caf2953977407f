import assert from 'node:assert/strict';
import { test } from 'node:test';
import { examineHostname, type Names } from '../../src/doctor/hostname.ts';
import { examineClock, examineDisk, examineFolder } from '../../src/doctor/machine.ts';
import { examineJobs, examineTenant, type TenantFacts } from '../../src/doctor/tenant.ts';

const [mib, gib] = [2 ** 20, 2 ** 30];
const states = (findings: readonly { readonly state: string }[]) => findings.map(({ state }) => state);

for (const [freeBytes, databaseBytes, state] of [
  [50 * gib, gib, 'fine'],
  [500 * mib, mib, 'warning'],
  [99 * mib, mib, 'failure'],
  [3 * gib, 2 * gib, 'warning'],
] as const)
  test(`a disk with ${freeBytes / mib} MiB beside a database of ${databaseBytes / mib} MiB: ${state}`, () => {
    assert.deepEqual(
      states(examineDisk({ folder: '/data', freeBytes, totalBytes: 100 * gib, databaseBytes })),
      [state],
    );
  });

const folder = { folder: '/data', mode: 0o40700, keyFile: '/data/master.key', keyMode: 0o100600 };
test('a data folder is for its owner, and the key above all', () => {
  assert.deepEqual(states(examineFolder(folder)), ['fine']);
  assert.deepEqual(states(examineFolder({ ...folder, mode: 0o40755 })), ['warning']);
  assert.deepEqual(states(examineFolder({ ...folder, keyMode: 0o100644 })), ['fine', 'failure']);
  assert.match(
    examineFolder({ ...folder, unwritable: 'the disk is full' })[0]?.sentence ?? '',
    /the disk is full/,
  );
});

test('a clock that went back or was never set is noticed', () => {
  const now = Date.UTC(2027, 0, 1);
  assert.deepEqual(states(examineClock({ now })), ['fine']);
  assert.deepEqual(states(examineClock({ now, newestEntryAt: now + 60_000 })), ['fine']);
  assert.deepEqual(states(examineClock({ now, newestEntryAt: now + 7_200_000 })), ['failure']);
  assert.deepEqual(states(examineClock({ now: 0 })), ['failure']);
});

const names = (addresses: readonly string[] | string, back: readonly string[]): Names => ({
  addressesOf: async () => {
    if (typeof addresses === 'string') throw Object.assign(new Error('x'), { code: addresses });
    return addresses;
  },
  namesOf: async () => back,
});
for (const [what, hostname, found, state] of [
  ['leads there and back', 'signet.contoso.com', names(['192.0.2.1'], ['SIGNET.contoso.com.']), 'fine'],
  ['leads back elsewhere', 'signet.contoso.com', names(['192.0.2.1'], ['vm.hoster.example']), 'warning'],
  ['is not in DNS', 'signet.contoso.com', names('ENOTFOUND', []), 'warning'],
  ['cannot be asked for', 'signet.contoso.com', names('ESERVFAIL', []), 'unknown'],
  ['is short', 'vm', names(['192.0.2.1'], ['vm']), 'warning'],
  ['is an address', '192.0.2.1', names(['192.0.2.1'], []), 'warning'],
] as const)
  test(`a host name that ${what}: ${state}`, async () => {
    assert.deepEqual(states(await examineHostname(hostname, found)), [state]);
  });

const tenant: TenantFacts = {
  name: 'Contoso',
  mode: 'on',
  domains: ['contoso.com'],
  isRetired: false,
  lackingSecrets: [],
  enabledRules: 1,
  publishedSignatures: 1,
  licenceProblems: [],
};
for (const [what, change, says] of [
  ['signs', {}, /signs the mail of contoso\.com/],
  ['is off', { mode: 'off' }, /switched off/],
  ['only looks', { mode: 'shadow' }, /shadow/],
  ['has no rule that is on', { enabledRules: 0 }, /no rule/],
  ['has no signature', { publishedSignatures: 0 }, /no published signature/],
  ['has no domains', { domains: [] }, /no domains/],
  ['lacks a secret', { lackingSecrets: ['its next hop'] }, /no secret for its next hop/],
  ['has a licence that ends', { licenceProblems: [{ sentence: 'the licence ends.' }] }, /the licence ends$/],
  ['was removed', { isRetired: true, mode: 'off' }, /was removed/],
] as const)
  test(`a tenant that ${what} is told as that`, () => {
    const findings = examineTenant({ ...tenant, ...change });
    assert.equal(findings.length, 1);
    assert.match(findings[0]?.sentence ?? '', says);
  });

test('jobs that failed last are named with their tenant and reason', () => {
  const failed = {
    name: 'directory',
    tenantId: 't1',
    finishedAt: 0,
    outcome: 'failure',
    result: 'no answer',
  } as const;
  const [finding, ...others] = examineJobs(
    [{ name: 'backups', outcome: 'success' }, failed],
    () => 'Contoso',
  );
  assert.deepEqual(others, []);
  assert.equal(finding?.subject, 'directory of Contoso');
  assert.match(finding?.sentence ?? '', /1970-01-01T00:00:00.000Z: no answer/);
  assert.deepEqual(states(examineJobs([], () => '')), ['fine']);
});
