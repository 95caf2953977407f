/**
 * Dates by pattern in any language. A date is written `2026-03-01`, `2026-03-01T10:15:00` (local, as `localTime` makes it)
 * or with an offset (`Z`, `+01:00`), which is then converted to the time zone. Anything else passes unchanged.
 * The calendar is the Gregorian one; digits are those of the pattern, ASCII.
 */
import { remembered } from './format-memory.ts';

export type DateStyle = {
  /** `d dd M MM MMM MMMM yy yyyy EEE EEEE H HH h hh m mm s ss a`, text in single quotes; without one the long form. */
  readonly pattern: string | undefined;
  readonly language: string;
  readonly timeZone: string;
};

/** Milliseconds since 1970-01-01 UTC as a local time, `2026-03-01T10:15:00`. */
export function localTime(ms: number, timeZone: string): string {
  if (!Number.isFinite(ms) || Math.abs(ms) > MAX_MS) return '';
  // Offsets from UTC are whole quarters of an hour, so that all times of one have the same date and hour.
  const quarter = Math.floor(ms / QUARTER_MS);
  const start = remembered(`${quarter} ${timeZone}`, () => zonedTime(quarter * QUARTER_MS, timeZone));
  const seconds = Math.floor((ms - quarter * QUARTER_MS) / 1000);
  return `${start.slice(0, -5)}${twoDigits(Number(start.slice(-5, -3)) + Math.floor(seconds / 60))}:${twoDigits(seconds % 60)}`;
}

const QUARTER_MS = 15 * 60_000;

function twoDigits(value: number) {
  return String(value).padStart(2, '0');
}

function zonedTime(ms: number, timeZone: string) {
  const parts = new Map(
    clockOf(timeZone)
      .formatToParts(ms)
      .map(({ type, value }) => [type, value]),
  );
  const part = (type: Intl.DateTimeFormatPartTypes, digits = 2) =>
    (parts.get(type) ?? '').padStart(digits, '0');
  return `${part('year', 4)}-${part('month')}-${part('day')}T${part('hour')}:${part('minute')}:${part('second')}`;
}

export function formatDate(value: string, style: DateStyle): string {
  if (value.length > 40) return value;
  const { pattern, language, timeZone } = style;
  return remembered(`${value} ${timeZone} ${language} ${pattern}`, () => formatted(value, style));
}

function formatted(value: string, { pattern, language, timeZone }: DateStyle): string {
  const local = localPartsOf(value, timeZone);
  if (!local) return value;
  const words = wordsOf(local, language);
  if (pattern === undefined) return words.long();
  return pattern.replace(TOKEN, (token, quoted: string | undefined) =>
    quoted === undefined ? written(token, local, words, pattern) : quoted.replaceAll("''", "'") || "'",
  );
}

const MAX_MS = 8.64e15;
const TOKEN = /'((?:[^']|'')*)'|d{1,2}|M{1,4}|y{4}|y{2}|E{3,4}|H{1,2}|h{1,2}|m{1,2}|s{1,2}|a/g;
const WRITTEN =
  /^(\d{4})-(\d{2})-(\d{2})(?:[T ](\d{2}):(\d{2})(?::(\d{2})(?:\.\d{1,9})?)?(Z|[+-]\d{2}:?\d{2})?)?$/;

type LocalParts = {
  readonly year: number;
  readonly month: number;
  readonly day: number;
  readonly hour: number;
  readonly minute: number;
  readonly second: number;
};

function localPartsOf(value: string, timeZone: string): LocalParts | undefined {
  const found = WRITTEN.exec(value.trim());
  if (!found) return undefined;
  const [year = 0, month = 0, day = 0, hour = 0, minute = 0, second = 0] = found
    .slice(1, 7)
    .map(digits => Number(digits ?? 0));
  const parts = { year, month, day, hour, minute, second };
  if (month < 1 || month > 12 || day < 1 || day > daysIn(year, month)) return undefined;
  if (hour > 23 || minute > 59 || second > 60) return undefined;
  const offset = found[7];
  return offset ? localPartsOf(localTime(msOf(parts) - offsetMs(offset), timeZone), timeZone) : parts;
}

function offsetMs(offset: string) {
  if (offset === 'Z') return 0;
  const minutes = Number(offset.slice(1, 3)) * 60 + Number(offset.slice(-2));
  return (offset.startsWith('-') ? -minutes : minutes) * 60_000;
}

