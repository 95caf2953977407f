/**
 * Wall clocks of the world: what a tenant's clock shows at an instant, and the instant at which it shows something.
 * Time zone data is that of Intl (IANA). Where a clock is put forward, a time that it skips means the instant of the
 * change plus as much (RFC 5545 3.3.5); where it is put back, a time that it shows twice means the first.
 */
import type { Weekday } from './rule.ts';

export type WallClock = {
  /** `YYYY-MM-DD`. */
  readonly date: string;
  /** Minutes since the day's first 00:00 by the clock, 0 to 1439. */
  readonly minutes: number;
  readonly weekday: Weekday;
};

export type LocalTime = {
  readonly at: (now: number) => WallClock;
  /** Milliseconds since 1970 of a local `YYYY-MM-DD` or `YYYY-MM-DDTHH:MM`; undefined when it is no such time. */
  readonly instantOf: (local: string) => number | undefined;
};

const minuteMs = 60_000;
const dayMs = 1_440 * minuteMs;
const weekdays: readonly Weekday[] = ['sun', 'mon', 'tue', 'wed', 'thu', 'fri', 'sat'];

/** Throws a RangeError for a time zone that Intl does not know. */
export function createLocalTime(timeZone: string): LocalTime {
  const format = new Intl.DateTimeFormat('en-US-u-ca-gregory-nu-latn', {
    timeZone,
    hourCycle: 'h23',
    year: 'numeric',
    month: '2-digit',
    day: '2-digit',
    hour: '2-digit',
    minute: '2-digit',
  });
  /** What the clock shows, as milliseconds as if it were UTC, to the minute. */
  const shown = (now: number) => {
    const [, month, day, year, hour, minute] =
      /^(\d+)\/(\d+)\/(\d+), (\d+):(\d+)$/.exec(format.format(now)) ?? [];
    return (
      daysBefore(Number(year), Number(month), Number(day)) * dayMs +
      (Number(hour) * 60 + Number(minute)) * minuteMs
    );
  };
  return {
    at: now => wallClock(shown(now)),
    instantOf: local => {
      const wanted = readLocal(local);
      return wanted === undefined ? undefined : firstShowing(wanted, shown);
    },
  };
}

/**
 * Offsets a day and a half before and after bracket any change of the clock (the largest, Samoa's of 2011, is one day).
 * The offset before the change comes first: it gives the first of two, and moves a skipped time forward.
 */
function firstShowing(wanted: number, shown: (now: number) => number) {
  const margin = 1.5 * dayMs;
  const earlier = wanted - (shown(wanted - margin) - (wanted - margin));
  const later = wanted - (shown(wanted + margin) - (wanted + margin));
  if (shown(earlier) === wanted) return earlier;
  return shown(later) === wanted ? later : earlier;
}

/** The day before in the calendar: `2026-03-01` -> `2026-02-28`. What is no date comes back as it is. */
export function previousDate(date: string): string {
  const shown = readLocal(date);
  return shown === undefined ? date : dateOf(Math.floor(shown / dayMs) - 1);
}

/** Whole days from one date of the calendar to another; NaN when one of them is none. */
export function daysBetween(from: string, to: string): number {
  return ((readLocal(to) ?? Number.NaN) - (readLocal(from) ?? Number.NaN)) / dayMs;
}

function wallClock(shown: number): WallClock {
  const days = Math.floor(shown / dayMs);
  return {
    date: dateOf(days),
    minutes: Math.floor((shown - days * dayMs) / minuteMs),
    weekday: weekdays[(((days + 4) % 7) + 7) % 7] ?? 'sun',
  };
}

function readLocal(local: string) {
  const [, year, month, day, hour = '0', minute = '0'] =
    /^(\d{4})-(\d\d)-(\d\d)(?:T(\d\d):(\d\d))?$/.exec(local) ?? [];
  if (year === undefined || Number(hour) > 23 || Number(minute) > 59) return undefined;
  const days = daysBefore(Number(year), Number(month), Number(day));
  // The 31st of April is the 1st of May to arithmetic, and no date to a person.
  if (dateOf(days) !== local.slice(0, 10)) return undefined;
  return days * dayMs + (Number(hour) * 60 + Number(minute)) * minuteMs;
}

/** Days from 1970-01-01 in the Gregorian calendar; years begin in March here, so that the leap day comes last. */
function daysBefore(year: number, month: number, day: number) {
  const shifted = month > 2 ? year : year - 1;
  const era = Math.floor(shifted / 400);
  const yearOfEra = shifted - era * 400;
  const dayOfYear = Math.floor((153 * (month + (month > 2 ? -3 : 9)) + 2) / 5) + day - 1;
  const dayOfEra = yearOfEra * 365 + Math.floor(yearOfEra / 4) - Math.floor(yearOfEra / 100) + dayOfYear;
  return era * 146_097 + dayOfEra - 719_468;
}

function dateOf(days: number) {
  const fromMarch = days + 719_468;
  const era = Math.floor(fromMarch / 146_097);
  const dayOfEra = fromMarch - era * 146_097;
  const yearOfEra = Math.floor(
    (dayOfEra -
      Math.floor(dayOfEra / 1_460) +
      Math.floor(dayOfEra / 36_524) -
      Math.floor(dayOfEra / 146_096)) /
      365,
  );
  const dayOfYear = dayOfEra - (365 * yearOfEra + Math.floor(yearOfEra / 4) - Math.floor(yearOfEra / 100));
  const monthFromMarch = Math.floor((5 * dayOfYear + 2) / 153);
  const day = dayOfYear - Math.floor((153 * monthFromMarch + 2) / 5) + 1;
  const month = monthFromMarch < 10 ? monthFromMarch + 3 : monthFromMarch - 9;
  const year = yearOfEra + era * 400 + (month <= 2 ? 1 : 0);
  return `${String(year).padStart(4, '0')}-${twoDigits(month)}-${twoDigits(day)}`;
}

function twoDigits(number: number) {
  return String(number).padStart(2, '0');
}
