import assert from 'node:assert/strict';
import { Buffer } from 'node:buffer';
import { test } from 'node:test';
import fc from 'fast-check';
import { decodeWords } from '../../src/mail/encoded-words.ts';

const utf8 = (text: string): string => Buffer.from(text, 'utf8').toString('latin1');

test('header text is decoded as mail readers do it', () => {
  const cases: readonly (readonly [value: string, text: string])[] = [
    ['plain words', 'plain words'],
    ['=?utf-8?q?Gr=C3=BC=C3=9Fe?=', 'Grüße'],
    ['=?UTF-8?B?R3LDvMOfZQ==?=', 'Grüße'],
    ['=?iso-8859-1?Q?Gr=FC=DFe_an_alle?=', 'Grüße an alle'],
    ['Re: =?utf-8?q?f=C3=BCr?= dich', 'Re: für dich'],
    // Blanks between two words vanish, those beside other text stay (RFC 2047 8).
    ['=?utf-8?q?a?= =?utf-8?q?b?=', 'ab'],
    ['=?utf-8?q?a?=  =?iso-8859-1?q?b?=', 'ab'],
    ['=?utf-8?q?a?= b =?utf-8?q?c?=', 'a b c'],
    // A character cut in two by the end of a word.
    ['=?utf-8?B?4pi=?= =?utf-8?B?gA==?=', '☀'],
    ['=?utf-8?q?=E2=98?= =?utf-8?b?gA==?=', '☀'],
    ['=?iso-2022-jp?B?GyRCRnxLXBsoQg==?=', '日本'],
    ['=?utf-8*de?q?Gr=C3=BC=C3=9Fe?=', 'Grüße'],
    ['=?x-klingon?q?nuqneH?=', '=?x-klingon?q?nuqneH?='],
    ['=?utf-8?x?abc?=', '=?utf-8?x?abc?='],
    ['=?utf-8?q?a=0D=0ABcc:_b?=', 'a Bcc: b'],
    [utf8('Grüße'), 'Grüße'],
    ['Gr\xfc\xdfe', 'Grüße'],
    ['tab\there', 'tab here'],
    ['', ''],
  ];
  for (const [value, text] of cases) assert.equal(decodeWords(value), text, JSON.stringify(value));
});

test('whatever stands in a field comes out without control characters', () => {
  const piece = fc.constantFrom(
    '=?',
    '?=',
    '?q?',
    '?b?',
    'utf-8',
    '=0A',
    '\r',
    '\n',
    'x',
    ' ',
    '\xff',
    '_',
    '*',
  );
  fc.assert(
    fc.property(fc.array(piece), pieces => !/[\x00-\x1f\x7f-\x9f]/.test(decodeWords(pieces.join('')))),
  );
});
