/** The appliance as users run it: a process on a data folder, changed by commands beside it. */
import assert from 'node:assert/strict';
import { mkdtempSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { after, test } from 'node:test';
import Sqlite from 'better-sqlite3';
import { startSender, startSink } from './support/python-mail.ts';
import { startSignet } from './support/serve.ts';
import { runSignet, scratch } from './support/signet.ts';

const sender = startSender();
after(() => sender.stop());

const bundle = (port: number, text: string, more = '') => `version: 1
tenants:
  - name: contoso
    domains: [contoso.com]
    peers: [127.0.0.0/8]
    nextHop: {host: localhost, port: ${port}, tls: 'off'}
    signatures: [{name: Corporate, text: ${text}}]
    rules: [{name: All, signatures: [Corporate]}]
${more}`;

const letter = Buffer.from('From: anna@contoso.com\r\nTo: bob@example.org\r\nSubject: x\r\n\r\nHello\r\n');
const mail = { from: 'anna@contoso.com', to: ['bob@example.org'], data: letter };

/** Rows of the database as another process sees them. */
function ask<Row>(data: string, query: string): Row[] {
  const database = new Sqlite(join(data, 'signet.sqlite'), { readonly: true });
  try {
    return database.prepare<[], Row>(query).all();
  } finally {
    database.close();
  }
}

test('a tenant imported beside the running server is signed, logged and seated, and outlives a kill', async () => {
  const sink = await startSink();
  const signet = await startSignet();
  const { folder, data } = signet;
  const environment = { SIGNET_DATA: data };
  writeFileSync(join(folder, 'a.yaml'), bundle(sink.port, 'Contoso Ltd'));
  const imported = await runSignet(['import', 'a.yaml'], { folder, environment });
  assert.deepEqual([imported.code, imported.stdout.toString()], [0, 'Tenant "contoso" is added.\n']);
  await signet.logged(/a tenant is configured/);
  assert.equal((await sender.send(mail, { port: signet.port })).code, 250);
  assert.match((await sink.next()).data.toString(), /Contoso Ltd/);

  const exported = await runSignet(['export', 'b.yaml'], { folder, environment });
  assert.deepEqual([exported.code, exported.stderr], [0, '']);
  const again = await runSignet(['import', '--dry-run', 'b.yaml'], { folder, environment });
  assert.equal(again.stdout.toString(), 'Nothing changes.\n');

  await signet.stop();
  assert.deepEqual(ask(data, 'select reason, outcome, sender from messages'), [
    { reason: 'stamped', outcome: 'delivered', sender: 'anna@contoso.com' },
  ]);
  assert.deepEqual(ask(data, 'select person_id from seats'), [{ person_id: 'anna@contoso.com' }]);

  const second = await startSignet({ SIGNET_DATA: data });
  second.child.kill('SIGKILL');
  await second.end;
  const third = await startSignet({ SIGNET_DATA: data });
  assert.equal((await sender.send(mail, { port: third.port })).code, 250);
  assert.match((await sink.next()).data.toString(), /Contoso Ltd/);
  await third.stop();
  sink.stop();
});

test('mail flows while the database is locked, and the log catches up', async () => {
  const sink = await startSink();
  const signet = await startSignet({ SIGNET_BUNDLE: 'a.yaml' }, [], folderWith(bundle(sink.port, 'Contoso')));
  const lock = new Sqlite(join(signet.data, 'signet.sqlite'));
  lock.exec('begin exclusive');
  for (let count = 0; count < 3; count++)
    assert.equal((await sender.send(mail, { port: signet.port })).code, 250);
  await signet.logged(/log entries cannot be written/);
  assert.match((await sink.next()).data.toString(), /Contoso/);
  lock.exec('rollback');
  lock.close();
  await signet.logged(/log entries are written again/);
  await signet.stop();
  assert.deepEqual(ask(signet.data, 'select count(*) as count from messages'), [{ count: 3 }]);
  sink.stop();
});

test('a bundle that went bad does not keep a later start from relaying what it said before', async () => {
  const sink = await startSink();
  const folder = folderWith(bundle(sink.port, 'Contoso Ltd'));
  const first = await startSignet({ SIGNET_BUNDLE: 'a.yaml' }, [], folder);
  await first.stop();
  writeFileSync(join(folder, 'a.yaml'), 'version: 2\n');
  const second = await startSignet({ SIGNET_BUNDLE: 'a.yaml' }, [], folder);
  await second.logged(/SIGNET_BUNDLE_INVALID/);
  assert.equal((await sender.send(mail, { port: second.port })).code, 250);
  assert.match((await sink.next()).data.toString(), /Contoso Ltd/);
  await second.stop();
  sink.stop();
});

test('a tenant that lacks the secret of its next hop lets its mail wait', async () => {
  const folder = folderWith(bundle(25, 'Contoso').replace("tls: 'off'", 'user: signet'));
  const signet = await startSignet({ SIGNET_BUNDLE: 'a.yaml' }, [], folder);
  await signet.logged(/a tenant needs a secret/);
  assert.equal((await sender.send(mail, { port: signet.port })).code, 451);
  await signet.stop();
});

test('people of a CSV file come by a job and by hand, and a shrunken file changes nothing', async () => {
  const sink = await startSink();
  const directory = '    directory: {csv: {file: people.csv}}\n';
  const folder = folderWith(bundle(sink.port, "'{{person.jobTitle}} {{person.custom.Floor}}'", directory));
  const people = (count: number) =>
    `email;displayName;title;custom.Floor\nanna@contoso.com;Anna;Chemist;4\n${Array.from(
      { length: count },
      (_, index) => `p${index}@contoso.com;P;x;1\n`,
    ).join('')}nobody;Nobody;x;1\n`;
  const signet = await startSignet({ SIGNET_BUNDLE: 'a.yaml' }, [], folder);
  await signet.logged(/the directory needs attention/);
  assert.equal((await sender.send(mail, { port: signet.port })).code, 250);
  assert.doesNotMatch((await sink.next()).data.toString(), /Chemist/);

  writeFileSync(join(folder, 'people.csv'), people(20));
  const environment = { SIGNET_DATA: signet.data };
  const done = await runSignet(['sync', '--tenant', 'Contoso'], { folder, environment });
  assert.deepEqual([done.code, done.stderr], [0, '']);
  assert.match(done.stdout.toString(), /^21 people, 0 groups[^\n]*\nLeft out: 1\.\n {2}line 23: /);
  // The server looks once a second.
  for (let signed = false; !signed; ) {
    await sender.send(mail, { port: signet.port });
    signed = /Chemist 4/.test((await sink.next()).data.toString());
  }

  writeFileSync(join(folder, 'people.csv'), people(3));
  const refused = await runSignet(['sync'], { folder, environment });
  assert.equal(refused.code, 1);
  assert.match(refused.stderr, /^SIGNET_DIRECTORY_SHRUNK: 17 of 21 people would be gone/);
  const accepted = await runSignet(['sync', '--accept'], { folder, environment });
  assert.match(accepted.stdout.toString(), /^4 people, 0 groups, 0 new photos; 17 people are gone/);
  await signet.stop();
  assert.deepEqual(
    ask(signet.data, "select name, outcome from jobs where name like 'directory%' order by name"),
    [
      { name: 'directory-sync', outcome: 'failure' },
      { name: 'directory-sync-result', outcome: 'success' },
    ],
  );
  sink.stop();
});

function folderWith(content: string) {
  const folder = mkdtempSync(join(scratch, 'appliance-'));
  writeFileSync(join(folder, 'a.yaml'), content);
  return folder;
}
