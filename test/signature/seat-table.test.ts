import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { inSeatOrder } from '../../src/signature/licence.ts';
import { createSeatTable, type TakenSeat } from '../../src/signature/seat-table.ts';
import { makeRule, makeSituation, makeTenant } from '../support/company.ts';

const at = (instant: string) => Date.parse(`${instant}Z`);
const march = at('2026-03-04T10:00');
const two = [{ id: 'l', seats: 2, note: '' }];

test('seats go in order of the first stamped message; who has one keeps it', () => {
  const taken: TakenSeat[] = [];
  const table = createSeatTable({ timeZone: 'UTC', licences: two, onTaken: seat => taken.push(seat) });
  for (const [at, key] of ['a', 'b', 'a', ''].entries()) table.take(key, march + at);
  const may = ['a', 'b', 'c'].map(key => table.mayBeSigned(key, march + 9));
  assert.deepEqual(may, [true, true, false]);
  assert.deepEqual(taken, [
    { month: '2026-03', key: 'a', firstAt: march },
    { month: '2026-03', key: 'b', firstAt: march + 1 },
  ]);
});

test('a month ends when it ends in the tenant’s time zone', () => {
  const table = createSeatTable({ timeZone: 'America/New_York', licences: two });
  for (const key of ['a', 'b']) table.take(key, march);
  assert.equal(table.mayBeSigned('c', at('2026-04-01T03:59')), false);
  assert.equal(table.mayBeSigned('c', at('2026-04-01T04:00')), true);
  assert.deepEqual(table.seats(at('2026-04-01T04:00')), []);
  table.take('late', at('2026-04-01T03:59'));
  assert.equal(table.seats(march).length, 3);
});

test('those beyond a pool that was taken over are the last of the month, whatever order the store tells them in', () => {
  const taken = ['d', 'b', 'a', 'c'].map(key => ({
    month: '2026-03',
    key,
    firstAt: march + key.charCodeAt(0),
  }));
  const table = createSeatTable({ timeZone: 'UTC', licences: two, taken });
  const may = ['a', 'b', 'c', 'd', 'e'].map(key => table.mayBeSigned(key, march));
  assert.deepEqual(may, [true, true, false, false, false]);
});

test('without any licence everybody may be signed; with an ended one nobody', () => {
  const open = createSeatTable({ timeZone: 'UTC', licences: [] });
  assert.equal(open.mayBeSigned('x', march), true);
  const ended = createSeatTable({
    timeZone: 'UTC',
    licences: [{ id: 'l', seats: 9, until: '2026-03-03', note: '' }],
  });
  assert.equal(ended.mayBeSigned('x', march), false);
});

test('aliases share a seat, strangers sit by address, and the pool holds back signatures, not the mail', () => {
  const table = createSeatTable({ timeZone: 'UTC', licences: two });
  const tenant = makeTenant([makeRule('x')], {
    preferences: { holdBackBeyondLicence: true, unknownSenders: 'from-message' },
    mayBeSigned: table.mayBeSigned,
  });
  const senders = [
    'ada@example.com',
    'lovelace@example.com',
    'New@Example.com',
    'charles@example.com',
    'ada@brand.example',
  ];
  const signed = senders.map(from => {
    const plan = tenant.plan(makeSituation({ from }));
    const [variant] = plan.variants;
    assert.equal(variant?.recipients.length, 1);
    if (variant && variant.sections.length > 0) table.take(plan.seatKey ?? '', march);
    return variant?.signatures.join();
  });
  assert.deepEqual(signed, ['x', 'x', 'x', '', 'x']);
  assert.deepEqual(
    table.seats(march).map(({ key }) => key),
    ['new@example.com', 'p-ada'],
  );
});

test('in any order of messages the table agrees with the plain list', () => {
  const message = fc.record({ key: fc.constantFrom('a', 'b', 'c', 'd', 'e'), offset: fc.nat(20) });
  fc.assert(
    fc.property(fc.array(message), fc.nat(6), (messages, seats) => {
      const table = createSeatTable({ timeZone: 'UTC', licences: [{ id: 'l', seats, note: '' }] });
      const first = new Map<string, number>();
      for (const { key, offset } of messages) {
        table.mayBeSigned(key, march);
        table.take(key, march + offset);
        if (!first.has(key)) first.set(key, march + offset);
      }
      const order = inSeatOrder([...first].map(([key, firstAt]) => ({ key, firstAt })));
      assert.deepEqual(table.seats(march), order);
      for (const key of ['a', 'b', 'c', 'd', 'e', 'f']) {
        const rank = order.findIndex(seat => seat.key === key);
        assert.equal(table.mayBeSigned(key, march), (rank < 0 ? order.length : rank) < seats);
      }
    }),
  );
});
