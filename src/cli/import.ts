/** `signet import`: a bundle into the store, all of it or nothing. A running server follows within a second or two. */
import { randomBytes } from 'node:crypto';
import { importBundle } from '../bundle/import.ts';
import { loadBundle } from '../bundle/load.ts';
import { createContentTools } from '../content/content.ts';
import { createCompiler } from '../snapshot/signature.ts';
import { startWorker } from '../start-worker.ts';
import { type Command, exitCodes, readWords, usageFailure, write } from './command.ts';
import { orFail, withStore } from './with-store.ts';

const options = {
  'dry-run': { type: 'boolean', default: false },
  prune: { type: 'boolean', default: false },
} as const;

export const importCommand: Command = {
  name: 'import',
  summary: 'put a configuration file into the data folder',
  help: `Usage: signet import [--dry-run] [--prune] FILE

Puts the tenants of FILE, as "signet export" writes it, in the place of those of the same id or name in the data folder
(SIGNET_DATA): all of them, or on any mistake nothing. Prints each change. A running server takes it up by itself.

Secrets that FILE does not name a file for stay as they are stored. A tenant that has none yet is told: its mail passes
unsigned, or waits where the next hop would refuse it.

  --dry-run   only tell what would change
  --prune     remove the tenants that FILE does not name, with everything they have, the message log included

Exit codes: 0 fine; 1 the database cannot be used; 2 bad usage, bad settings, or a file with mistakes.
`,
  async run(words, terminal) {
    const { values, positionals } = readWords('import', words, { options, allowPositionals: true });
    const [file, ...others] = positionals;
    if (file === undefined || others.length > 0) throw usageFailure('import', 'give one FILE');
    const content = createContentTools(startWorker);
    const { check } = createCompiler(content);
    const bundle = orFail(await loadBundle(file, check, content.fit), exitCodes.badInput);
    const { prune, 'dry-run': dryRun } = values;
    const { changes, lacking } = await withStore(terminal, dryRun ? 'change' : 'make', async ({ store }) => {
      const { configurations, messages } = store;
      const imported = orFail(
        await importBundle({ configurations, random: randomBytes }, bundle, { prune, dryRun }),
      );
      // Behind the change itself: a kill in between leaves entries that nobody sees, not a tenant without its log.
      for (const id of imported.removed)
        if (!dryRun) await messages.removeMessagesBefore(id, Number.MAX_SAFE_INTEGER);
      return imported;
    });
    const needs = lacking.map(
      ({ name, secrets }) => `Tenant ${JSON.stringify(name)} needs ${secrets.join(', ')}.`,
    );
    const lines = [...(changes.length === 0 ? ['Nothing changes.'] : changes), ...needs];
    await write(terminal.output, `${lines.join('\n')}\n`);
    return exitCodes.fine;
  },
};
