/** Seats of the current month against the licences of today. */
import { poolOn } from '../signature/licence.ts';
import { createLocalTime } from '../signature/local-time.ts';
import type { Licences } from '../store/licences.ts';

export type SeatState = {
  /** `YYYY-MM`. */
  readonly month: string;
  readonly used: number;
  /** Undefined without any licence. */
  readonly total: number | undefined;
};

export async function seatState(
  licences: Pick<Licences, 'listLicences' | 'countSeats'>,
  { tenantId, timeZone, now }: { readonly tenantId: string; readonly timeZone: string; readonly now: number },
): Promise<SeatState> {
  const { date } = createLocalTime(timeZone).at(now);
  const month = date.slice(0, 7);
  const [held, months] = await Promise.all([licences.listLicences(tenantId), licences.countSeats(tenantId)]);
  const used = months.find(one => one.month === month)?.seats ?? 0;
  return { month, used, total: poolOn(held, date) };
}
