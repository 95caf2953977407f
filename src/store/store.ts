/** Opens the store: the database in its threads, its newest schema, the vault; and hands out the functions of every table. */
import { join } from 'node:path';
import type { Clock } from '../clock.ts';
import type { Log } from '../log.ts';
import { failed, type Result, systemReason } from '../problem.ts';
import type { StartWorker } from '../start-worker.ts';
import { type Accounts, createAccounts } from './accounts.ts';
import { type Audit, createAudit } from './audit.ts';
import { type Configurations, createConfigurations } from './configuration.ts';
import { type Database, openSqlite } from './database.ts';
import { createDirectoryMemories, type DirectoryMemories } from './directory-memory.ts';
import { createFactors, type Factors } from './factors.ts';
import { createImages, type Images } from './images.ts';
import { createInvitations, type Invitations } from './invitations.ts';
import { createLeftovers, type Leftovers } from './leftovers.ts';
import { createLicences, type Licences } from './licences.ts';
import { createMailFlowRuns, type MailFlowRuns } from './mail-flow-runs.ts';
import { createMessages, type Messages } from './messages.ts';
import { createMicrosoftStore, type MicrosoftStore } from './microsoft.ts';
import { migrations } from './migrations/all.ts';
import { migrate } from './migrations/migrate.ts';
import { createPeople, type People } from './people.ts';
import { clearImports } from './people-import.ts';
import { createRules, type Rules } from './rules.ts';
import { createSessions, type Sessions } from './sessions.ts';
import { createSettings, type Settings } from './settings.ts';
import { type BlockContent, createVersions, type SignatureContent, type Versions } from './signatures.ts';
import { createSnapshotRows, type SnapshotRows } from './snapshot-rows.ts';
import { createTenants, type Tenants } from './tenants.ts';
import { openVault, type Vault } from './vault.ts';

export type Store = {
  readonly tenants: Tenants;
  readonly configurations: Configurations;
  readonly people: People;
  readonly signatures: Versions<SignatureContent>;
  readonly blocks: Versions<BlockContent>;
  readonly images: Images;
  readonly leftovers: Leftovers;
  readonly rules: Rules;
  readonly licences: Licences;
  readonly messages: Messages;
  readonly settings: Settings;
  readonly snapshotRows: SnapshotRows;
  readonly microsoft: MicrosoftStore;
  readonly mailFlowRuns: MailFlowRuns;
  readonly directoryMemories: DirectoryMemories;
  readonly accounts: Accounts;
  readonly factors: Factors;
  readonly invitations: Invitations;
  readonly sessions: Sessions;
  readonly audit: Audit;
  readonly vault: Vault;
  readonly database: Database;
  /** An online copy; the file is replaced as a whole. The master key is not in it. */
  readonly backUp: (file: string) => Promise<Result<string>>;
  /** Ends the threads after what was asked before. */
  readonly close: () => Promise<void>;
};

export type StoreOptions = {
  /** Exists and can be written. The database is `signet.sqlite` in it. */
  readonly dataFolder: string;
  /** SIGNET_MASTER_KEY_FILE; without it `master.key` in the data folder, made at the first start. */
  readonly masterKeyFile?: string;
  readonly startWorker: StartWorker;
  readonly clock: Clock;
  readonly random: (bytes: number) => Buffer;
  readonly log: Log;
  /** A command beside the running server leaves alone what that one has begun. */
  readonly isCommand?: boolean;
};

export async function openStore(options: StoreOptions): Promise<Result<Store>> {
  const { dataFolder, startWorker, log } = options;
  const file = databaseFile(dataFolder);
  let database: Database;
  try {
    database = await openSqlite({
      file,
      startWorker,
      onLost: () => log.error({ file }, 'a database thread ended by itself; another one takes its place'),
    });
  } catch (error) {
    return unopenable(file, error);
  }
  try {
    const store = await prepare(database, options);
    if (store.kind === 'problem') await database.close();
    return store;
  } catch (error) {
    await database.close();
    return unopenable(file, error);
  }
}

export function databaseFile(dataFolder: string): string {
  return join(dataFolder, 'signet.sqlite');
}

