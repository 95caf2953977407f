/**
 * Brings a database to the newest schema and one test migration further, and kills itself before statement `N` of those it
 * runs. Without N it runs to the end.
 */
import process from 'node:process';
import { startWorker } from '../../src/start-worker.ts';
import { openSqlite } from '../../src/store/database.ts';
import { migrations } from '../../src/store/migrations/all.ts';
import { migrate } from '../../src/store/migrations/migrate.ts';
import { nextMigration } from './next-migration.ts';

const [, , file = '', killBefore] = process.argv;
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
