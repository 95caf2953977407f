import assert from 'node:assert/strict';
import { Buffer } from 'node:buffer';
import { test } from 'node:test';
import type { Envelope, Session } from '../../src/relay/message.ts';
import { countOwnReceived, receivedField } from '../../src/relay/received.ts';

const token = '0123456789abcdef0123456789abcdef';
const session: Session = {
  id: 's',
  address: '192.0.2.7',
  helo: 'mail.example.com',
  isSecure: false,
  user: undefined,
  certificateNames: [],
};
const envelope: Envelope = {
  from: 'a@example.com',
  recipients: ['b@example.org'],
  is8bit: true,
  isUtf8: false,
};
const field = (who: Partial<Session> = {}, how: Partial<Envelope> = {}): string =>
  receivedField({
    incoming: {
      session: { ...session, ...who },
      envelope: { ...envelope, ...how },
      receivedAt: Date.UTC(2026, 10, 5, 7, 8, 9),
    },
    hostname: 'signet.example.net',
    messageId: '5f0c',
    token,
  });

test('the field names client, server, protocol, identifier and time, and no recipient', () => {
  assert.equal(
    field(),
    `Received: from mail.example.com ([192.0.2.7])\r\n\tby signet.example.net with ESMTP\r\n\tid 5f0c.${token};\r\n\tThu, 5 Nov 2026 07:08:09 +0000\r\n`,
  );
  assert.doesNotMatch(field(), /\bfor\b|example\.org/);
});

test('the protocol is that of RFC 3848 and RFC 6531', () => {
  const cases: readonly (readonly [Partial<Session>, Partial<Envelope>, string])[] = [
    [{ isSecure: true }, {}, 'ESMTPS'],
    [{ user: 'u' }, {}, 'ESMTPA'],
    [{ isSecure: true, user: 'u' }, {}, 'ESMTPSA'],
    [{}, { isUtf8: true }, 'UTF8SMTP'],
    [{ isSecure: true }, { isUtf8: true }, 'UTF8SMTPS'],
    [{ isSecure: true, user: 'u' }, { isUtf8: true }, 'UTF8SMTPSA'],
  ];
  for (const [who, how, word] of cases) assert.match(field(who, how), new RegExp(` with ${word}\r\n`));
});

test('addresses are literals of RFC 5321 4.1.3', () => {
  const cases: readonly (readonly [address: string, literal: string])[] = [
    ['2001:db8::1', '[IPv6:2001:db8::1]'],
    ['::ffff:192.0.2.7', '[192.0.2.7]'],
    ['fe80::1%eth0', '[IPv6:fe80::1]'],
  ];
  for (const [address, literal] of cases) assert.ok(field({ address }).includes(`(${literal})`), literal);
});

test('whatever a client says of itself, the field keeps its form', () => {
  for (const helo of [
    '',
    'a b',
    'x) by evil (',
    'a\r\nBcc: c@d',
    'é.example',
    '[192.0.2.1]',
    'x'.repeat(5_000),
  ]) {
    const written = field({ helo });
    assert.match(written, /^Received: from [A-Za-z0-9.:_[\]-]{1,255} \(\[192\.0\.2\.7\]\)\r\n\tby /);
    assert.equal(written.split('\r\n').length, 5);
  }
});

test('its own fields are known again, by the tenant’s token', () => {
  const others =
    'Received: from a by b with ESMTP id 99.fedcba9876543210fedcba9876543210; Thu, 5 Nov 2026\r\n';
  const count = (header: string, of = token): number =>
    countOwnReceived(Buffer.from(`${header}\r\nhi\r\n`), of);
  assert.equal(count(field() + others + field() + field()), 3);
  assert.equal(count(others), 0);
  assert.equal(count(`X-Received: id 1.${token};\r\n`), 0);
  assert.equal(count(`Received: from x.${token} by b id 12; Thu\r\n`), 0);
  // Folded anew on the way.
  assert.equal(count(field().replaceAll('\r\n\t', ' ')), 1);
  assert.equal(countOwnReceived(Buffer.from(`A: b\r\n\r\n${field()}`), token), 0);
});
