import assert from 'node:assert/strict';
import { Buffer } from 'node:buffer';
import { test } from 'node:test';
import { createReplyReader } from '../../src/relay/next-hop-reply.ts';

const table: readonly (readonly [name: string, bytes: string, replies: unknown])[] = [
  ['code, status and words', '250 2.0.0 Ok\r\n', [{ code: 250, enhanced: '2.0.0', text: 'Ok' }]],
  ['a code alone', '354\r\n', [{ code: 354, enhanced: '', text: '' }]],
  ['a status of another class is words', '550 4.1.1 no\r\n', [{ code: 550, enhanced: '', text: '4.1.1 no' }]],
  [
    'several lines are one reply',
    '250-a\r\n250-b\r\n250 c\r\n',
    [{ code: 250, enhanced: '', text: 'a b c' }],
  ],
  ['two replies in one piece', '250 a\r\n550 b\r\n', [250, 550]],
  ['a bare LF ends a line, as servers do', '250 a\n', [{ code: 250, enhanced: '', text: 'a' }]],
  [
    'control characters never reach a log',
    '250 a\x07\x1b[2Jb\xff\r\n',
    [{ code: 250, enhanced: '', text: 'a??[2Jb?' }],
  ],
  ['no number', 'hello\r\n', 'garbage'],
  ['a number out of range', '650 no\r\n', 'garbage'],
  ['four digits', '2500 no\r\n', 'garbage'],
  ['an HTTP server', 'HTTP/1.1 400 Bad Request\r\n', 'garbage'],
  ['a reply that is too long', `250-${'x'.repeat(300)}\r\n`, 'garbage'],
  ['a line that never ends', 'x'.repeat(300), 'garbage'],
];

for (const [name, bytes, expected] of table) {
  test(`${name}, in one piece and byte by byte`, () => {
    assert.deepEqual(read([bytes], expected), expected);
    assert.deepEqual(read([...bytes], expected), expected);
  });
}

test('words are cut, so that a talkative peer fills no log', () => {
  const [reply] = createReplyReader(4_096).push(Buffer.from(`250 ${'x'.repeat(3_000)}\r\n`));
  assert.ok(typeof reply === 'object' && reply.text.length === 400);
});

test('an unfinished reply is not empty', () => {
  const reader = createReplyReader(200);
  assert.ok(reader.isEmpty());
  reader.push(Buffer.from('250-a\r\n'));
  assert.ok(!reader.isEmpty());
  reader.push(Buffer.from('250 b\r\n'));
  assert.ok(reader.isEmpty());
});

function read(pieces: readonly string[], like: unknown): unknown {
  const reader = createReplyReader(200);
  const replies = [];
  for (const piece of pieces) {
    const read = reader.push(Buffer.from(piece, 'latin1'));
    if (read === 'garbage') return 'garbage';
    replies.push(...read);
  }
  return Array.isArray(like) && typeof like[0] === 'number' ? replies.map(({ code }) => code) : replies;
}
