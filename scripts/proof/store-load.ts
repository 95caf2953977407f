/**
 * `node --import tsx scripts/proof/store-load.ts [MESSAGES]`: the main loop while a search over a million log entries, a
 * backup, an import of 50,000 people and the recorder run at once. Prints the figures; ends with 1 when a promise is missed.
 */
import { execFileSync } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import process from 'node:process';
import { Worker } from 'node:worker_threads';
import { systemClock } from '../../src/clock.ts';
import { createLog } from '../../src/log.ts';
import type { StartWorker } from '../../src/start-worker.ts';
import { openStore } from '../../src/store/store.ts';
import type { Opening } from '../../src/store/worker-protocol.ts';
import { fillLog, runAtOnce } from '../../test/support/store-load.ts';

const messages = Number(process.argv[2] ?? 1_000_000);
const folder = mkdtempSync(join(tmpdir(), 'signet-load-'));
execFileSync(process.execPath, [join(import.meta.dirname, '../build.mjs'), join(folder, 'signet.cjs')]);

/** The threads as they ship: from the bundle. */
const startWorker: StartWorker = (role, data) => {
  const addon = { kind: 'file', path: join(folder, 'sqlite.node') } as const;
  const workerData = { role, data: { ...(data as Opening), addon } };
  return new Worker(join(folder, 'signet-worker.cjs'), { workerData, env: {}, execArgv: [] });
};

try {
  const opened = await openStore({
    dataFolder: folder,
    startWorker,
    clock: systemClock,
    random: randomBytes,
    log: createLog('warn'),
  });
  if (opened.kind === 'problem') throw new Error(opened.problem.sentence);
  const store = opened.value;
  const connection = {
    peers: [],
    nextHop: { target: { kind: 'host', host: 'mx.acme.example' }, port: 25, tls: 'required' },
    token: '0123456789abcdef0123456789abcdef',
  } as const;
  const tenant = { id: 'acme', name: 'Acme', kind: 'smtp', mode: 'on', domains: [], connection } as const;
  await store.tenants.saveTenant({ ...tenant, preferences: {} });
  const start = performance.now();
  await fillLog(store, messages);
  process.stdout.write(`${messages} log entries in ${Math.round((performance.now() - start) / 1_000)} s\n`);
  const load = { messages, people: 50_000, groups: 5_000 };
  const figures = await runAtOnce(store, load, join(folder, 'copy.sqlite'));
  process.stdout.write(`${JSON.stringify(figures, null, 2)}\n`);
  const { longestTurnMs, importMs, rssMostMb, rssBeforeMb } = figures;
  const isKept = longestTurnMs < 10 && importMs < 60_000 && rssMostMb - rssBeforeMb < 150;
  process.stdout.write(
    `loop under 10 ms, import under 60 s, under 150 MB more: ${isKept ? 'kept' : 'MISSED'}\n`,
  );
  process.exitCode = isKept ? 0 : 1;
  await store.close();
} finally {
  rmSync(folder, { recursive: true });
}
