/** The way to a next hop: TLS, AUTH, names, exchangers, and what it offers. */
import assert from 'node:assert/strict';
import { Buffer } from 'node:buffer';
import type { LookupFunction } from 'node:net';
import { test } from 'node:test';
import { limits } from '../../src/limits.ts';
import type { NextHop } from '../../src/relay/message.ts';
import { ca, clientCertificate, relayTls, strangerCertificate } from '../support/certificates.ts';
import { letter, makeJob, makeVariants, startHandBack } from '../support/hand-back.ts';
import { type NextHopScript, startNextHop } from '../support/next-hop.ts';

/** Every name is this machine. */
const lookup: LookupFunction = (_name, options, done) => {
  const found = { address: '127.0.0.1', family: 4 };
  if (options.all) done(null, [found]);
  else done(null, found.address, found.family);
};

const host = { target: { kind: 'host', host: 'mail.contoso.com' }, port: 0, tls: 'required', ca } as const;
const mailContoso = { certificate: clientCertificate.cert, key: clientCertificate.key };
const stranger = { certificate: strangerCertificate.cert, key: strangerCertificate.key };

async function handOver(script: NextHopScript, nextHop: NextHop, more: Parameters<typeof makeJob>[2] = {}) {
  const server = await startNextHop(script);
  const service = startHandBack(server.port, { resolve: { mx: () => Promise.resolve([]), lookup } });
  const tenant = { ...service.tenant, nextHop: { ...nextHop, port: server.port } };
  const variants = makeVariants(['b@x.test'], more.bytes);
  const result = await service.handBack(makeJob(tenant, variants, more));
  service.close();
  await server.close();
  return { result, server };
}

type Row = readonly [name: string, script: NextHopScript, nextHop: NextHop, reply: string, alarm?: string];

const table: readonly Row[] = [
  ['a verified certificate', { tls: mailContoso }, host, '250 2.0.0'],
  ['the certificate of another name', { tls: relayTls }, host, '451 4.7.0', 'SIGNET_NEXT_HOP_TLS'],
  ['a certificate that signed itself', { tls: stranger }, host, '451 4.7.0', 'SIGNET_NEXT_HOP_TLS'],
  [
    'a certificate of a CA that is not trusted',
    { tls: mailContoso },
    without(host, 'ca'),
    '451 4.7.0',
    'SIGNET_NEXT_HOP_TLS',
  ],
  ['no STARTTLS where it is required', {}, host, '451 4.7.0', 'SIGNET_NEXT_HOP_TLS'],
  [
    'STARTTLS refused where it is required',
    { tls: mailContoso, fault: at('starttls', '454 4.7.0 no\r\n') },
    host,
    '451 4.7.0',
    'SIGNET_NEXT_HOP_TLS',
  ],
  [
    'opportunistic: any certificate will do',
    { tls: stranger },
    { ...host, tls: 'opportunistic' },
    '250 2.0.0',
  ],
  ['opportunistic: no STARTTLS, no TLS', {}, { ...host, tls: 'opportunistic' }, '250 2.0.0'],
  [
    'opportunistic: STARTTLS refused, no TLS',
    { tls: mailContoso, fault: at('starttls', '454 4.7.0 no\r\n') },
    { ...host, tls: 'opportunistic' },
    '250 2.0.0',
  ],
  ['off: STARTTLS is not asked for', { tls: stranger }, { ...host, tls: 'off' }, '250 2.0.0'],
  [
    'a client certificate, asked for and shown',
    { tls: { ...mailContoso, ca } },
    { ...host, clientCertificate: mailContoso },
    '250 2.0.0',
  ],
  [
    'AUTH over TLS',
    { tls: mailContoso, users: { u: 'p' } },
    { ...host, auth: { user: 'u', password: 'p' } },
    '250 2.0.0',
  ],
  [
    'a wrong password',
    { tls: mailContoso, users: { u: 'p' } },
    { ...host, auth: { user: 'u', password: 'x' } },
    '451 4.7.0',
    'SIGNET_NEXT_HOP_REFUSES',
  ],
  [
    'no credentials without TLS',
    { users: { u: 'p' } },
    { ...host, tls: 'off', auth: { user: 'u', password: 'p' } },
    '451 4.7.0',
    'SIGNET_NEXT_HOP_TLS',
  ],
];

function without(nextHop: NextHop & { readonly ca: string }, _field: 'ca'): NextHop {
  const { ca: _, ...rest } = nextHop;
  return rest;
}

function at(stage: string, text: string): NonNullable<NextHopScript['fault']> {
  return moment => (moment.stage === stage ? { kind: 'say', text } : undefined);
}

