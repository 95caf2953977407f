import assert from 'node:assert/strict';
import { test } from 'node:test';
import { parseParameterised } from '../../src/mail/parameters.ts';

type Case = readonly [source: string, value: string, parameters: Readonly<Record<string, string>>];

function check(cases: readonly Case[]): void {
  for (const [source, value, parameters] of cases) {
    const parsed = parseParameterised(source);
    assert.equal(parsed.value, value, source);
    assert.deepEqual(Object.fromEntries(parsed.parameters), parameters, source);
    assert.ok(!parsed.ambiguous, source);
  }
}

test('a value and its parameters are read as RFC 2045 5.1 writes them', () => {
  check([
    ['', '', {}],
    ['text/plain', 'text/plain', {}],
    ['Text/PLAIN; Charset=US-ASCII', 'text/plain', { charset: 'US-ASCII' }],
    ['text / plain', 'text/plain', {}],
    ['text/plain;charset="us-ascii"', 'text/plain', { charset: 'us-ascii' }],
    ['text/plain; a=1;;b=2;', 'text/plain', { a: '1', b: '2' }],
    ['text/plain; a = 1 ; b\t=\t"2"', 'text/plain', { a: '1', b: '2' }],
    ['attachment; filename="a;b=c.txt"', 'attachment', { filename: 'a;b=c.txt' }],
    [
      'multipart/mixed; boundary=gc0p4Jq0M2Yt08j34c0p',
      'multipart/mixed',
      { boundary: 'gc0p4Jq0M2Yt08j34c0p' },
    ],
    [
      'multipart/mixed; boundary="gc0pJq0M:08jU534c0p"',
      'multipart/mixed',
      { boundary: 'gc0pJq0M:08jU534c0p' },
    ],
    ['multipart/mixed; boundary=_=(a)=_', 'multipart/mixed', { boundary: '_=(a)=_' }],
    ['text/plain; noise; charset=utf-8', 'text/plain', { charset: 'utf-8' }],
    ['text/plain; a=', 'text/plain', { a: '' }],
  ]);
});

test('comments are left out, nested and escaped ones too', () => {
  check([
    ['text/plain; charset=us-ascii (Plain text)', 'text/plain', { charset: 'us-ascii' }],
    ['text/plain (one (two (three)) \\) four); a=b', 'text/plain', { a: 'b' }],
    ['(x) text (y) / plain (z)', 'text/plain', {}],
    ['text/plain; (name) charset (is) = (this) utf-8', 'text/plain', { charset: 'utf-8' }],
    ['text/plain; charset="utf-8" (text)', 'text/plain', { charset: 'utf-8' }],
    ['text/plain; name="not (a) comment"', 'text/plain', { name: 'not (a) comment' }],
  ]);
});

test('quoted pairs stand for the character behind the backslash', () => {
  check([
    ['x/y; a="\\"q\\" \\\\ \\;"', 'x/y', { a: '"q" \\ ;' }],
    ['x/y; a="b\\";c=d"; e=f', 'x/y', { a: 'b";c=d', e: 'f' }],
    ['x/y; a=""', 'x/y', { a: '' }],
  ]);
});

test('continuations are joined and percent codes decoded (RFC 2231 3, 4, 4.1)', () => {
  check([
    [
      'message/external-body; access-type=URL; URL*0="ftp://"; URL*1="cs.utk.edu/pub/moore/bulk-mailer/bulk-mailer.tar"',
      'message/external-body',
      { 'access-type': 'URL', url: 'ftp://cs.utk.edu/pub/moore/bulk-mailer/bulk-mailer.tar' },
    ],
    [
      "application/x-stuff; title*=us-ascii'en-us'This%20is%20%2A%2A%2Afun%2A%2A%2A",
      'application/x-stuff',
      { title: 'This is ***fun***' },
    ],
    [
      `application/x-stuff; title*0*=us-ascii'en'This%20is%20even%20more%20; title*1*=%2A%2A%2Afun%2A%2A%2A%20; title*2="isn't it!"`,
      'application/x-stuff',
      { title: "This is even more ***fun*** isn't it!" },
    ],
    ['x/y; a*1=two; a*0=one-', 'x/y', { a: 'one-two' }],
    ['x/y; a*0=one; a*2=three', 'x/y', { a: 'one' }],
    ['x/y; a*1=two', 'x/y', {}],
    ["x/y; a*=utf-8''%C3%a4%zz%", 'x/y', { a: '\xc3\xa4%zz%' }],
    ["x/y; a*=''plain", 'x/y', { a: 'plain' }],
    ["x/y; a*=utf-8''extended; a=plain", 'x/y', { a: 'plain' }],
    ['x/y; a*0="100%41"; a*1="%42"', 'x/y', { a: '100%41%42' }],
    [
      `x/y; ${Array.from({ length: 12 }, (_, n) => `a*${n}=${n}.`).join(';')}`,
      'x/y',
      { a: '0.1.2.3.4.5.6.7.8.9.10.11.' },
    ],
  ]);
});

test('what readers read in different ways is ambiguous', () => {
  const cases: readonly (readonly [source: string, ambiguous: boolean])[] = [
    ['x/y; a=1; a=2', true],
    ['x/y; a="1"; A=2', true],
    ['x/y; a=1; A="1"', false],
    ['multipart/mixed; boundary="abc', true],
    ['multipart/mixed; boundary="abc\\"', true],
    ['multipart/mixed; boundary="abc; charset=utf-8', true],
    ['text/plain"', true],
    ['multipart/mixed; boundary="abc"', false],
  ];
  for (const [source, ambiguous] of cases)
    assert.equal(parseParameterised(source).ambiguous, ambiguous, source);
});

test('a value of a megabyte is read in no time', () => {
  const sources = [
    'x/y; a=('.repeat(120_000),
    `x/y; a="${'\\'.repeat(1_000_000)}`,
    `x/y${'; a*0=b'.repeat(140_000)}`,
  ];
  for (const source of sources) {
    const start = performance.now();
    parseParameterised(source);
    assert.ok(performance.now() - start < 2000, source.slice(0, 20));
  }
});
