import assert from 'node:assert/strict';
import { test } from 'node:test';
import { attributionLeads, forwardLine, labels, originalMessage, wrote } from '../../src/mail/words.ts';

const lists = { ...labels, originalMessage, forwardLine, wrote, attributionLeads };

test('words are lower case without blanks around them, as lines are compared', () => {
  for (const [list, words] of Object.entries(lists))
    for (const word of words) assert.equal(word, word.trim().toLowerCase(), list);
});

test('words are composed characters (NFC), as clients write them', () => {
  for (const [list, words] of Object.entries(lists))
    for (const word of words) assert.equal(word, word.normalize('NFC'), list);
});

test('no word opens a block as From and as something else', () => {
  const { from, ...others } = labels;
  const known = new Set(from);
  for (const [label, words] of Object.entries(others))
    for (const word of words) assert.ok(!known.has(word), `${word} is from and ${label}`);
});
