import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { Budget, Slots } from '../../src/relay/budget.ts';

test('what is reserved is not there for others until it is released, once', () => {
  const budget = new Budget(100);
  const first = budget.reserve(60);
  assert.equal(budget.reserve(41), undefined);
  const second = budget.reserve(40);
  assert.equal(budget.reservedBytes, 100);
  first?.release();
  first?.release();
  assert.equal(budget.reservedBytes, 40);
  assert.equal(first?.growTo(1), false);
  second?.release();
  assert.equal(budget.reservedBytes, 0);
});

test('a reservation that cannot grow stays as it is', () => {
  const budget = new Budget(100);
  const reservation = budget.reserve(50);
  assert.equal(reservation?.growTo(101), false);
  assert.equal(reservation?.bytes, 50);
  assert.equal(reservation?.growTo(100), true);
  assert.equal(reservation?.growTo(10), true);
  assert.equal(reservation?.bytes, 100);
  reservation?.shrinkTo(30);
  reservation?.shrinkTo(40);
  assert.equal(budget.reservedBytes, 30);
});

test('however reservations come, change and go, the sum is right and never above the capacity', () => {
  const step = fc.record({
    which: fc.nat(4),
    bytes: fc.nat(60),
    kind: fc.constantFrom('grow', 'shrink', 'release'),
  });
  const property = fc.property(fc.array(step, { maxLength: 60 }), steps => {
    const budget = new Budget(100);
    const held = new Map<number, NonNullable<ReturnType<Budget['reserve']>>>();
    for (const { which, bytes, kind } of steps) {
      const reservation = held.get(which) ?? budget.reserve(bytes);
      if (!reservation) continue;
      held.set(which, reservation);
      if (kind === 'grow') reservation.growTo(bytes);
      else if (kind === 'shrink') reservation.shrinkTo(bytes);
      else {
        reservation.release();
        held.delete(which);
      }
      const sum = [...held.values()].reduce((total, one) => total + one.bytes, 0);
      assert.equal(budget.reservedBytes, sum);
      assert.ok(sum <= 100);
    }
  });
  fc.assert(property);
});

test('slots are given in the order in which they were asked for, and those who left are passed over', async () => {
  const slots = new Slots(1);
  const never = new AbortController();
  const leaver = new AbortController();
  assert.equal(await slots.take(never.signal), true);
  const order: string[] = [];
  const second = slots.take(leaver.signal).then(isMine => order.push(`second ${isMine}`));
  const third = slots.take(never.signal).then(isMine => order.push(`third ${isMine}`));
  assert.equal(slots.waiting, 2);
  leaver.abort();
  await second;
  slots.give();
  await third;
  assert.deepEqual(order, ['second false', 'third true']);
  assert.equal(slots.taken, 1);
  slots.give();
  assert.equal(slots.taken, 0);
  assert.equal(await slots.take(AbortSignal.abort()), false);
});
