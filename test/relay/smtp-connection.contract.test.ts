/**
 * What Signet relies on in nodemailer's `SMTPConnection`, and what it works around, held by tests: an upgrade that changes
 * any of it fails here before it fails in production.
 */
import assert from 'node:assert/strict';
import { once } from 'node:events';
import { type AddressInfo, connect, createServer, type Socket } from 'node:net';
import { test } from 'node:test';
import { TLSSocket } from 'node:tls';
import SMTPConnection from 'nodemailer/lib/smtp-connection';
import { clientCertificate } from '../support/certificates.ts';
import { type NextHopScript, startNextHop } from '../support/next-hop.ts';

const mailContoso = { certificate: clientCertificate.cert, key: clientCertificate.key };

const privateListeners = [
  '_onSocketData',
  '_onSocketError',
  '_onSocketClose',
  '_onSocketEnd',
  '_onSocketTimeout',
];

async function greet(port: number, options: SMTPConnection.Options = {}) {
  const socket = connect(port, '127.0.0.1');
  await once(socket, 'connect');
  const connection = new SMTPConnection({
    connection: socket,
    host: 'mail.contoso.com',
    logger: false,
    secure: false,
    ...options,
  });
  const error = await new Promise<Error | undefined>(done => {
    connection.once('error', done);
    connection.connect(failed => done(failed ?? undefined));
  });
  return { connection, socket, error };
}

async function greeted(script: NextHopScript, options?: SMTPConnection.Options) {
  const server = await startNextHop(script);
  const result = await greet(server.port, options);
  return { server, ...result, end: () => server.close() };
}

for (const [name, script, options] of [
  ['a plain connection', {}, { ignoreTLS: true }],
  ['a TLS connection', { tls: mailContoso }, { requireTLS: true, tls: { rejectUnauthorized: false } }],
] as const) {
  test(`${name}: the socket can be taken over, with nothing of nodemailer left on it`, async () => {
    const { connection, error, end } = await greeted(script, options);
    assert.equal(error, undefined);
    const socket = connection._socket as Socket;
    const internals = connection as unknown as Record<string, (...words: never[]) => void>;
    assert.equal(socket instanceof TLSSocket, name.includes('TLS'));
    assert.equal(connection.secure, name.includes('TLS'));
    const events = ['data', 'error', 'close', 'end', 'timeout'];
    const before = events.map(event => socket.listeners(event));
    for (const listener of privateListeners) assert.equal(typeof internals[listener], 'function', listener);
    assert.deepEqual([internals._remainder, internals._responseQueue], ['', []]);
    socket.off('data', internals._onSocketData as never);
    socket.off('error', internals._onSocketError as never);
    socket.off('close', internals._onSocketClose as never);
    socket.off('end', internals._onSocketEnd as never);
    socket.off('timeout', internals._onSocketTimeout as never);
    assert.equal(socket.listenerCount('data'), 0);
    // One listener of each kind was nodemailer's; what is left is Node's own.
    events.forEach((event, index) => {
      assert.ok(socket.listenerCount(event) <= (before[index]?.length ?? 0) - 1, event);
    });
    socket.on('error', () => {});
    socket.destroy();
    await end();
  });
}

test('the answer to EHLO stands in lastServerResponse, its lines joined with LF', async () => {
  const { connection, end } = await greeted({ extensions: ['SIZE 1000', '8BITMIME'] }, { ignoreTLS: true });
  assert.equal(connection.lastServerResponse, '250-next-hop.test\n250-SIZE 1000\n250 8BITMIME');
  connection.close();
  await end();
});

test('requireTLS asks for STARTTLS though it is not offered, and fails without it', async () => {
  const { error, server, end } = await greeted({}, { requireTLS: true });
  assert.equal((error as { code?: string }).code, 'ETLS');
  assert.ok(server.commands.includes('STARTTLS'));
  await end();
});

