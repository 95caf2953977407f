import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { escapedByte, QuotedPrintableReader } from '../../src/mail/quoted-printable.ts';
import { applySplices, type Splice } from '../../src/mail/splice.ts';
import { decodeBody, encodeBody, encodeSplices } from '../../src/mail/transfer.ts';

const bytes = (text: string): Buffer => Buffer.from(text, 'latin1');
type Edit = readonly [at: number, remove: number, insert: string];

function edited(body: string, edits: readonly Edit[]): string {
  const splices: Splice[] = edits.map(([at, remove, insert]) => ({ at, remove, insert: bytes(insert) }));
  const encoded = encodeSplices('quoted-printable', bytes(body), splices);
  return Buffer.concat(applySplices(bytes(body), encoded)).toString('latin1');
}

test('a body is decoded as most readers do it, however malformed it is', () => {
  const cases: readonly (readonly [body: string, text: string])[] = [
    ['', ''],
    ['a=3D=3db=C3=a4', 'a==b\xc3\xa4'],
    ['a=\r\nb', 'ab'],
    ['a= \t\r\nb', 'ab'],
    ['a =\r\n b', 'a  b'],
    ['a \t\r\nb ', 'a\r\nb'],
    ['a=20 \r\n', 'a \r\n'],
    ['a=\r\n  \r\nb', 'a\r\nb'],
    ['a=', 'a'],
    ['a =  ', 'a '],
    ['a=\r\n', 'a'],
    ['=4', '=4'],
    ['==41=G1=1G= x', '=A=G1=1G= x'],
    ['==\r\n', '='],
    ['\xe4\0\xff', '\xe4\0\xff'],
    ['a\rb\nc=\nd \r', 'a\rb\nc=\nd \r'],
    ['x'.repeat(2000), 'x'.repeat(2000)],
  ];
  for (const [body, text] of cases) {
    assert.equal(decodeBody('quoted-printable', bytes(body))?.toString('latin1'), text, JSON.stringify(body));
  }
});

/** What the reader that edits go by makes of a body, unit by unit. */
function readByUnits(body: Buffer): Buffer {
  const reader = new QuotedPrintableReader(body);
  const units: Buffer[] = [];
  let size = 0;
  while (reader.step()) {
    const { kind, start, end } = reader;
    assert.equal(reader.offset, size);
    if (kind === 'text') units.push(body.subarray(start, end));
    if (kind === 'escape') units.push(Buffer.of(escapedByte(body, start)));
    if (kind === 'line-break') units.push(bytes('\r\n'));
    size += reader.size;
  }
  return Buffer.concat(units);
}

test('a body is decoded to the very bytes that edits find in it', () => {
  const hostile = fc
    .array(fc.constantFrom(...'=== \t\r\n\n4Df3gG\0\xe4', '\r\n', '=\r\n', '= \r\n', 'word word'), {
      maxLength: 40,
    })
    .map(parts => bytes(parts.join('')));
  const bodies = fc.oneof(
    hostile,
    fc.uint8Array({ maxLength: 40 }).map(array => Buffer.from(array)),
  );
  fc.assert(
    fc.property(bodies, body => assert.deepEqual(decodeBody('quoted-printable', body), readByUnits(body))),
    { numRuns: 5000 },
  );
});

test('an edit touches nothing around it and never joins up with it', () => {
  const at75 = 'x'.repeat(75);
  const cases: readonly (readonly [name: string, body: string, result: string, edits: readonly Edit[]])[] = [
    ['mid-line', 'ab=3Dcd', 'ab=3DX=3DYcd', [[3, 0, 'X=Y']]],
    ['before an escape', 'ab=3dcd', 'abX=3dcd', [[2, 0, 'X']]],
    [
      'two on one line',
      'ab',
      '1a2b',
      [
        [0, 0, '1'],
        [1, 0, '2'],
      ],
    ],
    ['behind a soft break', 'ab= \r\ncd', 'ab= \r\nXcd', [[2, 0, 'X']]],
    ['before padding', 'ab  \r\ncd', 'abX  \r\ncd', [[2, 0, 'X']]],
    ['before padding at the end', 'ab \t', 'ab\r\nX \t', [[2, 0, '\r\nX']]],
    ['before a soft break at the end', 'ab=', 'abX=', [[2, 0, 'X']]],
    ['a line end behind a blank', 'ab cd', 'ab =\r\n\r\ncd', [[3, 0, '\r\n']]],
    ['blanks before line ends', 'a', 'x=20\r\n\ty=09a', [[0, 0, 'x \r\n\ty\t']]],
    ['what mboxes know', '', '=46rom me\r\n.\r\nFrom', [[0, 0, 'From me\r\n.\r\nFrom']]],
    ['bytes that need escapes', 'a', '=00=FF=0A=0D=7Fa', [[0, 0, '\0\xff\n\r\x7f']]],
    ['behind = that is text', '=zz', '==\r\n41zz', [[1, 0, '41']]],
    ['behind half an escape', '=4z', '=4=\r\n1z', [[2, 0, '1']]],
    ['removal over a soft break', 'ab=\r\ncd', 'ad', [[1, 2, '']]],
    ['removal up to a soft break', 'ab=\r\ncd', 'a=\r\ncd', [[1, 1, '']]],
    ['removal of an escape', 'a=3Db', 'aXb', [[1, 1, 'X']]],
    ['a blank left at a line end', 'ab *cw* \r\nx', 'ab =\r\n \r\nx', [[3, 4, '']]],
    ['a blank left at the end', 'ab *cw*', 'ab =\r\n', [[3, 4, '']]],
    ['an escape that a removal would make', '=z41', '==\r\n41', [[1, 1, '']]],
    ['a padded line end removed', 'ab \r\ncd', 'abcd', [[2, 2, '']]],
    ['between CR and LF', 'ab \r\ncd', 'ab=0DX=0Acd', [[3, 0, 'X']]],
    ['a full line', `${at75}y`, `${at75}=\r\nyX`, [[76, 0, 'X']]],
    ['a full line and a line end', `${at75}y`, `${at75}y\r\nX`, [[76, 0, '\r\nX']]],
    ['a line with room', at75, `${at75}X`, [[75, 0, 'X']]],
    ['a line with no room for the rest', `${at75}y`, `X=\r\n${at75}y`, [[0, 0, 'X']]],
    ['a line already too long', `${at75}${at75}zz`, `${at75}=\r\nX=\r\n${at75}zz`, [[75, 0, 'X']]],
  ];
  for (const [name, body, result, edits] of cases) assert.equal(edited(body, edits), result, name);
});

test('a splice beyond the text is refused', () => {
  for (const [at, remove] of [
    [4, 0],
    [3, 1],
    [0, 4],
  ] as const) {
    assert.throws(() => edited('ab=3D  ', [[at, remove, 'x']]), RangeError);
  }
});

test('a whole body has lines of at most 76 characters and ends as the text does', () => {
  const text = bytes(`${'word '.repeat(40)}\r\n${'\xe4'.repeat(60)}\r\n\r\n${'x'.repeat(76)}\r\n `);
  const body = encodeBody('quoted-printable', text).toString('latin1');
  assert.deepEqual(
    body.split('\r\n').map(line => line.length),
    [76, 76, 52, 76, 76, 30, 0, 76, 3],
  );
  assert.ok(body.endsWith('\r\n=20'));
  assert.deepEqual(decodeBody('quoted-printable', bytes(body)), text);
});
