import assert from 'node:assert/strict';
import { generateKeyPairSync, sign } from 'node:crypto';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, test } from 'node:test';
import Sqlite from 'better-sqlite3';
import { trustedKeyOf } from '../../src/licence/keys.ts';
import { type LicenceTerms, writeLicenceFile } from '../../src/signature/licence-file.ts';
import { runHere } from '../support/run-here.ts';

const folder = mkdtempSync(join(tmpdir(), 'signet-licence-'));
after(() => rmSync(folder, { recursive: true, force: true }));
const data = join(folder, 'data');

function put(name: string, content: string) {
  const file = join(folder, name);
  writeFileSync(file, content);
  return file;
}

const signet = (...words: string[]) => runHere(words, { SIGNET_DATA: data });

async function done(...words: string[]) {
  const { code, stdout, stderr } = await signet(...words);
  assert.deepEqual([code, stderr], [0, '']);
  return stdout;
}

async function refused(...words: string[]) {
  const { code, stdout, stderr } = await signet(...words);
  assert.deepEqual([code, stdout], [2, '']);
  return stderr;
}

const pair = generateKeyPairSync('ed25519');
const publicKey = put('reseller.pub', `${pair.publicKey.export({ type: 'spki', format: 'pem' })}`);
const read = trustedKeyOf(`${pair.publicKey.export({ type: 'spki', format: 'pem' })}`);
const keyId = read.kind === 'key' ? read.key.id : '';

const terms: LicenceTerms = {
  id: '00112233aabbccdd',
  domain: 'contoso.com',
  seats: 2,
  issued: '2026-01-01',
  note: 'Order 4711',
};

function licenceFile(name: string, changed: Partial<LicenceTerms> = {}, key = pair.privateKey) {
  const text = writeLicenceFile(
    { ...terms, ...changed },
    { id: keyId, sign: bytes => sign(null, bytes, key) },
  );
  return put(name, text);
}

const month = new Date().toISOString().slice(0, 7);

before(async () => {
  const tenant = (name: string, domain: string, people = '') =>
    `  - {name: ${name}, domains: [${domain}], nextHop: {host: mail.${domain}}, preferences: {timeZone: UTC}${people}}\n`;
  const people = ', people: [{address: anna@contoso.com, displayName: "=Anna"}]';
  const bundle = `version: 1\ntenants:\n${tenant('Contoso', 'contoso.com', people)}${tenant('Fabrikam', 'fabrikam.com')}`;
  await done('import', put('a.yaml', bundle));
  const database = new Sqlite(join(data, 'signet.sqlite'));
  const { id } = database
    .prepare<[], { id: string }>("select id from tenants where name = 'Contoso'")
    .get() ?? { id: '' };
  const seat = database.prepare('insert into seats values (?, ?, ?, ?)');
  seat.run(id, month, 'bundle:anna@contoso.com', 3_000);
  seat.run(id, month, 'bob@contoso.com', 1_000);
  seat.run(id, month, 'carl@contoso.com', 2_000);
  seat.run(id, '2025-02', 'carl@contoso.com', 500);
  database.close();
});

test('no file is taken before a key is trusted, and the sentence says how', async () => {
  assert.equal(await done('licence', 'key'), 'No key is trusted: no licence file is taken.\n');
  assert.match(
    await refused('licence', 'import', '--tenant', 'contoso', licenceFile('early.licence')),
    /^SIGNET_LICENCE_KEY: no public key is trusted here yet: .*"signet licence key FILE"/,
  );
});

test('a key is trusted once, listed, and forgotten', async () => {
  assert.equal(await done('licence', 'key', publicKey), `Trusted keys:\n  ${keyId}\n`);
  await done('licence', 'key', publicKey);
  const { keys } = JSON.parse(await done('licence', 'key', '--json'));
  assert.deepEqual(keys, [{ id: keyId, pem: `${pair.publicKey.export({ type: 'spki', format: 'pem' })}` }]);
  assert.match(await refused('licence', 'key', '--remove', 'x'), /^SIGNET_USAGE: no key x is trusted here/);
  await done('licence', 'key', '--remove', keyId);
  assert.match(
    await refused('licence', 'key', licenceFile('no.key')),
    /^SIGNET_LICENCE_KEY: the key is not usable \(it is no public key in PEM form\)/,
  );
  await done('licence', 'key', publicKey);
});

