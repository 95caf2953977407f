import assert from 'node:assert/strict';
import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, test } from 'node:test';
import { takeTokens } from '../../src/snapshot/tokens.ts';

const scratch = mkdtempSync(join(tmpdir(), 'signet-tokens-'));
after(() => rmSync(scratch, { recursive: true, force: true }));
const folder = () => mkdtempSync(join(scratch, 'data-'));
const token = 'a'.repeat(32);
const other = 'b'.repeat(32);

function settingsWith(value?: unknown) {
  const stored = new Map([['tokens', value]]);
  return {
    stored,
    readSetting: async (name: string) => stored.get(name),
    saveSetting: async (name: string, saved: unknown) => void stored.set(name, saved),
  };
}

test('the tokens of an earlier Signet move into the store once, and stay', async () => {
  const data = folder();
  writeFileSync(join(data, 'tokens.json'), JSON.stringify({ t_1: token }));
  const settings = settingsWith({ t_2: other });
  assert.deepEqual(await takeTokens(data, settings), { kind: 'ok', value: { t_1: token, t_2: other } });
  assert.deepEqual(settings.stored.get('tokens'), { t_1: token, t_2: other });
  assert.equal(existsSync(join(data, 'tokens.json')), false);
  assert.deepEqual(await takeTokens(data, settings), { kind: 'ok', value: { t_1: token, t_2: other } });
});

test('without such a file there are none', async () => {
  assert.deepEqual(await takeTokens(folder(), settingsWith()), { kind: 'ok', value: {} });
});

for (const content of ['', '{', '[1]', '{"t_1": "short"}', '{"t_1": 5}']) {
  test(`a file that holds ${JSON.stringify(content)} is a problem, and is not written over`, async () => {
    const data = folder();
    writeFileSync(join(data, 'tokens.json'), content);
    const result = await takeTokens(data, settingsWith());
    assert.equal(result.kind === 'problem' && result.problem.code, 'SIGNET_DATA_UNUSABLE');
    assert.equal(readFileSync(join(data, 'tokens.json'), 'utf8'), content);
  });
}
