/**
 * What smtp-server 3.21.6 does that Signet relies on or works around. A failure here after an upgrade means: read the
 * new source, then change src/relay/server*.ts and this file together.
 */
import assert from 'node:assert/strict';
import { Buffer } from 'node:buffer';
import { createHash } from 'node:crypto';
import { once } from 'node:events';
import { readFileSync } from 'node:fs';
import type { AddressInfo } from 'node:net';
import { type TestContext, test } from 'node:test';
import { SMTPServer, type SMTPServerOptions, type SMTPServerSession } from 'smtp-server';
import { SMTPConnection } from 'smtp-server/lib/smtp-connection.js';
import { SMTPStream } from 'smtp-server/lib/smtp-stream.js';
import { connectClient, converse } from '../support/smtp-client.ts';

const manifest = new URL(import.meta.resolve('smtp-server/package.json'));

test('the version is the one that was read', () => {
  assert.equal(JSON.parse(readFileSync(manifest, 'utf8')).version, '3.21.6');
});

const digests = {
  'smtp-stream.js': '4e48daabf1b43c951e6f561940a9d141ed3f2d953f8783889586c67122c2aa18',
  'smtp-connection.js': 'b7ee51b8774cabf09ce667a89743efd027eca234d23bee5e5296c2c00de0fd3a',
  'smtp-server.js': '7d526449a98692430a28bf927c49cfa1e7ea0d35e06d8c7442deb9c36dc6e2f8',
};

for (const [name, digest] of Object.entries(digests)) {
  test(`${name} is, byte for byte, the one that was read`, () => {
    const source = readFileSync(new URL(`dist/esm/${name}`, manifest));
    assert.equal(createHash('sha256').update(source).digest('hex'), digest);
  });
}

test('every member that is overridden or called is there', () => {
  const members = {
    stream: [
      SMTPStream,
      ['startDataMode', '_feedDataStream', '_countDataBytes', '_endDataMode', '_flushData'],
    ],
    connection: [
      SMTPConnection,
      [
        ...[
          'init',
          'send',
          'close',
          'upgrade',
          'connectionReady',
          '_createParser',
          '_setListeners',
          '_onCommand',
        ],
        ...['_whenWritable', '_armTimeout', '_parseAddressCommand', '_resetSession', '_onClose'],
      ],
    ],
    server: [
      SMTPServer,
      ['connect', 'onConnect', 'onSecure', 'onAuth', 'onMailFrom', 'onRcptTo', 'onData', '_onError'],
    ],
  } as const;
  for (const [kind, names] of Object.values(members)) {
    for (const name of names) assert.equal(typeof Reflect.get(kind.prototype, name), 'function', name);
  }
});

/** The library alone, with its own defaults; `received` fills with what DATA brought. */
async function startStock(context: TestContext, options: SMTPServerOptions = {}) {
  const received: Buffer[] = [];
  const sessions: SMTPServerSession[] = [];
  const server = new SMTPServer({
    authOptional: true,
    logger: false,
    disableReverseLookup: true,
    closeTimeout: 1,
    onData: (stream, session, done) => {
      const chunks: Buffer[] = [];
      sessions.push(structuredClone({ envelope: session.envelope }) as SMTPServerSession);
      stream.on('data', chunk => chunks.push(chunk));
      stream.on('end', () => {
        received.push(Buffer.concat(chunks));
        done();
      });
    },
    ...options,
  });
  server.on('error', () => {});
  server.listen(0, '127.0.0.1');
  await once(server.server, 'listening');
  const { port } = server.server.address() as AddressInfo;
  context.after(() => new Promise<void>(resolve => server.close(() => resolve())));
  return { port, received, sessions };
}

const opening = ['EHLO client.example\r\n', 'MAIL FROM:<ann@contoso.com>\r\n'];
const beginning = [...opening, 'RCPT TO:<bob@fabrikam.com>\r\n', 'DATA\r\n'];

test('worked around: it waits a hundred milliseconds before it greets', async context => {
  const stock = await startStock(context);
  const startedAt = performance.now();
  const client = await connectClient(stock.port);
  assert.match((await client.reply()) ?? '', /^220 /);
  assert.ok(performance.now() - startedAt > 90);
});

