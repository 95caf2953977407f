/** The server at its edges: greeting, TLS, users, certificates, time, memory, clients that leave, and its end. */
import assert from 'node:assert/strict';
import { Buffer } from 'node:buffer';
import { once } from 'node:events';
import { connect } from 'node:net';
import { type TestContext, test } from 'node:test';
import { setImmediate as nextTurn } from 'node:timers/promises';
import { TLSSocket } from 'node:tls';
import { limits } from '../../src/limits.ts';
import type { HandBack } from '../../src/relay/message.ts';
import type { RelayDependencies } from '../../src/relay/relay.ts';
import { ca, clientCertificate, relayTls, renewedTls, strangerCertificate } from '../support/certificates.ts';
import { createHandTime, makeTenant, startRelay } from '../support/relay.ts';
import { connectClient, connectSecurely, type SmtpClient } from '../support/smtp-client.ts';

const opening =
  'EHLO client.example\r\nMAIL FROM:<ann@contoso.com>\r\nRCPT TO:<bob@fabrikam.com>\r\nDATA\r\n';

/** A client whose greeting was read. */
async function greeted(port: number): Promise<SmtpClient> {
  const client = await connectClient(port);
  await client.reply();
  return client;
}

async function ask(client: SmtpClient, line: string): Promise<string> {
  client.send(`${line}\r\n`);
  return (await client.reply()) ?? 'closed';
}

/** A client with DATA answered by 354. */
async function inData(port: number): Promise<SmtpClient> {
  const client = await greeted(port);
  client.send(opening);
  for (let count = 0; count < 4; count++) await client.reply();
  return client;
}

test('the greeting comes within five milliseconds', async context => {
  const { port } = await startRelay(context);
  const times: number[] = [];
  for (let count = 0; count < 40; count++) {
    const startedAt = performance.now();
    const client = await connectClient(port);
    await client.reply();
    times.push(performance.now() - startedAt);
    client.socket.destroy();
  }
  // A busy machine delays some; a delay of the server's own would be in all of them.
  const quarter = times.sort((one, other) => one - other)[10] ?? Number.NaN;
  assert.ok(quarter < 5, `${times}`);
});

test('ten megabytes of dot lines take less than a second of CPU and lose nothing', async context => {
  const { port, handed } = await startRelay(context);
  const client = await inData(port);
  const wire = Buffer.from('..\r\n'.repeat(2_621_440));
  const before = process.cpuUsage();
  client.socket.write(wire);
  client.send('.\r\n');
  assert.equal(await client.reply(), '250 2.0.0 Taken');
  const { user, system } = process.cpuUsage(before);
  const content = handed[0]?.bytes ?? Buffer.alloc(0);
  assert.equal(content.length, 2_621_440 * 3);
  assert.ok(content.equals(Buffer.from('.\r\n'.repeat(2_621_440))));
  assert.ok(user + system < 1_000_000, `${user + system} µs`);
});

test('replies to commands that were sent ahead leave together, and none waits for the next command', async context => {
  const { port } = await startRelay(context);
  const client = await greeted(port);
  const pieces: string[] = [];
  client.socket.on('data', (piece: Buffer) => pieces.push(piece.toString()));
  await ask(client, 'EHLO client.example');
  client.send(
    'MAIL FROM:<ann@contoso.com>\r\nRCPT TO:<bob@fabrikam.com>\r\nRCPT TO:<c@d.example>\r\nDATA\r\n',
  );
  for (const code of [250, 250, 250, 354]) assert.match((await client.reply()) ?? '', new RegExp(`^${code}`));
  client.send('Subject: one\r\n\r\n.\r\nNOOP\r\nQUIT\r\n');
  for (const code of [250, 250, 221]) assert.match((await client.reply()) ?? '', new RegExp(`^${code}`));
  await client.closed;
  const codes = pieces.map(piece => piece.match(/^\d{3}(?= )/gm)?.join(' '));
  assert.deepEqual(codes, ['250', '250 250 250 354', '250 250 221']);
});

