/**
 * Who has a seat this month, in memory beside the message path: asked before a signature is given, told after a
 * message was stamped. The store is written behind it (`onTaken`) and read once, at the start. Those who have a seat
 * inside the pool keep it; beyond the pool nobody gets one who has none. Two first messages at the same moment may
 * both get the last seat: being one over costs nothing, waiting for each other would cost mail.
 */
import { inSeatOrder, type Licence, poolOn, type Seat } from './licence.ts';
import { createLocalTime } from './local-time.ts';

/** `month` is `YYYY-MM` in the tenant's time zone. */
export type TakenSeat = Seat & { readonly month: string };

export type SeatTable = {
  /** What `createSigningTenant` takes. `now` in milliseconds since 1970 UTC. */
  readonly mayBeSigned: (seatKey: string, now: number) => boolean;
  /** A message of this one was stamped, or in shadow mode would have been. Only the first in a month counts. */
  readonly take: (seatKey: string, now: number) => void;
  /** In seat order. */
  readonly seats: (now: number) => readonly Seat[];
};

/** Months kept: mail that was begun in the last minute of one month may end in the next. */
const monthsKept = 2;

export function createSeatTable(setting: {
  readonly timeZone: string;
  readonly licences: readonly Licence[];
  /** What the store knows of this month and the one before. */
  readonly taken?: readonly TakenSeat[];
  readonly onTaken?: (seat: TakenSeat) => void;
}): SeatTable {
  const localTime = createLocalTime(setting.timeZone);
  const months = new Map<string, Month>();
  const monthOf = (month: string) => {
    const known = months.get(month) ?? createMonth();
    months.set(month, known);
    for (const old of [...months.keys()].toSorted().slice(0, -monthsKept)) months.delete(old);
    return known;
  };
  for (const { month, ...seat } of inMonthOrder(setting.taken ?? [])) monthOf(month).add(seat);
  return {
    mayBeSigned: (seatKey, now) => {
      const day = localTime.at(now).date;
      const pool = poolOn(setting.licences, day);
      return pool === undefined || monthOf(day.slice(0, 7)).rank(seatKey) < pool;
    },
    take: (seatKey, now) => {
      const month = localTime.at(now).date.slice(0, 7);
      const seat = { key: seatKey, firstAt: now };
      if (seatKey !== '' && monthOf(month).add(seat)) setting.onTaken?.({ ...seat, month });
    },
    seats: now => monthOf(localTime.at(now).date.slice(0, 7)).inOrder(),
  };
}

function inMonthOrder(taken: readonly TakenSeat[]) {
  return taken.toSorted((a, b) => (a.month < b.month ? -1 : a.month > b.month ? 1 : a.firstAt - b.firstAt));
}

type Month = ReturnType<typeof createMonth>;

/** Ranks are made anew only after a seat came out of order, so that asking is a look-up. */
function createMonth() {
  const seats = new Map<string, Seat>();
  let ranks: Map<string, number> | undefined = new Map();
  let last = -Infinity;
  const inOrder = () => inSeatOrder([...seats.values()]);
  return {
    inOrder,
    add(seat: Seat) {
      if (seats.has(seat.key)) return false;
      seats.set(seat.key, seat);
      if (seat.firstAt > last) ranks?.set(seat.key, seats.size - 1);
      else ranks = undefined;
      last = Math.max(last, seat.firstAt);
      return true;
    },
    /** How many come before this one; for one without a seat all. */
    rank(key: string) {
      if (!seats.has(key)) return seats.size;
      ranks ??= new Map(inOrder().map((seat, at) => [seat.key, at]));
      return ranks.get(key) ?? seats.size;
    },
  };
}
