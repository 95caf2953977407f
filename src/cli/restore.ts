/** `signet restore`: a backup takes the database's place, also under a running server, after it was checked. */
import { randomBytes } from 'node:crypto';
import { join, resolve } from 'node:path';
import { systemClock } from '../clock.ts';
import { readConfig } from '../config.ts';
import { openDataFolder } from '../data-folder.ts';
import { startWorker } from '../start-worker.ts';
import { previewRestore, type Restored, type Restoring, restoreBackup } from '../store/restore.ts';
import { contentsText } from './backup-contents.ts';
import { type Command, exitCodes, readWords, usageFailure, write } from './command.ts';
import { orFail } from './with-store.ts';

const options = {
  'dry-run': { type: 'boolean' },
  'master-key': { type: 'string' },
  'without-secrets': { type: 'boolean' },
} as const;

export const restore: Command = {
  name: 'restore',
  summary: 'put a backup in the place of the store',
  help: `Usage: signet restore [--dry-run] [--master-key FILE | --without-secrets] BACKUP

Puts BACKUP (from "signet backup", or one of backups/ in the data folder) in the place of the database of the data folder
(SIGNET_DATA). Everything is checked before anything is replaced, and what was there is kept in backups/. A running server goes on with
the restored state within a second or two; everybody has to sign in again.

  --dry-run           say what BACKUP holds and whether it can be restored, and change nothing
  --master-key FILE   the key file kept from the time of BACKUP, where the one here is another: the restored secrets are sealed
                      with the key here, or with that one where there is none yet (a new machine)
  --without-secrets   leave the stored secrets out: passwords, private keys and second factors have to be given again

What was configured or logged after BACKUP was taken is only in the kept copy. Mail is not touched: Signet keeps none.

Exit codes: 0 fine; 1 BACKUP or the data folder cannot be used; 2 bad usage or bad settings.
`,
  async run(words, terminal) {
    const { values, positionals } = readWords('restore', words, { options, allowPositionals: true });
    const [file, ...others] = positionals;
    if (file === undefined || others.length > 0) throw usageFailure('restore', 'name one BACKUP');
    const { 'master-key': backupKeyFile, 'without-secrets': withoutSecrets = false } = values;
    if (withoutSecrets && backupKeyFile !== undefined)
      throw usageFailure('restore', 'give --master-key or --without-secrets, not both');
    const config = orFail(readConfig(terminal.environment), exitCodes.badInput);
    orFail(await openDataFolder(config.dataFolder));
    const restoring: Restoring = {
      file: resolve(file),
      dataFolder: config.dataFolder,
      keyFile: config.masterKeyFile ?? join(config.dataFolder, 'master.key'),
      ...(backupKeyFile === undefined ? {} : { backupKeyFile: resolve(backupKeyFile) }),
      withoutSecrets,
      startWorker,
      clock: systemClock,
      random: randomBytes,
    };
    const text = values['dry-run']
      ? `${file} can be restored: it holds ${contentsText(orFail(await previewRestore(restoring)))}. Nothing was changed.\n`
      : restoredText(orFail(await restoreBackup(restoring)));
    await write(terminal.output, text);
    return exitCodes.fine;
  },
};

function restoredText({ contents, before, needsRestart }: Restored) {
  const kept = before === undefined ? '' : `What was there before is in ${before}.\n`;
  const restart = needsRestart
    ? 'The database that was there could not be read, so it was moved aside: restart Signet if it is running.\n'
    : '';
  return `Restored: ${contentsText(contents)}.\n${kept}${restart}`;
}
