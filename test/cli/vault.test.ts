/** `signet vault rotate` as an operator runs it; how a rotation survives a kill is in test/store/vault.test.ts. */
import assert from 'node:assert/strict';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, test } from 'node:test';
import { runHere } from '../support/run-here.ts';

const folder = mkdtempSync(join(tmpdir(), 'signet-vault-'));
after(() => rmSync(folder, { recursive: true, force: true }));
const data = join(folder, 'data');
const keyFile = join(data, 'master.key');
const signet = (...words: string[]) => runHere(words, { SIGNET_DATA: data });
const keys = () => readFileSync(keyFile, 'utf8').match(/^[^#\n]+$/gm) ?? [];

test('a rotation before there is anything is a failure in one sentence', async () => {
  const { code, stdout, stderr } = await signet('vault', 'rotate');
  assert.deepEqual([code, stdout], [2, '']);
  assert.match(stderr, /^SIGNET_DATABASE_UNUSABLE: there is no database in [^\n]*\n$/);
});

test('the rotation tells how many secrets have a new key, and where that is', async () => {
  writeFileSync(join(folder, 'secret'), 'a password of sixteen\n');
  const users = ['app', 'printer'].map(user => `{user: ${user}, passwordFile: secret}`).join(', ');
  writeFileSync(
    join(folder, 'a.yaml'),
    `version: 1\ntenants: [{name: A, domains: [a.example], peers: [${users}], nextHop: {host: localhost}}]\n`,
  );
  assert.equal((await signet('import', join(folder, 'a.yaml'))).code, 0);
  const before = keys();
  const { code, stdout, stderr } = await signet('vault', 'rotate');
  assert.deepEqual([code, stderr], [0, '']);
  assert.equal(
    stdout,
    `2 secrets are sealed with a new key. Keep a copy of ${keyFile}, apart from the backups.\n`,
  );
  assert.equal(keys().length, 1);
  assert.notDeepEqual(keys(), before);
  // What was sealed opens: the import finds the same passwords.
  assert.equal((await signet('import', '--dry-run', join(folder, 'a.yaml'))).stdout, 'Nothing changes.\n');
});

test('a key that lies before the old one in the file is taken, and the count is that of all secrets', async () => {
  const [old = ''] = keys();
  const fresh = Buffer.alloc(32, 7).toString('base64');
  writeFileSync(keyFile, `${fresh}\n${old}\n`);
  assert.match((await signet('vault', 'rotate')).stdout, /^2 secrets are sealed/);
  assert.deepEqual(keys(), [fresh]);
});

for (const words of [['vault'], ['vault', 'turn'], ['vault', 'rotate', 'now']])
  test(`"signet ${words.join(' ')}" is bad usage`, async () => {
    const { code, stderr } = await signet(...words);
    assert.equal(code, 2);
    assert.match(stderr, /^SIGNET_USAGE: [^\n]*rotate/);
  });