test('without a certificate STARTTLS is neither offered nor taken', async context => {
  const { port } = await startRelay(context);
  const client = await greeted(port);
  assert.doesNotMatch(await ask(client, 'EHLO client.example'), /STARTTLS/);
  assert.match(await ask(client, 'STARTTLS'), /^500 /);
});

test('with a certificate the server shows it, from TLS 1.2 on, and a new one to those who come later', async context => {
  const { port, relay } = await startRelay(context, { tls: relayTls });
  const names = async () => {
    const { socket } = await connectSecurely(port, {
      ca,
      servername: 'relay.example',
      rejectUnauthorized: true,
    });
    assert.ok(socket instanceof TLSSocket);
    return socket.getPeerCertificate().subject.CN;
  };
  assert.equal(await names(), 'relay.example');
  assert.deepEqual(relay.updateTls(renewedTls), { kind: 'ok', value: undefined });
  assert.equal(await names(), 'renewed.relay.example');
  const old = { maxVersion: 'TLSv1.1', minVersion: 'TLSv1', ciphers: 'DEFAULT@SECLEVEL=0' } as const;
  await assert.rejects(connectSecurely(port, old));
  const mismatch = relay.updateTls({ certificate: relayTls.certificate, key: renewedTls.key });
  assert.equal(mismatch.kind === 'problem' && mismatch.problem.code, 'SIGNET_TLS_CERTIFICATE');
  assert.equal(await names(), 'renewed.relay.example');
});

const withUser = () => {
  const tenants = [
    makeTenant({ id: 't_01', peers: [{ kind: 'user', user: 'mail', password: 'one' }] }),
    makeTenant({
      id: 't_02',
      domains: ['fabrikam.com'],
      peers: [{ kind: 'user', user: 'mail', password: 'two' }],
    }),
  ];
  return { tenants: () => tenants, tls: relayTls } satisfies Partial<RelayDependencies>;
};

const plain = (user: string, password: string) =>
  `AUTH PLAIN ${Buffer.from(`\0${user}\0${password}`).toString('base64')}`;

test('a user is known over TLS only, by the right password, and to the tenant whose password it is', async context => {
  const { port, handed } = await startRelay(context, withUser());
  const open = await greeted(port);
  assert.doesNotMatch(await ask(open, 'EHLO client.example'), /AUTH/);
  assert.match(await ask(open, plain('mail', 'two')), /^500 /);
  const client = await connectSecurely(port);
  assert.match(await ask(client, 'EHLO client.example'), /\n250-AUTH PLAIN LOGIN\n/);
  assert.match(await ask(client, 'MAIL FROM:<zoe@fabrikam.com>'), /^550 5\.7\.1 /);
  assert.match(await ask(client, plain('mail', 'two')), /^235 2\.7\.0 /);
  for (const line of ['MAIL FROM:<ann@contoso.com>', 'RCPT TO:<bob@x.example>', 'DATA'])
    await ask(client, line);
  assert.match(await ask(client, '\r\nhi\r\n.'), /^250 /);
  // The other tenant's user has the same name: the sender's domain does not make this session his.
  assert.deepEqual(
    handed.map(({ tenant }) => tenant),
    ['t_02'],
  );
});

test('a wrong password is answered after a second, and not before', async context => {
  const { clock, timers, pass } = createHandTime();
  const { port } = await startRelay(context, { ...withUser(), clock, timers });
  const client = await connectSecurely(port);
  await ask(client, 'EHLO client.example');
  client.send(`${plain('mail', 'wrong')}\r\n`);
  const answer = client.reply();
  let isAnswered = false;
  void answer.then(() => {
    isAnswered = true;
  });
  for (let turn = 0; turn < 20; turn++) await nextTurn();
  pass(limits.relay.wrongPasswordMs - 1);
  for (let turn = 0; turn < 20; turn++) await nextTurn();
  assert.equal(isAnswered, false);
  pass(1);
  assert.equal(await answer, '535 5.7.8 Wrong user or password');
});

