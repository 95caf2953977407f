/** Imports a bundle in a thread of its own, which ends with it: the main loop, where the mail flows, waits for nothing. */
import { failed, systemReason } from '../problem.ts';
import type { StartWorker } from '../start-worker.ts';
import type { ImportAnswer, ImportTask } from './import-worker.ts';

/** Never rejects: a thread that fails (memory, a fault of ours) changed nothing, and says so as a problem. */
export function importInThread(startWorker: StartWorker, task: ImportTask): Promise<ImportAnswer> {
  return new Promise(resolve => {
    const refuse = (error: unknown) =>
      resolve(
        failed(
          'SIGNET_STORE_FAILED',
          `the bundle ${task.file} could not be imported (${systemReason(error)}): nothing was changed, try again.`,
        ),
      );
    try {
      const worker = startWorker('importer', task);
      worker.on('message', resolve);
      worker.on('error', refuse);
      // The answer came before, or never will.
      worker.on('exit', code => refuse(new Error(`its thread ended with code ${code}`)));
    } catch (error) {
      refuse(error);
    }
  });
}