async function prepare(database: Database, options: StoreOptions): Promise<Result<Store>> {
  const { dataFolder, masterKeyFile, clock, random } = options;
  const current = await bringUpToDate(database, options);
  if (current.kind === 'problem') return current;
  if (!options.isCommand) await clearImports(database);
  const vault = await openVault({
    write: database.write,
    clock,
    random,
    keyFile: masterKeyFile ?? join(dataFolder, 'master.key'),
    mayMakeKeyFile: masterKeyFile === undefined,
  });
  return vault.kind === 'problem'
    ? vault
    : { kind: 'ok', value: assemble({ database, vault: vault.value, clock, random }) };
}

export type Parts = {
  readonly database: Database;
  readonly vault: Vault;
  readonly clock: Clock;
  readonly random: (bytes: number) => Buffer;
};

/** For tests too, which have a database of another kind. */
export function assemble({ database, vault, clock, random }: Parts): Store {
  const messages = createMessages(database);
  const removeMessagesOf = async (tenantId: string) => {
    await messages.removeMessagesBefore(tenantId, Number.MAX_SAFE_INTEGER);
  };
  const tenants = createTenants({ database, vault, clock, removeMessagesOf });
  const microsoft = createMicrosoftStore({ database, vault, clock, random });
  return {
    tenants,
    configurations: createConfigurations({ database, vault, clock, random, tenants, microsoft }),
    people: createPeople({ database, clock, random }),
    signatures: createVersions<SignatureContent>('signature', { database, clock }),
    blocks: createVersions<BlockContent>('block', { database, clock }),
    images: createImages(database),
    leftovers: createLeftovers(database),
    rules: createRules({ database, clock }),
    licences: createLicences({ database, clock }),
    messages,
    settings: createSettings({ database, clock }),
    snapshotRows: createSnapshotRows(database),
    microsoft,
    directoryMemories: createDirectoryMemories(database),
    mailFlowRuns: createMailFlowRuns({ database, clock, random }),
    accounts: createAccounts({ database, vault, clock }),
    factors: createFactors({ database, vault, clock }),
    invitations: createInvitations({ database, clock }),
    sessions: createSessions({ database, clock }),
    audit: createAudit({ database, now: clock.now }),
    vault,
    database,
    backUp: file => backUp(database, file),
    close: database.close,
  };
}

class BackupFailed extends Error {}

async function bringUpToDate(
  database: Database,
  { dataFolder, clock, log }: StoreOptions,
): Promise<Result<number>> {
  const beforeChange = async (from: number) => {
    const copy = join(dataFolder, 'backups', `before-migration-from-${from}.sqlite`);
    const result = await backUp(database, copy);
    if (result.kind === 'problem') throw new BackupFailed(result.problem.sentence);
    log.info({ copy }, 'the database was backed up before its schema changes');
  };
  try {
    const migrated = await migrate({ database, migrations, now: clock.now, beforeChange });
    if (migrated.kind === 'newer') return newer(migrated.found, migrated.known);
    // A new database is no news.
    if (migrated.from > 0 && migrated.from !== migrated.to)
      log.info(migrated, 'the database has a new schema');
    return { kind: 'ok', value: migrated.to };
  } catch (error) {
    if (error instanceof BackupFailed) return failed('SIGNET_BACKUP_FAILED', error.message);
    throw error;
  }
}

async function backUp(database: Database, file: string): Promise<Result<string>> {
  try {
    await database.copyTo(file);
    return { kind: 'ok', value: file };
  } catch (error) {
    return failed(
      'SIGNET_BACKUP_FAILED',
      `the database could not be copied to ${file} (${systemReason(error)}): give it a folder with room that Signet may write to; nothing was changed.`,
    );
  }
}

export function newer(found: number, known: number) {
  return failed(
    'SIGNET_DATABASE_NEWER',
    `the database was written by a newer Signet (schema ${found}, this one knows ${known}): start that version, or restore a backup of this one.`,
  );
}

export function unopenable(file: string, error: unknown): Result<never> {
  const { code, message } = error as Error & { code?: string };
  if (code === 'ADDON_UNLOADABLE')
    return failed(
      'SIGNET_DATABASE_ADDON',
      `SQLite's native part cannot be loaded from the data folder or a temporary one (${message}): mount one of them without noexec.`,
    );
  return failed(
    'SIGNET_DATABASE_UNUSABLE',
    `the database ${file} cannot be used (${message}): check its permissions and the free space, or restore a backup; nothing was changed.`,
  );
}
