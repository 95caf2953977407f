import assert from 'node:assert/strict';
import { existsSync, mkdtempSync, statSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import { Writable } from 'node:stream';
import { test } from 'node:test';
import { runCommandLine } from '../../src/cli/run.ts';
import { freePorts, startSignet } from '../support/serve.ts';
import { runSignet, scratch } from '../support/signet.ts';

for (const words of [[], ['serve']]) {
  test(`"signet ${words}" says where it answers, answers there, and leaves on SIGTERM`, async () => {
    const { child, end, folder, line, url, data } = await startSignet({}, words);
    assert.equal(data, join(folder, 'data'));
    const response = await fetch(url);
    assert.equal(response.status, 200);
    const { status, relay } = (await response.json()) as { status: string; relay: Record<string, unknown> };
    assert.deepEqual([status, relay.listening, relay.tenants], ['ok', true, 0]);
    child.kill('SIGTERM');
    const { code, stdout } = await end;
    assert.equal(code, 0);
    assert.equal(stdout.toString(), line, 'one line on standard output, and no more');
  });
}

test('Signet leaves on SIGINT while a client keeps its connection open', async () => {
  const { child, end, url } = await startSignet();
  await (await fetch(url, { headers: { connection: 'keep-alive' } })).text();
  child.kill('SIGINT');
  assert.equal((await end).code, 0);
});

test('the data folder is for its owner only', async () => {
  const { child, end, data } = await startSignet({ SIGNET_DATA: 'deep/data' });
  assert.equal(statSync(data).mode & 0o777, 0o700);
  child.kill('SIGTERM');
  await end;
});

test('an unknown path is not found and a wrong method is told the right one', async () => {
  const { child, end, url } = await startSignet();
  assert.equal((await fetch(new URL('/constructor', url))).status, 404);
  const posted = await fetch(url, { method: 'POST' });
  assert.deepEqual([posted.status, posted.headers.get('allow')], [405, 'GET, HEAD']);
  assert.equal((await fetch(url, { method: 'HEAD' })).status, 200);
  child.kill('SIGTERM');
  await end;
});

test('a busy port is one sentence with a remedy', async () => {
  const other = createServer().listen(0, '127.0.0.1');
  await new Promise(resolve => other.once('listening', resolve));
  const { port } = other.address() as AddressInfo;
  const { code, stdout, stderr } = await runSignet([], {
    environment: {
      ...freePorts,
      SIGNET_HTTP_LISTEN: `127.0.0.1:${port}`,
      SIGNET_DATA: join(scratch, 'busy'),
    },
  });
  other.close();
  assert.equal(code, 1);
  assert.equal(stdout.length, 0);
  assert.match(stderr, /^SIGNET_HTTP_BUSY: [^\n]*SIGNET_HTTP_LISTEN[^\n]*\.\n$/);
});

test('a busy port of the relay is one sentence with a remedy, and the web server is given back', async () => {
  const other = createServer().listen(0, '127.0.0.1');
  await new Promise(resolve => other.once('listening', resolve));
  const { port } = other.address() as AddressInfo;
  const { code, stdout, stderr } = await runSignet([], {
    environment: {
      ...freePorts,
      SIGNET_SMTP_LISTEN: `127.0.0.1:${port}`,
      SIGNET_DATA: join(scratch, 'smtp'),
    },
  });
  other.close();
  assert.equal(code, 1);
  assert.equal(stdout.length, 0);
  assert.match(stderr, /^SIGNET_SMTP_BUSY: [^\n]*SIGNET_SMTP_LISTEN[^\n]*\.\n$/);
});

const badBundles: readonly [what: string, content: string | undefined, sentence: RegExp][] = [
  ['is not there', undefined, /^SIGNET_BUNDLE_UNREADABLE: [^\n]*SIGNET_BUNDLE[^\n]*\.\n$/],
  [
    'has one mistake',
    'version: 1\ntenant: []\ntenants: []\n',
    /^SIGNET_BUNDLE_INVALID: \S+bundle\.yaml line 2, column 1: [^\n]*did you mean "tenants"\?\n$/,
  ],
  [
    'has two mistakes',
    'version: 2\ntenant: []\ntenants: []\n',
    /^SIGNET_BUNDLE_INVALID: [^\n]* 2 mistakes[^\n]*\n\S+bundle\.yaml:1:10: [^\n]*\n\S+bundle\.yaml:2:1: [^\n]*\n$/,
  ],
  [
    'has a template with a mistake',
    "version: 1\ntenants: [{name: a, domains: [a.example], nextHop: {host: b.example}, signatures: [{name: S, html: '{{person.jobtitle}}'}]}]\n",
    /^SIGNET_BUNDLE_INVALID: [^\n]*line 2, column 100: signature "S", html, line 1, column \d+: [^\n]*jobTitle[^\n]*\n$/,
  ],
];

for (const [what, content, sentence] of badBundles) {
  test(`a bundle that ${what} ends the start with the place and a remedy`, async () => {
    const folder = mkdtempSync(join(scratch, 'bad-'));
    if (content !== undefined) writeFileSync(join(folder, 'bundle.yaml'), content);
    const environment = { ...freePorts, SIGNET_BUNDLE: 'bundle.yaml' };
    const { code, stdout, stderr } = await runSignet([], { folder, environment });
    assert.equal(code, 1);
    assert.equal(stdout.length, 0);
    assert.match(stderr, sentence);
  });
}

test('a certificate that cannot be used ends the start with the setting to change', async () => {
  const folder = mkdtempSync(join(scratch, 'tls-'));
  writeFileSync(join(folder, 'empty.pem'), '');
  for (const [file, code] of [
    ['none.pem', 'SIGNET_TLS_FILE'],
    ['empty.pem', 'SIGNET_TLS_CERTIFICATE'],
  ] as const) {
    const environment = {
      ...freePorts,
      SIGNET_TLS_CERT: file,
      SIGNET_TLS_KEY: 'empty.pem',
      SIGNET_LOG_LEVEL: 'error',
    };
    const { stderr, code: exitCode } = await runSignet([], { folder, environment });
    assert.equal(exitCode, 1);
    assert.match(stderr, new RegExp(`^${code}: [^\n]*${file}[^\n]*SIGNET_TLS_CERT[^\n]*\\.\n$`));
  }
});

test('an address of another machine is one sentence with a remedy', async () => {
  const { code, stderr } = await runSignet([], {
    environment: { ...freePorts, SIGNET_HTTP_LISTEN: '192.0.2.1:0', SIGNET_DATA: join(scratch, 'elsewhere') },
  });
  assert.equal(code, 1);
  assert.match(stderr, /^SIGNET_HTTP_ADDRESS: [^\n]*\.\n$/);
});

test('a data folder that cannot be made is one sentence with a remedy', async () => {
  writeFileSync(join(scratch, 'file'), '');
  const { code, stderr } = await runSignet(['serve'], {
    environment: { ...freePorts, SIGNET_DATA: join(scratch, 'file/data') },
  });
  assert.equal(code, 1);
  assert.match(stderr, /^SIGNET_DATA_UNWRITABLE: [^\n]*SIGNET_DATA[^\n]*\.\n$/);
});

test('an unknown SIGNET_ variable is refused before anything is made', async () => {
  const folder = mkdtempSync(join(scratch, 'unknown-'));
  const { code, stderr } = await runSignet([], { folder, environment: { ...freePorts, SIGNET_PORT: '1' } });
  assert.equal(code, 2);
  assert.match(stderr, /^SIGNET_UNKNOWN_VARIABLE: SIGNET_PORT [^\n]*\.\n$/);
  assert.equal(existsSync(join(folder, 'data')), false);
});

test('every command explains itself', async () => {
  for (const words of [
    ['--help'],
    ['help'],
    ['help', 'stamp'],
    ['serve', '--help'],
    ['stamp', '-h'],
    ['version', '--help'],
  ]) {
    const { code, stdout, stderr } = await runSignet(words);
    assert.deepEqual([code, stderr], [0, '']);
    assert.match(stdout.toString(), /^(Signet puts|Usage: signet )/);
  }
});

test('the version is printed alone', async () => {
  for (const words of [['version'], ['--version']]) {
    const { code, stdout } = await runSignet(words);
    assert.equal(code, 0);
    assert.match(stdout.toString(), /^\d+\.\d+\.\d+\n$/);
  }
});

for (const words of [
  ['frobnicate'],
  ['serve', '--port', '1'],
  ['serve', 'x'],
  ['version', '-x'],
  ['help', 'x'],
]) {
  test(`"signet ${words.join(' ')}" is bad usage, in one sentence`, async () => {
    const { code, stdout, stderr } = await runSignet(words);
    assert.equal(code, 2);
    assert.equal(stdout.length, 0);
    assert.match(stderr, /^SIGNET_USAGE: [^\n]*signet [^\n]*help[^\n]*\.\n$/);
  });
}

test('a reload that is asked for during the start is done behind it', async () => {
  const written: string[] = [];
  let stop = () => {};
  const code = await runCommandLine(['serve'], {
    environment: { ...freePorts, SIGNET_DATA: join(scratch, 'reload'), SIGNET_BUNDLE: emptyBundle() },
    input: (async function* () {})(),
    output: new Writable({
      write: (_piece, _encoding, done) => {
        written.push('line');
        stop();
        done();
      },
    }),
    errors: process.stderr,
    onReload: reload => {
      written.push('reload');
      reload();
    },
    untilStopped: () =>
      new Promise(resolve => {
        stop = resolve;
      }),
  });
  assert.deepEqual([code, written], [0, ['reload', 'line']]);
});

function emptyBundle() {
  const file = join(scratch, 'empty.yaml');
  writeFileSync(file, 'version: 1\ntenants: []\n');
  return file;
}
