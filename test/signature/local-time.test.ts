import assert from 'node:assert/strict';
import { test } from 'node:test';
import { createLocalTime } from '../../src/signature/local-time.ts';

const iso = (ms: number | undefined) =>
  ms === undefined ? undefined : new Date(ms).toISOString().slice(0, 16);

/** Zone, local time, the instant; the comment says what the clock does there. */
const instants: readonly (readonly [string, string, string])[] = [
  // Forward at 02:00 to 03:00 on 2026-03-29.
  ['Europe/Berlin', '2026-03-29', '2026-03-28T23:00'],
  ['Europe/Berlin', '2026-03-29T01:59', '2026-03-29T00:59'],
  ['Europe/Berlin', '2026-03-29T02:00', '2026-03-29T01:00'],
  ['Europe/Berlin', '2026-03-29T02:30', '2026-03-29T01:30'],
  ['Europe/Berlin', '2026-03-29T03:00', '2026-03-29T01:00'],
  ['Europe/Berlin', '2026-03-30', '2026-03-29T22:00'],
  // Back at 03:00 to 02:00 on 2026-10-25: 02:00 to 02:59 are shown twice.
  ['Europe/Berlin', '2026-10-25T01:59', '2026-10-24T23:59'],
  ['Europe/Berlin', '2026-10-25T02:00', '2026-10-25T00:00'],
  ['Europe/Berlin', '2026-10-25T02:30', '2026-10-25T00:30'],
  ['Europe/Berlin', '2026-10-25T03:00', '2026-10-25T02:00'],
  // Forward on 2026-03-08, back on 2026-11-01.
  ['America/New_York', '2026-03-08T02:30', '2026-03-08T07:30'],
  ['America/New_York', '2026-03-08T03:00', '2026-03-08T07:00'],
  ['America/New_York', '2026-11-01T01:30', '2026-11-01T05:30'],
  ['America/New_York', '2026-11-01T02:00', '2026-11-01T07:00'],
  ['Asia/Kolkata', '2026-03-29T02:30', '2026-03-28T21:00'],
  // Samoa left out the whole of 2011-12-30.
  ['Pacific/Apia', '2011-12-29T23:59', '2011-12-30T09:59'],
  ['Pacific/Apia', '2011-12-30', '2011-12-30T10:00'],
  ['Pacific/Apia', '2011-12-30T12:00', '2011-12-30T22:00'],
  ['Pacific/Apia', '2011-12-31', '2011-12-30T10:00'],
  // Lebanon goes forward at midnight: that day begins at 01:00.
  ['Asia/Beirut', '2026-03-29', '2026-03-28T22:00'],
  ['America/St_Johns', '2026-07-01T12:00', '2026-07-01T14:30'],
  ['UTC', '2024-02-29', '2024-02-29T00:00'],
  ['UTC', '1900-03-01', '1900-03-01T00:00'],
];

for (const [zone, local, instant] of instants) {
  test(`${local} in ${zone} is ${instant} UTC`, () => {
    assert.equal(iso(createLocalTime(zone).instantOf(local)), instant);
  });
}

const clocks: readonly (readonly [string, string, string, number, string])[] = [
  ['Europe/Berlin', '2026-03-29T00:59', '2026-03-29', 119, 'sun'],
  ['Europe/Berlin', '2026-03-29T01:00', '2026-03-29', 180, 'sun'],
  ['Europe/Berlin', '2026-10-25T00:30', '2026-10-25', 150, 'sun'],
  ['Europe/Berlin', '2026-10-25T01:30', '2026-10-25', 150, 'sun'],
  ['America/New_York', '2026-03-04T02:00', '2026-03-03', 1_260, 'tue'],
  ['Asia/Kolkata', '2026-02-28T18:30', '2026-03-01', 0, 'sun'],
  ['Asia/Kathmandu', '2026-01-01T00:00', '2026-01-01', 345, 'thu'],
  ['Pacific/Apia', '2011-12-30T09:59', '2011-12-29', 1_439, 'thu'],
  ['Pacific/Apia', '2011-12-30T10:00', '2011-12-31', 0, 'sat'],
  ['Pacific/Apia', '2026-12-31T11:00', '2027-01-01', 0, 'fri'],
  ['UTC', '1969-12-31T23:59', '1969-12-31', 1_439, 'wed'],
];

for (const [zone, instant, date, minutes, weekday] of clocks) {
  test(`the clock of ${zone} at ${instant} UTC shows ${weekday} ${date}`, () => {
    const shown = createLocalTime(zone).at(Date.parse(`${instant}:00Z`));
    assert.deepEqual(shown, { date, minutes, weekday });
  });
}

test('every hour of two years comes back from its wall clock, except the second of an hour shown twice', () => {
  for (const zone of [
    'Europe/Berlin',
    'America/New_York',
    'Asia/Kolkata',
    'Pacific/Apia',
    'Australia/Lord_Howe',
  ]) {
    const local = createLocalTime(zone);
    let twice = 0;
    for (let now = Date.UTC(2025, 0, 1); now < Date.UTC(2027, 0, 1); now += 1_800_000) {
      const { date, minutes } = local.at(now);
      const clock = `${Math.floor(minutes / 60)}`.padStart(2, '0') + `:${minutes % 60}`.padEnd(3, '0');
      const back = local.instantOf(`${date}T${clock}`);
      if (back === now) continue;
      twice++;
      assert.ok(back !== undefined && back < now && now - back <= 3_600_000, `${zone} ${date} ${clock}`);
    }
    const changes: Record<string, number> = {
      'Europe/Berlin': 4,
      'America/New_York': 4,
      'Australia/Lord_Howe': 2,
    };
    assert.equal(twice, changes[zone] ?? 0, zone);
  }
});

test('what is no date or time of the calendar is none', () => {
  const { instantOf } = createLocalTime('Europe/Berlin');
  for (const local of [
    '2026-02-29',
    '2026-04-31',
    '2026-13-01',
    '2026-01-01T24:00',
    '2026-01-01T10:60',
    'today',
    '',
  ])
    assert.equal(instantOf(local), undefined, local);
});

test('a time zone that is none is refused', () => {
  assert.throws(() => createLocalTime('Europe/Atlantis'), RangeError);
});
