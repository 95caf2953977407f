import assert from 'node:assert/strict';
import { test } from 'node:test';
import { entryOf } from '../../src/record/message-entry.ts';
import { messageLine, withoutSeat } from '../../src/relay/relay-line.ts';
import { makeTenant } from '../support/relay.ts';

const session = {
  id: 's1',
  address: '127.0.0.1',
  helo: 'client.example',
  isSecure: false,
  user: undefined,
  certificateNames: [],
};
const envelope = { from: 'ann@contoso.com', recipients: ['bob@fabrikam.com'], is8bit: false, isUtf8: false };

function lineOf(logAddresses: 'plain' | 'hashed', person: string) {
  const tenant = makeTenant({ preferences: { logAddresses } });
  const facts = {
    id: 'm1',
    incoming: { session, envelope },
    sizeBytes: 100,
    tenant,
    candidates: [tenant],
    names: undefined,
    summary: { mode: 'on', person, seat: 'ann@contoso.com' },
    variants: [],
    handedBack: undefined,
    reply: { code: 250, text: '2.0.0 Taken' },
    stopped: undefined,
    notes: [],
    stageMs: {},
  };
  return messageLine(facts, Buffer.alloc(32, 1));
}

test('no address is left in the log, nor in the message log, where they are to be hashed', () => {
  const line = lineOf('hashed', 'ann@contoso.com');
  assert.doesNotMatch(JSON.stringify(withoutSeat(line)), /ann@|bob@/);
  assert.doesNotMatch(JSON.stringify(entryOf(line, 0)), /ann@|bob@/);
  assert.match(String(line.person), /^[0-9a-f]{32}$/);
  assert.equal(line.person, line.from, 'one address is one word');
});

test('a person with an id of the directory keeps it, and seats are counted by the address itself', () => {
  const line = lineOf('hashed', '7f3c');
  assert.equal(line.person, '7f3c');
  assert.equal(line.seat, 'ann@contoso.com');
});

test('addresses stand as they are where the tenant wants them plain', () => {
  const line = lineOf('plain', 'ann@contoso.com');
  assert.equal(line.person, 'ann@contoso.com');
  assert.deepEqual(line.recipients, ['bob@fabrikam.com']);
});
