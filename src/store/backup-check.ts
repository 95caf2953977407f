/**
 * Whether a file is a backup that Signet can restore, found out before anything is replaced: a whole SQLite database, of a
 * schema that this Signet knows, holding exactly the tables and indexes that its own migrations make. A view or trigger that
 * somebody put in would run with the appliance's rights, so it is refused, not ignored.
 */
import { rm } from 'node:fs/promises';
import { sql } from 'kysely';
import { failed, type Result } from '../problem.ts';
import type { StartWorker } from '../start-worker.ts';
import { type Database, openSqlite } from './database.ts';
import { migrations } from './migrations/all.ts';
import { migrate, readSchemaNumber } from './migrations/migrate.ts';

/** What a backup holds, to be told before it is restored. */
export type BackupContents = {
  readonly schema: number;
  /** By name; without those that were removed. */
  readonly tenants: readonly string[];
  readonly people: number;
  readonly messages: number;
  /** Milliseconds since 1970 of the newest entry of the message log. */
  readonly newestMessageAt?: number;
};

export type BackupCheck = {
  readonly file: string;
  /** Exists and can be written; a model of the schema is made there for a moment. */
  readonly scratchFolder: string;
  readonly startWorker: StartWorker;
};

export async function checkBackup({
  file,
  scratchFolder,
  startWorker,
}: BackupCheck): Promise<Result<BackupContents>> {
  let database: Database | undefined;
  try {
    database = await openSqlite({ file, startWorker, access: 'read' });
    const schema = await readSchemaNumber(database);
    const known = migrations.at(-1)?.number ?? 0;
    if (schema > known) return newerBackup(file, schema, known);
    const fault =
      schema === 0
        ? 'it is not a database of Signet'
        : ((await damageOf(database)) ??
          (await foreignPartOf(database, await modelOf(schema, scratchFolder, startWorker))));
    return fault === undefined
      ? { kind: 'ok', value: await contentsOf(database, schema) }
      : unusable(file, fault);
  } catch (error) {
    return unusable(file, error instanceof Error ? error.message : String(error));
  } finally {
    await database?.close();
  }
}

async function damageOf({ read }: Database): Promise<string | undefined> {
  const { rows } = await sql<{ integrity_check: string }>`pragma integrity_check(1)`.execute(read);
  const [found] = rows;
  return found?.integrity_check === 'ok' ? undefined : `it is damaged: ${found?.integrity_check}`;
}

type Part = { readonly type: string; readonly name: string; readonly sql: string | null };

async function partsOf({ read }: Database): Promise<readonly Part[]> {
  const { rows } = await sql<Part>`select type, name, sql from sqlite_master order by type, name`.execute(
    read,
  );
  return rows;
}

async function foreignPartOf(database: Database, model: readonly Part[]): Promise<string | undefined> {
  const textOf = ({ type, name, sql: statement }: Part) => JSON.stringify([type, name, statement]);
  const parts = await partsOf(database);
  const [ours, found] = [new Set(model.map(textOf)), new Set(parts.map(textOf))];
  const foreign = parts.find(part => !ours.has(textOf(part))) ?? model.find(part => !found.has(textOf(part)));
  return foreign && `its ${foreign.type} ${foreign.name} is not as Signet makes it`;
}

async function modelOf(schema: number, folder: string, startWorker: StartWorker) {
  const file = `${folder}/.schema-model.sqlite`;
  await rm(file, { force: true });
  const database = await openSqlite({ file, startWorker });
  try {
    const upToHere = migrations.filter(({ number }) => number <= schema);
    await migrate({ database, migrations: upToHere, now: () => 0, beforeChange: async () => undefined });
    return await partsOf(database);
  } finally {
    await database.close();
    await rm(file, { force: true });
  }
}

async function contentsOf({ read }: Database, schema: number): Promise<BackupContents> {
  const count = async (table: 'people' | 'messages') => {
    const row = await read
      .selectFrom(table)
      .select(({ fn }) => fn.countAll().as('rows'))
      .executeTakeFirst();
    return Number(row?.rows ?? 0);
  };
  const tenants = await read
    .selectFrom('tenants')
    .select('name')
    .where('retired_at', 'is', null)
    .orderBy('name')
    .execute();
  const newest = await read
    .selectFrom('messages')
    .select(({ fn }) => fn.max('at').as('at'))
    .executeTakeFirst();
  return {
    schema,
    tenants: tenants.map(({ name }) => name),
    people: await count('people'),
    messages: await count('messages'),
    ...(newest?.at ? { newestMessageAt: Number(newest.at) } : {}),
  };
}

function unusable(file: string, fault: string) {
  return failed(
    'SIGNET_BACKUP_UNUSABLE',
    `${file} cannot be restored (${fault}): take another backup; nothing was changed.`,
  );
}

function newerBackup(file: string, schema: number, known: number) {
  return failed(
    'SIGNET_DATABASE_NEWER',
    `${file} was written by a newer Signet (schema ${schema}, this one knows ${known}): restore it with that version; nothing was changed.`,
  );
}
