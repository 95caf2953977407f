/** Notices as they arrive: by mail through a way that was set or a tenant's next hop, and at a webhook. */
import assert from 'node:assert/strict';
import { once } from 'node:events';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, test } from 'node:test';
import { simpleParser } from 'mailparser';
import { startNextHop } from '../support/next-hop.ts';
import { runHere } from '../support/run-here.ts';

const folder = mkdtempSync(join(tmpdir(), 'signet-alerts-'));
after(() => rmSync(folder, { recursive: true, force: true }));
const put = (name: string, text: string) => {
  writeFileSync(join(folder, name), text);
  return join(folder, name);
};
const environment = {
  SIGNET_DATA: join(folder, 'data'),
  SIGNET_HOSTNAME: 'signet.contoso.com',
  SIGNET_PUBLIC_URL: 'https://signet.contoso.com',
};
const alerts = (...words: string[]) => runHere(['alerts', ...words], environment);

const tenantsHop = await startNextHop();
after(() => tenantsHop.close());

before(async () => {
  const bundle = put(
    'a.yaml',
    `version: 1\ntenants:\n  - {name: Contoso, domains: [contoso.com], nextHop: {host: 127.0.0.1, port: ${tenantsHop.port}, tls: 'off'}}\n`,
  );
  assert.equal((await runHere(['import', bundle], environment)).code, 0);
});

test('nobody is told before somebody is named', async () => {
  assert.match((await alerts()).stdout, /^Nothing needs attention\.\n\nNobody is told/);
});

test('a notice goes the way of a tenant, and reads as mail', async () => {
  assert.equal((await alerts('set', '--to', 'ann@contoso.com', '--to', 'bob@contoso.com')).code, 0);
  const { code, stdout, stderr } = await alerts('test');
  assert.deepEqual([code, stderr], [0, '']);
  assert.match(stdout, /on its way to ann@contoso\.com, bob@contoso\.com/);
  const [delivery] = tenantsHop.deliveries;
  assert.equal(delivery?.from, 'signet@signet.contoso.com');
  assert.deepEqual(delivery?.recipients, ['ann@contoso.com', 'bob@contoso.com']);
  const mail = await simpleParser(delivery?.content ?? '');
  assert.equal(mail.subject, 'Signet on signet.contoso.com: this is a test');
  assert.match(mail.text ?? '', /alerts reach you[\s\S]*https:\/\/signet\.contoso\.com/);
  assert.equal(mail.headers.get('auto-submitted'), 'auto-generated');
  assert.match(mail.messageId ?? '', /^<[0-9a-f]{24}@signet\.contoso\.com>$/);
});

test('a way that was set is used in the place of the tenants, and its trouble is told', async () => {
  const own = await startNextHop();
  await alerts('set', '--hop', `127.0.0.1:${own.port}`, '--tls', 'off', '--from', 'signet@contoso.com');
  const before = tenantsHop.deliveries.length;
  assert.equal((await alerts('test')).code, 0);
  assert.deepEqual(
    [own.deliveries.length, own.deliveries[0]?.from, tenantsHop.deliveries.length],
    [1, 'signet@contoso.com', before],
  );
  await own.close();
  const { code, stderr } = await alerts('test');
  assert.equal(code, 1);
  assert.match(stderr, /^SIGNET_ALERT_UNTOLD: .*127\.0\.0\.1: .*ECONNREFUSED/);
  assert.equal((await alerts('set', '--hop', '')).code, 0);
});

test('a webhook gets JSON, its address is a secret, and a refusal of it is told', async () => {
  const bodies: string[] = [];
  let status = 200;
  const server = createServer((request, response) => {
    request.setEncoding('utf8').on('data', piece => bodies.push(piece));
    request.on('end', () => response.writeHead(status).end());
  }).listen(0, '127.0.0.1');
  await once(server, 'listening');
  after(() => server.close());
  const address = `http://127.0.0.1:${(server.address() as AddressInfo).port}/hook/s3cr3t-t0ken`;
  await alerts('set', '--to', '', '--webhook-file', put('hook.txt', `${address}\n`));
  assert.equal((await alerts('test')).code, 0);
  const [body] = bodies.map(text => JSON.parse(text));
  assert.deepEqual(
    [body.source, body.host, body.raised[0].code],
    ['signet', 'signet.contoso.com', 'SIGNET_ALERT_TEST'],
  );
  assert.match(body.text, /this is a test/);
  assert.doesNotMatch(readFileSync(join(folder, 'data/signet.sqlite'), 'latin1'), /s3cr3t/);
  status = 500;
  assert.match((await alerts('test')).stderr, /webhook: it answers 500/);
  assert.equal((await alerts('set', '--webhook-file', '')).code, 0);
  assert.equal((await alerts('test')).code, 0);
});

for (const [what, ...words] of [
  ['an address that is none', 'set', '--to', 'ann'],
  ['a way without a name', 'set', '--tls', 'off'],
  ['a word that is none', 'shout'],
  ['a TLS that is none', 'set', '--hop', 'a:25', '--tls', 'maybe'],
] as const)
  test(`${what} is refused`, async () => {
    assert.equal((await alerts(...words)).code, 2);
  });
