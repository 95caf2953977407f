import assert from 'node:assert/strict';
import { test } from 'node:test';
import { normalAddress, readProxyAddress, withoutTag } from '../../src/directory/address.ts';

const addresses: readonly (readonly [string, string | undefined])[] = [
  ['anna@firm.example', 'anna@firm.example'],
  ['  Anna.Weber@FIRM.Example ', 'anna.weber@firm.example'],
  ["o'brien+x@firm.example", "o'brien+x@firm.example"],
  ['jörg@firm.example', 'jörg@firm.example'],
  ['jo\u0308rg@firm.example', 'jörg@firm.example'],
  ['a@MÜNCHEN.example', 'a@xn--mnchen-3ya.example'],
  ['a@xn--mnchen-3ya.example', 'a@xn--mnchen-3ya.example'],
  [`${'a'.repeat(64)}@firm.example`, `${'a'.repeat(64)}@firm.example`],
  [`${'a'.repeat(65)}@firm.example`, undefined],
  [`a@${'b'.repeat(300)}.example`, undefined],
  ['', undefined],
  ['@firm.example', undefined],
  ['anna@', undefined],
  ['anna', undefined],
  ['anna@firm', undefined],
  ['anna@firm..example', undefined],
  ['anna@firm.example.', undefined],
  ['anna@-firm.example', undefined],
  ['anna@firm.example:25', undefined],
  ['anna@firm.example/x', undefined],
  ['anna@firm.exa mple', undefined],
  ['anna@firm%2eexample', undefined],
  ['anna@firm.example?x', undefined],
  ['anna@x#firm.example', undefined],
  ['anna@b\\firm.example', undefined],
  ['an na@firm.example', undefined],
  ['a@b@firm.example', undefined],
  ['<anna@firm.example>', undefined],
  ['anna@[10.0.0.1]', undefined],
  ['anna@firm.example\r\nRCPT TO:<x@y.example>', undefined],
];

for (const [text, normal] of addresses) {
  test(`${JSON.stringify(text.slice(0, 80))} is ${normal === undefined ? 'no address' : 'an address'}`, () => {
    assert.equal(normalAddress(text), normal);
    if (normal !== undefined) assert.equal(normalAddress(normal), normal, 'the normal form stays');
  });
}

test('a tag is what stands behind the first plus of the local part', () => {
  assert.equal(withoutTag('anna+a+b@firm.example'), 'anna@firm.example');
  assert.equal(withoutTag('anna@firm+x.example'), undefined);
  assert.equal(withoutTag('+a@firm.example'), undefined);
});

test('of proxy addresses only mail addresses count, and capitals mark the primary one', () => {
  const read = (text: string) => readProxyAddress(text);
  assert.deepEqual(read('SMTP:A@firm.example'), { address: 'a@firm.example', isPrimary: true });
  assert.deepEqual(read('smtp:a@firm.example'), { address: 'a@firm.example', isPrimary: false });
  assert.deepEqual(read(' a@firm.example'), { address: 'a@firm.example', isPrimary: false });
  for (const other of ['sip:a@firm.example', 'X500:/o=Firm/cn=a', 'SPO:x@y', 'smtp:nobody'])
    assert.equal(read(other), undefined);
});
