import assert from 'node:assert/strict';
import { test } from 'node:test';
import { limits } from '../../src/limits.ts';
import { fieldValues, firstValue, type HeaderBlock, parseHeaders } from '../../src/mail/headers.ts';

const MAX = limits.mail.headerBlockBytes;

function read(text: string, start = 0): HeaderBlock {
  return parseHeaders(Buffer.from(text, 'latin1'), start, MAX);
}

/** Each field as its name and its very bytes. */
function fieldsOf(text: string, block = read(text)): [string, string][] {
  return block.fields.map(field => [field.name, text.slice(field.start, field.end)]);
}

test('fields keep their bytes, folded lines and odd spacing included', () => {
  const text =
    'From: a@x\r\nSUBJECT :\t one\r\n\ttwo\r\n \r\n three\r\nX-Empty:\r\nX.1/2:v\r\n\r\nbody: no\r\n';
  assert.deepEqual(fieldsOf(text), [
    ['from', 'From: a@x\r\n'],
    ['subject', 'SUBJECT :\t one\r\n\ttwo\r\n \r\n three\r\n'],
    ['x-empty', 'X-Empty:\r\n'],
    ['x.1/2', 'X.1/2:v\r\n'],
  ]);
  const block = read(text);
  assert.equal(text.slice(block.bodyStart), 'body: no\r\n');
  assert.equal(text.slice(block.end, block.bodyStart), '\r\n');
  assert.ok(block.hasBlankLine);
  assert.ok(!block.hasJunkLine);
});

test('a value is unfolded by taking out the line ends alone (RFC 5322 2.2.3)', () => {
  const text = 'Subject: one\r\n  two\r\n\tthree \r\nTo: a\r\nTO: b\r\nX: \xe4\r\n\r\n';
  const bytes = Buffer.from(text, 'latin1');
  assert.equal(firstValue(bytes, read(text), 'subject'), 'one  two\tthree');
  assert.deepEqual(fieldValues(bytes, read(text), 'to'), ['a', 'b']);
  assert.equal(firstValue(bytes, read(text), 'x'), '\xe4');
  assert.equal(firstValue(bytes, read(text), 'cc'), undefined);
});

test('lines before the first field stay first and are no fields', () => {
  const leads = [
    'From ann@example.com Mon Jan  1 00:00:00 2026\r\n',
    '>From ann\r\n',
    ' folds nothing\r\n',
    '\tx: y\r\n',
  ];
  for (const lead of [...leads, leads.join('')]) {
    const text = `${lead}Subject: x\r\n\r\n`;
    assert.equal(read(text).firstField, lead.length, lead);
    assert.deepEqual(fieldsOf(text), [['subject', 'Subject: x\r\n']], lead);
    assert.ok(!read(text).hasJunkLine, lead);
  }
});

test('a line that is neither field nor continuation is junk', () => {
  const cases: readonly (readonly [lines: string, isJunk: boolean])[] = [
    ['no colon here\r\n', true],
    [': no name\r\n', true],
    ['two words: x\r\n', true],
    ['N\xe4me: x\r\n', true],
    ['A: b\r\nFrom ann Mon Jan 1\r\n', true],
    ['A: b\r\n--boundary\r\n', true],
    ['A: b\r\n\tand no colon\r\n', false],
    ['A: b\r\n--c: d\r\n', false],
    ["!#$%&'*+-.^_`{|}~: token characters\r\n", false],
  ];
  for (const [lines, isJunk] of cases) assert.equal(read(`${lines}\r\n`).hasJunkLine, isJunk, lines);
});

test('a line without a line end is no line that may stay above our fields, which would be glued to it', () => {
  for (const text of [' a whole message', 'From ann Mon Jan 1']) {
    assert.ok(read(text).hasJunkLine);
    assert.equal(read(text).firstField, 0);
  }
});

test('a header without a blank line ends with the message', () => {
  for (const text of ['', 'A: b', 'A: b\r\n', 'A: b\r\n c']) {
    const block = read(text);
    assert.ok(!block.hasBlankLine, text);
    assert.equal(block.end, text.length, text);
    assert.equal(block.bodyStart, text.length, text);
  }
  assert.deepEqual(fieldsOf('A: b\r\n c'), [['a', 'A: b\r\n c']]);
  assert.equal(read('\r\nA: b').bodyStart, 2);
  assert.equal(read('\r\nA: b').fields.length, 0);
});

test('a delimiter ends a header where the caller says so', () => {
  const text = 'A: b\r\n--x\r\nC: d\r\n\r\n';
  const at = text.indexOf('--x');
  const block = parseHeaders(Buffer.from(text), 0, MAX, line => line === at);
  assert.equal(block.end, at);
  assert.equal(block.bodyStart, at);
  assert.ok(!block.hasBlankLine);
  assert.ok(!block.hasJunkLine);
});

test('offsets count from the start of the message, not of the header', () => {
  const text = 'A: b\r\n\r\nC: d\r\n\r\nbody';
  assert.deepEqual(fieldsOf(text, read(text, 8)), [['c', 'C: d\r\n']]);
  assert.equal(read(text, 8).bodyStart, 16);
});

test('a header of any length up to the limit is read in whole, a longer one not at all', () => {
  for (const size of [100, 16 * 1024, 20 * 1024, MAX]) {
    const text = `A: ${'x'.repeat(size - 7)}\r\n\r\nbody`;
    assert.equal(read(text).bodyStart, size, String(size));
    assert.deepEqual(read(text).fields[0]?.end, size - 2, String(size));
  }
  const over = read(`A: ${'x'.repeat(MAX)}\r\n\r\nbody`);
  assert.ok(over.hasJunkLine);
  assert.equal(over.fields.length, 0);
});