test('a client certificate counts by its names, if our authority signed it', async context => {
  const tenants = [makeTenant({ peers: [{ kind: 'certificate', name: 'mx.contoso.com' }] })];
  const { port } = await startRelay(context, { tenants: () => tenants, tls: { ...relayTls, clientCa: ca } });
  const replies: string[] = [];
  for (const certificate of [clientCertificate, strangerCertificate, {}]) {
    const client = await connectSecurely(port, certificate);
    await ask(client, 'EHLO client.example');
    replies.push((await ask(client, 'MAIL FROM:<ann@contoso.com>')).slice(0, 9));
  }
  assert.deepEqual(replies, ['250 2.1.0', '550 5.7.1', '550 5.7.1']);
});

test('commands behind STARTTLS in the same segment are forgotten', async context => {
  const { port } = await startRelay(context, { tls: relayTls });
  const client = await connectSecurely(port, {}, 'EHLO other.example\r\nMAIL FROM:<ann@contoso.com>\r\n');
  assert.match(await ask(client, 'MAIL FROM:<ann@contoso.com>'), /^503 /);
  assert.match(await ask(client, 'EHLO client.example'), /^250-relay/);
  assert.match(await ask(client, 'RCPT TO:<bob@x.example>'), /^503 /);
});

test('broken and ancient handshakes end their connection only', async context => {
  const { port } = await startRelay(context, { tls: relayTls });
  const sslTwo = '\x80\x2e\x01\x00\x02\x00\x15\x00\x00\x00\x10';
  for (const bytes of [
    'GET / HTTP/1.1\r\n\r\n',
    '\x16\x03\x01\xff\xff',
    sslTwo,
    '\x15\x03\x03\x00\x02\x02\x28',
    '\0'.repeat(3_000),
  ]) {
    const client = await greeted(port);
    client.send('STARTTLS\r\n');
    await client.reply();
    client.socket.write(Buffer.from(bytes, 'latin1'));
    client.socket.end();
    await client.closed;
  }
  for (const leave of ['destroy', 'resetAndDestroy'] as const) {
    const client = await greeted(port);
    client.send('STARTTLS\r\n\x16\x03\x01');
    await client.reply();
    client.socket[leave]();
    await client.closed;
  }
  assert.match(await ask(await connectSecurely(port), 'EHLO client.example'), /^250-/);
});

/** Time limits: what a client does, up to when it is let be, and what then comes. */
const deadlines: readonly {
  readonly name: string;
  readonly begin: (port: number) => Promise<SmtpClient>;
  readonly trickle?: string;
  readonly ms: number;
  readonly end: RegExp | undefined;
}[] = [
  { name: 'no command at all', begin: greeted, ms: limits.relay.commandMs, end: /^421 4\.4\.2 Timeout/ },
  {
    name: 'a trickled command',
    begin: greeted,
    trickle: 'E',
    ms: limits.relay.commandMs,
    end: /^421 4\.4\.2 Timeout/,
  },
  {
    name: 'a second message that does not come',
    begin: async port => {
      const client = await inData(port);
      await ask(client, '.');
      return client;
    },
    ms: limits.relay.idleMs,
    end: /^421 4\.4\.2 Timeout/,
  },
  {
    name: 'a message that trickles',
    begin: inData,
    trickle: 'a',
    ms: limits.relay.dataGraceMs,
    end: /^421 4\.4\.2 Message arrives too slowly/,
  },
  {
    name: 'a handshake that is not begun',
    begin: async port => {
      const client = await greeted(port);
      await ask(client, 'STARTTLS');
      return client;
    },
    ms: limits.relay.handshakeMs,
    end: undefined,
  },
  {
    name: 'a handshake that trickles',
    begin: async port => {
      const client = await greeted(port);
      await ask(client, 'STARTTLS');
      client.socket.write(Buffer.from('\x16\x03\x01\x02\x00', 'latin1'));
      return client;
    },
    trickle: '\x01',
    ms: limits.relay.handshakeMs,
    end: undefined,
  },
];

