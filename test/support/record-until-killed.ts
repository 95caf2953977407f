/** Records an entry every few milliseconds with the real limits and prints its time, until it is killed. */
import process from 'node:process';
import { systemClock } from '../../src/clock.ts';
import { createLog } from '../../src/log.ts';
import { startWorker } from '../../src/start-worker.ts';
import { openSqlite } from '../../src/store/database.ts';
import { migrations } from '../../src/store/migrations/all.ts';
import { migrate } from '../../src/store/migrations/migrate.ts';
import { createRecorder } from '../../src/store/recorder.ts';

const [, , file = ''] = process.argv;
const database = await openSqlite({ file, startWorker });
await migrate({ database, migrations, now: systemClock.now, beforeChange: async () => {} });
const recorder = createRecorder({ database, clock: systemClock, log: createLog('silent') });

let number = 0;
setInterval(() => {
  const at = systemClock.now();
  const [id, sizeBytes] = [`m${++number}`, number];
  const message = { id, tenantId: 'acme', at, sender: 'a@x.example', recipients: ['b@x.example'], sizeBytes };
  recorder.recordMessage({ ...message, reason: 'stamped', outcome: 'delivered', detail: {} });
  process.stdout.write(`${at}\n`);
}, 5);