for (const [name, script, nextHop, reply, alarm] of table) {
  test(`${name}: ${reply}`, async () => {
    const { result, server } = await handOver(script, nextHop);
    assert.equal(`${result.reply.code} ${result.reply.text.slice(0, 5)}`, reply);
    assert.equal(result.alarm?.code, alarm);
    assert.equal(server.deliveries.length, reply.startsWith('250') ? 1 : 0);
    if (nextHop.tls === 'off') assert.ok(!server.commands.some(line => /^STARTTLS/i.test(line)));
    if (nextHop.auth && reply.startsWith('451') && !script.tls)
      assert.ok(!server.commands.some(line => /^AUTH/i.test(line)));
  });
}

test('many messages over one TLS connection, whose bytes are the same', async () => {
  const server = await startNextHop({ tls: mailContoso });
  const service = startHandBack(server.port, { resolve: { mx: () => Promise.resolve([]), lookup } });
  const tenant = { ...service.tenant, nextHop: { ...host, port: server.port } };
  const big = Buffer.concat([letter, Buffer.alloc(3_000_000, 'All work and no play.\r\n')]);
  for (const bytes of [letter, big, letter])
    assert.equal(
      (await service.handBack(makeJob(tenant, makeVariants(['b@x.test'], bytes), { bytes }))).outcome,
      'delivered',
    );
  assert.deepEqual(
    server.deliveries.map(({ content }) => content.length),
    [letter.length, big.length + (big.at(-1) === 10 ? 0 : 2), letter.length],
  );
  assert.equal(server.connections(), 1);
  service.close();
  await server.close();
});

const utf8Letter = Buffer.from('Message-ID: <1@contoso.com>\r\nSubject: Grüße\r\n\r\nHallo\r\n');
const eightBit = Buffer.from('Message-ID: <1@contoso.com>\r\n\r\nGrüße\r\n');

const offers: readonly (readonly [
  name: string,
  extensions: readonly string[],
  more: Parameters<typeof makeJob>[2],
  expected: string,
])[] = [
  ['what is not needed is not declared', ['8BITMIME', 'SMTPUTF8', 'SIZE'], {}, `SIZE=${letter.length}`],
  ['8-bit content is declared', ['8BITMIME'], { bytes: eightBit }, 'BODY=8BITMIME'],
  ['what the client declared as 8-bit is passed on', ['8BITMIME'], { is8bit: true }, 'BODY=8BITMIME'],
  ['8-bit content never goes to a 7-bit server', ['SIZE'], { bytes: eightBit, is8bit: true }, '554 5.6.3'],
  ['a declaration of 8-bit without an 8-bit byte is no hindrance', [], { is8bit: true }, ''],
  [
    'SMTPUTF8 is passed on',
    ['8BITMIME', 'SMTPUTF8'],
    { bytes: utf8Letter, isUtf8: true },
    'BODY=8BITMIME SMTPUTF8',
  ],
  ['a UTF-8 header without SMTPUTF8 there', ['8BITMIME'], { bytes: utf8Letter, isUtf8: true }, '550 5.6.7'],
  ['SMTPUTF8 that nothing needs is left out', ['8BITMIME'], { isUtf8: true }, ''],
  [
    'a sender beyond ASCII without SMTPUTF8 there',
    ['8BITMIME'],
    { from: 'jürgen@contoso.com', isUtf8: true },
    '550 5.6.7',
  ],
  ['a message over the SIZE there', ['SIZE 50'], {}, '552 5.3.4'],
  ['a SIZE of nought is no limit', ['SIZE 0'], {}, `SIZE=${letter.length}`],
];

for (const [name, extensions, more, expected] of offers) {
  for (const pipelining of [[], ['PIPELINING']]) {
    test(`${name}: ${expected || 'no parameters'} (${pipelining.length > 0 ? 'pipelined' : 'in turn'})`, async () => {
      const off: NextHop = { ...without(host, 'ca'), tls: 'off' };
      const { result, server } = await handOver({ extensions: [...extensions, ...pipelining] }, off, more);
      const got = server.deliveries[0]?.parameters ?? `${result.reply.code} ${result.reply.text.slice(0, 5)}`;
      assert.equal(got, expected);
    });
  }
}

test('the original goes where the stamped form would be over the SIZE', async () => {
  const server = await startNextHop({ extensions: [`SIZE ${letter.length + 3}`] });
  const { handBack, tenant, close } = startHandBack(server.port);
  const result = await handBack(makeJob(tenant, makeVariants(['!b@x.test', 'c@x.test'])));
  assert.equal(result.outcome, 'delivered');
  assert.ok(result.isOriginalInstead);
  assert.ok(server.deliveries.every(({ content }) => content === letter.toString()));
  close();
  await server.close();
});

