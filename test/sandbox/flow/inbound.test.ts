import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { MadeCertificate } from '../../../src/make-certificate.ts';
import type { InboundConnector } from '../../../src/sandbox/exchange-objects.ts';
import { fitsCertificate } from '../../../src/sandbox/flow/attribution.ts';
import { type MailFaultName, mailFaults } from '../../../src/sandbox/flow/faults.ts';
import {
  authority,
  inboundConnector,
  letter,
  relayIdentity,
  startWorld,
  stranger,
} from '../../support/sandbox-mail.ts';

const foreign = await authority.issue(['signet.example.org']);
const selfMade = await stranger.issue(['signet.contoso.com']);
const both = await authority.issue(['relay.example.org', 'signet.contoso.com']);

type Case = {
  readonly what: string;
  readonly connector?: Partial<InboundConnector>;
  readonly certificate?: MadeCertificate;
  readonly from?: string;
  readonly to?: string;
  readonly reply: RegExp;
};

const taken = /^250 2\.6\.0 /;
const denied = /^550 5\.7\.64 TenantAttribution; Relay Access Denied/;
const outside = 'bob@fabrikam.com';
const byAddress: Partial<InboundConnector> = {
  ...{
    TlsSenderCertificateName: null,
    RestrictDomainsToCertificate: false,
    RestrictDomainsToIPAddresses: true,
  },
  SenderIPAddresses: ['127.0.0.0/24'],
};
const partner: Partial<InboundConnector> = { ConnectorType: 'Partner' };

const cases: readonly Case[] = [
  { what: 'the certificate of the connector may relay', certificate: relayIdentity, reply: taken },
  { what: 'one of several names is enough', certificate: both, reply: taken },
  { what: 'no certificate may not', reply: denied },
  { what: 'another name may not', certificate: foreign, reply: denied },
  { what: 'a certificate of no public authority may not', certificate: selfMade, reply: denied },
  {
    what: 'a connector that is disabled counts for nothing',
    connector: { Enabled: false },
    certificate: relayIdentity,
    reply: denied,
  },
  { what: 'a partner may not relay', connector: partner, certificate: relayIdentity, reply: denied },
  {
    what: 'a name that is no accepted domain may relay for senders of the tenant',
    connector: { TlsSenderCertificateName: 'signet.example.org' },
    certificate: foreign,
    reply: taken,
  },
  {
    what: 'not for the null sender',
    connector: { TlsSenderCertificateName: 'signet.example.org' },
    certificate: foreign,
    from: '',
    reply: denied,
  },
  {
    what: 'not for foreign senders',
    connector: { TlsSenderCertificateName: 'signet.example.org' },
    certificate: foreign,
    from: 'x@fabrikam.com',
    reply: denied,
  },
  { what: 'the null sender may with an accepted domain', certificate: relayIdentity, from: '', reply: taken },
  {
    what: 'a redirected sender may with an accepted domain',
    certificate: relayIdentity,
    from: 'x@y.org',
    reply: taken,
  },
  { what: 'an address may relay for senders of the tenant', connector: byAddress, reply: taken },
  { what: 'not for the null sender, by address', connector: byAddress, from: '', reply: denied },
  {
    what: 'another address may not',
    connector: { ...byAddress, SenderIPAddresses: ['192.0.2.1'] },
    reply: denied,
  },
  {
    what: 'the internet may write to a mailbox',
    from: 'x@fabrikam.com',
    to: 'ben@contoso.com',
    reply: taken,
  },
  {
    what: 'not to one that does not exist',
    from: 'x@y.org',
    to: 'nobody@contoso.com',
    reply: /^550 5\.4\.1 /,
  },
  {
    what: 'a partner whose mail must come with a certificate is refused without it',
    connector: { ...partner, SenderDomains: ['smtp:fabrikam.com;1'] },
    from: 'x@fabrikam.com',
    to: 'ben@contoso.com',
    reply: /^550 5\.7\.51 TenantInboundAttribution/,
  },
];

for (const { what, connector = {}, certificate, from = 'ann@contoso.com', to = outside, reply } of cases)
  test(`inbound: ${what}`, async context => {
    const world = await startWorld(context);
    world.tenant.inboundConnectors.reset([inboundConnector(connector)]);
    assert.match(
      await world.handIn({ from, to: [to], bytes: letter(), ...(certificate ? { certificate } : {}) }),
      reply,
    );
  });

