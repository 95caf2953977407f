/** Two tenants on one appliance and a stranger's tenant, over real sockets and TLS (PRODUCT.md 7, Admission). */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { TLSSocket } from 'node:tls';
import type { RelayEvent } from '../../src/relay/doorkeeper.ts';
import type { ValidationWindow } from '../../src/relay/message.ts';
import { relayTls } from '../support/certificates.ts';
import {
  certificates,
  type Letter,
  privateAuthority,
  proofOf,
  publicAuthority,
  sendAsExchange,
} from '../support/exchange-peer.ts';
import { makeTenant, startRelay } from '../support/relay.ts';
import { connectSecurely } from '../support/smtp-client.ts';

const ids = {
  contoso: '11111111-1111-1111-1111-111111111111',
  fabrikam: '22222222-2222-2222-2222-222222222222',
  stranger: '99999999-9999-9999-9999-999999999999',
};
const secrets = { contoso: 'c'.repeat(43), contosoBefore: 'b'.repeat(43), fabrikam: 'f'.repeat(43) };

const window: ValidationWindow = {
  id: 'w1',
  until: Date.now() + 60_000,
  recipients: ['admin@fabrikam.com'],
  taken: 0,
};
const tenants = [
  makeTenant({
    id: 'contoso',
    kind: 'exchange-online',
    peers: [],
    domains: ['contoso.com'],
    exchange: proofOf(ids.contoso, secrets.contoso, secrets.contosoBefore),
  }),
  makeTenant({
    id: 'fabrikam',
    kind: 'exchange-online',
    peers: [],
    domains: ['fabrikam.com'],
    exchange: proofOf(ids.fabrikam, secrets.fabrikam),
  }),
  makeTenant({ id: 'restored', kind: 'exchange-online', peers: [], exchange: proofOf('3'.repeat(36)) }),
  makeTenant({
    id: 'on-premises',
    peers: [{ kind: 'certificate', name: 'mx.contoso.com' }],
    domains: ['onprem.example'],
  }),
];
const withWindow = (open: ValidationWindow) =>
  tenants.map(tenant =>
    tenant.id === 'fabrikam' && tenant.exchange
      ? { ...tenant, exchange: { ...tenant.exchange, validation: open } }
      : tenant,
  );

const id = (tenant: keyof typeof ids) => `X-MS-Exchange-CrossTenant-Id: ${ids[tenant]}`;
const route = (secret: string) => `X-Signet-Route: ${secret}`;

const tls = {
  ...relayTls,
  clientCa: privateAuthority.certificate,
  microsoftCa: publicAuthority.certificate,
};

async function start(context: Parameters<typeof startRelay>[0], present = tenants) {
  const events: RelayEvent[] = [];
  const log: string[] = [];
  const write = (...words: unknown[]) => void log.push(JSON.stringify(words));
  const started = await startRelay(context, {
    tenants: () => present,
    tls,
    log: { debug: write, info: write, warn: write, error: write },
    onEvent: event => events.push(event),
  });
  return { ...started, events, log };
}

type Case = Letter & {
  readonly name: string;
  readonly reply: RegExp;
  /** Whose message it became. */
  readonly tenant?: string;
  readonly event?: Partial<RelayEvent>;
};

const none = /^550 5\.7\.1 /;
const waits = /^451 4\.7\.1 /;
const taken = /^250 /;

const cases: readonly Case[] = [
  {
    name: 'secret and id of the tenant are taken',
    header: [id('contoso'), route(secrets.contoso)],
    reply: taken,
    tenant: 'contoso',
  },
  {
    name: 'the secret before is taken during a rotation',
    header: [id('contoso'), route(secrets.contosoBefore)],
    reply: taken,
    tenant: 'contoso',
  },
  {
    name: 'the id is taken in any case',
    header: [id('contoso').toUpperCase(), route(secrets.contoso)],
    reply: taken,
    tenant: 'contoso',
  },
  {
    name: 'the null sender is taken',
    from: '',
    header: [id('contoso'), route(secrets.contoso)],
    reply: taken,
    tenant: 'contoso',
  },
  {
    name: 'a sender domain that is not known is taken, and told',
    from: 'ann@new.contoso.com',
    header: [id('contoso'), route(secrets.contoso)],
    reply: taken,
    tenant: 'contoso',
    event: { kind: 'unknown-domain', tenantId: 'contoso', domain: 'new.contoso.com' },
  },
  {
    name: 'a certificate that is good for servers only is Microsoft’s all the same',
    certificate: certificates.microsoftServerOnly,
    header: [id('contoso'), route(secrets.contoso)],
    reply: taken,
    tenant: 'contoso',
  },
  {
    name: 'ids of others beside the own one do not matter, the secret proves it',
    header: [id('stranger'), id('contoso'), route('x'), route(secrets.contoso)],
    reply: taken,
    tenant: 'contoso',
  },
  {
    name: 'a served tenant without the secret waits',
    header: [id('contoso')],
    reply: waits,
    event: { kind: 'unproven', tenantId: 'contoso', secret: 'missing' },
  },
  {
    name: 'a served tenant with a wrong secret waits',
    header: [id('contoso'), route(`${secrets.contoso}x`)],
    reply: waits,
    event: { kind: 'unproven', tenantId: 'contoso', secret: 'wrong' },
  },
  {
    name: "a served tenant with the other tenant's secret waits",
    header: [id('contoso'), route(secrets.fabrikam)],
    reply: waits,
    event: { kind: 'unproven', tenantId: 'contoso', secret: 'wrong' },
  },
  {
    name: 'a tenant whose secret is not known here waits, whatever it brings',
    header: [`X-MS-Exchange-CrossTenant-Id: ${'3'.repeat(36)}`, route('')],
    reply: waits,
    event: { kind: 'unproven', tenantId: 'restored', secret: 'not-known-here' },
  },
  { name: "a stranger's tenant is refused", header: [id('stranger')], reply: none },
  {
    name: "a stranger's tenant with a served tenant's secret is refused",
    header: [id('stranger'), route(secrets.contoso)],
    reply: none,
  },
  { name: 'the secret alone is refused', header: [route(secrets.contoso)], reply: none },
  { name: 'mail without any mark is refused', reply: none },
  {
    name: "the sender's domain proves nothing",
    from: 'ann@contoso.com',
    header: [id('stranger')],
    reply: none,
  },
  {
    name: 'a self-made certificate in Microsoft’s name waits at MAIL, with everything right',
    certificate: certificates.selfSigned,
    header: [id('contoso'), route(secrets.contoso)],
    reply: /^MAIL 451 4\.7\.1 /,
    event: { kind: 'unverified-microsoft' },
  },
  {
    name: 'the authority for peers does not vouch for Microsoft',
    certificate: certificates.privateMicrosoft,
    header: [id('contoso'), route(secrets.contoso)],
    reply: /^MAIL 451 4\.7\.1 /,
    event: { kind: 'unverified-microsoft' },
  },
  {
    name: 'another name of a public authority is refused at MAIL',
    certificate: certificates.other,
    header: [id('contoso'), route(secrets.contoso)],
    reply: /^MAIL 550 5\.7\.1 /,
  },
  {
    name: 'no certificate is refused at MAIL',
    certificate: certificates.none,
    header: [id('contoso'), route(secrets.contoso)],
    reply: /^MAIL 550 5\.7\.1 /,
  },
  {
    name: 'a peer of an on-premises tenant is known by its own authority',
    certificate: certificates.privatePeer,
    header: [id('contoso'), route(secrets.contoso)],
    reply: taken,
    tenant: 'on-premises',
  },
  {
    name: 'public authorities do not vouch for peers',
    certificate: certificates.publicPeer,
    reply: /^MAIL 550 5\.7\.1 /,
  },
];