test('worked around: it takes a dot away behind a bare LF', async context => {
  const stock = await startStock(context);
  await converse(stock.port, [...beginning, 'a\n..b\r\n.\r\n']);
  assert.equal(String(stock.received[0]), 'a\n.b\r\n');
});

test('relied on: bare CR, bare LF and NUL come through as they were sent', async context => {
  const stock = await startStock(context);
  await converse(stock.port, [...beginning, 'a\rb\nc\0d\n.\ne\r.\rf\r\n.\r\n']);
  assert.equal(String(stock.received[0]), 'a\rb\nc\0d\n.\ne\r.\rf\r\n');
});

test('worked around: it decodes domains and counts addresses that differ in case as one', async context => {
  const stock = await startStock(context);
  await converse(stock.port, [
    ...opening,
    'RCPT TO:<bob@xn--mnchen-3ya.de>\r\n',
    'RCPT TO:<A@x.example>\r\n',
    'RCPT TO:<a@x.example>\r\n',
    'DATA\r\n',
    '.\r\n',
  ]);
  const addresses = stock.sessions[0]?.envelope.rcptTo.map(({ address }) => address);
  assert.deepEqual(addresses, ['bob@münchen.de', 'a@x.example']);
});

test('worked around: it refuses local parts that are in use, and takes unknown parameters', async context => {
  const stock = await startStock(context);
  const replies = await converse(stock.port, [
    ...opening,
    'RCPT TO:<"a b"@x.example>\r\n',
    'RCPT TO:<a..b@x.example>\r\n',
    'RCPT TO:<bob@x.example> NONSENSE=1\r\n',
  ]);
  assert.deepEqual(
    replies.slice(3).map(reply => reply?.slice(0, 3)),
    ['501', '501', '250'],
  );
});

test('worked around: with enhanced codes on it puts its own in front of ours', async context => {
  const onMailFrom: SMTPServerOptions['onMailFrom'] = (_address, _session, done) =>
    done(Object.assign(new Error('5.7.1 No'), { responseCode: 550 }));
  const stock = await startStock(context, { hideENHANCEDSTATUSCODES: false, onMailFrom });
  assert.equal((await converse(stock.port, opening))[2], '550 5.1.1 5.7.1 No');
});

test('relied on: a line break in our text cannot split a reply', async context => {
  const onMailFrom: SMTPServerOptions['onMailFrom'] = (_address, _session, done) =>
    done(Object.assign(new Error('No\r\n250 Yes'), { responseCode: 550 }));
  const stock = await startStock(context, { onMailFrom });
  assert.equal((await converse(stock.port, opening))[2], '550 No  250 Yes');
});

test('worked around: without a certificate it offers STARTTLS with a public key, from TLS 1.0 on', async context => {
  const stock = await startStock(context);
  assert.match((await converse(stock.port, opening))[1] ?? '', /STARTTLS/);
});

test('worked around: it offers AUTH without TLS', async context => {
  const stock = await startStock(context);
  assert.match((await converse(stock.port, opening))[1] ?? '', /AUTH LOGIN PLAIN/);
});

test('relied on: a client that waits for our reply does not run into the idle timeout', async context => {
  const onData: SMTPServerOptions['onData'] = (stream, _session, done) => {
    stream.resume();
    stream.on('end', () => setTimeout(() => done(null, 'taken'), 700));
  };
  const stock = await startStock(context, { socketTimeout: 300, onData });
  const client = await connectClient(stock.port);
  await client.reply();
  client.send([...beginning, '.\r\n'].join(''));
  const replies: (string | undefined)[] = [];
  for (let count = 0; count < 5; count++) replies.push(await client.reply());
  assert.deepEqual(replies.slice(3), ['354 End data with <CR><LF>.<CR><LF>', '250 taken']);
});

test('relied on: a client that leaves in the middle of DATA ends the stream with an error, if one listens', async context => {
  const { promise, resolve } = Promise.withResolvers<Error>();
  const stock = await startStock(context, { onData: stream => stream.resume().on('error', resolve) });
  const client = await connectClient(stock.port);
  await client.reply();
  client.send(beginning.join(''));
  for (let count = 0; count < 4; count++) await client.reply();
  client.socket.resetAndDestroy();
  assert.match((await promise).message, /Connection closed before/);
});
