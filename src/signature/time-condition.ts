/**
 * The time of a rule, in the tenant's zone (PRODUCT.md 5): a period of instants, and recurring weekdays and hours by
 * the clock on the wall. Hours over midnight belong to the day on which they begin: Friday 22:00 to 06:00 is the night
 * to Saturday.
 */
import { alternatives, type Condition, type Seen } from './condition.ts';
import type { LocalTime, WallClock } from './local-time.ts';
import type { TimeCondition, Weekday } from './rule.ts';

export function timeConditions(time: TimeCondition, localTime: LocalTime): Condition<Seen>[] {
  return [...period(time, localTime), ...weekdays(time), ...hours(time)];
}

/** Instants, compared as numbers: a clock that is put back does not start a period that has ended. */
function period({ from, until }: TimeCondition, localTime: LocalTime): Condition<Seen>[] {
  if (from === undefined && until === undefined) return [];
  const begin = from === undefined ? -Infinity : instant(from, localTime);
  const end = until === undefined ? Infinity : instant(until, localTime);
  const clauses = [
    ...(from === undefined ? [] : [`from ${spaced(from)}`]),
    ...(until === undefined ? [] : [`before ${spaced(until)}`]),
  ];
  return [
    {
      describe: () => `time is ${clauses.join(' and ')}`,
      holds: ({ now }) => begin <= now && now < end,
      saw: sawTime,
    },
  ];
}

function instant(local: string, localTime: LocalTime) {
  const ms = localTime.instantOf(local);
  if (ms === undefined) throw new RangeError(`a rule's time is "${local}", which is no date or time`);
  return ms;
}

function weekdays({ weekdays: wanted, hours: window }: TimeCondition): Condition<Seen>[] {
  if (wanted.length === 0) return [];
  const days = new Set(wanted);
  return [
    {
      describe: () => `day is ${alternatives(weekdayOrder.filter(day => days.has(day)).map(dayName))}`,
      holds: seen => days.has(dayOf(seen, window).weekday),
      saw: seen => {
        const day = dayOf(seen, window);
        return `${dayName(day.weekday)}${day === seen.clock() ? '' : ' (its night)'}`;
      },
    },
  ];
}

function hours({ hours: window }: TimeCondition): Condition<Seen>[] {
  if (!window) return [];
  const from = minutesOf(window.from);
  const until = minutesOf(window.until);
  return [
    {
      describe: () => `hour is ${window.from} to ${window.until}`,
      holds: seen => isWithin(seen.clock().minutes, from, until),
      saw: seen => clockText(seen.clock()),
    },
  ];
}

function isWithin(minutes: number, from: number, until: number) {
  if (from <= until) return from <= minutes && minutes < until;
  return minutes >= from || minutes < until;
}

/** In the hours after midnight of a window over midnight, the day is the one before. */
function dayOf(seen: Seen, window: TimeCondition['hours']): WallClock {
  if (!window) return seen.clock();
  const from = minutesOf(window.from);
  const until = minutesOf(window.until);
  return from > until && seen.clock().minutes < until ? seen.eveningBefore() : seen.clock();
}

/** `HH:MM`; `24:00` is the end of the day. */
function minutesOf(hour: string) {
  const [, hours, minutes] = /^(\d\d):(\d\d)$/.exec(hour) ?? [];
  if (hours === undefined) throw new RangeError(`a rule's hour is "${hour}" and must be HH:MM`);
  return Number(hours) * 60 + Number(minutes);
}

function sawTime(seen: Seen) {
  return `${seen.clock().date} ${clockText(seen.clock())}`;
}

function clockText({ minutes }: WallClock) {
  return `${String(Math.floor(minutes / 60)).padStart(2, '0')}:${String(minutes % 60).padStart(2, '0')}`;
}

function spaced(local: string) {
  return local.replace('T', ' ');
}

export const weekdayOrder: readonly Weekday[] = ['mon', 'tue', 'wed', 'thu', 'fri', 'sat', 'sun'];

const dayNames: Readonly<Record<Weekday, string>> = {
  mon: 'Monday',
  tue: 'Tuesday',
  wed: 'Wednesday',
  thu: 'Thursday',
  fri: 'Friday',
  sat: 'Saturday',
  sun: 'Sunday',
};

export function dayName(day: Weekday): string {
  return dayNames[day];
}
