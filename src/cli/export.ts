/** `signet export`: the configuration as the file that `import` and SIGNET_BUNDLE read. */
import { writeFile } from 'node:fs/promises';
import { exportBundle } from '../bundle/export.ts';
import { writeBundle } from '../bundle/write.ts';
import { systemReason } from '../problem.ts';
import { type Command, CommandFailure, exitCodes, readWords, usageFailure, write } from './command.ts';
import { chooseTenant, withStore } from './with-store.ts';

const options = { tenant: { type: 'string' } } as const;

export const exportCommand: Command = {
  name: 'export',
  summary: 'write the whole configuration as one YAML file',
  help: `Usage: signet export [--tenant T] [FILE]

Writes the tenants of the data folder (SIGNET_DATA) as one YAML file, to FILE or to standard output. The same
configuration gives the same bytes, so that the file can be kept in git. Passwords and keys are not in it: "signet
import" keeps those that are stored. Nor is the message log, what a directory brings, or drafts that were never published.

  --tenant T   that one alone, by name or id

Exit codes: 0 fine; 1 the database or the file cannot be used; 2 bad usage or bad settings.
`,
  async run(words, terminal) {
    const { values, positionals } = readWords('export', words, { options, allowPositionals: true });
    const [file, ...others] = positionals;
    if (others.length > 0) throw usageFailure('export', 'one FILE at a time');
    const text = await withStore(terminal, 'change', async ({ store }) => {
      const known = await store.configurations.listConfigurations();
      const one =
        values.tenant === undefined
          ? undefined
          : chooseTenant(
              known.map(({ id, tenant }) => ({ id, name: tenant.name })),
              values.tenant,
            ).id;
      return writeBundle(exportBundle(known.filter(({ id }) => one === undefined || id === one)));
    });
    if (file === undefined) await write(terminal.output, text);
    else await writeText(file, text);
    return exitCodes.fine;
  },
};

async function writeText(file: string, text: string) {
  try {
    await writeFile(file, text, { mode: 0o600 });
  } catch (error) {
    throw new CommandFailure(
      'SIGNET_FILE_UNWRITABLE',
      `${file} cannot be written (${systemReason(error)}): name another file.`,
      exitCodes.failure,
    );
  }
}
