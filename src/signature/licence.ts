/**
 * Licences (PRODUCT.md 8): how many seats a tenant has on a day, who is beyond them, and what to warn of. Nothing here
 * touches mail. A tenant without any licence has no pool at all: nothing is counted against it and nobody is beyond.
 */
import { daysBetween } from './local-time.ts';

export type Licence = {
  readonly id: string;
  readonly seats: number;
  /** First and last day, `YYYY-MM-DD` in the tenant's time zone; without one it is open at that end. */
  readonly from?: string;
  readonly until?: string;
  readonly note: string;
};

/** One person or shared mailbox that was stamped in a month; `key` is `Plan.seatKey`, `firstAt` ms since 1970 UTC. */
export type Seat = { readonly key: string; readonly firstAt: number };

/** Seats on a day: those of all licences that hold then, together. Undefined without any licence, then or ever. */
export function poolOn(licences: readonly Licence[], day: string): number | undefined {
  if (licences.length === 0) return undefined;
  return licences.reduce((sum, licence) => sum + (holdsOn(licence, day) ? licence.seats : 0), 0);
}

function holdsOn({ from, until }: Licence, day: string) {
  return (from === undefined || from <= day) && (until === undefined || day <= until);
}

/** In the order of the first stamped message of the month; of two in the same millisecond the smaller key. */
export function inSeatOrder(seats: readonly Seat[]): readonly Seat[] {
  return seats.toSorted((a, b) => a.firstAt - b.firstAt || (a.key < b.key ? -1 : 1));
}

export type Usage = {
  readonly used: number;
  readonly total: number | undefined;
  readonly beyond: readonly Seat[];
};

export function usageOn(licences: readonly Licence[], seats: readonly Seat[], day: string): Usage {
  const total = poolOn(licences, day);
  return { used: seats.length, total, beyond: inSeatOrder(seats).slice(total ?? seats.length) };
}

/** `days` from today on, or back to the last day of the last licence. */
export type LicenceWarning =
  | { readonly kind: 'over-limit'; readonly used: number; readonly total: number; readonly sentence: string }
  | { readonly kind: 'ending'; readonly days: number; readonly left: number; readonly sentence: string }
  | { readonly kind: 'expired'; readonly days: number; readonly sentence: string }
  | { readonly kind: 'not-begun'; readonly days: number; readonly sentence: string };

/** Days ahead in which an end is told; long enough to order a new licence. */
const warningDays = 30;

/**
 * @param used seats taken in the current month.
 * @param today `YYYY-MM-DD` in the tenant's time zone.
 */
export function licenceWarnings(
  licences: readonly Licence[],
  used: number,
  today: string,
): readonly LicenceWarning[] {
  const total = poolOn(licences, today);
  if (total === undefined) return [];
  const lapsed = licences.some(licence => holdsOn(licence, today)) ? [] : lapse(licences, today);
  return [
    ...lapsed,
    ...(lapsed.length > 0 ? [] : overLimit(used, total)),
    ...endings(licences, total, today),
  ];
}

function lapse(licences: readonly Licence[], today: string): LicenceWarning[] {
  const ends = licences.flatMap(({ until }) => (until !== undefined && until < today ? [until] : []));
  const last = ends.toSorted().at(-1);
  if (last !== undefined) {
    const days = daysBetween(last, today);
    return [{ kind: 'expired', days, sentence: `The licence ended ${ago(days)}. Mail flows as before.` }];
  }
  const [first] = licences.flatMap(({ from }) => (from === undefined ? [] : [from])).toSorted();
  if (first === undefined) return [];
  const days = daysBetween(today, first);
  return [{ kind: 'not-begun', days, sentence: `The licence begins ${ahead(days)}.` }];
}

function overLimit(used: number, total: number): LicenceWarning[] {
  if (used <= total) return [];
  const sentence = `${used} of ${total} seats are used this month: ${used - total} more than licensed.`;
  return [{ kind: 'over-limit', used, total, sentence }];
}

/** Of licences that end soon; one that is followed by as many seats needs no word. */
function endings(licences: readonly Licence[], total: number, today: string): LicenceWarning[] {
  const ends = licences.flatMap(licence =>
    licence.until !== undefined && holdsOn(licence, today) ? [licence.until] : [],
  );
  return [...new Set(ends)].toSorted().flatMap(until => {
    const days = daysBetween(today, until);
    const left = licences.reduce((sum, one) => sum + (holdsAfter(one, until) ? one.seats : 0), 0);
    if (days > warningDays || left >= total) return [];
    const sentence = `Of ${total} seats ${total - left} end ${days === 0 ? 'today' : ahead(days)}.`;
    return [{ kind: 'ending', days, left, sentence } as const];
  });
}

/** On the day after `day`. */
function holdsAfter({ from, until }: Licence, day: string) {
  return (from === undefined || daysBetween(day, from) <= 1) && (until === undefined || until > day);
}

function ago(days: number) {
  return days === 1 ? 'yesterday' : `${days} days ago`;
}

function ahead(days: number) {
  return days === 1 ? 'tomorrow' : `in ${days} days`;
}
