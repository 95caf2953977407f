/**
 * The thread that imports the bundle of a running server: it reads, checks and compares on its own loop and writes over a
 * connection of its own, as `signet import` beside the server does. SMTP sessions notice nothing, and what 50,000 people
 * took in memory goes with the thread. It imports once, answers, and ends.
 */
import { randomBytes } from 'node:crypto';
import { parentPort } from 'node:worker_threads';
import { importKeptFile } from '../bundle/kept-file.ts';
import { loadBundle } from '../bundle/load.ts';
import { systemClock } from '../clock.ts';
import { createContentTools } from '../content/content.ts';
import { limits } from '../limits.ts';
import { createLog } from '../log.ts';
import type { Result } from '../problem.ts';
import { createCompiler } from '../snapshot/signature.ts';
import { takeTokens } from '../snapshot/tokens.ts';
import { startWorker } from '../start-worker.ts';
import { openStore } from '../store/store.ts';

export type ImportTask = {
  /** Whole path of the bundle. */
  readonly file: string;
  readonly dataFolder: string;
  readonly masterKeyFile?: string;
  readonly digestKey: Uint8Array;
};

export type ImportAnswer = Result<{
  /** Changes of the configuration; 0 as well when the file says what it said at its last import. */
  readonly count: number;
  /** The first of them, in sentences. */
  readonly changes: readonly string[];
}>;

/** `data` is an `ImportTask`; the one message is an `ImportAnswer`. */
export function run(data: unknown): void {
  const port = parentPort;
  if (!port) throw new Error('expected a worker thread, got the main thread');
  // What is thrown reaches the other side as the worker's error.
  void importOnce(data as ImportTask).then(answer => port.postMessage(answer));
}

async function importOnce({ file, dataFolder, masterKeyFile, digestKey }: ImportTask): Promise<ImportAnswer> {
  const content = createContentTools(startWorker);
  const bundle = await loadBundle(file, createCompiler(content).check, content.fit);
  if (bundle.kind === 'problem') return bundle;
  const opened = await openStore({
    dataFolder,
    ...(masterKeyFile === undefined ? {} : { masterKeyFile }),
    startWorker,
    clock: systemClock,
    random: randomBytes,
    log: createLog('warn'),
    isCommand: true,
  });
  if (opened.kind === 'problem') return opened;
  const { configurations, settings, close } = opened.value;
  try {
    const tokens = await takeTokens(dataFolder, settings);
    if (tokens.kind === 'problem') return tokens;
    const needs = { configurations, settings, random: randomBytes, digestKey, tokens: tokens.value };
    const imported = await importKeptFile(needs, file, bundle.value);
    if (imported.kind === 'problem') return imported;
    const changes = imported.value?.changes ?? [];
    return {
      kind: 'ok',
      value: { count: changes.length, changes: changes.slice(0, limits.bundle.changesTold) },
    };
  } finally {
    await close();
  }
}
