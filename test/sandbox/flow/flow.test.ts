import assert from 'node:assert/strict';
import { test } from 'node:test';
import { allOf, firstOf, readMessage } from '../../../src/sandbox/flow/message.ts';
import {
  type HandIn,
  letter,
  outboundConnector,
  relayIdentity,
  routingRule,
  startSmartHost,
  startWorld,
  type Taken,
  transportRule,
  type World,
} from '../../support/sandbox-mail.ts';

const offer = { sender: 'ann@contoso.com', recipients: ['bob@fabrikam.com'], bytes: letter() };
const both = { ...offer, recipients: ['bob@fabrikam.com', 'ben@contoso.com'] };

/** What a right relay gives back: signed, without what its change broke, with its mark. */
function signed({ text }: Taken): Buffer {
  const kept = text
    .replace(/^(DKIM-Signature|ARC-[\w-]+):.*(\r\n[ \t].*)*\r\n/gim, '')
    .replace(/^X-Signet-Route:.*\r\n/im, '')
    .replace('as agreed.', 'as agreed.\r\n\r\nAnn Lee, Contoso');
  return Buffer.from(`X-Signet-Processed: 7f3c9a1e5b\r\n${kept}`, 'latin1');
}

/** A smart host that gives everything back at once, made by `make`. */
function relayOf(world: World, make: (taken: Taken) => Buffer = signed, changes: Partial<HandIn> = {}) {
  return async (taken: Taken) => {
    const { from, recipients } = taken;
    const wish = { from, to: recipients, bytes: make(taken), certificate: relayIdentity, ...changes };
    const reply = await world.handIn(wish);
    return reply.startsWith('250') ? '' : reply;
  };
}

function inbox(world: World, address: string) {
  return world.flow.mailboxes.list(address, 'inbox').map(stored => ({
    ...stored,
    text: stored.bytes.toString('latin1'),
    message: readMessage(stored.bytes),
  }));
}

test('a message goes over the connector of its rule, comes back, and arrives with a valid signature', async context => {
  const world = await startWorld(context);
  world.connect();
  const { taken } = await startSmartHost(context, world, { reply: relayOf(world) });
  world.flow.submit(world.tenant, both);
  await world.flow.settled();
  const [first] = taken;
  assert.equal(taken.length, 1);
  assert.deepEqual(first?.recipients, both.recipients);
  assert.equal(first?.clientNames, 'mail.protection.outlook.com');
  const [outside] = inbox(world, 'bob@fabrikam.com');
  assert.match(outside?.text ?? '', /as agreed\.\r\n\r\nAnn Lee, Contoso/);
  assert.equal(outside?.dkim, 'pass');
  const [inside] = inbox(world, 'ben@contoso.com');
  assert.match(inside?.text ?? '', /Ann Lee, Contoso/);
  assert.equal(
    inside?.isFromOutside,
    false,
    'internal mail stays internal over a connector that keeps headers',
  );
  const [sent] = world.flow.mailboxes.list('ann@contoso.com', 'sent');
  assert.doesNotMatch(sent?.bytes.toString() ?? '', /Ann Lee/);
});

test('the first hop carries the tenant, the rule’s header, and a signature and a seal that verify', async context => {
  const world = await startWorld(context);
  world.connect();
  const { taken } = await startSmartHost(context, world);
  world.flow.submit(world.tenant, offer);
  await world.flow.settled();
  const message = readMessage(taken[0]?.bytes ?? Buffer.alloc(0));
  assert.equal(firstOf(message, 'X-MS-Exchange-CrossTenant-Id'), world.tenant.id);
  assert.equal(firstOf(message, 'X-OriginatorOrg'), 'contoso.com');
  assert.equal(firstOf(message, 'X-Signet-Route'), 'secret');
  assert.equal(firstOf(message, 'X-MS-Exchange-CrossPremises-AuthAs'), 'Internal');
  assert.match(firstOf(message, 'DKIM-Signature') ?? '', /d=contoso\.onmicrosoft\.com/);
  assert.match(firstOf(message, 'ARC-Seal') ?? '', /^i=1;/);
  assert.equal(allOf(message, 'X-MS-Exchange-Organization-AuthAs').length, 0, 'inner state stays inside');
});

test('without CloudServicesMailEnabled inner state does not travel, and internal mail comes back as external', async context => {
  const world = await startWorld(context);
  world.connect();
  world.tenant.outboundConnectors.reset([outboundConnector({ CloudServicesMailEnabled: false })]);
  const { taken } = await startSmartHost(context, world, { reply: relayOf(world) });
  world.flow.submit(world.tenant, both);
  await world.flow.settled();
  assert.doesNotMatch(taken[0]?.text ?? '', /CrossPremises/);
  assert.equal(inbox(world, 'ben@contoso.com')[0]?.isFromOutside, true);
});

