import assert from 'node:assert/strict';
import { test } from 'node:test';
import { dnKey, firstValue } from '../../src/directory/dn.ts';

const same: readonly (readonly [string, string])[] = [
  ['CN=Anna,DC=firm', 'cn=anna,dc=FIRM'],
  ['cn=anna , dc = firm', 'cn=anna,dc=firm'],
  ['cn=weber\\, anna,dc=firm', 'CN=Weber\\2C Anna, DC=firm'],
  ['cn="weber, anna",dc=firm', 'cn=weber\\2c anna,dc=firm'],
  ['cn=s\\c3\\b6hne,dc=firm', 'cn=söhne,dc=firm'],
  ['cn=so\u0308hne,dc=firm', 'cn=söhne,dc=firm'],
];

for (const [one, other] of same) {
  test(`${one} is ${other}`, () => assert.equal(dnKey(one), dnKey(other)));
}

const different: readonly (readonly [string, string])[] = [
  ['cn=a\\,dc=b,dc=c', 'cn=a,dc=b,dc=c'],
  ['cn=a b,dc=c', 'cn=ab,dc=c'],
  ['cn=a,ou=b', 'ou=b,cn=a'],
];

for (const [one, other] of different) {
  test(`${one} is not ${other}`, () => assert.notEqual(dnKey(one), dnKey(other)));
}

test('the first value of a name is read without its escapes', () => {
  assert.equal(firstValue('CN=Weber\\, Anna,OU=Staff'), 'Weber, Anna');
  assert.equal(firstValue('cn=S\\c3\\b6hne,dc=x'), 'Söhne');
});
