/** The time of a rule in words: `From 1 December 2026 through 6 January 2027, Monday to Friday between 09:00 and 17:00`. */
import { alternatives } from './condition.ts';
import { previousDate } from './local-time.ts';
import type { TimeCondition, Weekday } from './rule.ts';
import { dayName, weekdayOrder } from './time-condition.ts';

/** Without a first capital; '' when the rule holds at any time. */
export function timeClause(time: TimeCondition): string {
  const recurring = [daysClause(time.weekdays), hoursClause(time.hours)].filter(Boolean).join(' ');
  return [periodClause(time), recurring].filter(Boolean).join(', ');
}

function periodClause({ from, until }: TimeCondition) {
  const last = until === undefined ? undefined : lastOf(until);
  if (from !== undefined && from === last) return `on ${momentWords(from)}`;
  const begin = from === undefined ? '' : `from ${momentWords(from)}`;
  if (until === undefined || last === undefined) return begin;
  const end = until.includes('T') ? `until ${momentWords(until)}` : `through ${momentWords(last)}`;
  return begin ? `${begin} ${end}` : end;
}

/** `until` is exclusive, and people name the last day. */
function lastOf(until: string) {
  return until.includes('T') ? until : previousDate(until);
}

const months = [
  'January',
  'February',
  'March',
  'April',
  'May',
  'June',
  'July',
  'August',
  'September',
  'October',
  'November',
  'December',
];

function momentWords(local: string) {
  const [, year, month, day, hour] = /^(\d{4})-(\d\d)-(\d\d)(?:T(\d\d:\d\d))?$/.exec(local) ?? [];
  if (year === undefined) return local;
  const date = `${Number(day)} ${months[Number(month) - 1] ?? month} ${year}`;
  return hour === undefined ? date : `${hour} on ${date}`;
}

/** Three or more days in a row become a span: `Monday to Friday`; otherwise `on Mondays and Fridays`. */
function daysClause(weekdays: readonly Weekday[]) {
  const days = weekdayOrder.filter(day => weekdays.includes(day));
  if (days.length === 0 || days.length === weekdayOrder.length) return '';
  const [first, last] = [days[0] ?? 'mon', days.at(-1) ?? 'sun'];
  const isSpan = weekdayOrder.indexOf(last) - weekdayOrder.indexOf(first) === days.length - 1;
  if (isSpan && days.length > 2) return `${dayName(first)} to ${dayName(last)}`;
  return `on ${alternatives(
    days.map(day => `${dayName(day)}s`),
    'and',
  )}`;
}

function hoursClause(hours: TimeCondition['hours']) {
  if (!hours) return '';
  const next = hours.from > hours.until ? ' the next day' : '';
  return `between ${hours.from} and ${hours.until}${next}`;
}
