import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { applySplices, mergeSplices, type Splice } from '../../src/mail/splice.ts';

const text = Buffer.from('0123456789');
const splice = (at: number, remove: number, insert: string): Splice => ({
  at,
  remove,
  insert: Buffer.from(insert),
});
const applied = (...splices: Splice[]): string => Buffer.concat(applySplices(text, splices)).toString();

test('without splices the one slice is the buffer itself', () => {
  const slices = applySplices(text, []);
  assert.equal(slices.length, 1);
  assert.equal(slices[0], text);
});

test('splices may come in any order, and at equal offsets keep theirs', () => {
  assert.equal(
    applied(splice(8, 1, 'x'), splice(2, 3, ''), splice(8, 0, 'y'), splice(0, 0, 'a')),
    'a01567xy9',
  );
  assert.equal(
    applied(splice(4, 0, 'a'), splice(4, 2, 'b'), splice(4, 0, 'c'), splice(6, 0, 'd')),
    '0123abcd6789',
  );
});

test('slices share the memory of the buffer, and empty ones are left out', () => {
  const slices = applySplices(text, [
    splice(0, 2, ''),
    splice(5, 0, 'x'),
    splice(10, 0, 'z'),
    splice(3, 0, ''),
  ]);
  assert.deepEqual(slices.map(String), ['234', 'x', '56789', 'z']);
  assert.equal(slices[0]?.buffer, text.buffer);
  assert.deepEqual(applySplices(text, [splice(0, 10, '')]), []);
});

test('splices that contradict each other or reach beyond the bytes are refused', () => {
  const refused: readonly (readonly Splice[])[] = [
    [splice(2, 3, ''), splice(4, 2, '')],
    [splice(2, 3, ''), splice(2, 1, '')],
    [splice(2, 3, ''), splice(3, 0, 'x')],
    [splice(11, 0, 'x')],
    [splice(9, 2, '')],
    [splice(-1, 0, 'x')],
    [splice(1, -1, 'x')],
    [splice(0.5, 0, 'x')],
    [splice(Number.NaN, 0, 'x')],
  ];
  for (const splices of refused) assert.throws(() => applySplices(text, splices), RangeError);
});

test('splices that touch become one edit', () => {
  const edits = mergeSplices([splice(5, 0, 'c'), splice(2, 0, 'a'), splice(2, 3, 'b'), splice(7, 0, 'd')]);
  assert.deepEqual(
    edits.map(({ at, end, pieces }) => [at, end, Buffer.concat(pieces).toString()]),
    [
      [2, 5, 'abc'],
      [7, 7, 'd'],
    ],
  );
});

test('taking the insertions out again gives the bytes back', () => {
  const insertion = fc.record({
    at: fc.nat(64),
    remove: fc.constant(0),
    insert: fc.uint8Array().map(bytes => Buffer.from(bytes)),
  });
  const bytes = fc.uint8Array({ minLength: 64, maxLength: 99 }).map(array => Buffer.from(array));
  fc.assert(
    fc.property(bytes, fc.array(insertion), (original, insertions) => {
      const slices = applySplices(original, insertions);
      const kept = slices.filter(slice => slice.buffer === original.buffer && !isInsert(slice, insertions));
      assert.deepEqual(Buffer.concat(kept), original);
    }),
  );
});

function isInsert(slice: Buffer, insertions: readonly Splice[]): boolean {
  return insertions.some(({ insert }) => insert === slice);
}