for (const { name, begin, trickle, ms, end } of deadlines) {
  test(`${name}: the client is borne for ${ms / 1_000} s and not longer`, async context => {
    const { clock, timers, pass } = createHandTime();
    const { port, relay } = await startRelay(context, { clock, timers, tls: relayTls });
    const client = await begin(port);
    for (let second = 1; second < ms / 1_000; second++) {
      pass(1_000);
      if (trickle) await client.sendInPieces(Buffer.from(trickle, 'latin1'), () => 1);
    }
    for (let turn = 0; turn < 20; turn++) await nextTurn();
    assert.equal(relay.state().connections, 1);
    assert.equal(client.socket.destroyed, false);
    // A few bytes have bought a few milliseconds of DATA.
    pass(1_100);
    const last = await client.reply();
    if (end) assert.match(last ?? 'closed', end);
    else assert.equal(last, undefined);
    await client.closed;
    assert.equal(relay.state().messages, 0);
    assert.equal(relay.state().reservedBytes, 0);
  });
}

test('a message that comes at the lowest rate is taken, for ten minutes', async context => {
  const { clock, timers, pass } = createHandTime();
  const { port, relay } = await startRelay(context, { clock, timers });
  const client = await inData(port);
  const second = Buffer.from(`${'a'.repeat(1_022)}\r\n`);
  for (let count = 1; count < limits.relay.dataMs / 1_000; count++) {
    await client.sendInPieces(second, () => second.length);
    pass(1_000);
  }
  for (let turn = 0; turn < 20; turn++) await nextTurn();
  assert.equal(relay.state().messages, 1);
  pass(1_000);
  assert.match((await client.reply()) ?? '', /^421 4\.4\.2 Message arrives too slowly/);
});

test('a connection ends after twenty minutes, behind the message in work', async context => {
  const { clock, timers, pass } = createHandTime();
  const { promise: isHandedBack, resolve: begun } = Promise.withResolvers<void>();
  const { promise: mayEnd, resolve: end } = Promise.withResolvers<void>();
  const handBack: HandBack = async () => {
    begun();
    await mayEnd;
    return delivered;
  };
  const { port } = await startRelay(context, { clock, timers, handBack });
  const idle = await greeted(port);
  const busy = await inData(port);
  const kept = async () => {
    for (let spent = 0; spent < limits.relay.connectionMs - 30_000; spent += 30_000) {
      pass(30_000);
      assert.match(await ask(idle, 'NOOP'), /^250 /);
    }
  };
  busy.send('\r\n.\r\n');
  await isHandedBack;
  await kept();
  pass(30_000);
  assert.match((await idle.reply()) ?? '', /^421 4\.4\.2 Connection lasted too long/);
  end();
  assert.equal(await busy.reply(), '250 2.0.0 Delivered');
  assert.match((await busy.reply()) ?? '', /^421 4\.4\.2 Connection lasted too long/);
});

const delivered = {
  reply: { code: 250, text: '2.0.0 Delivered' },
  outcome: 'delivered',
  isOriginalInstead: false,
  answers: [],
  stageMs: {},
} as const;

/** A next hop that takes its time: `begun` when it has the message, and its signal. */
function createSlowHop() {
  const begun = Promise.withResolvers<AbortSignal>();
  const end = Promise.withResolvers<void>();
  const handBack: HandBack = async ({ incoming: { signal } }) => {
    begun.resolve(signal);
    await Promise.race([end.promise, signal.aborted ? undefined : once(signal, 'abort')]);
    return signal.aborted
      ? { ...delivered, reply: { code: 451, text: '4.4.2 Given up' }, outcome: 'client-gone' }
      : delivered;
  };
  return { handBack, begun: begun.promise, end: () => end.resolve() };
}

