import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { OutboundConnector } from '../../../src/sandbox/exchange-objects.ts';
import {
  authority,
  letter,
  outboundConnector,
  type SmartHostOptions,
  startSmartHost,
  startWorld,
  stranger,
} from '../../support/sandbox-mail.ts';

const offer = { sender: 'ann@contoso.com', recipients: ['bob@fabrikam.com'], bytes: letter() };
const two = { ...offer, recipients: ['bob@fabrikam.com', 'eve@fabrikam.com'] };
const hour = 3_600_000;

const otherName = await authority.issue(['mail.example.org']);
const wildcard = await authority.issue(['a.contoso.com']);
const unknown = await stranger.issue(['signet.contoso.com']);

const handshakes: readonly [string, Partial<OutboundConnector>, SmartHostOptions, boolean][] = [
  ['the name and an authority', {}, {}, true],
  ['another name', {}, { certificate: otherName }, false],
  ['the name without an authority', {}, { certificate: unknown }, false],
  ['no TLS', {}, { hasTls: false }, false],
  ['a name below the wildcard', { TlsDomain: '*.contoso.com' }, { certificate: wildcard }, true],
  ['a name that is not', { TlsDomain: '*.contoso.com' }, { certificate: otherName }, false],
  [
    'any name where only the chain counts',
    { TlsSettings: 'CertificateValidation' },
    { certificate: otherName },
    true,
  ],
  [
    'no authority where the chain counts',
    { TlsSettings: 'CertificateValidation' },
    { certificate: unknown },
    false,
  ],
  [
    'anything where only encryption counts',
    { TlsSettings: 'EncryptionOnly' },
    { certificate: unknown },
    true,
  ],
  ['no TLS where encryption counts', { TlsSettings: 'EncryptionOnly' }, { hasTls: false }, false],
  ['no TLS where nothing is said', { TlsSettings: null, TlsDomain: null }, { hasTls: false }, true],
];

for (const [what, connector, host, isSent] of handshakes)
  test(`a connector meets ${what}: ${isSent ? 'sent' : 'waits, and nothing was said'}`, async context => {
    const world = await startWorld(context);
    world.connect();
    world.tenant.outboundConnectors.reset([outboundConnector(connector)]);
    const { taken } = await startSmartHost(context, world, host);
    world.flow.submit(world.tenant, offer);
    await world.flow.settled();
    assert.equal(taken.length, isSent ? 1 : 0);
    assert.equal(world.flow.waiting().length, isSent ? 0 : 1);
    if (!isSent) assert.match(world.flow.waiting()[0]?.status ?? '', /^450 4\.4\.317 /);
  });

test('a smart host that is down keeps the message waiting, and gets it when it is back', async context => {
  const world = await startWorld(context);
  world.connect();
  world.flow.submit(world.tenant, offer);
  await world.flow.settled();
  for (let passed = 0; passed < 23; passed++) {
    world.clock.advance(hour);
    await world.flow.runDue();
  }
  assert.equal(world.flow.waiting().length, 1);
  const { taken } = await startSmartHost(context, world);
  world.clock.advance(hour / 2);
  await world.flow.runDue();
  assert.equal(taken.length, 1);
  assert.equal(world.flow.waiting().length, 0);
});

