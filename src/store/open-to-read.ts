/**
 * The store for a command that only looks: beside a running server or without one, on connections that cannot write. The
 * schema stays as it is, and secrets stay closed.
 */
import { failed, type Result } from '../problem.ts';
import { closedVault } from './closed-vault.ts';
import { type Database, openSqlite } from './database.ts';
import { migrations } from './migrations/all.ts';
import { readSchemaNumber } from './migrations/migrate.ts';
import { assemble, databaseFile, newer, type Store, type StoreOptions, unopenable } from './store.ts';

/** Writes reject with `SQLITE_READONLY`. */
export async function openStoreToRead(
  options: Pick<StoreOptions, 'dataFolder' | 'startWorker' | 'clock' | 'random'>,
): Promise<Result<Store>> {
  const { dataFolder, startWorker, clock, random } = options;
  const file = databaseFile(dataFolder);
  let database: Database | undefined;
  try {
    database = await openSqlite({ file, startWorker, access: 'read' });
    const problem = await schemaProblem(database);
    if (!problem) return { kind: 'ok', value: assemble({ database, vault: closedVault, clock, random }) };
    await database.close();
    return problem;
  } catch (error) {
    await database?.close();
    return unopenable(file, error);
  }
}

async function schemaProblem(database: Database): Promise<Result<never> | undefined> {
  const known = migrations.at(-1)?.number ?? 0;
  const found = await readSchemaNumber(database);
  if (found === known) return undefined;
  if (found > known) return newer(found, known);
  return failed(
    'SIGNET_DATABASE_UNUSABLE',
    `the database has the schema ${found} of an earlier Signet, this one reads ${known}: start Signet once, which brings it up to date.`,
  );
}
