/** What a tenant holds, who uses it, and what to warn of: plain data for a page, an alert and the command line. Pure. */
import { inSeatOrder, poolOn, usageOn } from '../signature/licence.ts';
import type { Person } from '../signature/person.ts';
import type { Seat, StoredLicence } from '../store/licences.ts';
import { type LicenceProblem, licenceProblems } from './warnings.ts';

export type LicenceReport = {
  readonly tenant: { readonly id: string; readonly name: string };
  /** `YYYY-MM-DD` in the tenant's time zone. */
  readonly today: string;
  /** `YYYY-MM`, of `used`, `total` and `seats`. */
  readonly month: string;
  readonly licences: readonly HeldLicence[];
  readonly used: number;
  /** Undefined without any licence: nothing is counted against it. */
  readonly total: number | undefined;
  /** In the order of their first stamped message. */
  readonly seats: readonly UsedSeat[];
  /** Newest month first. */
  readonly months: readonly { readonly month: string; readonly seats: number }[];
  /** Of the current month, whichever month was asked for. */
  readonly warnings: readonly LicenceProblem[];
};

export type HeldLicence = Omit<StoredLicence, 'file'> & {
  readonly source: 'file' | 'configuration';
  readonly state: 'holds' | 'over' | 'not-begun';
};

export type UsedSeat = {
  readonly personId: string;
  /** Of the person, or what an unknown sender wrote; '' for one who is gone from the directory. */
  readonly address: string;
  readonly name: string;
  /** Milliseconds since 1970-01-01 UTC. */
  readonly firstAt: number;
  /** Beyond the seats of the licences. */
  readonly isBeyond: boolean;
};

export type ReportSource = Pick<LicenceReport, 'tenant' | 'months' | 'today' | 'month'> & {
  readonly licences: readonly StoredLicence[];
  readonly seats: readonly Seat[];
  /** As far as they are still known. */
  readonly people: readonly Person[];
};

export function reportOf({ licences, seats, people, ...source }: ReportSource): LicenceReport {
  const { tenant, today, month, months } = source;
  const keyed = inSeatOrder(seats.map(({ personId, firstAt }) => ({ key: personId, firstAt })));
  const { used, total, beyond } = usageOn(licences, keyed, dayOf(month, today));
  const isBeyond = new Set(beyond.map(({ key }) => key));
  const byId = new Map(people.map(person => [person.id, person]));
  return {
    tenant,
    today,
    month,
    licences: licences.map(licence => heldLicence(licence, today)),
    used,
    total,
    seats: keyed.map(({ key, firstAt }) => ({
      ...shownPerson(key, byId.get(key)),
      firstAt,
      isBeyond: isBeyond.has(key),
    })),
    months,
    warnings: licenceProblems(licences, usedIn(months, today), today),
  };
}

/** Seats of the month that this day is in. */
export function usedIn(months: LicenceReport['months'], today: string): number {
  return months.find(({ month }) => today.startsWith(month))?.seats ?? 0;
}

/** Seats of a month that is over are counted against what was held on its last day. */
function dayOf(month: string, today: string) {
  return today.startsWith(month) ? today : `${month}-${lastDay(month)}`;
}

function lastDay(month: string) {
  const [year = 0, number = 1] = month.split('-').map(Number);
  return new Date(Date.UTC(year, number, 0)).getUTCDate();
}

function heldLicence({ file, ...licence }: StoredLicence, today: string): HeldLicence {
  const holds = poolOn([licence], today) === licence.seats;
  const isOver = licence.until !== undefined && licence.until < today;
  return {
    ...licence,
    source: file === undefined ? 'configuration' : 'file',
    state: holds ? 'holds' : isOver ? 'over' : 'not-begun',
  };
}

function shownPerson(key: string, person: Person | undefined) {
  const address = person?.address ?? (key.includes('@') ? key.replace(/^bundle:/, '') : '');
  return { personId: key, address, name: person?.fields.displayName ?? '' };
}
