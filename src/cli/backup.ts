/** `signet backup`: one file with everything but the master key, taken while the server runs, and read again before it counts. */
import { mkdtemp, rm, stat } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { systemClock } from '../clock.ts';
import { startWorker } from '../start-worker.ts';
import { checkBackup } from '../store/backup-check.ts';
import { stampOf } from '../store/restore.ts';
import { contentsText } from './backup-contents.ts';
import { type Command, exitCodes, readWords, usageFailure, write } from './command.ts';
import { orFail, withStore } from './with-store.ts';

export const backup: Command = {
  name: 'backup',
  summary: 'copy the whole store into one file, while the server runs',
  help: `Usage: signet backup [FILE]

Copies the database of the data folder (SIGNET_DATA) into FILE, by default into backups/ in the data folder: configuration,
people, licences, accounts, message log, audit trail, and the stored secrets in their sealed form. The server goes on
meanwhile. FILE is replaced as a whole or not at all, and it is read again and checked before this says it is there.

The master key is not in it: keep a copy of the key file (SIGNET_MASTER_KEY_FILE, or master.key in the data folder) in
another place than the backups. With both, "signet restore FILE" makes the appliance whole again, on any machine.

Exit codes: 0 fine; 1 the database or FILE cannot be used; 2 bad usage or bad settings.
`,
  async run(words, terminal) {
    const { positionals } = readWords('backup', words, { options: {}, allowPositionals: true });
    const [asked, ...others] = positionals;
    if (others.length > 0) throw usageFailure('backup', 'one FILE at a time');
    const text = await withStore(terminal, 'read', async ({ store, config }) => {
      const made = join(config.dataFolder, 'backups', `signet-${stampOf(systemClock.now())}.sqlite`);
      const file = orFail(await store.backUp(asked === undefined ? made : resolve(asked)));
      const contents = orFail(await check(file));
      const { size } = await stat(file);
      return `${file} holds ${contentsText(contents)} (${(size / 2 ** 20).toFixed(1)} MiB).\nThe master key is not in it: keep ${config.masterKeyFile ?? join(config.dataFolder, 'master.key')} in another place.\n`;
    });
    await write(terminal.output, text);
    return exitCodes.fine;
  },
};

async function check(file: string) {
  const scratchFolder = await mkdtemp(join(tmpdir(), 'signet-backup-'));
  try {
    return await checkBackup({ file, scratchFolder, startWorker });
  } finally {
    await rm(scratchFolder, { recursive: true, force: true });
  }
}
