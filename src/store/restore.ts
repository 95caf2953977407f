/**
 * Puts a backup in the place of the data folder's database, also under a running server. Everything that can fail happens
 * on a copy: it is checked, brought to this schema, its secrets are sealed with the key that is in force here. Then the live
 * database becomes that copy in one transaction, so that a reader sees the old state or the restored one. What was there
 * before is kept beside it.
 */

import { existsSync } from 'node:fs';
import { copyFile, mkdir, readFile, rename, rm, stat, statfs, writeFile } from 'node:fs/promises';
import { basename, join } from 'node:path';
import type { Clock } from '../clock.ts';
import { failed, type Result, systemReason } from '../problem.ts';
import type { StartWorker } from '../start-worker.ts';
import { createAudit } from './audit.ts';
import { type BackupContents, checkBackup } from './backup-check.ts';
import { type Database, openSqlite } from './database.ts';
import { readKeyFile, writeKeyFile } from './key-file.ts';
import { migrations } from './migrations/all.ts';
import { migrate } from './migrations/migrate.ts';
import type { Keyring } from './seal.ts';
import { createSettings } from './settings.ts';
import { databaseFile } from './store.ts';
import { openVault } from './vault.ts';

export type Restoring = {
  /** The backup. It is only read. */
  readonly file: string;
  /** Exists and can be written. */
  readonly dataFolder: string;
  /** The key in force here, or where it will be. */
  readonly keyFile: string;
  /** The key file of the time of the backup, where it is another one. */
  readonly backupKeyFile?: string;
  /** Stored secrets are left out; what needs one says so until it is given again. */
  readonly withoutSecrets: boolean;
  readonly startWorker: StartWorker;
  readonly clock: Clock;
  readonly random: (bytes: number) => Buffer;
};

export type Restored = {
  readonly contents: BackupContents;
  /** The database as it was before; absent where there was none. */
  readonly before?: string;
  /** The database that was there could not even be read, so it was moved aside: a running server still has it open. */
  readonly needsRestart: boolean;
};

/** Says what would be restored and whether its secrets open, and changes nothing. */
export async function previewRestore(restoring: Restoring): Promise<Result<BackupContents>> {
  return withCopy(restoring, async (_copy, contents) => ({ kind: 'ok', value: contents }));
}

export async function restoreBackup(restoring: Restoring): Promise<Result<Restored>> {
  return withCopy(restoring, (copy, contents) => putInPlace(restoring, copy, contents));
}

type Use<Value> = (copy: string, contents: BackupContents) => Promise<Result<Value>>;

