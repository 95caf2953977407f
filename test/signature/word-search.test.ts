import assert from 'node:assert/strict';
import { test } from 'node:test';
import { foldText, holdsWord } from '../../src/signature/word-search.ts';

const rows: readonly (readonly [string, string, boolean])[] = [
  ['Your offer', 'offer', true],
  ['YOUR OFFER!', 'offer', true],
  ['offers', 'offer', false],
  ['start', 'art', false],
  ['art', 'art', true],
  ['(art)', 'art', true],
  ['co-operate', 'co', true],
  ['snake_case', 'case', false],
  ['Straße 5', 'straße', true],
  ['a\u0308rger', 'ärger', true],
  ['Ärger\u0308n', 'ärger', false],
  ['purchase\r\n order 7', 'purchase order', true],
  ['purchase orders', 'purchase order', false],
  ['re: [TICKET#4711] x', '[ticket#', true],
  ['*sign*', '*sign*', true],
  ['100% sure', '100%', true],
  ['1100% sure', '100%', false],
  ['御見積書を送付します', '見積書', true],
  ['お見積もりの件', '見積', true],
  ['견적서를 보냅니다', '견적서', true],
  ['ใบเสนอราคาครับ', 'ราคา', true],
  ['コーヒーの件', 'ヒ', true],
  ['𝒜rt art', 'art', true],
  ['𝒜art', 'art', false],
  ['art art arts', 'arts', true],
  ['anything', '', false],
  ['', 'x', false],
];

for (const [text, word, isFound] of rows) {
  test(`"${word}" is ${isFound ? '' : 'not '}a word of ${JSON.stringify(text)}`, () => {
    assert.equal(holdsWord(foldText(text), [foldText(word)]), isFound);
  });
}

test('a text in which the word begins everywhere is searched in linear time', () => {
  const text = 'a'.repeat(1_000_000);
  const begun = performance.now();
  assert.equal(holdsWord(text, ['a']), false);
  assert.ok(performance.now() - begun < 2_000);
});