test('a recipient beyond ASCII is refused alone where SMTPUTF8 is missing', async () => {
  const server = await startNextHop({ extensions: ['8BITMIME'] });
  const { handBack, tenant, close } = startHandBack(server.port);
  const result = await handBack(makeJob(tenant, makeVariants(['jürgen@x.test c@x.test']), { isUtf8: true }));
  assert.equal(result.outcome, 'delivered-with-report');
  assert.deepEqual(server.deliveries.map(({ recipients }) => recipients.join()).sort(), [
    'ada@contoso.com',
    'c@x.test',
  ]);
  close();
  await server.close();
});

test('a server that knows HELO only is served as one', async () => {
  const off: NextHop = { ...without(host, 'ca'), tls: 'off' };
  const fault: NextHopScript['fault'] = ({ stage, connection }) =>
    stage === 'ehlo' && connection === 0 && !heloSeen()
      ? { kind: 'say', text: '502 5.5.1 what?\r\n' }
      : undefined;
  let count = 0;
  function heloSeen() {
    return count++ > 0;
  }
  const { result, server } = await handOver({ fault, extensions: [] }, off);
  assert.equal(result.outcome, 'delivered');
  assert.ok(server.commands.some(line => line.startsWith('HELO ')));
});

test('the exchangers of a domain are tried in order until one is ready', async () => {
  const server = await startNextHop();
  const tried: string[] = [];
  const picky: LookupFunction = (name, options, done) => {
    tried.push(name);
    if (name === 'down.test') done(Object.assign(new Error('no'), { code: 'ENOTFOUND' }), '', 0);
    else lookup(name, options, done);
  };
  const mx = () =>
    Promise.resolve([
      { exchange: 'up.test', priority: 20 },
      { exchange: 'down.test', priority: 10 },
    ]);
  const { handBack, tenant, close } = startHandBack(server.port, { resolve: { mx, lookup: picky } });
  const nextHop: NextHop = { target: { kind: 'mx', domain: 'contoso.com' }, port: server.port, tls: 'off' };
  const result = await handBack(makeJob({ ...tenant, nextHop }, makeVariants(['b@x.test'])));
  assert.equal(result.outcome, 'delivered');
  assert.deepEqual(tried, ['down.test', 'up.test']);
  close();
  await server.close();
});

test('a next hop without a server is a 451, and so is DNS that is down', async () => {
  const server = await startNextHop();
  await server.close();
  const { handBack, tenant } = startHandBack(server.port, {
    resolve: { mx: () => Promise.reject(Object.assign(new Error('no'), { code: 'ESERVFAIL' })) },
  });
  const refused = await handBack(makeJob(tenant, makeVariants(['b@x.test'])));
  assert.equal(`${refused.reply.code} ${refused.reply.text.slice(0, 5)}`, '451 4.4.1');
  const nextHop: NextHop = { target: { kind: 'mx', domain: 'contoso.com' }, port: 25, tls: 'required' };
  const lost = await handBack(makeJob({ ...tenant, nextHop }, makeVariants(['b@x.test'])));
  assert.equal(`${lost.reply.code} ${lost.reply.text.slice(0, 5)}`, '451 4.4.1');
});

test('a domain with a null MX is a 451 that the operator hears of', async () => {
  const { handBack, tenant } = startHandBack(1, {
    resolve: { mx: () => Promise.resolve([{ exchange: '.', priority: 0 }]) },
  });
  const nextHop: NextHop = { target: { kind: 'mx', domain: 'contoso.com' }, port: 25, tls: 'required' };
  const result = await handBack(makeJob({ ...tenant, nextHop }, makeVariants(['b@x.test'])));
  assert.equal(result.alarm?.code, 'SIGNET_NEXT_HOP_NO_MAIL');
  assert.equal(result.reply.code, 451);
});

test('each step of setting up has its own time', async () => {
  for (const [stage, ms] of [
    ['greeting', limits.handBack.greetingMs],
    ['ehlo', limits.handBack.greetingMs],
    ['starttls', limits.handBack.greetingMs],
  ] as const) {
    const server = await startNextHop({
      tls: mailContoso,
      fault: moment => (moment.stage === stage ? { kind: 'hang' } : undefined),
    });
    const { handBack, tenant, time, close } = startHandBack(server.port, {
      resolve: { mx: () => Promise.resolve([]), lookup },
    });
    const result = handBack(
      makeJob({ ...tenant, nextHop: { ...host, port: server.port } }, makeVariants(['b@x.test'])),
    );
    await server.reached(stage);
    time.pass(ms);
    assert.equal(`${(await result).reply.code} ${(await result).reply.text.slice(0, 5)}`, '451 4.4.2');
    close();
    await server.close();
  }
});
