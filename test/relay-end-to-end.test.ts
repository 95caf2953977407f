import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { mkdtempSync, readdirSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { after, before, describe, test } from 'node:test';
import { stamp } from '../src/mail/stamp.ts';
import { type SendOptions, startSender, startSink } from './support/python-mail.ts';
import { startSignet } from './support/serve.ts';
import { runSignet, scratch } from './support/signet.ts';

const token = '00112233445566778899aabbccddeeff';
const messages = join(import.meta.dirname, 'messages');
const logo = Buffer.from(
  'iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR4nGNgYPhfDwAChAGAfLsPJAAAAABJRU5ErkJggg==',
  'base64',
);
const html = '<p>Contoso Ltd <img src="cid:logo" alt="Contoso" width="1"></p>';
const text = 'Contoso Ltd';

const letter = (subject: string, body = 'Hello Bob') =>
  Buffer.from(
    `From: Anna <anna@contoso.com>\r\nTo: bob@example.org\r\nSubject: ${subject}\r\nMessage-ID: <${subject}@contoso.com>\r\n` +
      `MIME-Version: 1.0\r\nContent-Type: text/plain\r\n\r\n${body}\r\n`,
  );

type Wanted = {
  readonly port: number;
  readonly hop?: string;
  readonly peers?: string;
  readonly more?: string;
};

function bundle({ port, hop = "tls: 'off'", peers = '[127.0.0.0/8]', more = '' }: Wanted) {
  return `version: 1
tenants:
  - name: contoso
    id: t_01
    domains: [contoso.com, example.com]
    peers: ${peers}
    nextHop: {host: localhost, port: ${port}, ${hop}}
    token: ${token}
    signatures:
      - {name: Corporate, htmlFile: signature.html, textFile: signature.txt, images: {logo: logo.png}}
      - {name: Internal, text: Internal only}
    rules:
      - {name: External, recipients: external, signatures: [Corporate]}
      - {name: Internal, recipients: internal, signatures: [Internal]}
${more}`;
}

/** A folder with the bundle and the files that it names. */
function configured(wanted: Wanted) {
  const folder = mkdtempSync(join(scratch, 'relay-'));
  writeFileSync(join(folder, 'signature.html'), html);
  writeFileSync(join(folder, 'signature.txt'), text);
  writeFileSync(join(folder, 'logo.png'), logo);
  writeFileSync(join(folder, 'secret.txt'), 'correct horse\n');
  writeFileSync(join(folder, 'contoso.yaml'), bundle(wanted));
  return folder;
}

/** Self-signed, for localhost. */
function certificateIn(folder: string, name: string) {
  const [key, certificate] = [join(folder, `${name}.key`), join(folder, `${name}.pem`)];
  const words = [
    'req',
    '-x509',
    '-newkey',
    'ec',
    '-pkeyopt',
    'ec_paramgen_curve:P-256',
    '-nodes',
    '-days',
    '30',
  ];
  const names = ['-subj', '/CN=localhost', '-addext', 'subjectAltName=DNS:localhost'];
  execFileSync('openssl', [...words, ...names, '-keyout', key, '-out', certificate], { stdio: 'ignore' });
  return { key, certificate };
}

const sender = startSender();
after(() => sender.stop());

/** The header fields that are different each time: our `Received`, and the message's random id. */
function traceOf(bytes: Buffer) {
  const content = bytes.toString('latin1');
  const [received = ''] = /^Received: from sender\.example [\s\S]*?\r\n(?![ \t])/m.exec(content) ?? [];
  const [, id = ''] = /^X-Signet-Id: ([0-9a-f]{20,32})\r\n/m.exec(content) ?? [];
  return { received, id };
}

function withoutTrace(bytes: Buffer): string {
  const { received, id } = traceOf(bytes);
  return bytes.toString('latin1').replace(received, '').replaceAll(id, 'ID');
}

describe('between a sender and a next hop that others wrote', () => {
  let signet: Awaited<ReturnType<typeof startSignet>>;
  let sink: Awaited<ReturnType<typeof startSink>>;
  let options: SendOptions;

  before(async () => {
    sink = await startSink();
    const folder = configured(sink);
    signet = await startSignet(
      { SIGNET_BUNDLE: 'contoso.yaml', SIGNET_HOSTNAME: 'signet.example' },
      [],
      folder,
    );
    options = { port: signet.port };
  });
  after(async () => {
    await signet.stop();
    sink.stop();
  });

  test('every kind of message leaves byte for byte as the stamping makes it', async () => {
    const images = [{ name: 'logo', type: 'image/png', bytes: logo }];
    const section = { zone: 'signature', html, text, images } as const;
    const kinds = readdirSync(messages).filter(name => statSync(join(messages, name)).isDirectory());
    // Every third: the whole set is stamped in test/mail, and this way through two servers takes time.
    const chosen = kinds.filter((_, index) => index % 3 === 0);
    assert.ok(chosen.length > 40, `${chosen.length} messages`);
    let taken = 0;
    for (const name of chosen) {
      const data = mailBytes(readFileSync(join(messages, name, 'in.eml')));
      const from = 'anna@contoso.com';
      const answer = await sender.send({ from, to: ['bob@partner.example'], data }, options);
      if (answer.code !== 250) {
        // The one refusal: header lines that another reader would read differently.
        assert.match(answer.text, /^5\.6\.0 /, name);
        continue;
      }
      taken++;
      const mail = await sink.next();
      assert.deepEqual(mail.to, ['bob@partner.example']);
      const { id, received } = traceOf(mail.data);
      const trace = { id, traceFields: received, token, envelopeFrom: from };
      const want = stamp(data, [section], { ...trace, domains: ['contoso.com', 'example.com'] });
      assert.equal(mail.data.toString('latin1'), Buffer.concat(want.slices).toString('latin1'), name);
    }
    assert.ok(taken > chosen.length * 0.9, `${taken} of ${chosen.length}`);
  });

  test('the command line makes the same of a message', async () => {
    for (const name of ['0101-owa-reply', '0201-word-reply-e1-cm', '0301-ios-reply']) {
      const data = mailBytes(readFileSync(join(messages, name, 'in.eml')));
      writeFileSync(join(signet.folder, 'in.eml'), data);
      writeFileSync(join(signet.folder, 'internal.txt'), 'Internal only');
      const words = ['stamp', '--text', 'internal.txt', '--token', token, 'in.eml'];
      const { stdout } = await runSignet(words, { folder: signet.folder });
      await sender.send({ from: 'anna@contoso.com', to: ['carl@contoso.com'], data }, options);
      assert.equal(withoutTrace((await sink.next()).data), withoutTrace(stdout), name);
    }
  });

  test('the message is signed once, by the rule, with a trace field that names no recipient', async () => {
    const answer = await sender.send(
      { from: 'anna@contoso.com', to: ['bob@partner.example'], data: letter('one') },
      options,
    );
    assert.equal(answer.code, 250);
    const { data } = await sink.next();
    assert.match(
      data.toString(),
      /^Received: from sender\.example \(\[127\.0\.0\.1\]\)\r\n\tby signet\.example with ESMTP\r\n/,
    );
    assert.match(data.toString(), new RegExp(`\r\nX-Signet-Processed: ${token}\r\n`));
    assert.match(data.toString(), /Hello Bob\r\n\s*\r\nContoso Ltd/);
    assert.doesNotMatch(data.toString().slice(0, data.indexOf('\r\nFrom:')), /partner/);
  });

  test('internal recipients get the internal signature', async () => {
    await sender.send({ from: 'anna@contoso.com', to: ['carl@contoso.com'], data: letter('two') }, options);
    assert.match((await sink.next()).data.toString(), /Internal only/);
  });

  test('a foreign sender passes untouched', async () => {
    const data = Buffer.from(letter('three').toString().replace('anna@contoso.com', 'eve@elsewhere.example'));
    await sender.send({ from: 'eve@elsewhere.example', to: ['anna@contoso.com'], data }, options);
    const taken = (await sink.next()).data.toString();
    assert.doesNotMatch(taken, /Contoso Ltd|Internal only/);
    assert.ok(taken.endsWith(data.toString()));
  });

  test('a refused recipient is told to the sender, and nobody gets anything', async () => {
    const answer = await sender.send(
      { from: 'anna@contoso.com', to: ['refused@partner.example'], data: letter('four') },
      options,
    );
    assert.equal(answer.code, 550);
    assert.equal(sink.waiting(), 0);
  });

  test('swaks hands in mail as well', { skip: has('swaks') ? false : 'swaks is not installed' }, async () => {
    const words = [
      '--server',
      `127.0.0.1:${signet.port}`,
      '--from',
      'anna@contoso.com',
      '--to',
      'bob@partner.example',
    ];
    execFileSync('swaks', [...words, '--body', 'Hello from swaks'], { stdio: 'ignore' });
    assert.match((await sink.next()).data.toString(), /Hello from swaks\r\n\s*\r\nContoso Ltd/);
  });

  test('health and metrics tell counts and no names', async () => {
    const health = await fetch(signet.url);
    assert.equal(health.status, 200);
    const { status, relay } = (await health.json()) as { status: string; relay: Record<string, unknown> };
    assert.deepEqual([status, relay.listening, relay.tenants], ['ok', true, 1]);
    const metrics = await (await fetch(new URL('/metrics', signet.url))).text();
    assert.match(
      metrics,
      /^signet_messages_total\{tenant="t_01",outcome="delivered",reason="stamped"\} [1-9]/m,
    );
    assert.match(
      metrics,
      /^signet_messages_total\{tenant="t_01",outcome="delivered",reason="foreign-sender"\} [1-9]/m,
    );
    assert.doesNotMatch(metrics + JSON.stringify(relay), /contoso|partner|anna/);
  });

  test('the log has one line for each message, without its subject and its text', async () => {
    await signet.logged(/"message"/);
    const lines = signet.log
      .join('')
      .split('\n')
      .filter(Boolean)
      .map(line => JSON.parse(line) as Record<string, unknown>);
    const told = lines.find(({ messageId }) => messageId === '<one@contoso.com>');
    assert.equal(told?.tenant, 't_01');
    assert.equal(told?.from, 'anna@contoso.com');
    assert.doesNotMatch(signet.log.join(''), /Hello Bob|"subject"/i);
  });
});

test('TLS on both sides, and a peer that logs in', async () => {
  const made = mkdtempSync(join(scratch, 'tls-'));
  const [inside, outside] = [certificateIn(made, 'signet'), certificateIn(made, 'hop')];
  const sink = await startSink(outside);
  const folder = configured({
    port: sink.port,
    hop: `tls: required, caFile: ${outside.certificate}`,
    peers: '[{user: exchange, passwordFile: secret.txt}]',
  });
  const tls = { SIGNET_TLS_CERT: inside.certificate, SIGNET_TLS_KEY: inside.key };
  const signet = await startSignet({ SIGNET_BUNDLE: 'contoso.yaml', ...tls }, [], folder);
  const mail = { from: 'anna@contoso.com', to: ['bob@partner.example'], data: letter('tls') };

  const login = { port: signet.port, tls: inside.certificate, user: 'exchange', password: 'correct horse' };
  assert.equal((await sender.send(mail, login)).code, 250);
  const taken = await sink.next();
  assert.equal(taken.tls, true);
  assert.match(taken.data.toString(), /with ESMTPSA\r\n/);
  assert.equal((await sender.send(mail, { ...login, password: 'wrong' })).code, 535);
  assert.equal((await sender.send(mail, { port: signet.port, tls: inside.certificate })).code, 550);
  assert.equal((await sender.send(mail, { port: signet.port })).code, 550);
  await signet.stop();
  sink.stop();
});

test('a next hop with a certificate that nobody vouches for gets nothing, and the sender keeps the message', async () => {
  const made = mkdtempSync(join(scratch, 'tls-'));
  const sink = await startSink(certificateIn(made, 'hop'));
  const signet = await startSignet(
    { SIGNET_BUNDLE: 'contoso.yaml' },
    [],
    configured({ port: sink.port, hop: 'tls: required' }),
  );
  const answer = await sender.send(
    { from: 'anna@contoso.com', to: ['bob@partner.example'], data: letter('tls') },
    { port: signet.port },
  );
  assert.equal(answer.code, 451);
  assert.equal(sink.waiting(), 0);
  await signet.stop();
  sink.stop();
});

test('SIGHUP reads the bundle again; a bad one changes nothing and says so', async () => {
  const sink = await startSink();
  const folder = configured(sink);
  const signet = await startSignet({ SIGNET_BUNDLE: 'contoso.yaml' }, [], folder);
  const file = join(folder, 'contoso.yaml');
  const mail = { from: 'anna@contoso.com', to: ['bob@partner.example'], data: letter('again') };
  const signed = async () => {
    assert.equal((await sender.send(mail, { port: signet.port })).code, 250);
    return (await sink.next()).data.toString();
  };

  writeFileSync(join(folder, 'signature.txt'), 'Contoso plc');
  signet.child.kill('SIGHUP');
  await signet.logged(/signature \\"Corporate\\" changes[\s\S]*"changes":1/);
  assert.match(await signed(), /Contoso plc/);

  writeFileSync(file, readFileSync(file, 'utf8').replace('nextHop', 'nexthop'));
  signet.child.kill('SIGHUP');
  await signet.logged(/SIGNET_BUNDLE_INVALID[^\n]*did you mean \\"nextHop\\"/);
  assert.match(await signed(), /Contoso plc/);

  writeFileSync(file, readFileSync(file, 'utf8').replace('nexthop', 'nextHop'));
  signet.child.kill('SIGHUP');
  await signet.logged(/"changes":0/);
  await signet.stop();
  sink.stop();
});

test('a token that the bundle does not name is the same after a restart', async () => {
  const sink = await startSink();
  const folder = configured(sink);
  const file = join(folder, 'contoso.yaml');
  writeFileSync(file, readFileSync(file, 'utf8').replace(/ {4}token: .*\n/, ''));
  const seen: string[] = [];
  for (let start = 0; start < 2; start++) {
    const signet = await startSignet({ SIGNET_BUNDLE: 'contoso.yaml' }, [], folder);
    await sender.send(
      { from: 'anna@contoso.com', to: ['b@partner.example'], data: letter('x') },
      { port: signet.port },
    );
    const [, found = ''] =
      /^X-Signet-Processed: ([0-9a-f]{32})\r$/m.exec((await sink.next()).data.toString()) ?? [];
    seen.push(found);
    await signet.stop();
  }
  assert.match(seen[0] ?? '', /^[0-9a-f]{32}$/);
  assert.equal(seen[0], seen[1]);
  sink.stop();
});

function has(program: string) {
  try {
    execFileSync('which', [program], { stdio: 'ignore' });
    return true;
  } catch {
    return false;
  }
}

/** As it is mailed: files in Unix form get CRLF. */
function mailBytes(bytes: Buffer) {
  if (bytes.includes('\r')) return bytes;
  return Buffer.from(bytes.toString('latin1').replaceAll('\n', '\r\n'), 'latin1');
}
