/** The last calendar days of a time zone, with the moments at which each begins and ends. Pure. */
import { createLocalTime } from '../signature/local-time.ts';

export type Span = {
  /** `YYYY-MM-DD`. */
  readonly day: string;
  /** Milliseconds since 1970-01-01 UTC; `until` is exclusive. */
  readonly from: number;
  readonly until: number;
};

const dayMs = 86_400_000;

/** The oldest first, today last. Days of a clock change have 23 or 25 hours. */
export function lastDays(now: number, timeZone: string, count: number): readonly Span[] {
  const local = createLocalTime(timeZone);
  const today = local.at(now).date;
  const startOf = (date: string) => local.instantOf(date) ?? Number.NaN;
  return Array.from({ length: count }, (_, index) => {
    const day = plusDays(today, index - count + 1);
    return { day, from: startOf(day), until: startOf(plusDays(day, 1)) };
  });
}

function plusDays(date: string, days: number) {
  return new Date(Date.parse(`${date}T00:00:00Z`) + days * dayMs).toISOString().slice(0, 10);
}
