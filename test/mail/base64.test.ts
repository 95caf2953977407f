import assert from 'node:assert/strict';
import { test } from 'node:test';
import { applySplices, type Splice } from '../../src/mail/splice.ts';
import { decodeBody, encodeBody, encodeSplices } from '../../src/mail/transfer.ts';

const bytes = (text: string): Buffer => Buffer.from(text, 'latin1');
const insertion = (at: number, insert: string): Splice => ({ at, remove: 0, insert: bytes(insert) });

function edited(body: string, ...splices: Splice[]): string {
  return Buffer.concat(applySplices(bytes(body), encodeSplices('base64', bytes(body), splices))).toString(
    'latin1',
  );
}

test('a body is decoded where all readers agree, and refused where they differ', () => {
  const cases: readonly (readonly [body: string, text: string | undefined])[] = [
    ['', ''],
    [' \r\n\r\n', ''],
    ['QUJD', 'ABC'],
    ['QU\r\nJ D\t\r\n\r\n', 'ABC'],
    ['QUI=', 'AB'],
    ['QQ==', 'A'],
    ['QQ=\r\n=\r\n', 'A'],
    ['QUI', 'AB'],
    ['QQ\r\n', 'A'],
    ['QR==', 'A'],
    ['+/+/', '\xfb\xff\xbf'],
    ['Q', undefined],
    ['QUJDQ', undefined],
    ['QQ=', undefined],
    ['QUI==', undefined],
    ['QUJD=', undefined],
    ['====', undefined],
    ['=', undefined],
    ['QQ==QQ==', undefined],
    ['QQ=Q', undefined],
    ['QU-_', undefined],
    ['QUJD\0', undefined],
    ['QUJD\xe4', undefined],
    ['QUJD\v', undefined],
    ['QUJD\r\n-- \r\nfooter', undefined],
  ];
  for (const [body, text] of cases) {
    assert.equal(decodeBody('base64', bytes(body))?.toString('latin1'), text, JSON.stringify(body));
  }
});

test('an edit keeps the lines before it, the line length, and the white space at the end', () => {
  const cases: readonly (readonly [name: string, body: string, result: string, splice: Splice])[] = [
    ['an empty body', '', 'QUI=', insertion(0, 'AB')],
    ['a blank body', '\r\n', 'QUI=\r\n', insertion(0, 'AB')],
    ['blanks alone', ' \t\r\n ', 'QUI=\r\n ', insertion(0, 'AB')],
    ['blanks at the end of a line that gets full', ' ', 'eHh4'.repeat(19), insertion(0, 'x'.repeat(57))],
    ['a bare LF, which ends no line', '\n', 'eHh4'.repeat(19), insertion(0, 'x'.repeat(57))],
    ['a bare LF before the text', '\nQUJD', `${'eHh4'.repeat(19)}\r\nQUJD`, insertion(0, 'x'.repeat(57))],
    ['one line', 'QUJD\r\n\r\n', 'QUJDQUI=\r\n\r\n', insertion(3, 'AB')],
    ['behind padding', 'QQ==\r\n', 'QUI=\r\n', insertion(1, 'B')],
    ['padding that was left out', 'QQ', 'QUI=', insertion(1, 'B')],
    [
      'own line length',
      'QUJDQUJD\r\nQUJDQUJD\r\n',
      'QUJDQUJD\r\nQUJDeHh4\r\neFhBQkM=\r\n',
      insertion(9, 'xxxxX'),
    ],
    ['a line start', 'QUJD\r\nQUJD\r\nQUJD', 'QUJD\r\neHl6\r\nQUJD\r\nQUJD', insertion(3, 'xyz')],
    ['an odd line length', 'QUJDQU\r\nJDQUJD', 'QUJDQU\r\nJDeHl6QUJD', insertion(6, 'xyz')],
    ['a removal', 'QUJDQUJD', 'QUJD', { at: 0, remove: 3, insert: bytes('') }],
    ['a removal of all', 'QUJD\r\n', '\r\n', { at: 0, remove: 3, insert: bytes('') }],
  ];
  for (const [name, body, result, splice] of cases) assert.equal(edited(body, splice), result, name);
});

test('an insertion leaves every byte before its line in place', () => {
  const body = encodeBody('base64', Buffer.alloc(1000, 'signed '));
  const [splice, ...others] = encodeSplices('base64', body, [insertion(600, 'x'), insertion(900, 'y')]);
  assert.equal(others.length, 0);
  assert.equal(splice?.at, Math.floor(600 / 57) * 78);
  assert.deepEqual(encodeSplices('base64', body, [insertion(600, '')]), []);
});

test('a splice beyond the text, or of a body that cannot be decoded, is refused', () => {
  assert.throws(() => edited('QUJD', insertion(4, 'x')), RangeError);
  assert.throws(() => edited('QUJD', { at: 2, remove: 2, insert: bytes('') }), RangeError);
  assert.throws(() => edited('QUJD!', insertion(0, 'x')), RangeError);
});

test('a whole body has lines of 76 characters with CRLF between them', () => {
  const body = encodeBody('base64', Buffer.alloc(58, 'x')).toString('latin1');
  assert.deepEqual(
    body.split('\r\n').map(line => line.length),
    [76, 4],
  );
  assert.equal(encodeBody('base64', Buffer.alloc(0)).length, 0);
  assert.equal(encodeBody('base64', Buffer.alloc(57)).length, 76);
});
