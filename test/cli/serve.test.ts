import assert from 'node:assert/strict';
import { existsSync, mkdtempSync, statSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import { test } from 'node:test';
import { finished, runSignet, scratch, spawnSignet } from '../support/signet.ts';

const freePort = { SIGNET_HTTP_LISTEN: '127.0.0.1:0' };

/** Starts in a folder of its own and waits for the one line. */
async function startSignet(words: readonly string[] = [], environment: Record<string, string> = {}) {
  const folder = mkdtempSync(join(scratch, 'serve-'));
  const child = spawnSignet(words, { folder, environment: { ...freePort, ...environment } });
  const end = finished(child);
  const line = await new Promise<string>((resolve, reject) => {
    child.stdout.once('data', (piece: Buffer) => resolve(piece.toString()));
    child.once('close', () => reject(new Error('Signet ended before it said where it is')));
  });
  const [, url = '', data = ''] = /answers on (\S+) and keeps its data in (.+)\n$/.exec(line) ?? [];
  return { child, end, folder, line, url, data };
}

for (const words of [[], ['serve']]) {
  test(`"signet ${words}" says where it answers, answers there, and leaves on SIGTERM`, async () => {
    const { child, end, folder, line, url, data } = await startSignet(words);
    assert.equal(data, join(folder, 'data'));
    const response = await fetch(url);
    assert.equal(response.status, 200);
    assert.deepEqual(await response.json(), { status: 'ok' });
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
  const { child, end, data } = await startSignet([], { SIGNET_DATA: 'deep/data' });
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
    environment: { SIGNET_HTTP_LISTEN: `127.0.0.1:${port}`, SIGNET_DATA: join(scratch, 'busy') },
  });
  other.close();
  assert.equal(code, 1);
  assert.equal(stdout.length, 0);
  assert.match(stderr, /^SIGNET_HTTP_BUSY: [^\n]*SIGNET_HTTP_LISTEN[^\n]*\.\n$/);
});

test('an address of another machine is one sentence with a remedy', async () => {
  const { code, stderr } = await runSignet([], {
    environment: { SIGNET_HTTP_LISTEN: '192.0.2.1:0', SIGNET_DATA: join(scratch, 'elsewhere') },
  });
  assert.equal(code, 1);
  assert.match(stderr, /^SIGNET_HTTP_ADDRESS: [^\n]*\.\n$/);
});

test('a data folder that cannot be made is one sentence with a remedy', async () => {
  writeFileSync(join(scratch, 'file'), '');
  const { code, stderr } = await runSignet(['serve'], {
    environment: { ...freePort, SIGNET_DATA: join(scratch, 'file/data') },
  });
  assert.equal(code, 1);
  assert.match(stderr, /^SIGNET_DATA_UNWRITABLE: [^\n]*SIGNET_DATA[^\n]*\.\n$/);
});

test('an unknown SIGNET_ variable is refused before anything is made', async () => {
  const folder = mkdtempSync(join(scratch, 'unknown-'));
  const { code, stderr } = await runSignet([], { folder, environment: { ...freePort, SIGNET_PORT: '1' } });
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
