/** The whole appliance with a database in trouble: mail goes on signed, and log and seats catch up when it is well again. */
import assert from 'node:assert/strict';
import { once } from 'node:events';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, test } from 'node:test';
import type { Worker } from 'node:worker_threads';
import Sqlite from 'better-sqlite3';
import { createApp } from '../src/app.ts';
import { readConfig } from '../src/config.ts';
import { createLog } from '../src/log.ts';
import { type StartWorker, startWorker } from '../src/start-worker.ts';
import type { Opening } from '../src/store/worker-protocol.ts';
import { startSender, startSink } from './support/python-mail.ts';
import { freePorts } from './support/serve.ts';

const scratch = mkdtempSync(join(tmpdir(), 'signet-trouble-'));
after(() => rmSync(scratch, { recursive: true, force: true }));
const sender = startSender();
after(() => sender.stop());

async function startAppliance(name: string) {
  const sink = await startSink();
  const folder = mkdtempSync(join(scratch, `${name}-`));
  const bundle = `version: 1
tenants:
  - name: contoso
    domains: [contoso.com]
    peers: [127.0.0.0/8]
    nextHop: {host: localhost, port: ${sink.port}, tls: 'off'}
    signatures: [{name: Corporate, text: Contoso Ltd}]
    rules: [{name: All, signatures: [Corporate]}]
`;
  writeFileSync(join(folder, 'a.yaml'), bundle);
  const data = join(folder, 'data');
  const config = readConfig({ ...freePorts, SIGNET_BUNDLE: join(folder, 'a.yaml'), SIGNET_DATA: data });
  assert.ok(config.kind === 'ok');
  const writers: Worker[] = [];
  const start: StartWorker = (role, opening, limits) => {
    const worker = startWorker(role, opening, limits);
    if (role === 'store' && (opening as Opening).mode === 'write') writers.push(worker);
    return worker;
  };
  const lines: string[] = [];
  const waiting = new Set<() => void>();
  const write = (line: string) => {
    lines.push(line);
    for (const look of waiting) look();
  };
  const app = createApp(config.value, { log: createLog('info', { write }), startWorker: start });
  const started = await app.start();
  assert.ok(started.kind === 'ok');
  const port = Number(started.value.smtp.split(':').at(-1));

  const hasLogged = (pattern: RegExp) => lines.some(line => pattern.test(line));
  const logged = (pattern: RegExp) =>
    new Promise<void>(resolve => {
      const look = () => {
        if (!hasLogged(pattern)) return;
        waiting.delete(look);
        resolve();
      };
      waiting.add(look);
      look();
    });
  let sent = 0;
  /** One message of somebody new, so that it takes a seat too. */
  async function mail() {
    const from = `anna${++sent}@contoso.com`;
    const letter = `From: ${from}\r\nTo: bob@example.org\r\nSubject: x\r\n\r\nHello\r\n`;
    const message = { from, to: ['bob@example.org'], data: Buffer.from(letter) };
    assert.equal((await sender.send(message, { port })).code, 250);
    assert.match((await sink.next()).data.toString(), /Hello\r\n[\s\S]*Contoso Ltd/);
  }
  /** For the connection that writes, which alone knows these settings. */
  const pragma = (sql: string) =>
    writers.at(-1)?.postMessage({ id: -1, content: { kind: 'query', sql, parameters: [] } });
  async function stop() {
    await app.stop();
    sink.stop();
    const database = new Sqlite(join(data, 'signet.sqlite'), { readonly: true });
    const count = (table: string) => database.prepare(`select count(*) from ${table}`).pluck().get();
    const kept = { messages: count('messages'), seats: count('seats'), sent };
    database.close();
    return kept;
  }
  return { mail, pragma, logged, hasLogged, stop, writers, data, sent: () => sent };
}

const unwritten = /log entries cannot be written/;
const written = /log entries are written again/;

const troubles = [
  { name: 'full', begin: 'pragma max_page_count = 1', end: 'pragma max_page_count = 1000000' },
  { name: 'read-only', begin: 'pragma query_only = on', end: 'pragma query_only = off' },
];
for (const { name, begin, end } of troubles)
  test(`mail is signed while the database is ${name}, and log and seats catch up`, async () => {
    const appliance = await startAppliance(name);
    await appliance.mail();
    appliance.pragma(begin);
    // The last pages have room for some entries.
    do await appliance.mail();
    while (!appliance.hasLogged(unwritten));
    await appliance.mail();
    assert.equal(appliance.hasLogged(written), false);
    appliance.pragma(end);
    await appliance.logged(written);
    await appliance.mail();
    const { messages, seats, sent } = await appliance.stop();
    assert.deepEqual([messages, seats], [sent, sent]);
  });

test('mail is signed while another process holds the database, and log and seats catch up', async () => {
  const appliance = await startAppliance('locked');
  const lock = new Sqlite(join(appliance.data, 'signet.sqlite'));
  lock.exec('begin exclusive');
  await appliance.mail();
  await appliance.logged(unwritten);
  await appliance.mail();
  lock.exec('rollback');
  lock.close();
  await appliance.logged(written);
  const { messages, seats, sent } = await appliance.stop();
  assert.deepEqual([messages, seats], [sent, sent]);
});

test('mail does not notice that the database thread ended, and nothing of the log is missing', async () => {
  const appliance = await startAppliance('thread');
  await appliance.mail();
  const [writer] = appliance.writers;
  assert.ok(writer);
  const ended = once(writer, 'exit');
  await Promise.all([writer.terminate(), ended, appliance.mail()]);
  await appliance.mail();
  await appliance.logged(/a database thread ended by itself/);
  const { messages, seats, sent } = await appliance.stop();
  assert.deepEqual([messages, seats, appliance.writers.length], [sent, sent, 2]);
});