for (const { name, reply, tenant, event, ...letter } of cases)
  test(name, async context => {
    const { port, handed, events, log, lines } = await start(context);
    assert.match(await sendAsExchange(port, letter), reply);
    assert.deepEqual(
      handed.map(({ tenant: of }) => of),
      tenant === undefined ? [] : [tenant],
    );
    if (event) assert.partialDeepStrictEqual(events, [event]);
    else assert.deepEqual(events, []);
    const told = log.join('\n') + JSON.stringify(lines) + JSON.stringify(events);
    for (const secret of Object.values(secrets)) assert.ok(!told.includes(secret), 'a secret was told');
  });

test("Exchange's own test passes while the validation is open, ten times, to its recipients alone", async context => {
  const { port, handed, events } = await start(context, withWindow(window));
  const send = (letter: Letter) =>
    sendAsExchange(port, { from: 'O365ConnectorValidation@fabrikam.com', ...letter });
  const to = { recipients: ['Admin@fabrikam.com'] };
  assert.match(await send({ ...to, certificate: certificates.other }), /^MAIL 550 /);
  assert.match(await send({ recipients: ['admin@fabrikam.com', 'more@fabrikam.com'] }), none);
  assert.match(await send({ ...to, header: [id('stranger')] }), none);
  assert.match(await send({ ...to, header: [id('contoso')] }), waits);
  assert.match(await send({ ...to, header: [id('fabrikam')] }), taken);
  for (let count = 2; count <= 10; count++) assert.match(await send(to), taken);
  assert.match(await send(to), none);
  assert.match(await send({ ...to, header: [id('fabrikam')] }), waits);
  assert.equal(handed.length, 10);
  assert.equal(events.filter(({ kind }) => kind === 'probe').length, 10);
});

test('the test is taken no more once the validation has closed, or was used up before a restart', async context => {
  const to = { recipients: ['admin@fabrikam.com'] };
  for (const closed of [
    { ...window, until: Date.now() },
    { ...window, taken: 10 },
  ]) {
    const { port, handed } = await start(context, withWindow(closed));
    assert.match(await sendAsExchange(port, to), none);
    assert.equal(handed.length, 0);
  }
});

test('a probe is handed on as it came, with the reason', async context => {
  const passes: unknown[] = [];
  const { port } = await startRelay(context, {
    tenants: () => withWindow(window),
    tls,
    process: ({ incoming, pass }) => {
      passes.push(pass);
      const { recipients } = incoming.envelope;
      const slices = [incoming.bytes];
      return Promise.resolve({
        variants: [{ recipients, slices, original: slices, isStamped: false }],
        summary: {},
      });
    },
  });
  assert.match(await sendAsExchange(port, { recipients: ['admin@fabrikam.com'] }), taken);
  assert.match(await sendAsExchange(port, { header: [id('contoso'), route(secrets.contoso)] }), taken);
  assert.deepEqual(passes, ['validation-probe', undefined]);
});

test('a session that is resumed proves as much as a fresh one', async context => {
  const { port } = await start(context);
  const header = [id('contoso'), route(secrets.contoso)];
  let session: Buffer | undefined;
  for (let round = 1; round <= 3; round++) {
    const certificate = { ...certificates.microsoft, ...(session && { session }) };
    assert.match(await sendAsExchange(port, { certificate, header }), taken);
    session = await sessionOf(port);
  }
});

async function sessionOf(port: number): Promise<Buffer | undefined> {
  const client = await connectSecurely(port, certificates.microsoft);
  client.send('EHLO x.example\r\n');
  await client.reply();
  const session = (client.socket as TLSSocket).getSession();
  client.socket.destroy();
  return session;
}