test('files that were changed, are foreign, of others, or over, are refused by their reason', async () => {
  const other = generateKeyPairSync('ed25519').privateKey;
  const changed = put('changed.licence', 'Signet-Licence: 1\nSeats: many\n');
  const cases = [
    ['malformed', changed],
    ['tampered', licenceFile('tampered.licence', {}, other)],
    ['wrong-tenant', licenceFile('other.licence', { domain: 'fabrikam.com' })],
    ['expired', licenceFile('over.licence', { until: '2026-01-02' })],
  ] as const;
  for (const [reason, file] of cases)
    assert.match(
      await refused('licence', 'import', '--tenant', 'Contoso', file),
      new RegExp(`^SIGNET_LICENCE_REFUSED: .* is refused \\(${reason}\\), because its? `),
    );
  assert.match(
    await refused('licence', 'import', licenceFile('whose.licence')),
    /^SIGNET_TENANT_UNKNOWN: there are several tenants: .*"Contoso", "Fabrikam"/,
  );
  const [contoso] = (await done('licence', 'show', '--json')).split('\n');
  assert.deepEqual(JSON.parse(contoso ?? '').licences, []);
});

test('an imported licence is shown with who uses it, who is beyond, and the warning', async () => {
  const file = licenceFile('good.licence');
  const words = ['licence', 'import', '--tenant', 'Contoso', file];
  assert.equal(await done(...words), 'Tenant "Contoso" has a new licence: 2 seats from now on for ever.\n');
  const again = JSON.parse(await done(...words, '--json'));
  assert.deepEqual([again.wasKnown, again.licence.id, again.tenant.name], [true, terms.id, 'Contoso']);

  const shown = JSON.parse(await done('licence', 'show', '--tenant', 'Contoso', '--json'));
  assert.deepEqual([shown.month, shown.used, shown.total], [month, 3, 2]);
  assert.deepEqual(shown.seats, [
    {
      personId: 'bob@contoso.com',
      address: 'bob@contoso.com',
      name: '',
      isBeyond: false,
      firstAt: '1970-01-01T00:00:01Z',
    },
    {
      personId: 'carl@contoso.com',
      address: 'carl@contoso.com',
      name: '',
      isBeyond: false,
      firstAt: '1970-01-01T00:00:02Z',
    },
    {
      personId: 'bundle:anna@contoso.com',
      address: 'anna@contoso.com',
      name: '=Anna',
      isBeyond: true,
      firstAt: '1970-01-01T00:00:03Z',
    },
  ]);
  assert.deepEqual(shown.months, [
    { month, seats: 3 },
    { month: '2025-02', seats: 1 },
  ]);
  assert.deepEqual(
    shown.warnings.map(({ kind, code }: Record<string, string>) => [kind, code]),
    [['over-limit', 'SIGNET_LICENCE_OVER_LIMIT']],
  );
  assert.deepEqual(
    shown.licences.map(({ id, source, state }: Record<string, string>) => [id, source, state]),
    [[terms.id, 'file', 'holds']],
  );
  const lines = await done('licence', 'show', '--tenant', 'Contoso');
  assert.match(lines, new RegExp(`^Seats {6}3 used of 2 in ${month}$`, 'm'));
  assert.match(lines, /^Warning {4}SIGNET_LICENCE_OVER_LIMIT: 3 of 2 seats are used this month/m);
  assert.match(lines, /^Seat {7}anna@contoso\.com, =Anna +1970-01-01T00:00:03Z beyond$/m);
});

test('seats of all tenants and of another month come as CSV, and no cell is a formula', async () => {
  const csv = await done('licence', 'show', '--csv');
  assert.match(
    csv,
    new RegExp(`^Contoso,${month},anna@contoso\\.com,'=Anna,bundle:anna@contoso\\.com,\\S+,yes\r$`, 'm'),
  );
  const before2026 = await done('licence', 'show', '--csv', '--month', '2025-02');
  assert.match(before2026, /^Contoso,2025-02,carl@contoso\.com,,carl@contoso\.com,\S+,no\r$/m);
});

test('an imported licence is taken back; one of the configuration is not', async () => {
  assert.match(
    await refused('licence', 'remove', '--tenant', 'Contoso', 'x'),
    /^SIGNET_USAGE: tenant "Contoso" has no licence x/,
  );
  await done('licence', 'remove', '--tenant', 'Contoso', terms.id);
  const bundle = put(
    'b.yaml',
    'version: 1\ntenants: [{name: Fabrikam, domains: [fabrikam.com], nextHop: {host: a.b}, licences: [{seats: 1}]}]\n',
  );
  await done('import', bundle);
  assert.match(
    await refused('licence', 'remove', '--tenant', 'Fabrikam', 'bundle-0001'),
    /^SIGNET_USAGE: the licence bundle-0001 stands in the configuration/,
  );
});
