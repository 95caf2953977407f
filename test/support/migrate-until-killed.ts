/**
 * Brings a database to the newest schema and one test migration further, and kills itself before statement `N` of those it
 * runs. Without N it runs to the end. The database thread is the test's bundled one, which starts many times faster.
 */
import process from 'node:process';
import { Worker } from 'node:worker_threads';
import type { StartWorker } from '../../src/start-worker.ts';
import { openSqlite } from '../../src/store/database.ts';
import { migrations } from '../../src/store/migrations/all.ts';
import { migrate } from '../../src/store/migrations/migrate.ts';
import type { Opening } from '../../src/store/worker-protocol.ts';
import { nextMigration } from './next-migration.ts';

const [, , file = '', workerFile = '', addonFile = '', killBefore] = process.argv;
const startWorker: StartWorker = (role, opening) => {
  const data = { ...(opening as Opening), addon: { kind: 'file', path: addonFile } };
  return new Worker(workerFile, { workerData: { role, data }, env: {}, execArgv: [] });
};
const database = await openSqlite({ file, startWorker });
let statement = 0;
await migrate({
  database,
  migrations: [...migrations, nextMigration((migrations.at(-1)?.number ?? 0) + 1)],
  now: () => 7,
  beforeChange: async () => {},
  beforeStatement: () => {
    if (statement++ === Number(killBefore)) process.kill(process.pid, 'SIGKILL');
  },
});
await database.close();
process.stdout.write(`${statement}\n`);
