/**
 * Starts a worker thread in whichever of three ways Signet runs: from its sources, from the bundle, or as the single
 * executable. The thread's code is `worker-entry.ts`; its `role` says what it shall be.
 */
import { dirname, join } from 'node:path';
import { getAsset, isSea } from 'node:sea';
import { type ResourceLimits, Worker } from 'node:worker_threads';

/** What a worker can be. A new role is a line here and a line in `worker-entry.ts`. */
export type WorkerRole = 'store' | 'surgeon' | 'shrink' | 'importer';

/**
 * `data` is cloned and reaches the role's `run(data)`. The caller owns the worker: its errors and its end. With
 * `resourceLimits` a thread that wants more memory ends with an error, and the process goes on.
 */
export type StartWorker = (role: WorkerRole, data: unknown, resourceLimits?: ResourceLimits) => Worker;

/** Of each thread, three times what V8 calls a semi-space; with its usual 48 five threads keep some 30 MB more than they use. */
const youngMiB = 12;

export const startWorker: StartWorker = (role, data, resourceLimits = {}) => {
  // The thread gets no environment: nothing in there reads settings, and NODE_OPTIONS has no business in it.
  // Nor the parent's loaders: Node strips types by itself, and a thread starts much faster without.
  const options = {
    workerData: { role, data },
    env: {},
    execArgv: [],
    name: `signet-${role}`,
    resourceLimits: { maxYoungGenerationSizeMb: youngMiB, ...resourceLimits },
  };
  // An executable holds no file that a thread could be started from; the code is one of its assets.
  if (isSea()) return new Worker(getAsset('worker.cjs', 'utf8'), { ...options, eval: true });
  const here = import.meta.filename;
  const isSource = here.endsWith('.ts');
  // A thread that starts another one is in the threads' file already.
  return new Worker(
    isSource ? join(dirname(here), 'worker-entry.ts') : here.replace(/(-worker)?(\.cjs)?$/, '-worker.cjs'),
    options,
  );
};
