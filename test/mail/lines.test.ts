import assert from 'node:assert/strict';
import { test } from 'node:test';
import { bareLineEnd, mendLineEnds, withCrlf } from '../../src/mail/lines.ts';

const bytes = (text: string): Buffer => Buffer.from(text, 'latin1');

test('every bare CR and LF becomes CRLF, and whole line ends stay as they are', () => {
  const cases: readonly (readonly [before: string, after: string, mended: number, first: number])[] = [
    ['', '', 0, -1],
    ['a\r\nb\r\n', 'a\r\nb\r\n', 0, -1],
    ['a\nb', 'a\r\nb', 1, 1],
    ['a\rb', 'a\r\nb', 1, 1],
    ['\n', '\r\n', 1, 0],
    ['\r', '\r\n', 1, 0],
    ['a\r\n\nb', 'a\r\n\r\nb', 1, 3],
    ['a\r\r\nb', 'a\r\n\r\nb', 1, 1],
    ['a\n\rb', 'a\r\n\r\nb', 2, 1],
    ['\n\n\r\r', '\r\n\r\n\r\n\r\n', 4, 0],
    ['a\x0b\x0c\x85b\0', 'a\x0b\x0c\x85b\0', 0, -1],
    // The end of data that a careless server would see (CVE-2023-51764).
    ['a\n.\r\nMAIL', 'a\r\n.\r\nMAIL', 1, 1],
  ];
  for (const [before, after, mended, first] of cases) {
    const result = mendLineEnds(bytes(before), 0);
    assert.equal(result.bytes.toString('latin1'), after, JSON.stringify(before));
    assert.equal(result.mended, mended, JSON.stringify(before));
    assert.equal(bareLineEnd(bytes(before), 0), first, JSON.stringify(before));
  }
});

test('bytes in front of the start are not touched, but count as what stands before it', () => {
  assert.equal(mendLineEnds(bytes('a\nb\nc'), 2).bytes.toString('latin1'), 'a\nb\r\nc');
  assert.equal(mendLineEnds(bytes('a\r\nb'), 2).bytes.toString('latin1'), 'a\r\nb');
  assert.equal(mendLineEnds(bytes('a\nb'), 1).bytes.toString('latin1'), 'a\r\nb');
});

test('a buffer with nothing to mend comes back itself', () => {
  const message = bytes('a\r\n');
  assert.equal(mendLineEnds(message, 0).bytes, message);
});

test('text of any system gets CRLF', () => {
  assert.equal(withCrlf('a\nb\rc\r\nd\n\r\n'), 'a\r\nb\r\nc\r\nd\r\n\r\n');
});
