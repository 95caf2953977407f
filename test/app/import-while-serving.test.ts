/** A bundle that changed while the server runs: imported in a thread, so that the loop of the mail is never held. */
import assert from 'node:assert/strict';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, test } from 'node:test';
import { importInThread } from '../../src/app/import-thread.ts';
import { createApp } from '../../src/app.ts';
import { readConfig } from '../../src/config.ts';
import { createLog } from '../../src/log.ts';
import { startWorker } from '../../src/start-worker.ts';
import { watchLoop } from '../support/loop-watch.ts';

const folder = mkdtempSync(join(tmpdir(), 'signet-import-'));
const file = join(folder, 'bundle.yaml');
const people = 3_000;

const bundle = (title: string) => `version: 1
tenants:
  - name: contoso
    domains: [contoso.com]
    nextHop: {host: localhost}
    signatures: [{name: Corporate, html: '<p>{{person.jobTitle}}</p>'}]
    rules: [{name: All, signatures: [Corporate]}]
    people:
${Array.from({ length: people }, (_, at) => `      - {address: p${at}@contoso.com, jobTitle: ${title} ${at}, groups: [All]}\n`).join('')}`;

writeFileSync(file, 'version: 1\ntenants: []\n');
const config = readConfig({
  SIGNET_HTTP_LISTEN: '127.0.0.1:0',
  SIGNET_SMTP_LISTEN: '127.0.0.1:0',
  SIGNET_DATA: join(folder, 'data'),
  SIGNET_BUNDLE: file,
});
if (config.kind === 'problem') throw new Error(config.problem.sentence);
const app = createApp(config.value, { log: createLog('silent') });
const started = await app.start();
after(async () => {
  await app.stop();
  rmSync(folder, { recursive: true });
});

test('thousands of people imported and taken up never hold the loop', async () => {
  assert.equal(started.kind, 'ok');
  writeFileSync(file, bundle('Engineer'));
  const watch = watchLoop();
  await app.reload();
  const { longestTurnMs } = watch.stop();
  // On the main loop this file takes some hundred milliseconds in one turn. A first collection of garbage takes some ten.
  assert.ok(longestTurnMs < 80, `the loop was held for ${longestTurnMs} ms`);
});

test('an import whose thread fails is a problem and changes nothing', async () => {
  const task = { file, dataFolder: join(folder, 'data'), digestKey: new Uint8Array(32) };
  const lame = await importInThread(
    (role, data) => startWorker(role, data, { maxOldGenerationSizeMb: 8 }),
    task,
  );
  assert.equal(lame.kind === 'problem' && lame.problem.code, 'SIGNET_STORE_FAILED');
  const unstartable = await importInThread(() => {
    throw new Error('no more threads');
  }, task);
  assert.match(unstartable.kind === 'problem' ? unstartable.problem.sentence : '', /no more threads/);
});
