import assert from 'node:assert/strict';
import { Buffer } from 'node:buffer';
import { test } from 'node:test';
import fc from 'fast-check';
import { domainOfPath, needsUtf8, parsePathCommand } from '../../src/relay/server-path.ts';

const read = (line: string | Buffer) => parsePathCommand('rcpt', Buffer.from(line as string));

const addresses: readonly (readonly [path: string, address: string | undefined])[] = [
  ['<a@b.example>', 'a@b.example'],
  ['<A@B.Example>', 'A@b.example'],
  ['<a@b.example.>', 'a@b.example.'],
  ['<a@xn--mnchen-3ya.de>', 'a@xn--mnchen-3ya.de'],
  ['<a@MÜNCHEN.de>', 'a@xn--mnchen-3ya.de'],
  ['<a@_dmarc.b.example>', 'a@_dmarc.b.example'],
  ['<a@[IPv6:2001:DB8::1]>', 'a@[ipv6:2001:db8::1]'],
  ['<Postmaster>', 'Postmaster'],
  ['<@one.example,@two.example:a@b.example>', 'a@b.example'],
  ['<"a\\"b"@b.example>', '"a\\"b"@b.example'],
  ['<"a b">', undefined],
  ['<a b@b.example>', undefined],
  ['<a@b@c.example>', undefined],
  ['<@b.example>', undefined],
  ['<a@>', undefined],
  ['<a@-b.example>', undefined],
  ['<a@b..example>', undefined],
  ['<a@b.example>x', undefined],
  ['<a@b.example', undefined],
  ['a@b.example', undefined],
  ['<a\t@b.example>', undefined],
  ['<a\r@b.example>', undefined],
  ['<a\u0085@b.example>', undefined],
  [`<a@${'b'.repeat(254)}>`, undefined],
];

for (const [path, address] of addresses) {
  test(`RCPT TO:${JSON.stringify(path)} is ${address ?? 'refused'}`, () => {
    assert.equal(read(`RCPT TO:${path}`)?.address, address);
  });
}

test('the verb may have blanks around it and be of any case; another verb is none', () => {
  for (const line of ['rcpt to:<a@b.example>', 'RCPT  TO : <a@b.example> '])
    assert.equal(read(line)?.address, 'a@b.example');
  assert.equal(read('MAIL FROM:<a@b.example>'), undefined);
  assert.equal(parsePathCommand('mail', Buffer.from('MAIL FROM:<>'))?.address, '');
});

test('parameters keep their order and values; a repeated or misshapen one is refused', () => {
  const parameters = read('RCPT TO:<a@b.example> one=1 TWO')?.parameters;
  assert.deepEqual(parameters, [
    { keyword: 'ONE', value: '1' },
    { keyword: 'TWO', value: undefined },
  ]);
  for (const text of ['A=1 a=2', '=1', 'A=', 'A=b=c', 'A;B'])
    assert.equal(read(`RCPT TO:<a@b.example> ${text}`), undefined);
});

test('bytes that are no UTF-8 are refused, not replaced', () => {
  assert.equal(read(Buffer.from('RCPT TO:<\xfc@b.example>', 'latin1')), undefined);
});

test('whatever comes, it never throws, and what it takes has no line end, control character or bracket', () => {
  const piece = fc.constantFrom(
    '<',
    '>',
    '"',
    '\\',
    '@',
    'a',
    'b.example',
    ' ',
    '\t',
    '\r',
    '\n',
    '\0',
    'ü',
    ':',
    ',',
    '=',
    '[',
    ']',
  );
  const property = fc.property(fc.array(piece, { maxLength: 12 }), pieces => {
    const address = read(`RCPT TO:<${pieces.join('')}>`)?.address ?? '';
    assert.doesNotMatch(address, /[\x00-\x1f\x7f<>]/);
  });
  fc.assert(property, { numRuns: 3_000 });
});

test('what is asked of an address', () => {
  assert.equal(domainOfPath('a@b.example.'), 'b.example');
  assert.equal(domainOfPath(''), '');
  assert.equal(needsUtf8('ü@b.example'), true);
});