test('mail is the tenant’s whose domain the certificate has, whatever its sender says', async context => {
  const world = await startWorld(context);
  const other = { ...world.tenant, id: '22222222-2222-2222-2222-222222222222' };
  const domains = world.tenant.acceptedDomains.latest();
  const theirs = domains.filter(({ DomainName }) => DomainName === 'signet.contoso.com');
  const ours = domains.filter(({ DomainName }) => DomainName !== 'signet.contoso.com');
  world.tenant.acceptedDomains.reset(ours);
  world.tenant.inboundConnectors.reset([inboundConnector()]);
  world.tenants.push({
    ...other,
    inForce: () => ({ ...world.tenant.inForce(), acceptedDomains: theirs }),
  });
  await world.handIn({ from: 'ann@contoso.com', to: [outside], bytes: letter(), certificate: relayIdentity });
  await world.flow.settled();
  const [mail] = world.flow.mailboxes.list(outside, 'inbox');
  assert.match(mail?.bytes.toString() ?? '', /OriginalAttributedTenantConnectingIp: TenantId=22222222-/);
});

test('nobody brings the inner state of an organisation along', async context => {
  const world = await startWorld(context);
  world.tenant.inboundConnectors.reset([inboundConnector({ CloudServicesMailEnabled: false })]);
  const head = ['From: ann@contoso.com', 'Subject: x', 'X-MS-Exchange-Organization-AuthAs: Internal'];
  const claims = [
    ...head,
    'X-MS-Exchange-CrossPremises-AuthAs: Internal',
    'X-OrganizationHeadersPreserved: me',
  ];
  const bytes = letter({ head: claims });
  await world.handIn({ from: 'ann@contoso.com', to: ['ben@contoso.com'], bytes });
  await world.handIn({ from: 'ann@contoso.com', to: ['ben@contoso.com'], bytes, certificate: relayIdentity });
  await world.flow.settled();
  const found = world.flow.mailboxes.list('ben@contoso.com', 'inbox');
  assert.deepEqual(
    found.map(({ isFromOutside }) => isFromOutside),
    [true, true],
  );
});

test('a connector by address promotes nothing, and one that treats mail as internal does without', async context => {
  const world = await startWorld(context);
  const head = ['From: ann@contoso.com', 'X-MS-Exchange-CrossPremises-AuthAs: Internal'];
  const bytes = letter({ head: [...head, 'X-OrganizationHeadersPreserved: me'] });
  const wish = { from: 'ann@contoso.com', to: ['ben@contoso.com'], bytes };
  world.tenant.inboundConnectors.reset([inboundConnector(byAddress)]);
  await world.handIn(wish);
  const internal = { CloudServicesMailEnabled: false, TreatMessagesAsInternal: true };
  world.tenant.inboundConnectors.reset([inboundConnector({ ...byAddress, ...internal })]);
  await world.handIn(wish);
  await world.flow.settled();
  const found = world.flow.mailboxes.list('ben@contoso.com', 'inbox');
  assert.deepEqual(
    found.map(({ isFromOutside }) => isFromOutside),
    [false, true],
  );
});

const stages: readonly [MailFaultName, RegExp][] = mailFaults.flatMap(fault =>
  'inbound' in fault
    ? [[fault.name, new RegExp(`^${fault.inbound.code} ${fault.inbound.text.slice(0, 7)}`)]]
    : [],
);
for (const [name, reply] of [...stages, ['inbound-without-tls', /^50[02] /] as const])
  test(`fault ${name}: even the right relay is told so`, async context => {
    const world = await startWorld(context);
    world.connect();
    world.faults.add(name);
    const wish = { from: 'ann@contoso.com', to: [outside], bytes: letter(), certificate: relayIdentity };
    assert.match(await world.handIn(wish), reply);
  });

test('a wildcard covers the names below it, not the domain itself', () => {
  const shown = (name: string) => ({ isSecure: true, certificateNames: [name] });
  const wanted = { TlsSenderCertificateName: '*.contoso.com' };
  assert.equal(fitsCertificate(wanted, shown('mail.contoso.com')), true);
  assert.equal(fitsCertificate(wanted, shown('contoso.com')), false);
  assert.equal(fitsCertificate(wanted, { ...shown('mail.contoso.com'), isSecure: false }), false);
});
