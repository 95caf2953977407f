/** Licences, and the seats: who was stamped in which month, in the order of the first message. */
import { sql } from 'kysely';
import type { Clock } from '../clock.ts';
import type { BatchPart, Database } from './database.ts';
import type { Tables } from './tables.ts';
import { bumpRevision } from './tenants.ts';

export type StoredLicence = {
  readonly id: string;
  readonly seats: number;
  /** Days `YYYY-MM-DD` in the tenant's time zone, both included. */
  readonly from?: string;
  readonly until?: string;
  readonly note: string;
  /** Text of the signed licence file it came from. */
  readonly file?: string;
  readonly addedAt: number;
};

/** One person, one calendar month of the tenant's time zone. */
export type Seat = {
  readonly tenantId: string;
  /** `YYYY-MM`. */
  readonly month: string;
  readonly personId: string;
  /** Milliseconds since 1970-01-01 UTC, of the first stamped message. */
  readonly firstAt: number;
};

export type Licences = {
  readonly listLicences: (tenantId: string) => Promise<readonly StoredLicence[]>;
  readonly saveLicence: (tenantId: string, licence: Omit<StoredLicence, 'addedAt'>) => Promise<void>;
  readonly removeLicence: (tenantId: string, id: string) => Promise<void>;
  /** In the order of their first message; equal times by person. */
  readonly listSeats: (tenantId: string, month: string) => Promise<readonly Seat[]>;
  /** Newest month first. */
  readonly countSeats: (
    tenantId: string,
  ) => Promise<readonly { readonly month: string; readonly seats: number }[]>;
};

export function createLicences({
  database: { read, write },
  clock,
}: {
  readonly database: Database;
  readonly clock: Clock;
}): Licences {
  return {
    async listLicences(tenantId) {
      const rows = await read
        .selectFrom('licences')
        .selectAll()
        .where('tenant_id', '=', tenantId)
        .orderBy('added_at')
        .orderBy('id')
        .execute();
      return rows.map(licenceOf);
    },
    async saveLicence(tenantId, { id, seats, from, until, note, file }) {
      const row = { seats, from_day: from ?? null, until_day: until ?? null, note, file: file ?? null };
      await write.transaction().execute(async transaction => {
        await transaction
          .insertInto('licences')
          .values({ tenant_id: tenantId, id, ...row, added_at: clock.now() })
          .onConflict(conflict => conflict.columns(['tenant_id', 'id']).doUpdateSet(row))
          .execute();
        await bumpRevision(transaction, tenantId);
      });
    },
    async removeLicence(tenantId, id) {
      await write.transaction().execute(async transaction => {
        const licence = transaction.deleteFrom('licences').where('tenant_id', '=', tenantId);
        await licence.where('id', '=', id).execute();
        await bumpRevision(transaction, tenantId);
      });
    },
    async listSeats(tenantId, month) {
      const rows = await read
        .selectFrom('seats')
        .selectAll()
        .where('tenant_id', '=', tenantId)
        .where('month', '=', month)
        .orderBy('first_at')
        .orderBy('person_id')
        .execute();
      return rows.map(row => ({ tenantId, month, personId: row.person_id, firstAt: row.first_at }));
    },
    async countSeats(tenantId) {
      const rows = await read
        .selectFrom('seats')
        .select(['month', ({ fn }) => fn.countAll<number>().as('seats')])
        .where('tenant_id', '=', tenantId)
        .groupBy('month')
        .orderBy('month', 'desc')
        .execute();
      return rows.map(({ month, seats }) => ({ month, seats: Number(seats) }));
    },
  };
}

/** For the recorder. The earliest time wins, in whatever order batches arrive. */
export function insertSeats(
  { write }: Pick<Database, 'write'>,
  seats: readonly Seat[],
): readonly BatchPart[] {
  const rows = seats.map(({ tenantId, month, personId, firstAt }) => ({
    tenant_id: tenantId,
    month,
    person_id: personId,
    first_at: firstAt,
  }));
  const [first] = rows;
  if (!first) return [];
  const query = write
    .insertInto('seats')
    .values(first)
    .onConflict(conflict =>
      conflict
        .columns(['tenant_id', 'month', 'person_id'])
        .doUpdateSet({ first_at: sql<number>`excluded.first_at` })
        .where(sql<boolean>`excluded.first_at < seats.first_at`),
    );
  return [{ query, runs: rows.map(row => Object.values(row)) }];
}

export function licenceOf(row: Tables['licences']): StoredLicence {
  return {
    id: row.id,
    seats: row.seats,
    ...(row.from_day === null ? {} : { from: row.from_day }),
    ...(row.until_day === null ? {} : { until: row.until_day }),
    note: row.note,
    ...(row.file === null ? {} : { file: row.file }),
    addedAt: row.added_at,
  };
}
