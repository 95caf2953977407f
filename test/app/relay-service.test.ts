import assert from 'node:assert/strict';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, test } from 'node:test';
import { createApp } from '../../src/app.ts';
import { readConfig } from '../../src/config.ts';
import { createLog } from '../../src/log.ts';
import { startNextHop } from '../support/next-hop.ts';
import { freePorts } from '../support/serve.ts';
import { connectClient } from '../support/smtp-client.ts';

const folder = mkdtempSync(join(tmpdir(), 'signet-relay-service-'));
after(() => rmSync(folder, { recursive: true, force: true }));

async function startAppliance(tenants: string) {
  const name = mkdtempSync(join(folder, 'one-'));
  writeFileSync(join(name, 'a.yaml'), `version: 1\ntenants:\n${tenants}`);
  const files = { SIGNET_BUNDLE: join(name, 'a.yaml'), SIGNET_DATA: join(name, 'data') };
  const config = readConfig({ ...freePorts, ...files });
  assert.ok(config.kind === 'ok');
  const app = createApp(config.value, { log: createLog('error', { write: () => undefined }) });
  const started = await app.start();
  assert.ok(started.kind === 'ok');
  return { port: Number(started.value.smtp.split(':').at(-1)), stop: app.stop };
}

const tenant = (name: string, port: number) => `  - name: ${name}
    domains: [${name}.example]
    peers: [127.0.0.0/8]
    nextHop: {host: localhost, port: ${port}, tls: 'off'}
    signatures: [{name: Corporate, text: Words}]
    rules: [{name: All, signatures: [Corporate]}]
`;

test('the way to the next hop is open before the message is there, and the message takes it', async () => {
  const nextHop = await startNextHop();
  const appliance = await startAppliance(tenant('contoso', nextHop.port));
  const client = await connectClient(appliance.port);
  const say = async (text: string) => {
    client.send(text);
    return client.reply();
  };
  await client.reply();
  await say('EHLO client.example\r\n');
  assert.match((await say('MAIL FROM:<a@contoso.example>\r\n')) ?? '', /^250 /);
  await nextHop.reached('ehlo');
  assert.match((await say('RCPT TO:<b@partner.example>\r\n')) ?? '', /^250 /);
  assert.match((await say('DATA\r\n')) ?? '', /^354 /);
  assert.match((await say('From: a@contoso.example\r\n\r\nHello\r\n.\r\n')) ?? '', /^250 /);
  assert.equal(nextHop.connections(), 1);
  assert.match(nextHop.deliveries[0]?.content ?? '', /Words/);
  client.socket.destroy();
  await appliance.stop();
  await nextHop.close();
});

test('no next hop is called while the message could be of several tenants', async () => {
  const [one, other] = [await startNextHop(), await startNextHop()];
  const appliance = await startAppliance(tenant('contoso', one.port) + tenant('fabrikam', other.port));
  const client = await connectClient(appliance.port);
  const say = async (text: string) => {
    client.send(text);
    return client.reply();
  };
  await client.reply();
  await say('EHLO client.example\r\n');
  await say('MAIL FROM:<a@fabrikam.example>\r\n');
  await say('RCPT TO:<b@partner.example>\r\n');
  await say('DATA\r\n');
  assert.match((await say('From: a@fabrikam.example\r\n\r\nHello\r\n.\r\n')) ?? '', /^250 /);
  assert.deepEqual([one.connections(), other.connections()], [0, 1]);
  client.socket.destroy();
  await appliance.stop();
  await Promise.all([one.close(), other.close()]);
});