/** The copy is complete and closed when it is used, and gone afterwards. */
async function withCopy<Value>(restoring: Restoring, use: Use<Value>): Promise<Result<Value>> {
  const folder = join(restoring.dataFolder, '.restoring');
  try {
    await rm(folder, { recursive: true, force: true });
    await mkdir(folder, { mode: 0o700 });
    const contents = await checkBackup({ ...restoring, scratchFolder: folder });
    if (contents.kind === 'problem') return contents;
    const lacking = await lackingRoom(restoring);
    if (lacking) return lacking;
    const copy = join(folder, 'signet.sqlite');
    await copyFile(restoring.file, copy);
    const prepared = await prepare(restoring, copy, folder);
    return prepared.kind === 'problem' ? prepared : await use(copy, contents.value);
  } catch (error) {
    return notRestored(restoring.file, systemReason(error));
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

/** For the copy, the one that is kept of the state before, and the transaction that replaces. */
async function lackingRoom({ file, dataFolder }: Restoring) {
  const { size } = await stat(file);
  const live = await stat(databaseFile(dataFolder)).catch(() => ({ size: 0 }));
  const needed = 2 * size + live.size;
  const { bavail, bsize } = await statfs(dataFolder);
  if (bavail * bsize > needed) return undefined;
  return notRestored(file, `${dataFolder} has room for ${mib(bavail * bsize)} and needs ${mib(needed)}`);
}

async function prepare(restoring: Restoring, copy: string, folder: string): Promise<Result<void>> {
  const { startWorker, clock, file } = restoring;
  const database = await openSqlite({ file: copy, startWorker });
  try {
    await migrate({ database, migrations, now: clock.now, beforeChange: async () => undefined });
    const sealed = await sealForHere(restoring, database, join(folder, 'key'));
    if (sealed.kind === 'problem') return sealed;
    await forgetWhatWasPassing(database);
    // Readers that follow revisions would otherwise take the restored rows, which have old ones, for known.
    await createSettings({ database, clock }).saveSetting('restored', {
      at: clock.now(),
      file: basename(file),
    });
    await createAudit({ database, now: clock.now }).recordAudit({
      actor: 'host',
      action: 'restored',
      subject: basename(file),
      detail: null,
      address: '',
    });
    return { kind: 'ok', value: undefined };
  } finally {
    await database.close();
  }
}

/** Sessions of that time must not open the pages again, and half an import is none. */
async function forgetWhatWasPassing({ write }: Database) {
  for (const table of ['sessions', 'validations', 'staged_people', 'staged_groups'] as const)
    await write.deleteFrom(table).execute();
}

async function sealForHere(
  { keyFile, backupKeyFile, withoutSecrets, clock, random }: Restoring,
  { write }: Database,
  workingKeyFile: string,
): Promise<Result<void>> {
  if (withoutSecrets) {
    await write.deleteFrom('secrets').execute();
    return { kind: 'ok', value: undefined };
  }
  const here = await readKeyFile(keyFile);
  if (here.kind === 'problem') return here;
  const then = backupKeyFile === undefined ? here : await readKeyFile(backupKeyFile);
  if (then.kind === 'problem') return then;
  const [first, ...others] = [...(here.value ?? []), ...(then.value ?? [])];
  const isSealed = (await write.selectFrom('secrets').select('name').limit(1).execute()).length > 0;
  if (!isSealed) return { kind: 'ok', value: undefined };
  if (!first) return keyNeeded(backupKeyFile ?? keyFile);
  const keys: Keyring = [first, ...others];
  await writeKeyFile(workingKeyFile, keys);
  const vault = await openVault({ write, clock, random, keyFile: workingKeyFile, mayMakeKeyFile: false });
  if (vault.kind === 'problem') return keyNeeded(backupKeyFile ?? keyFile);
  // Several keys in the file are a rotation that was begun: everything is sealed with the first one, which is this place's.
  if (others.length === 0) return { kind: 'ok', value: undefined };
  const rotated = await vault.value.rotateMasterKey();
  return rotated.kind === 'problem' ? rotated : { kind: 'ok', value: undefined };
}

async function putInPlace(
  { file, dataFolder, keyFile, backupKeyFile, withoutSecrets, startWorker, clock }: Restoring,
  copy: string,
  contents: BackupContents,
): Promise<Result<Restored>> {
  // First the key: a database whose secrets open with no key here would not start.
  if (!existsSync(keyFile) && backupKeyFile !== undefined && !withoutSecrets)
    await writeFile(keyFile, await readFile(backupKeyFile), { mode: 0o600, flag: 'wx' });
  const live = databaseFile(dataFolder);
  const kept = join(dataFolder, 'backups', `before-restore-${stampOf(clock.now())}.sqlite`);
  await mkdir(join(dataFolder, 'backups'), { recursive: true, mode: 0o700 });
  if (!existsSync(live)) {
    await rename(copy, live);
    return { kind: 'ok', value: { contents, needsRestart: false } };
  }
  const present = await openSqlite({ file: live, startWorker, access: 'read' }).catch(() => undefined);
  const isKept = await present?.copyTo(kept).then(
    () => true,
    () => false,
  );
  await present?.close();
  if (!isKept) {
    for (const end of ['', '-wal', '-shm'])
      await rename(`${live}${end}`, `${kept}${end}`).catch(ignoreMissing);
    await rename(copy, live);
    return { kind: 'ok', value: { contents, before: kept, needsRestart: true } };
  }
  const source = await openSqlite({ file: copy, startWorker, access: 'read' });
  try {
    await source.replace(live);
  } catch (error) {
    return notRestored(file, error instanceof Error ? error.message : String(error));
  } finally {
    await source.close();
  }
  return { kind: 'ok', value: { contents, before: kept, needsRestart: false } };
}

function ignoreMissing(error: NodeJS.ErrnoException) {
  if (error.code !== 'ENOENT') throw error;
}

/** 2026-11-25T14-02-07Z: sorts by time and is a file name everywhere. */
export function stampOf(at: number): string {
  return `${new Date(at).toISOString().slice(0, 19).replaceAll(':', '-')}Z`;
}

function mib(bytes: number) {
  return `${Math.ceil(bytes / 2 ** 20)} MiB`;
}

function notRestored(file: string, reason: string) {
  return failed(
    'SIGNET_RESTORE_FAILED',
    `${file} was not restored (${reason}): nothing was changed; mend that and try again.`,
  );
}

function keyNeeded(keyFile: string) {
  return failed(
    'SIGNET_MASTER_KEY_WRONG',
    `the secrets in this backup do not open with the master key in ${keyFile}: name the key file kept from that time with --master-key FILE, or leave the secrets out with --without-secrets; nothing was changed.`,
  );
}
