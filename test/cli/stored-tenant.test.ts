/** `explain` and `stamp` without a bundle: what they say of the data folder is what they say of the file that was imported. */
import assert from 'node:assert/strict';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, test } from 'node:test';
import Sqlite from 'better-sqlite3';
import { writeGreyPng } from '../../src/content/png.ts';
import { runHere } from '../support/run-here.ts';

const folder = mkdtempSync(join(tmpdir(), 'signet-stored-'));
after(() => rmSync(folder, { recursive: true, force: true }));
const data = join(folder, 'data');

function put(name: string, content: string | Uint8Array) {
  writeFileSync(join(folder, name), content);
  return join(folder, name);
}

put(
  'ada.png',
  writeGreyPng(40, 40, (x, y) => (x + y) % 2 === 0),
);
put('secret', 'a password of sixteen\n');
const bundle = put(
  'a.yaml',
  `version: 1
tenants:
  - name: Contoso
    domains: [contoso.com]
    nextHop: {host: localhost, tls: 'off'}
    preferences: {timeZone: Europe/Berlin, delivery: per-recipient, holdBackBeyondLicence: true}
    signatures:
      - name: Full
        html: '<p>{{person.displayName}}</p><p><img src="{{person.photo}}" width="40" alt=""></p>'
    rules: [{name: Outside, signatures: [Full], recipients: external, senders: {group: Sales}}]
    people:
      - {address: ada@contoso.com, displayName: Ada Lovelace, groups: [Sales], photo: ada.png}
      - {address: bob@contoso.com, displayName: Bob, groups: [Sales]}
    licences: [{seats: 1}]
  - {name: Fabrikam, domains: [fabrikam.com], nextHop: {host: localhost, tls: 'off'}}
  - {name: Whole, domains: [whole.example], peers: [{user: app, passwordFile: secret}], nextHop: {host: localhost}}
  - {name: Lacking, domains: [lacking.example], peers: [{user: app}], nextHop: {host: localhost}}
`,
);
const letter = put(
  'letter.eml',
  'From: Ada <ada@contoso.com>\r\nTo: eve@partner.example\r\nSubject: x\r\nMIME-Version: 1.0\r\nContent-Type: text/html\r\n\r\n<p>Hello</p>\r\n',
);

const signet = (...words: string[]) => runHere(words, { SIGNET_DATA: data });
const contoso = ['--tenant', 'contoso'];

before(async () => {
  const { code, stderr } = await signet('import', bundle);
  assert.deepEqual([code, stderr], [0, '']);
});

test('a stored tenant is explained as its bundle is', async () => {
  const words = [...contoso, '--to', 'eve@partner.example', '--at', '2026-12-24T18:30', '--json', letter];
  const stored = await signet('explain', ...words);
  assert.deepEqual([stored.code, stored.stderr], [0, '']);
  const written = await signet('explain', '--bundle', bundle, ...words);
  const [a, b] = [JSON.parse(stored.stdout), JSON.parse(written.stdout)];
  assert.equal(a.person.id, 'bundle:ada@contoso.com');
  assert.deepEqual({ ...a, person: null }, { ...b, person: null });
  assert.deepEqual(a.variants[0].signatures, ['Full']);
});

test('a stored tenant stamps the same bytes, photo included', async () => {
  const words = [...contoso, '--to', 'eve@partner.example', letter];
  const stored = await signet('stamp', ...words);
  assert.deepEqual([stored.code, stored.stderr], [0, '']);
  const written = await signet('stamp', '--bundle', bundle, ...words);
  assert.match(written.stdout, /Ada Lovelace[\s\S]*Content-Type: image\/png/);
  assert.equal(stored.stdout, written.stdout);
});

test('seats of the month count, and nothing is written', async () => {
  const database = new Sqlite(join(data, 'signet.sqlite'));
  after(() => database.close());
  database.exec(
    `insert into seats select id, strftime('%Y-%m', 'now'), 'bundle:ada@contoso.com', 1 from tenants where name = 'Contoso'`,
  );
  // A server that is writing holds nobody up who only looks.
  database.exec('begin immediate');
  const bytes = readFileSync(join(data, 'signet.sqlite'));
  const ask = async (from: string) => {
    const words = [...contoso, '--from', from, '--to', 'eve@partner.example', '--json'];
    const { code, stdout, stderr } = await signet('explain', ...words);
    assert.deepEqual([code, stderr], [0, '']);
    return JSON.parse(stdout);
  };
  assert.equal((await ask('ada@contoso.com')).withheld, null);
  assert.equal((await ask('bob@contoso.com')).withheld, 'beyond-licence');
  assert.deepEqual(readFileSync(join(data, 'signet.sqlite')), bytes);
  database.exec('rollback');
});

test('a tenant that lacks a secret is off, and says what it needs; one that has its secret is on', async () => {
  const ask = (tenant: string, ...more: string[]) =>
    signet('explain', '--tenant', tenant, '--from', 'a@b.example', '--to', 'a@b.example', ...more);
  const lacking = JSON.parse((await ask('lacking', '--json')).stdout);
  assert.equal(lacking.tenant.mode, 'off');
  assert.deepEqual(lacking.lacking, ['the password of peer "app" (passwordFile)']);
  assert.match((await ask('lacking')).stdout, /Lacking \(off[^\n]*\)\nNeeds +the password of peer "app"/);
  const whole = JSON.parse((await ask('whole', '--json')).stdout);
  assert.deepEqual([whole.tenant.mode, whole.lacking], ['on', []]);
});

test('which tenant is meant must be clear', async () => {
  const words = ['--from', 'a@b.example', '--to', 'a@b.example'];
  const { code, stderr } = await signet('explain', ...words);
  assert.equal(code, 2);
  assert.match(
    stderr,
    /^SIGNET_TENANT_UNKNOWN: there are several tenants: .*"Contoso", "Fabrikam", "Lacking", "Whole"/,
  );
});
