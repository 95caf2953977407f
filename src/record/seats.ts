/**
 * The seats of all tenants in memory: read from the store when a tenant is read, asked and told on the message path, written
 * behind it. What the store has not written yet is carried over when a tenant is read again.
 */
import { createLocalTime } from '../signature/local-time.ts';
import { createSeatTable, type SeatTable, type TakenSeat } from '../signature/seat-table.ts';
import type { Licences, Seat } from '../store/licences.ts';

export type Seats = {
  /** Reads licences and seats. Rejects with the store's error, and the seats known before stay. */
  readonly read: (tenantId: string, timeZone: string) => Promise<void>;
  /** Everyone may in a tenant that was never read. `now` in milliseconds since 1970 UTC. */
  readonly mayBeSigned: (tenantId: string, seatKey: string, now: number) => boolean;
  readonly take: (tenantId: string, seatKey: string, now: number) => void;
};

export type SeatsNeeds = {
  readonly licences: Pick<Licences, 'listLicences' | 'listSeats'>;
  readonly now: () => number;
  readonly onTaken: (seat: Seat) => void;
};

export function createSeats({ licences, now, onTaken }: SeatsNeeds): Seats {
  const tables = new Map<string, SeatTable>();

  async function read(tenantId: string, timeZone: string) {
    const month = createLocalTime(timeZone).at(now()).date.slice(0, 7);
    const stored: TakenSeat[] = [];
    for (const asked of [monthBefore(month), month])
      for (const { personId, firstAt } of await licences.listSeats(tenantId, asked))
        stored.push({ key: personId, firstAt, month: asked });
    const listed = await licences.listLicences(tenantId);
    const unwritten = (tables.get(tenantId)?.seats(now()) ?? []).map(seat => ({ ...seat, month }));
    tables.set(
      tenantId,
      createSeatTable({
        timeZone,
        licences: listed,
        taken: [...stored, ...unwritten],
        onTaken: ({ key, firstAt, month: taken }) =>
          onTaken({ tenantId, month: taken, personId: key, firstAt }),
      }),
    );
  }

  return {
    read,
    mayBeSigned: (tenantId, seatKey, at) => tables.get(tenantId)?.mayBeSigned(seatKey, at) ?? true,
    take: (tenantId, seatKey, at) => tables.get(tenantId)?.take(seatKey, at),
  };
}

/** `2027-01` -> `2026-12`. */
function monthBefore(month: string) {
  const [year = 0, number = 1] = month.split('-').map(Number);
  return number === 1 ? `${year - 1}-12` : `${year}-${String(number - 1).padStart(2, '0')}`;
}
