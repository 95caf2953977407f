/** The store of SIGNET_DATA for a command, beside a server that may be running on it. */
import { randomBytes } from 'node:crypto';
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { systemClock } from '../clock.ts';
import { type Config, readConfig } from '../config.ts';
import { openDataFolder } from '../data-folder.ts';
import { createLog } from '../log.ts';
import type { Result } from '../problem.ts';
import { startWorker } from '../start-worker.ts';
import { openStore, type Store } from '../store/store.ts';
import { CommandFailure, exitCodes, type Terminal } from './command.ts';

export type Surroundings = { readonly store: Store; readonly config: Config };

/**
 * `mayMake`: an empty store is made where there is none; else that is a failure, so that a mistyped folder does not answer
 * for an empty appliance.
 */
export async function withStore<Value>(
  terminal: Terminal,
  { mayMake }: { readonly mayMake: boolean },
  run: (surroundings: Surroundings) => Promise<Value>,
): Promise<Value> {
  const config = orFail(readConfig(terminal.environment), exitCodes.badInput);
  const { dataFolder, masterKeyFile } = config;
  if (mayMake) orFail(await openDataFolder(dataFolder));
  else if (!existsSync(join(dataFolder, 'signet.sqlite'))) throw noStore(dataFolder);
  const store = orFail(
    await openStore({
      dataFolder,
      ...(masterKeyFile === undefined ? {} : { masterKeyFile }),
      startWorker,
      clock: systemClock,
      random: randomBytes,
      log: createLog('warn'),
      isCommand: true,
    }),
  );
  try {
    return await run({ store, config });
  } finally {
    await store.close();
  }
}

export function orFail<Value>(result: Result<Value>, exitCode: number = exitCodes.failure): Value {
  if (result.kind === 'ok') return result.value;
  throw new CommandFailure(result.problem.code, result.problem.sentence, exitCode);
}

function noStore(dataFolder: string) {
  return new CommandFailure(
    'SIGNET_DATABASE_UNUSABLE',
    `there is no database in ${dataFolder}: set SIGNET_DATA to the data folder of the appliance.`,
  );
}

/** A stored tenant by its id, or by its name in any case; undefined means the only one. */
export function chooseTenant<Tenant extends { readonly id: string; readonly name: string }>(
  tenants: readonly Tenant[],
  asked: string | undefined,
): Tenant {
  const [first, ...others] = tenants;
  if (asked === undefined && first && others.length === 0) return first;
  const found = tenants.find(({ id, name }) => id === asked || name.toLowerCase() === asked?.toLowerCase());
  if (found) return found;
  const names = tenants.map(({ name }) => `"${name}"`).join(', ') || 'none';
  const sentence = asked === undefined ? 'there are several tenants' : `there is no tenant "${asked}"`;
  throw new CommandFailure('SIGNET_TENANT_UNKNOWN', `${sentence}: give --tenant one of these: ${names}.`);
}
