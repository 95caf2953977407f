import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { Peer, Session } from '../../src/relay/message.ts';
import { compilePeers, isSamePassword, networkOf, parseBlock } from '../../src/relay/peers.ts';

const session = (facts: Partial<Session>): Session => ({
  id: 's',
  address: '203.0.113.9',
  helo: 'client.example',
  isSecure: false,
  user: undefined,
  certificateNames: [],
  ...facts,
});

const blocks: readonly (readonly [block: string, address: string, isInside: boolean])[] = [
  ['192.0.2.7', '192.0.2.7', true],
  ['192.0.2.7', '192.0.2.8', false],
  ['192.0.2.0/24', '192.0.2.255', true],
  ['192.0.2.99/24', '192.0.2.1', true],
  ['192.0.2.0/24', '192.0.3.0', false],
  ['0.0.0.0/0', '198.51.100.1', true],
  ['0.0.0.0/0', '2001:db8::1', false],
  ['192.0.2.0/24', '::ffff:192.0.2.5', true],
  ['192.0.2.0/24', '::FFFF:c000:205', true],
  ['::ffff:192.0.2.0/120', '192.0.2.5', true],
  ['::ffff:192.0.2.0/120', '192.0.3.5', false],
  ['2001:db8::/32', '2001:db8:1::1', true],
  ['2001:DB8::/32', '2001:db9::1', false],
  ['2001:db8::1', '2001:0db8:0:0:0:0:0:1', true],
  ['fe80::1', 'fe80::1%eth0', true],
  ['::1', '::1', true],
  ['::1', '127.0.0.1', false],
];

for (const [block, address, isInside] of blocks) {
  test(`${address} is ${isInside ? '' : 'not '}in ${block}`, () => {
    assert.equal(compilePeers('t', [{ kind: 'address', block }])(session({ address })), isInside);
  });
}

for (const text of [
  '',
  'localhost',
  '192.0.2.0/33',
  '192.0.2',
  '2001:db8::/129',
  '::ffff:192.0.2.0/24',
  '1.2.3.4/x',
  '1.2.3.4/',
]) {
  test(`"${text}" is no block, and matches nobody`, () => {
    assert.equal(parseBlock(text), undefined);
    assert.equal(
      compilePeers('t', [{ kind: 'address', block: text }])(session({ address: '192.0.2.0' })),
      false,
    );
  });
}

const user: Peer = { kind: 'user', user: 'exchange', password: 'secret' };
const certificate: Peer = { kind: 'certificate', name: 'Mail.Contoso.com' };
const identities: readonly (readonly [
  words: string,
  peer: Peer,
  facts: Partial<Session>,
  isKnown: boolean,
])[] = [
  ['a user of this tenant over TLS', user, { isSecure: true, user: 'exchange', userTenants: ['t'] }, true],
  ['the same without TLS', user, { isSecure: false, user: 'exchange', userTenants: ['t'] }, false],
  [
    'a user of that name in another tenant',
    user,
    { isSecure: true, user: 'exchange', userTenants: ['u'] },
    false,
  ],
  ['a name whose tenants are unknown', user, { isSecure: true, user: 'exchange' }, false],
  [
    'a verified certificate name',
    certificate,
    { isSecure: true, certificateNames: ['mail.contoso.com'] },
    true,
  ],
  ['another certificate name', certificate, { isSecure: true, certificateNames: ['contoso.com'] }, false],
  ['a certificate name without TLS', certificate, { certificateNames: ['mail.contoso.com'] }, false],
];

for (const [words, peer, facts, isKnown] of identities) {
  test(`${words} is ${isKnown ? '' : 'not '}a peer`, () => {
    assert.equal(compilePeers('t', [peer])(session(facts)), isKnown);
  });
}

test('an IPv6 customer is counted as its /64, an IPv4 one as its address', () => {
  assert.equal(networkOf('2001:db8:1:2:3:4:5:6'), networkOf('2001:db8:1:2::1'));
  assert.notEqual(networkOf('2001:db8:1:2::1'), networkOf('2001:db8:1:3::1'));
  assert.equal(networkOf('::1'), '0:0:0:0::/64');
  assert.equal(networkOf('::ffff:192.0.2.1'), '192.0.2.1');
});

test('passwords are compared whole', () => {
  assert.equal(isSamePassword('secret', 'secret'), true);
  assert.equal(isSamePassword('secret', 'secret '), false);
  assert.equal(isSamePassword('', 'secret'), false);
});