test('after 24 hours the sender is told, with the last reason', async context => {
  const world = await startWorld(context);
  world.connect();
  await startSmartHost(context, world, { reply: () => '451 4.3.0 Not now' });
  world.flow.submit(world.tenant, offer);
  await world.flow.settled();
  world.clock.advance(24 * hour);
  await world.flow.runDue();
  assert.equal(world.flow.waiting().length, 0);
  const [report] = world.flow.mailboxes.list('ann@contoso.com', 'inbox');
  assert.match(
    report?.bytes.toString() ?? '',
    /550 4\.4\.7 QUEUE\.Expired; message expired \[Message=451 4\.3\.0/,
  );
});

test('attempts come soon at first, then every quarter of an hour', async context => {
  const world = await startWorld(context);
  world.connect();
  const at: number[] = [];
  await startSmartHost(context, world, {
    reply: () => {
      at.push(Math.round((world.clock.now() - start) / 60_000));
      return '451 4.3.0 Not now';
    },
  });
  const start = world.clock.now();
  world.flow.submit(world.tenant, offer);
  await world.flow.settled();
  for (let minute = 0; minute < 45; minute++) {
    world.clock.advance(60_000);
    await world.flow.runDue();
  }
  assert.deepEqual(at, [0, 1, 2, 7, 12, 27, 42]);
});

test('a 5xx bounces at once, and only for those who got it', async context => {
  const world = await startWorld(context);
  world.connect();
  const { taken } = await startSmartHost(context, world, {
    rcpt: recipient => (recipient.startsWith('eve') ? '550 5.1.1 No such user' : ''),
  });
  world.flow.submit(world.tenant, two);
  await world.flow.settled();
  assert.deepEqual(taken[0]?.recipients, ['bob@fabrikam.com']);
  const [report] = world.flow.mailboxes.list('ann@contoso.com', 'inbox');
  assert.match(report?.bytes.toString() ?? '', /Final-Recipient: rfc822;eve@fabrikam\.com/);
  assert.doesNotMatch(report?.bytes.toString() ?? '', /Final-Recipient: rfc822;bob/);
});

test('a recipient that must wait waits alone', async context => {
  const world = await startWorld(context);
  world.connect();
  let isBusy = true;
  const { taken } = await startSmartHost(context, world, {
    rcpt: recipient => (isBusy && recipient.startsWith('eve') ? '450 4.2.1 Busy' : ''),
  });
  world.flow.submit(world.tenant, two);
  await world.flow.settled();
  isBusy = false;
  world.clock.advance(hour);
  await world.flow.runDue();
  assert.deepEqual(
    taken.map(({ recipients }) => recipients),
    [['bob@fabrikam.com'], ['eve@fabrikam.com']],
  );
});

test('a message with bare line feeds is not sent without BDAT', async context => {
  const world = await startWorld(context);
  world.connect();
  const { taken } = await startSmartHost(context, world);
  world.flow.submit(world.tenant, { ...offer, bytes: letter({ body: 'one\ntwo\r\n' }) });
  await world.flow.settled();
  assert.equal(taken.length, 0);
  assert.match(world.flow.mailboxes.list('ann@contoso.com', 'inbox')[0]?.bytes.toString() ?? '', /5\.6\.11/);
});

test('a report goes by the rules too: without an exception for the null sender it is routed', async context => {
  const world = await startWorld(context);
  world.connect({ ExceptIfFromAddressMatchesPatterns: null });
  const { taken } = await startSmartHost(context, world, {
    rcpt: recipient => (recipient.endsWith('fabrikam.com') ? '550 5.1.1 No' : ''),
  });
  world.flow.submit(world.tenant, offer);
  await world.flow.settled();
  assert.equal(taken[0]?.from, '');
});

test('a dead connector waits although the host is there', async context => {
  const world = await startWorld(context);
  world.connect();
  world.faults.add('connector-dead');
  const { taken } = await startSmartHost(context, world);
  world.flow.submit(world.tenant, offer);
  await world.flow.settled();
  assert.match(world.flow.waiting()[0]?.status ?? '', /4\.4\.316 Connection refused/);
  world.faults.delete('connector-dead');
  world.clock.advance(hour);
  await world.flow.runDue();
  assert.equal(taken.length, 1);
});

test('a rule that was just made acts as late as Exchange says', async context => {
  const world = await startWorld(context);
  world.connect();
  const rules = world.tenant.transportRules.latest();
  world.tenant.transportRules.reset([]);
  world.tenant.delays = { readMs: 0, mailFlowMs: 30 * 60_000 };
  world.tenant.transportRules.put(rules, world.clock.now());
  const { taken } = await startSmartHost(context, world);
  world.flow.submit(world.tenant, offer);
  await world.flow.settled();
  assert.equal(taken.length, 0);
  world.clock.advance(31 * 60_000);
  world.flow.submit(world.tenant, offer);
  await world.flow.settled();
  assert.equal(taken.length, 1);
});
