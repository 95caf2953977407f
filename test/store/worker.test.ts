import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { once } from 'node:events';
import { copyFileSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { createRequire } from 'node:module';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { after, test } from 'node:test';
import { Worker } from 'node:worker_threads';
import { startWorker } from '../../src/start-worker.ts';
import { type AddonSource, loadWrittenOut } from '../../src/store/addon.ts';
import type { Answer, Numbered, Opening, Request } from '../../src/store/worker-protocol.ts';

const folder = mkdtempSync(join(tmpdir(), 'signet-worker-'));
after(() => rmSync(folder, { recursive: true, force: true }));

const opening = (name: string, addon: AddonSource): Opening => ({
  file: join(folder, name),
  mode: 'write',
  busyMs: 100,
  cacheKiB: 1_000,
  addon,
});

async function answerOf(worker: Worker, request: Numbered<Request>): Promise<Answer> {
  worker.postMessage(request);
  const [{ content }] = (await once(worker, 'message')) as [Numbered<Answer>];
  return content;
}

async function useDatabase(worker: Worker) {
  const [first] = await once(worker, 'message');
  assert.deepEqual(first, { id: 0, content: { kind: 'done' } });
  const sql = 'select 6 * 7 as answer';
  const rows = await answerOf(worker, { id: 1, content: { kind: 'query', sql, parameters: [] } });
  assert.deepEqual(rows, { kind: 'rows', rows: [{ answer: 42 }], changes: 0 });
  const ended = once(worker, 'exit');
  await answerOf(worker, { id: 2, content: { kind: 'close' } });
  assert.deepEqual(await ended, [0]);
}

test('a database thread starts from the sources and ends by itself when closed', async () => {
  await useDatabase(startWorker('store', opening('sources.sqlite', { kind: 'installed' })));
});

test('a database thread starts from the bundle, with the native part beside it', async () => {
  const bundle = join(folder, 'bundle/signet.cjs');
  mkdirSync(dirname(bundle));
  execFileSync(process.execPath, [join(import.meta.dirname, '../../scripts/build.mjs'), bundle]);
  const addon: AddonSource = { kind: 'file', path: join(folder, 'bundle/sqlite.node') };
  const workerData = { role: 'store', data: opening('bundle.sqlite', addon) };
  await useDatabase(new Worker(join(folder, 'bundle/signet-worker.cjs'), { workerData, env: {} }));
});

test('a file that is no database fails at the opening, with a code', async () => {
  copyFileSync(import.meta.filename, join(folder, 'text.sqlite'));
  const [first] = await once(startWorker('store', opening('text.sqlite', { kind: 'installed' })), 'message');
  assert.equal(first.content.code, 'SQLITE_NOTADB');
});

const native = readFileSync(
  join(
    dirname(createRequire(import.meta.url).resolve('better-sqlite3/package.json')),
    `prebuilds/${process.platform}-${process.arch}.node`,
  ),
);

test('the native part is written into the data folder once and compared at the next start', () => {
  const data = join(folder, 'data');
  mkdirSync(data);
  assert.ok('Database' in loadWrittenOut(native, [data]));
  const [name = ''] = readdirSync(join(data, '.native'));
  assert.match(name, /^[0-9a-f]{64}\.node$/);
  assert.ok('Database' in loadWrittenOut(native, [data]));
  assert.deepEqual(readdirSync(join(data, '.native')), [name]);
});

test('where the data folder does not allow it another folder serves, and nothing is left there', () => {
  const other = join(folder, 'other');
  mkdirSync(other);
  assert.ok('Database' in loadWrittenOut(native, ['/proc/nowhere', join(folder, 'missing'), other]));
  assert.deepEqual(readdirSync(other), []);
});

test('when no folder allows it the error says what each of them said', () => {
  const bad = Buffer.from('not an addon');
  assert.throws(() => loadWrittenOut(bad, [join(folder, 'missing'), folder]), {
    code: 'ADDON_UNLOADABLE',
    message: /ENOENT.+; .+invalid ELF header|file too short/s,
  });
});