for (const leave of ['end', 'destroy', 'resetAndDestroy'] as const) {
  for (const size of [10, 1_000_000]) {
    test(`a client that leaves (${leave}) while its ${size} bytes are in work is noticed`, async context => {
      const hop = createSlowHop();
      const { port, relay, lines } = await startRelay(context, { handBack: hop.handBack });
      const client = await inData(port);
      client.socket.write(`${'a'.repeat(size)}\r\n.\r\n`);
      const signal = await hop.begun;
      const gone = once(signal, 'abort');
      client.socket[leave]();
      await gone;
      while (lines.length === 0) await nextTurn();
      await nextTurn();
      assert.equal(lines[0]?.outcome, 'client-gone');
      assert.equal(relay.state().reservedBytes, 0);
      assert.equal(relay.state().messages, 0);
    });
  }
}

test('a client that leaves in the middle of DATA leaves nothing behind', async context => {
  const { port, relay, lines } = await startRelay(context);
  const client = await inData(port);
  client.send('half a message');
  await nextTurn();
  client.socket.resetAndDestroy();
  while (lines.length === 0) await nextTurn();
  await nextTurn();
  assert.equal(lines[0]?.outcome, 'gone');
  assert.equal(relay.state().reservedBytes, 0);
  assert.equal(relay.state().messages, 0);
});

test('a stop gives up what has not its dot, waits for what can no longer be given up, and takes nobody new', async context => {
  const begun = Promise.withResolvers<void>();
  const end = Promise.withResolvers<void>();
  // Past its dots a hand-back goes on whatever the signal says.
  const handBack: HandBack = async () => {
    begun.resolve();
    await end.promise;
    return delivered;
  };
  const { port, relay } = await startRelay(context, { handBack });
  const idle = await greeted(port);
  const half = await inData(port);
  half.send('half a message');
  const whole = await inData(port);
  whole.send('.\r\n');
  await begun.promise;
  const closed = relay.close();
  assert.match((await idle.reply()) ?? '', /^421 4\.3\.2 Service shutting down/);
  assert.match((await half.reply()) ?? '', /^421 4\.3\.2 Service shutting down/);
  await Promise.all([idle.closed, half.closed]);
  const late = connect(port, '127.0.0.1');
  await assert.rejects(once(late, 'connect'));
  end.resolve();
  assert.equal(await whole.reply(), '250 2.0.0 Delivered');
  assert.match((await whole.reply()) ?? '', /^421 4\.3\.2 /);
  await closed;
});

test('a stop aborts what the next hop has not yet', async context => {
  const hop = createSlowHop();
  const { port, relay } = await startRelay(context, { handBack: hop.handBack });
  const client = await inData(port);
  client.send('.\r\n');
  await hop.begun;
  const closed = relay.close();
  assert.match((await client.reply()) ?? '', /^4\d\d /);
  await closed;
});

test('messages above the number at work wait their turn, and are put off when it does not come', async context => {
  const { clock, timers, pass } = createHandTime();
  const { port, relay } = await startRelay(context, {
    clock,
    timers,
    limits: { ...limits.relay, transactions: 1 },
  });
  const [first, second, third] = [await greeted(port), await greeted(port), await greeted(port)];
  for (const client of [first, second, third]) await ask(client, 'EHLO client.example');
  await ask(first, 'MAIL FROM:<ann@contoso.com>');
  second.send('MAIL FROM:<ann@contoso.com>\r\n');
  while (relay.state().waiting < 1) await nextTurn();
  third.send('MAIL FROM:<ann@contoso.com>\r\n');
  while (relay.state().waiting < 2) await nextTurn();
  assert.match(await ask(first, 'RSET'), /^250 /);
  assert.match((await second.reply()) ?? '', /^250 2\.1\.0 /);
  pass(limits.relay.transactionWaitMs - 1);
  await ask(first, 'NOOP');
  assert.equal(relay.state().waiting, 1);
  pass(1);
  assert.match((await third.reply()) ?? '', /^451 4\.3\.2 /);
});

