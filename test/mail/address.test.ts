import assert from 'node:assert/strict';
import { test } from 'node:test';
import { asciiDomain, domainOf, isOneOf } from '../../src/mail/address.ts';

test('the domain of a From field is that of its first mailbox, whatever stands around it', () => {
  const cases: readonly (readonly [value: string, domain: string | undefined])[] = [
    ['ann@example.com', 'example.com'],
    ['<ann@example.com>', 'example.com'],
    ['Ann Lee <ann@EXAMPLE.Com>', 'example.com'],
    ['"Ann Lee" <ann@example.com>', 'example.com'],
    ['"ann@evil.example" <ann@example.com>', 'example.com'],
    ['"<ann@evil.example>" <ann@example.com>', 'example.com'],
    ['"say \\"<a@evil.example>\\"" <ann@example.com>', 'example.com'],
    ['ann@evil.example <ann@example.com>', 'example.com'],
    ['Lee, Ann <ann@example.com>', 'example.com'],
    ['=?utf-8?q?ann=40evil.example?= <ann@example.com>', 'example.com'],
    ['ann@example.com (ann@evil.example)', 'example.com'],
    ['(a@evil.example (nested <b@evil.example>) \\) ) ann@example.com', 'example.com'],
    ['Ann <ann@example.com (work)>', 'example.com'],
    ['"a@b"@example.com', 'example.com'],
    ['<"a@b>c"@example.com>', 'example.com'],
    ['<@relay.example,@other.example:ann@example.com>', 'example.com'],
    ['ann@example.com, bob@other.example', 'example.com'],
    ['Ann <ann@example.com>, Bob <bob@other.example>', 'example.com'],
    ['Team: ann@example.com, bob@other.example;', 'example.com'],
    ['Team: Ann <ann@example.com>;', 'example.com'],
    ['ann@example.com.', 'example.com'],
    ['ann@sub.example.com', 'sub.example.com'],
    ['ann@[192.0.2.1]', '[192.0.2.1]'],
    ['', undefined],
    ['<>', undefined],
    ['Ann Lee', undefined],
    ['Undisclosed recipients:;', undefined],
    ['"ann@example.com"', undefined],
    ['(ann@example.com)', undefined],
  ];
  for (const [value, domain] of cases) assert.equal(domainOf(value), domain, JSON.stringify(value));
});

test('both forms of an internationalised domain are one name (RFC 5891)', () => {
  assert.equal(domainOf('ann@b\u00fccher.example'), 'xn--bcher-kva.example');
  assert.equal(domainOf('ann@B\u00dcCHER.example'), 'xn--bcher-kva.example');
  assert.equal(domainOf('ann@XN--BCHER-KVA.example'), 'xn--bcher-kva.example');
  assert.ok(isOneOf('xn--bcher-kva.example', ['b\u00fccher.example']));
  assert.ok(isOneOf('xn--bcher-kva.example', ['xn--bcher-kva.example']));
});

test('only the very domain counts, not one that contains or ends in it', () => {
  const own = ['example.com', 'Example.ORG'];
  assert.ok(isOneOf('example.com', own));
  assert.ok(isOneOf('example.org', own));
  for (const other of ['sub.example.com', 'notexample.com', 'example.com.evil.example', 'com', ''])
    assert.ok(!isOneOf(other, own), other);
});

test('what is no domain name comes back in lower case instead of failing', () => {
  for (const odd of ['A B', '[::1]', '\u00e4 \u00f6', '%', '\u00e4/..', ''])
    assert.equal(typeof asciiDomain(odd), 'string');
  assert.equal(asciiDomain(' Example.COM '), 'example.com');
});
