/**
 * The composition root: the only file that wires the layers. `createApp` does nothing by itself; `start` takes what
 * it needs in the order in which failing is cheapest, and `stop` gives it back.
 */
import type { Config } from './config.ts';
import { openDataFolder } from './data-folder.ts';
import { createLog, type Log } from './log.ts';
import type { Result } from './problem.ts';
import { createWebServer } from './web/server.ts';

export type Overrides = { readonly log?: Log };

export type Started = { readonly healthUrl: string; readonly dataFolder: string };

export type App = { readonly start: () => Promise<Result<Started>>; readonly stop: () => Promise<void> };

export function createApp(config: Config, overrides: Overrides = {}): App {
  const log = overrides.log ?? createLog(config.logLevel);
  const web = createWebServer({ log });

  async function start(): Promise<Result<Started>> {
    const folder = await openDataFolder(config.dataFolder);
    if (folder.kind === 'problem') return folder;
    const listening = await web.listen(config.httpListen);
    if (listening.kind === 'problem') return listening;
    log.info({ url: listening.value }, 'started');
    return { kind: 'ok', value: { healthUrl: `${listening.value}/healthz`, dataFolder: folder.value } };
  }

  async function stop() {
    await web.close();
    log.info('stopped');
  }

  return { start, stop };
}