test('connections are counted for each peer', async context => {
  const { port } = await startRelay(context, { limits: { ...limits.relay, connectionsPerPeer: 2 } });
  const [one, two] = [await greeted(port), await greeted(port)];
  const three = await connectClient(port);
  assert.match((await three.reply()) ?? '', /^421 4\.3\.2 /);
  const other = await connectClient(port, '127.0.0.2');
  assert.match((await other.reply()) ?? '', /^220 /);
  one.socket.destroy();
  await one.closed;
  for (let turn = 0; turn < 5; turn++) await nextTurn();
  assert.match((await (await connectClient(port)).reply()) ?? '', /^220 /);
  two.socket.destroy();
});

test('a connection with TLS, or one that was to get it, counts for its peer no longer than it is open', async context => {
  const { port } = await startRelay(context, {
    tls: relayTls,
    limits: { ...limits.relay, connectionsPerPeer: 2 },
  });
  for (let round = 0; round < 4; round++) {
    const secured = await connectSecurely(port);
    assert.match(await ask(secured, 'QUIT'), /^221 /);
    await secured.closed;
    const broken = await greeted(port);
    await ask(broken, 'STARTTLS');
    broken.send('no handshake\r\n');
    await broken.closed;
    for (let turn = 0; turn < 5; turn++) await nextTurn();
  }
  const client = await connectClient(port);
  assert.match((await client.reply()) ?? '', /^220 /);
});

test('a client that never reads its replies ends', async context => {
  const { clock, timers, pass } = createHandTime();
  const { port, relay } = await startRelay(context, {
    clock,
    timers,
    limits: { ...limits.relay, errors: 1e9, junkCommands: 1e9 },
  });
  const socket = connect(port, '127.0.0.1');
  socket.on('error', () => {});
  await once(socket, 'connect');
  socket.pause();
  socket.write('RSET\r\n'.repeat(400_000));
  for (let turn = 0; turn < 200; turn++) await nextTurn();
  pass(limits.relay.connectionMs);
  while (relay.state().connections > 0) await nextTurn();
  socket.destroy();
});

test('the line of a message holds what came and became of it, and hashed addresses where the tenant wants them', async context => {
  const hashed = makeTenant({ preferences: { logAddresses: 'hashed' } });
  for (const tenant of [makeTenant(), hashed]) await checkLine(context, tenant);
});

async function checkLine(context: TestContext, tenant: ReturnType<typeof makeTenant>) {
  const { port, lines } = await startRelay(context, { tenants: () => [tenant] });
  const client = await inData(port);
  await ask(client, 'Message-ID: <m@contoso.com>\r\nSubject: secret plans\r\n\r\nsecret text\r\n.');
  const [line] = lines;
  const text = JSON.stringify(line);
  assert.equal(line?.messageId, '<m@contoso.com>');
  assert.equal(line?.reply, '250 2.0.0 Taken');
  assert.equal(line?.tenant, 't_01');
  assert.doesNotMatch(text, /secret/);
  const isHashed = tenant.signing.preferences.logAddresses === 'hashed';
  assert.equal(text.includes('bob@fabrikam.com'), !isHashed);
  assert.equal(text.includes('ann@contoso.com'), !isHashed);
}

test('a record that cannot be kept does not change the reply', async context => {
  const record = () => {
    throw new Error('the disk is full');
  };
  const { port, relay, handed } = await startRelay(context, { record });
  const client = await inData(port);
  assert.equal(await ask(client, '.'), '250 2.0.0 Taken');
  assert.equal(handed.length, 1);
  assert.equal(relay.state().messages, 0);
});
