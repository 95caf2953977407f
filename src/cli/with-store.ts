/** The store of SIGNET_DATA for a command, beside a server that may be running on it. */
import { randomBytes } from 'node:crypto';
import { existsSync } from 'node:fs';
import { systemClock } from '../clock.ts';
import { type Config, readConfig } from '../config.ts';
import { openDataFolder } from '../data-folder.ts';
import { createLog } from '../log.ts';
import type { Result } from '../problem.ts';
import { startWorker } from '../start-worker.ts';
import { openStoreToRead } from '../store/open-to-read.ts';
import { databaseFile, openStore, type Store } from '../store/store.ts';
import { CommandFailure, exitCodes, type Terminal } from './command.ts';

export type Surroundings = { readonly store: Store; readonly config: Config };

/**
 * `read`: only to look, on connections that cannot write. `change`: to write to what is there. `make`: also where there is
 * no store yet; else that is a failure, so that a mistyped folder does not answer for an empty appliance.
 */
export type Access = 'read' | 'change' | 'make';

export async function withStore<Value>(
  terminal: Terminal,
  access: Access,
  run: (surroundings: Surroundings) => Promise<Value>,
): Promise<Value> {
  const config = orFail(readConfig(terminal.environment), exitCodes.badInput);
  const { dataFolder } = config;
  if (access === 'make') orFail(await openDataFolder(dataFolder));
  else if (!existsSync(databaseFile(dataFolder))) throw noStore(dataFolder);
  const store = orFail(await open(config, access));
  try {
    return await run({ store, config });
  } finally {
    await store.close();
  }
}

function open({ dataFolder, masterKeyFile }: Config, access: Access) {
  const common = { dataFolder, startWorker, clock: systemClock, random: randomBytes };
  if (access === 'read') return openStoreToRead(common);
  return openStore({
    ...common,
    ...(masterKeyFile === undefined ? {} : { masterKeyFile }),
    log: createLog('warn'),
    isCommand: true,
  });
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
