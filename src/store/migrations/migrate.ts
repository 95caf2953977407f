/**
 * Brings a database to the newest schema: forward only, each migration in a transaction of its own together with its
 * entry in the table `migrations`, so that a kill at any point leaves the old schema or the new one. A database of a newer Signet is
 * refused before anything is touched.
 */
import { sql } from 'kysely';
import type { Database } from '../database.ts';
import { type Migration, wordsOf } from './migration.ts';

export type Migrating = {
  readonly database: Database;
  readonly migrations: readonly Migration[];
  readonly now: () => number;
  /** Called before a database that already holds something is changed: the place for a backup. */
  readonly beforeChange: (from: number) => Promise<void>;
  /** Called before each statement and before the commit; a test kills the process here. */
  readonly beforeStatement?: (migration: Migration, index: number) => void;
};

export type Migrated =
  | { readonly kind: 'current'; readonly from: number; readonly to: number }
  /** The database has seen a migration that this Signet does not know. */
  | { readonly kind: 'newer'; readonly found: number; readonly known: number };

/** Rejects with a `StoreError`; the database is then as it was, or at an earlier migration's end. */
export async function migrate(job: Migrating): Promise<Migrated> {
  const { database, migrations, beforeChange } = job;
  const known = migrations.at(-1)?.number ?? 0;
  const found = await readSchemaNumber(database);
  if (found > known) return { kind: 'newer', found, known };
  const open = migrations.filter(({ number }) => number > found);
  if (open.length > 0 && found > 0) await beforeChange(found);
  for (const migration of open) await run(job, migration);
  return { kind: 'current', from: found, to: known };
}

/** 0 for an empty database. */
export async function readSchemaNumber({ write }: Pick<Database, 'write'>): Promise<number> {
  const tables = await write.introspection.getTables();
  if (!tables.some(({ name }) => name === 'migrations')) return 0;
  const row = await write
    .selectFrom('migrations')
    .select(({ fn }) => fn.max('number').as('newest'))
    .executeTakeFirst();
  return Number(row?.newest ?? 0);
}

async function run({ database, now, beforeStatement }: Migrating, migration: Migration) {
  const { number, name } = migration;
  const words = wordsOf[database.kind];
  const ledger = `create table if not exists migrations (
    number ${words.integer} primary key not null, name text not null, at ${words.integer} not null
  ) ${words.table}`;
  await database.write.transaction().execute(async transaction => {
    const statements = [ledger, ...migration.statements(words)];
    for (const [index, statement] of statements.entries()) {
      beforeStatement?.(migration, index);
      await sql.raw(statement).execute(transaction);
    }
    beforeStatement?.(migration, statements.length);
    await transaction.insertInto('migrations').values({ number, name, at: now() }).execute();
    beforeStatement?.(migration, statements.length + 1);
  });
}