const wrongRelays: readonly [string, (taken: Taken) => Buffer, (world: World) => void][] = [
  [
    'that drops the headers of other premises makes internal mail external',
    taken =>
      Buffer.from(
        signed(taken)
          .toString('latin1')
          .replace(/^X-MS-Exchange-CrossPremises.*\r\n/gim, ''),
      ),
    world => assert.equal(inbox(world, 'ben@contoso.com')[0]?.isFromOutside, true),
  ],
  [
    'that leaves the broken seals leaves a chain that fails for ever',
    ({ text }) =>
      Buffer.from(`X-Signet-Processed: 7f3c9a1e5b\r\n${text.replace('as agreed.', 'changed')}`, 'latin1'),
    world => {
      const [mail] = inbox(world, 'bob@fabrikam.com');
      assert.match(firstOf(mail?.message ?? { fields: [] }, 'ARC-Seal') ?? '', /^i=2;.*cv=fail/);
      assert.match(mail?.text ?? '', /dkim=fail \(body hash did not verify\)/);
    },
  ],
  [
    'that forgets its mark gets the message again, until the hops are too many',
    ({ text }) => Buffer.from(`${'Received: from a by b\r\n'.repeat(25)}${text}`, 'latin1'),
    world => {
      assert.equal(inbox(world, 'bob@fabrikam.com').length, 0);
      assert.match(inbox(world, 'ann@contoso.com')[0]?.text ?? '', /5\.4\.14 Hop count exceeded/);
    },
  ],
];

for (const [what, make, check] of wrongRelays)
  test(`a relay ${what}`, async context => {
    const world = await startWorld(context);
    // For the loop: mail that comes back for recipients outside is anonymous, so only a rule without a scope loops.
    world.connect({ FromScope: null });
    await startSmartHost(context, world, { reply: relayOf(world, make) });
    world.flow.submit(world.tenant, both);
    await world.flow.settled();
    check(world);
  });

test('a message that comes back is judged again: rules behind the routing rule run on the second pass only', async context => {
  const world = await startWorld(context);
  world.connect();
  const encrypt = { SubjectContainsWords: ['Offer'], ApplyOME: true };
  const later = transportRule({ Name: 'encrypt', Priority: 1, ...encrypt });
  world.tenant.transportRules.reset([routingRule(), later]);
  const { taken } = await startSmartHost(context, world, { reply: relayOf(world) });
  world.flow.submit(world.tenant, offer);
  await world.flow.settled();
  assert.doesNotMatch(taken[0]?.text ?? '', /rpmsg/);
  assert.match(inbox(world, 'bob@fabrikam.com')[0]?.text ?? '', /message\.rpmsg/);
});

test('an "encrypt mail from inside" rule behind ours does not fire: what comes back for outside is anonymous', async context => {
  const world = await startWorld(context);
  world.connect();
  const later = transportRule({ Name: 'encrypt', Priority: 1, FromScope: 'InOrganization', ApplyOME: true });
  world.tenant.transportRules.reset([routingRule(), later]);
  await startSmartHost(context, world, { reply: relayOf(world) });
  world.flow.submit(world.tenant, offer);
  await world.flow.settled();
  assert.doesNotMatch(inbox(world, 'bob@fabrikam.com')[0]?.text ?? '', /message\.rpmsg/);
});

test('a rule for outside only forks the message, unless one copy is asked for', async context => {
  const world = await startWorld(context);
  world.connect({ SentToScope: 'NotInOrganization' });
  const { taken } = await startSmartHost(context, world, { reply: relayOf(world) });
  world.flow.submit(world.tenant, both);
  await world.flow.settled();
  world.faults.add('one-copy');
  world.flow.submit(world.tenant, both);
  await world.flow.settled();
  assert.deepEqual(
    taken.map(({ recipients }) => recipients),
    [['bob@fabrikam.com'], both.recipients],
  );
});

test('a connector that no rule binds takes all mail for its recipient domains', async context => {
  const world = await startWorld(context);
  world.tenant.outboundConnectors.reset([
    outboundConnector({ IsTransportRuleScoped: false, RecipientDomains: ['*'] }),
  ]);
  const { taken } = await startSmartHost(context, world);
  world.flow.submit(world.tenant, both);
  await world.flow.settled();
  assert.deepEqual(
    taken.map(({ recipients }) => recipients),
    [['bob@fabrikam.com']],
  );
});

test('a rule whose connector is gone lets mail pass, or holds it when told to', async context => {
  const world = await startWorld(context);
  world.tenant.transportRules.reset([routingRule()]);
  world.flow.submit(world.tenant, offer);
  await world.flow.settled();
  assert.equal(inbox(world, 'bob@fabrikam.com').length, 1);
  world.tenant.transportRules.reset([routingRule({ RuleErrorAction: 'Defer' })]);
  world.flow.submit(world.tenant, offer);
  await world.flow.settled();
  assert.equal(inbox(world, 'bob@fabrikam.com').length, 1);
  assert.equal(world.flow.waiting().length, 1);
});

test('mail to a group reaches its members, and a Microsoft 365 group’s copies say where they come from', async context => {
  const world = await startWorld(context);
  world.tenant.directory.putGroup({
    ...{ id: 'g-team', kind: 'microsoft365', displayName: 'Team', mail: 'team@contoso.com' },
    aliases: [],
    members: ['p-cleo'],
  });
  world.flow.submit(world.tenant, { ...offer, recipients: ['everyone@contoso.com', 'team@contoso.com'] });
  await world.flow.settled();
  assert.equal(inbox(world, 'ann@contoso.com').length, 1);
  assert.equal(inbox(world, 'ben@contoso.com').length, 1);
  assert.match(inbox(world, 'cleo@contoso.com')[0]?.text ?? '', /SubmittedViaGroupAddress: \/o=ExchangeLabs/);
});

test('a recipient that does not exist is reported to the sender', async context => {
  const world = await startWorld(context);
  world.flow.submit(world.tenant, { ...offer, recipients: ['nobody@contoso.com'] });
  await world.flow.settled();
  const [report] = inbox(world, 'ann@contoso.com');
  assert.match(report?.text ?? '', /Status: 5\.1\.10/);
  assert.equal(report?.sender, '');
});