test('words that a stranger puts behind the 220 of STARTTLS never count as said under TLS', async () => {
  const seen: string[] = [];
  const server = createServer(plain => {
    plain.write('220 hi\r\n');
    plain.on('error', () => {});
    plain.on('data', function onData(chunk) {
      const line = chunk.toString();
      if (line.startsWith('EHLO')) plain.write('250-x\r\n250 STARTTLS\r\n');
      if (!line.startsWith('STARTTLS')) return;
      plain.off('data', onData);
      plain.write('220 go\r\n250-x\r\n250 SIZE 7\r\n');
      // A turn later the client has read the injected words.
      const secure = new TLSSocket(plain, {
        isServer: true,
        cert: clientCertificate.cert,
        key: clientCertificate.key,
      });
      secure.on('error', () => {});
      secure.on('data', more => {
        seen.push(more.toString());
        secure.write('250-x\r\n250 8BITMIME\r\n');
      });
    });
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { connection, error } = await greet((server.address() as AddressInfo).port, {
    requireTLS: true,
    tls: { rejectUnauthorized: false },
  });
  if (!error) assert.equal(connection.lastServerResponse, '250-x\n250 8BITMIME');
  connection.close();
  server.close();
});

test('closing says "end" at once, which must not be taken for the answer', async () => {
  const { connection, end } = await greeted({}, { ignoreTLS: true });
  let hasEnded = false;
  connection.once('end', () => {
    hasEnded = true;
  });
  connection.close();
  assert.ok(hasEnded);
  await end();
});

test('a refused greeting is an error with the answer in `response`', async () => {
  const fault: NextHopScript['fault'] = ({ stage }) =>
    stage === 'greeting' ? { kind: 'say', text: '554 5.7.1 go away\r\n' } : undefined;
  const { error, end } = await greeted({ fault });
  assert.equal((error as { response?: string }).response, '554 5.7.1 go away');
  await end();
});

test('worked around: behind the dot its error is the same as before the dot', async () => {
  const results: (string | undefined)[] = [];
  for (const stage of ['body', 'reply'] as const) {
    const { connection, server, end } = await greeted(
      { fault: moment => (moment.stage === stage ? { kind: 'reset' } : undefined) },
      { ignoreTLS: true },
    );
    connection.on('error', () => {});
    const error = await new Promise<Error | null>(done =>
      connection.send({ from: 'a@x.test', to: ['b@x.test'] }, 'Subject: x\r\n\r\nx\r\n', done),
    );
    results.push((error as { command?: string } | null)?.command);
    assert.equal(server.deliveries.length, stage === 'reply' ? 1 : 0);
    await end();
  }
  assert.deepEqual(results, ['CONN', 'CONN']);
});

test('worked around: it delivers to the others when a recipient is refused, with no place to stop', async () => {
  const { connection, server, end } = await greeted(
    {
      fault: ({ stage, recipient }) =>
        stage === 'rcpt' && recipient === 'b@x.test'
          ? { kind: 'say', text: '451 4.2.1 later\r\n' }
          : undefined,
    },
    { ignoreTLS: true },
  );
  await new Promise(done =>
    connection.send({ from: 'a@x.test', to: ['b@x.test', 'c@x.test'] }, 'x\r\n', done),
  );
  assert.deepEqual(server.deliveries[0]?.recipients, ['c@x.test']);
  connection.close();
  await end();
});

test('worked around: raw 8-bit goes to a server without 8BITMIME', async () => {
  const { connection, server, end } = await greeted({ extensions: [] }, { ignoreTLS: true });
  await new Promise(done =>
    connection.send(
      { from: 'a@x.test', to: ['b@x.test'], use8BitMime: true },
      'Subject: Grüße\r\n\r\nx\r\n',
      done,
    ),
  );
  assert.match(server.deliveries[0]?.content ?? '', /[\x80-\xff]/);
  connection.close();
  await end();
});
