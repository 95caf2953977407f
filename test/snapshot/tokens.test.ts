import assert from 'node:assert/strict';
import { chmodSync, mkdtempSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, test } from 'node:test';
import { keepTokens } from '../../src/snapshot/tokens.ts';

const scratch = mkdtempSync(join(tmpdir(), 'signet-tokens-'));
after(() => rmSync(scratch, { recursive: true, force: true }));
const folder = () => mkdtempSync(join(scratch, 'data-'));
let made = 0;
const random = (bytes: number) => Buffer.alloc(bytes, ++made);

async function tokens(data: string, ids: readonly string[]) {
  const result = await keepTokens(data, ids, random);
  assert.equal(result.kind, 'ok', JSON.stringify(result));
  return result.value;
}

test('a token is made once and stays, also when other tenants come and go', async () => {
  const data = folder();
  const first = await tokens(data, ['t_1', 't_2']);
  assert.match(first.t_1 ?? '', /^[0-9a-f]{32}$/);
  assert.notEqual(first.t_1, first.t_2);
  assert.equal((await tokens(data, ['t_2'])).t_2, first.t_2);
  assert.equal((await tokens(data, ['t_3', 't_1'])).t_1, first.t_1);
});

test('the file is for its owner alone and nothing else is left', async () => {
  const data = folder();
  await tokens(data, ['t_1']);
  assert.deepEqual(readdirSync(data), ['tokens.json']);
  assert.equal(statSync(join(data, 'tokens.json')).mode & 0o777, 0o600);
});

test('nothing is written when every token is known', async () => {
  const data = folder();
  await tokens(data, ['t_1']);
  const before = statSync(join(data, 'tokens.json')).mtimeMs;
  chmodSync(data, 0o500);
  await tokens(data, ['t_1']);
  chmodSync(data, 0o700);
  assert.equal(statSync(join(data, 'tokens.json')).mtimeMs, before);
});

test('tenants named like properties of objects get tokens like any other', async () => {
  const found = await tokens(folder(), ['__proto__', 'constructor']);
  for (const name of ['__proto__', 'constructor'])
    assert.match(String(Reflect.get(found, name)), /^[0-9a-f]{32}$/);
});

for (const content of ['', '{', '[1]', '{"t_1": "short"}', '{"t_1": 5}']) {
  test(`a file that holds ${JSON.stringify(content)} is a problem, and is not written over`, async () => {
    const data = folder();
    writeFileSync(join(data, 'tokens.json'), content);
    const result = await keepTokens(data, ['t_1'], random);
    assert.equal(result.kind === 'problem' && result.problem.code, 'SIGNET_DATA_UNUSABLE');
    assert.equal(readFileSync(join(data, 'tokens.json'), 'utf8'), content);
  });
}
