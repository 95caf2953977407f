import assert from 'node:assert/strict';
import { test } from 'node:test';
import { inSeatOrder, type Licence, licenceWarnings, poolOn, usageOn } from '../../src/signature/licence.ts';

const licence = (seats: number, from?: string, until?: string): Licence => ({
  id: `${seats}`,
  seats,
  note: '',
  ...(from && { from }),
  ...(until && { until }),
});

const pools: readonly (readonly [string, Licence[], number | undefined])[] = [
  ['no licence, no pool', [], undefined],
  ['an open licence', [licence(10)], 10],
  ['the first day counts', [licence(10, '2026-03-04')], 10],
  ['the last day counts', [licence(10, undefined, '2026-03-04')], 10],
  ['not yet', [licence(10, '2026-03-05')], 0],
  ['no more', [licence(10, undefined, '2026-03-03')], 0],
  ['several add up', [licence(10), licence(5, '2026-01-01', '2026-12-31'), licence(3, '2027-01-01')], 15],
];

for (const [name, licences, seats] of pools) {
  test(`the pool on 2026-03-04: ${name}`, () => {
    assert.equal(poolOn(licences, '2026-03-04'), seats);
  });
}

test('beyond the pool are those who came last in the month', () => {
  const seats = [
    { key: 'late', firstAt: 30 },
    { key: 'b', firstAt: 10 },
    { key: 'early', firstAt: 1 },
    { key: 'a', firstAt: 10 },
  ];
  assert.deepEqual(
    inSeatOrder(seats).map(({ key }) => key),
    ['early', 'a', 'b', 'late'],
  );
  const { used, total, beyond } = usageOn([licence(2)], seats, '2026-03-04');
  assert.deepEqual([used, total, beyond.map(({ key }) => key)], [4, 2, ['b', 'late']]);
  assert.deepEqual(usageOn([], seats, '2026-03-04'), { used: 4, total: undefined, beyond: [] });
  assert.equal(usageOn([licence(9, '2027-01-01')], seats, '2026-03-04').beyond.length, 4);
});

const warnings: readonly (readonly [string, Licence[], number, string[]])[] = [
  ['no licence', [], 1_000, []],
  ['all well', [licence(10)], 10, []],
  [
    'one too many',
    [licence(10)],
    11,
    ['over-limit: 11 of 10 seats are used this month: 1 more than licensed.'],
  ],
  [
    'ended yesterday',
    [licence(10, undefined, '2026-03-03')],
    11,
    ['expired 1: The licence ended yesterday. Mail flows as before.'],
  ],
  [
    'ended with the old year',
    [licence(10, undefined, '2025-12-31'), licence(5, undefined, '2025-06-30')],
    0,
    ['expired 63: The licence ended 63 days ago. Mail flows as before.'],
  ],
  ['begins tomorrow', [licence(10, '2026-03-05')], 0, ['not-begun 1: The licence begins tomorrow.']],
  ['ends today', [licence(10, undefined, '2026-03-04')], 0, ['ending 0: Of 10 seats 10 end today.']],
  [
    'ends in a month',
    [licence(10, undefined, '2026-04-03')],
    0,
    ['ending 30: Of 10 seats 10 end in 30 days.'],
  ],
  ['ends later', [licence(10, undefined, '2026-04-04')], 0, []],
  ['is followed by another', [licence(10, undefined, '2026-03-10'), licence(10, '2026-03-11')], 0, []],
  [
    'is followed after a gap',
    [licence(10, undefined, '2026-03-10'), licence(10, '2026-03-12')],
    0,
    ['ending 6: Of 10 seats 10 end in 6 days.'],
  ],
  [
    'is followed by a smaller one',
    [licence(10, undefined, '2026-03-10'), licence(4)],
    12,
    ['ending 6: Of 14 seats 10 end in 6 days.'],
  ],
];

for (const [name, licences, used, expected] of warnings) {
  test(`licence warnings: ${name}`, () => {
    const told = licenceWarnings(licences, used, '2026-03-04').map(
      warning => `${warning.kind}${'days' in warning ? ` ${warning.days}` : ''}: ${warning.sentence}`,
    );
    assert.deepEqual(told, expected);
  });
}
