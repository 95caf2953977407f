/** `signet sync`: a tenant's people read from its directory now, with a report. A running server follows by itself. */
import { syncDirectory } from '../app/directory.ts';
import { systemClock } from '../clock.ts';
import { createContentTools } from '../content/content.ts';
import { createLog } from '../log.ts';
import { startWorker } from '../start-worker.ts';
import { standingAccesses } from './access/standing.ts';
import { type Command, CommandFailure, exitCodes, readWords, write } from './command.ts';
import { syncReport } from './sync/report.ts';
import { chooseTenant, withStore } from './with-store.ts';

const options = {
  tenant: { type: 'string' },
  accept: { type: 'boolean', default: false },
} as const;

export const sync: Command = {
  name: 'sync',
  summary: "read a tenant's people from its directory now",
  help: `Usage: signet sync [--tenant T] [--accept]

Reads the people and groups of the tenant's directory (CSV file, LDAP server or Microsoft Graph, "directory" in
the bundle) into the data
folder (SIGNET_DATA), and tells what came, what was left out and why. All or nothing: a reading that fails, or after which
suspiciously many people would be gone, changes nothing.

  --tenant T   name or id of the tenant; may be left out when there is only one
  --accept     so many people are really gone: do it this once

Exit codes: 0 fine; 1 nothing was changed, or the database cannot be used; 2 bad usage or bad settings.
`,
  async run(words, terminal) {
    const { values } = readWords('sync', words, { options });
    const report = await withStore(terminal, 'change', async ({ store, config }) => {
      const { id, name } = chooseTenant(await store.tenants.listTenants(), values.tenant);
      const directory = (await store.configurations.readConfiguration(id))?.tenant.directory;
      if (!directory)
        throw new CommandFailure(
          'SIGNET_DIRECTORY_SETTINGS',
          `tenant "${name}" has no directory: add the key directory to it in the bundle.`,
        );
      const result = await syncDirectory(
        {
          store,
          clock: systemClock,
          log: createLog('fatal'),
          fit: createContentTools(startWorker).fit,
          standing: standingAccesses(store, config),
        },
        {
          tenantId: id,
          directory,
          signal: new AbortController().signal,
          acceptOnce: values.accept,
        },
      );
      if (result.kind === 'success') return syncReport(result);
      const { code, sentence } = result.problem;
      throw new CommandFailure(code, sentence, exitCodes.failure);
    });
    await write(terminal.output, report);
    return exitCodes.fine;
  },
};
