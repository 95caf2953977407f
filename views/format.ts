/**
 * Numbers and times for one reader: in the reader's locale and the tenant's time zone. Exact values belong into `title`
 * or `<time datetime>`; what is read at a glance is short.
 */
export type Format = {
  readonly locale: string;
  readonly timeZone: string;
  /** Milliseconds since 1970-01-01 UTC, as all times. */
  readonly now: number;
  readonly number: (value: number) => string;
  readonly bytes: (value: number) => string;
  readonly percent: (share: number) => string;
  /** `25 Nov 2026`. */
  readonly date: (at: number) => string;
  /** `14:02`. */
  readonly time: (at: number) => string;
  /** `25 Nov 2026, 14:02:07`. */
  readonly dateTime: (at: number) => string;
  /** `12 s ago`, `in 3 days`. */
  readonly relative: (at: number) => string;
  /** `41 days`: the largest unit of a duration. */
  readonly duration: (ms: number) => string;
  /** `November 2026`, of `YYYY-MM`. */
  readonly month: (month: string) => string;
  /** `25 Nov`, of `YYYY-MM-DD`. */
  readonly day: (day: string) => string;
  readonly list: (items: readonly string[]) => string;
};

type Reader = { readonly locale: string; readonly timeZone: string };

/** Makes formats; what Intl takes long to make is kept for each locale and zone. */
export function createFormats(): (reader: Reader & { readonly now: number }) => Format {
  const kept = new Map<string, Omit<Format, 'now' | 'relative'>>();
  const relatives = new Map<string, Intl.RelativeTimeFormat>();
  /** Far more than readers and tenants have; a client that invents locales must not fill the memory. */
  const most = 200;

  return ({ locale, timeZone, now }) => {
    const key = `${locale} ${timeZone}`;
    if (kept.size > most) kept.clear();
    if (relatives.size > most) relatives.clear();
    const format = kept.get(key) ?? createFormat({ locale, timeZone });
    kept.set(key, format);
    const relative =
      relatives.get(locale) ?? new Intl.RelativeTimeFormat(locale, { numeric: 'auto', style: 'short' });
    relatives.set(locale, relative);
    return { ...format, now, relative: at => relativeTo(relative, at - now) };
  };
}

function createFormat({ locale, timeZone }: Reader): Omit<Format, 'now' | 'relative'> {
  const number = new Intl.NumberFormat(locale);
  const percent = new Intl.NumberFormat(locale, { style: 'percent', maximumFractionDigits: 1 });
  const dates = { timeZone, year: 'numeric', month: 'short', day: 'numeric' } as const;
  const times = { timeZone, hour: '2-digit', minute: '2-digit' } as const;
  const date = new Intl.DateTimeFormat(locale, dates);
  const time = new Intl.DateTimeFormat(locale, times);
  const dateTime = new Intl.DateTimeFormat(locale, { ...dates, ...times, second: '2-digit' });
  const month = new Intl.DateTimeFormat(locale, { timeZone: 'UTC', year: 'numeric', month: 'long' });
  const day = new Intl.DateTimeFormat(locale, { timeZone: 'UTC', month: 'short', day: 'numeric' });
  const list = new Intl.ListFormat(locale);
  return {
    locale,
    timeZone,
    number: value => number.format(value),
    percent: share => percent.format(share),
    bytes: value => bytesIn(locale, value),
    date: at => date.format(at),
    time: at => time.format(at),
    dateTime: at => dateTime.format(at),
    duration: ms => durationIn(locale, ms),
    month: text => month.format(Date.parse(`${text}-01T00:00:00Z`)),
    day: text => day.format(Date.parse(`${text}T00:00:00Z`)),
    list: items => list.format(items),
  };
}

const units = [
  ['year', 365 * 86_400_000],
  ['month', 30 * 86_400_000],
  ['day', 86_400_000],
  ['hour', 3_600_000],
  ['minute', 60_000],
  ['second', 1_000],
] as const;

function relativeTo(format: Intl.RelativeTimeFormat, ms: number) {
  const [unit, size] = units.find(([, length]) => Math.abs(ms) >= length) ?? (['second', 1_000] as const);
  return format.format(Math.trunc(ms / size), unit);
}

function durationIn(locale: string, ms: number) {
  const [unit, size] = units.find(([, length]) => ms >= length) ?? (['second', 1_000] as const);
  const style = { style: 'unit', unit, unitDisplay: 'long', maximumFractionDigits: 0 } as const;
  return new Intl.NumberFormat(locale, style).format(Math.floor(ms / size));
}

function bytesIn(locale: string, bytes: number) {
  const steps = ['byte', 'kilobyte', 'megabyte', 'gigabyte'] as const;
  const step = bytes < 1_000 ? 0 : bytes < 1e6 ? 1 : bytes < 1e9 ? 2 : 3;
  const style = {
    style: 'unit',
    unit: steps[step] ?? 'byte',
    unitDisplay: 'short',
    maximumFractionDigits: step === 0 ? 0 : 1,
  } as const;
  return new Intl.NumberFormat(locale, style).format(bytes / 1_000 ** step);
}