function daysIn(year: number, month: number) {
  if (month === 2) return year % 4 === 0 && (year % 100 !== 0 || year % 400 === 0) ? 29 : 28;
  return [4, 6, 9, 11].includes(month) ? 30 : 31;
}

/** Days since 1970-01-01 of the proleptic Gregorian calendar, counted in eras of 400 years that begin on 1 March. */
function msOf({ year, month, day, hour, minute, second }: LocalParts) {
  const y = month <= 2 ? year - 1 : year;
  const era = Math.floor(y / 400);
  const yearOfEra = y - era * 400;
  const dayOfYear = Math.floor((153 * (month + (month > 2 ? -3 : 9)) + 2) / 5) + day - 1;
  const dayOfEra = yearOfEra * 365 + Math.floor(yearOfEra / 4) - Math.floor(yearOfEra / 100) + dayOfYear;
  const days = era * 146_097 + dayOfEra - 719_468;
  return (((days * 24 + hour) * 60 + minute) * 60 + second) * 1000;
}

type DateWords = {
  readonly month: (length: 'short' | 'long', besideDay: boolean) => string;
  readonly weekday: (length: 'short' | 'long') => string;
  readonly dayPeriod: () => string;
  readonly long: () => string;
};

function wordsOf(local: LocalParts, language: string): DateWords {
  const ms = msOf(local);
  const part = (name: Intl.DateTimeFormatPartTypes, options: Intl.DateTimeFormatOptions) =>
    wordsFormat(language, options)
      .formatToParts(ms)
      .find(({ type }) => type === name)?.value ?? '';
  return {
    // Slavic languages decline the month beside a day: "1 marca", but "marzec 2026".
    month: (length, besideDay) =>
      part('month', besideDay ? { day: 'numeric', month: length } : { month: length }),
    weekday: length => part('weekday', { weekday: length }),
    dayPeriod: () => part('dayPeriod', { hour: 'numeric', hour12: true }),
    long: () => wordsFormat(language, { dateStyle: 'long' }).format(ms),
  };
}

function written(token: string, local: LocalParts, words: DateWords, pattern: string): string {
  const { year, month, day, hour, minute, second } = local;
  const digits = (value: number) => String(value).padStart(token.length, '0');
  switch (token[0]) {
    case 'd':
      return digits(day);
    case 'M':
      return token.length < 3
        ? digits(month)
        : words.month(token.length === 3 ? 'short' : 'long', /d/.test(pattern.replace(/'[^']*'/g, '')));
    case 'y':
      return token.length === 2 ? String(year % 100).padStart(2, '0') : digits(year);
    case 'E':
      return words.weekday(token.length === 3 ? 'short' : 'long');
    case 'H':
      return digits(hour);
    case 'h':
      return digits(hour % 12 || 12);
    case 'm':
      return digits(minute);
    case 's':
      return digits(second);
    default:
      return words.dayPeriod();
  }
}

const clocks = new Map<string, Intl.DateTimeFormat>();
const formatters = new Map<string, Intl.DateTimeFormat>();
/** Formatters are costly to make; a configuration names a few dozen zones and languages. */
const MAX_KEPT = 500;

function clockOf(timeZone: string) {
  return kept(clocks, timeZone, () =>
    formatter('en-GB', { timeZone, dateStyle: 'short', timeStyle: 'medium', hourCycle: 'h23' }, timeZone),
  );
}

function wordsFormat(language: string, options: Intl.DateTimeFormatOptions) {
  return kept(formatters, `${language} ${JSON.stringify(options)}`, () =>
    formatter(language, { ...options, timeZone: 'UTC', calendar: 'gregory' }, 'UTC'),
  );
}

/** A language or time zone that a tenant misspelt must not cost the signature. */
function formatter(language: string, options: Intl.DateTimeFormatOptions, timeZone: string) {
  try {
    return new Intl.DateTimeFormat(language, options);
  } catch {
    return new Intl.DateTimeFormat('en-GB', { ...options, timeZone: isZone(timeZone) ? timeZone : 'UTC' });
  }
}

function isZone(timeZone: string) {
  try {
    return Boolean(new Intl.DateTimeFormat('en', { timeZone }));
  } catch {
    return false;
  }
}

function kept(map: Map<string, Intl.DateTimeFormat>, key: string, make: () => Intl.DateTimeFormat) {
  const known = map.get(key);
  if (known) return known;
  const made = make();
  if (map.size >= MAX_KEPT) map.clear();
  map.set(key, made);
  return made;
}
