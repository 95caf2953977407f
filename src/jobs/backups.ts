/**
 * Every night a backup in the data folder, the newest ones kept. It guards against a mistake or a damaged file; against a
 * lost disk the folder has to be copied elsewhere. Copies from before a migration or a restore are never removed by it.
 */
import { readdir, rm, stat, statfs } from 'node:fs/promises';
import { join } from 'node:path';
import type { Result } from '../problem.ts';
import type { Settings } from '../store/settings.ts';
import type { Job } from './scheduler.ts';

export const backupsSetting = 'backups';

/** What the setting says; 0 kept is none made. */
export type BackupsSetting = { readonly keep: number };

export type BackupsNeeds = {
  readonly backUp: (file: string) => Promise<Result<string>>;
  readonly settings: Pick<Settings, 'readSetting'>;
  readonly dataFolder: string;
  /** The database itself: its size tells what room a copy takes. */
  readonly databaseFile: string;
  /** Time as a part of a file name; later is greater. */
  readonly stamp: () => string;
  readonly keepByDefault: number;
};

const ours = /^nightly-.*\.sqlite$/;

/** The result names the file made and how many older ones went. Rejects with a sentence, which the scheduler logs. */
export function createBackupsJob(needs: BackupsNeeds): Job {
  const { backUp, dataFolder, stamp } = needs;
  const folder = join(dataFolder, 'backups');
  return {
    name: 'backups',
    schedule: '41 2 * * *',
    async run() {
      const keep = await keptOf(needs);
      if (keep === 0) return { made: null, removed: 0 };
      await provideRoom(needs);
      const made = await backUp(join(folder, `nightly-${stamp()}.sqlite`));
      if (made.kind === 'problem') throw new Error(made.problem.sentence);
      return { made: made.value, removed: await removeOlder(folder, keep) };
    },
  };
}

async function keptOf({ settings, keepByDefault }: BackupsNeeds): Promise<number> {
  const setting = await settings.readSetting(backupsSetting);
  const keep = (setting as BackupsSetting | undefined)?.keep;
  return typeof keep === 'number' && Number.isInteger(keep) && keep >= 0 ? keep : keepByDefault;
}

/** A backup must not be what fills the disk that mail's ledger and log need. */
async function provideRoom({ dataFolder, databaseFile }: BackupsNeeds) {
  const [{ size }, { bavail, bsize }] = await Promise.all([stat(databaseFile), statfs(dataFolder)]);
  if (bavail * bsize < 2 * size)
    throw new Error(
      `no backup was made: ${dataFolder} has too little room left for one and for the next days`,
    );
}

async function removeOlder(folder: string, keep: number) {
  const older = (await readdir(folder))
    .filter(name => ours.test(name))
    .sort()
    .slice(0, -keep);
  for (const name of older) await rm(join(folder, name), { force: true });
  return older.length;
}
