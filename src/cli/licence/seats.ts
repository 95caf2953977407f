/** `signet licence show` without a file: what the tenants of the data folder hold, who uses it, and what to warn of. */
import { licensingOf } from '../../app/licensing.ts';
import { systemClock } from '../../clock.ts';
import { csvLine } from '../../directory/completeness.ts';
import type { HeldLicence, LicenceReport, UsedSeat } from '../../licence/report.ts';
import type { Terminal } from '../command.ts';
import { padded, printable } from '../explain/terminal-text.ts';
import { chooseTenant, withStore } from '../with-store.ts';

export type SeatsAsked = {
  readonly tenant: string | undefined;
  /** `YYYY-MM`; undefined is the current one. */
  readonly month: string | undefined;
  readonly form: 'lines' | 'json' | 'csv';
};

export async function showSeats({ tenant, month, form }: SeatsAsked, terminal: Terminal): Promise<string> {
  const reports = await withStore(terminal, 'read', async ({ store }) => {
    const all = (await store.tenants.listTenants()).filter(({ retiredAt }) => retiredAt === undefined);
    const asked = tenant === undefined ? all : [chooseTenant(all, tenant)];
    const licensing = licensingOf(store, systemClock);
    const found: LicenceReport[] = [];
    for (const { id } of asked) {
      const report = await licensing.report(id, month);
      if (report) found.push(report);
    }
    return found;
  });
  if (form === 'json') return reports.map(report => `${JSON.stringify(plain(report))}\n`).join('');
  return form === 'csv' ? asCsv(reports) : reports.map(asLines).join('\n');
}

function plain({ total, seats, ...report }: LicenceReport) {
  const times = seats.map(({ firstAt, ...seat }) => ({ ...seat, firstAt: timeOf(firstAt) }));
  return { ...report, total: total ?? null, seats: times };
}

/** One line for each seat of each tenant: what a provider puts on bills. */
function asCsv(reports: readonly LicenceReport[]) {
  const head = csvLine(['tenant', 'month', 'address', 'name', 'person', 'firstAt', 'beyond']);
  const lines = reports.flatMap(({ tenant, month, seats }) =>
    seats.map(({ address, name, personId, firstAt, isBeyond }) =>
      csvLine([tenant.name, month, address, name, personId, timeOf(firstAt), isBeyond ? 'yes' : 'no']),
    ),
  );
  return `\ufeff${head}${lines.join('')}`;
}

function asLines({ tenant, month, used, total, licences, seats, warnings }: LicenceReport) {
  return [
    `Tenant     ${printable(tenant.name)}`,
    `Seats      ${used} used of ${total ?? 'any number, since there is no licence'} in ${month}`,
    ...warnings.map(({ code, sentence }) => `Warning    ${code}: ${sentence}`),
    ...licences.map(licenceLine),
    ...seats.map(seatLine),
    '',
  ].join('\n');
}

const states = { holds: '', over: ' (over)', 'not-begun': ' (not begun)' };

function licenceLine({ id, seats, from, until, note, source, state }: HeldLicence) {
  const span = `${from ?? 'at once'} to ${until ?? 'for ever'}`;
  const origin = source === 'file' ? `file ${id}` : 'configuration';
  return printable(
    `Licence    ${seats} seats, ${span}${states[state]}, ${origin}${note === '' ? '' : `, ${note}`}`,
  );
}

function seatLine({ address, name, personId, firstAt, isBeyond }: UsedSeat) {
  const who = printable(address === '' ? personId : name === '' ? address : `${address}, ${name}`);
  return `Seat       ${padded(who, 50)} ${timeOf(firstAt)}${isBeyond ? ' beyond' : ''}`;
}

function timeOf(at: number) {
  return `${new Date(at).toISOString().slice(0, 19)}Z`;
}
