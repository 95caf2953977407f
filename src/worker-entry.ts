/** What runs first in a worker thread: it becomes what its role says. Each role's code is loaded for that role only. */
import { workerData } from 'node:worker_threads';
import type { WorkerRole } from './start-worker.ts';

const { role, data } = workerData as { readonly role: WorkerRole; readonly data: unknown };

const roles: Readonly<Record<WorkerRole, () => Promise<{ readonly run: (data: unknown) => void }>>> = {
  store: () => import('./store/worker.ts'),
  surgeon: () => import('./relay/surgeon-worker.ts'),
  importer: () => import('./app/import-worker.ts'),
  shrink: () => import('./content/shrink-worker.ts'),
};

roles[role]().then(({ run }) => run(data));
