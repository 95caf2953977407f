/** `signet vault`: the key that seals stored secrets. */
import { join } from 'node:path';
import { type Command, exitCodes, readWords, usageFailure, write } from './command.ts';
import { orFail, withStore } from './with-store.ts';

export const vault: Command = {
  name: 'vault',
  summary: 'give the stored secrets a new key',
  help: `Usage: signet vault rotate

Makes a new master key, seals every stored secret with it, and leaves only the new key in the key file
(SIGNET_MASTER_KEY_FILE, or master.key in the data folder SIGNET_DATA). A running server goes on with the new key by itself.

Keep a copy of the new key file, apart from the backups. Backups that were made before open with the old key alone: keep
its copy for as long as them.

A rotation that is cut short leaves both keys in the file, and every secret opens; run it again, and it goes on.

Exit codes: 0 fine; 1 the database or the key file cannot be used; 2 bad usage or bad settings.
`,
  async run(words, terminal) {
    const { positionals } = readWords('vault', words, { options: {}, allowPositionals: true });
    if (positionals.length !== 1 || positionals[0] !== 'rotate')
      throw usageFailure('vault', 'say what to do: rotate');
    const line = await withStore(terminal, 'change', async ({ store, config }) => {
      const count = orFail(await store.vault.rotateMasterKey());
      const file = config.masterKeyFile ?? join(config.dataFolder, 'master.key');
      const secrets = count === 1 ? '1 secret is' : `${count} secrets are`;
      return `${secrets} sealed with a new key. Keep a copy of ${file}, apart from the backups.\n`;
    });
    await write(terminal.output, line);
    return exitCodes.fine;
  },
};
