/** `signet backup` and `signet restore`: what was configured comes back, also under a running server, and what is no backup is refused. */
import assert from 'node:assert/strict';
import {
  copyFileSync,
  existsSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, test } from 'node:test';
import Sqlite from 'better-sqlite3';
import { startSender, startSink } from '../support/python-mail.ts';
import { runHere } from '../support/run-here.ts';
import { startSignet } from '../support/serve.ts';

const folder = mkdtempSync(join(tmpdir(), 'signet-backup-'));
after(() => rmSync(folder, { recursive: true, force: true }));
const put = (name: string, content: string) => {
  writeFileSync(join(folder, name), content);
  return join(folder, name);
};

put('secret.txt', 'correct horse battery');
const bundle = (text: string, people: readonly string[], port = 25) => `version: 1
tenants:
  - name: Contoso
    domains: [contoso.com]
    peers: [127.0.0.0/8, {user: exchange, passwordFile: secret.txt}]
    nextHop: {host: localhost, port: ${port}, tls: 'off'}
    signatures: [{name: Corporate, text: '${text} {{person.displayName}}'}]
    rules: [{name: All, signatures: [Corporate]}]
    people: [${people.map(name => `{address: ${name}@contoso.com, displayName: ${name}}`).join(', ')}]
`;

const signet = (data: string, ...words: string[]) => runHere(words, { SIGNET_DATA: data });
async function fine(data: string, ...words: string[]) {
  const { code, stdout, stderr } = await signet(data, ...words);
  assert.deepEqual([code, stderr], [0, '']);
  return stdout;
}
const bytesOf = (data: string) => readFileSync(join(data, 'signet.sqlite'));
const first = put('first.yaml', bundle('Old words', ['ada', 'bob']));
const second = put('second.yaml', bundle('New words', ['bob', 'cyd']));
const saved = join(folder, 'saved.sqlite');

/** A data folder in which `first` was saved, and then `second` imported. */
async function prepared(name: string) {
  const data = join(folder, name);
  await fine(data, 'import', first);
  copyFileSync(join(data, 'master.key'), join(folder, `${name}.key`));
  await fine(data, 'backup', join(folder, `${name}.sqlite`));
  await fine(data, 'import', second);
  return data;
}

let data = '';
before(async () => {
  data = await prepared('one');
  copyFileSync(join(folder, 'one.sqlite'), saved);
});

test('a backup says what it holds, and restores to just that; what was there before is kept', async () => {
  const then = await fine(data, 'export');
  const said = await fine(data, 'restore', saved);
  assert.match(said, /^Restored: 1 tenant \(Contoso\), 2 people, 0 log entries, schema \d+\./);
  const now = await fine(data, 'export');
  assert.match(now, /Old words/);
  const [, kept = ''] = /before is in (\S+)\.\n/.exec(said) ?? [];
  await fine(data, 'restore', kept);
  assert.equal(await fine(data, 'export'), then);
  assert.match(await fine(data, 'admin', 'verify-audit'), /whole/);
});

test('a dry run says what would be restored, and changes nothing', async () => {
  const before = bytesOf(data);
  assert.match(await fine(data, 'restore', '--dry-run', saved), /can be restored: it holds 1 tenant/);
  assert.deepEqual(bytesOf(data), before);
  assert.equal(existsSync(join(data, '.restoring')), false);
});

test('on a new machine a backup and its key file make the appliance whole', async () => {
  const fresh = join(folder, 'fresh');
  const refused = await signet(fresh, 'restore', saved);
  assert.deepEqual([refused.code, /SIGNET_MASTER_KEY_WRONG/.test(refused.stderr)], [1, true]);
  await fine(fresh, 'restore', '--master-key', join(folder, 'one.key'), saved);
  assert.equal(
    readFileSync(join(fresh, 'master.key'), 'utf8'),
    readFileSync(join(folder, 'one.key'), 'utf8'),
  );
  assert.doesNotMatch(await fine(fresh, 'import', '--dry-run', first), /secret/i);
});

test('secrets of a backup from before a rotation are sealed with the key in force', async () => {
  const rotated = await prepared('two');
  await fine(rotated, 'vault', 'rotate');
  const backup = join(folder, 'two.sqlite');
  const refused = await signet(rotated, 'restore', backup);
  assert.match(refused.stderr, /^SIGNET_MASTER_KEY_WRONG: .*--master-key/);
  await fine(rotated, 'restore', '--master-key', join(folder, 'two.key'), backup);
  // Would be refused if a single secret, the vault's proof first of all, were sealed with a key that is not in the file.
  assert.match(await fine(rotated, 'vault', 'rotate'), /^1 secret is sealed/);
});

test('without its secrets a backup restores all the rest', async () => {
  const other = join(folder, 'other');
  await fine(other, 'restore', '--without-secrets', saved);
  assert.match(await fine(other, 'export'), /Old words/);
});

const spoil = (name: string, change: (database: Sqlite.Database) => void) => {
  const file = join(folder, `${name}.sqlite`);
  copyFileSync(saved, file);
  const database = new Sqlite(file);
  change(database);
  database.close();
  return file;
};
const unusable: Readonly<Record<string, () => string>> = {
  'is no database': () => put('letter.sqlite', 'Dear Signet,\n'.repeat(500)),
  'is the database of another program': () => {
    const file = join(folder, 'foreign.sqlite');
    new Sqlite(file).exec('create table songs (title text)').close();
    return file;
  },
  'has a trigger that Signet did not make': () =>
    spoil('trigger', database =>
      database.exec('create trigger t after insert on messages begin delete from audit; end'),
    ),
  'lacks a table': () => spoil('lacking', database => database.exec('drop table jobs')),
  'is cut short': () => {
    const file = join(folder, 'short.sqlite');
    const bytes = readFileSync(saved);
    writeFileSync(file, bytes.subarray(0, bytes.length / 2));
    return file;
  },
  'is not there': () => join(folder, 'nowhere.sqlite'),
};
for (const [what, make] of Object.entries(unusable))
  test(`a file that ${what} is refused, and nothing changes`, async () => {
    const before = bytesOf(data);
    const { code, stderr } = await signet(data, 'restore', make());
    assert.equal(code, 1);
    assert.match(stderr, /^SIGNET_BACKUP_UNUSABLE: .*nothing was changed\.\n$/);
    assert.deepEqual(bytesOf(data), before);
  });

test('a backup of a newer Signet is refused', async () => {
  const newer = spoil('newer', database =>
    database.exec("insert into migrations (number, name, at) values (9999, 'later', 0)"),
  );
  assert.match((await signet(data, 'restore', newer)).stderr, /^SIGNET_DATABASE_NEWER/);
});

test('a database that cannot be read is moved aside, and the backup takes its place', async () => {
  const broken = await prepared('broken');
  writeFileSync(join(broken, 'signet.sqlite'), 'not a database any more');
  assert.match(await fine(broken, 'restore', join(folder, 'broken.sqlite')), /moved aside: restart/);
  assert.match(await fine(broken, 'export'), /Old words/);
  assert.equal(readdirSync(join(broken, 'backups')).length, 1);
});

test('a running server is backed up under mail, and goes on with what is restored', async () => {
  const sink = await startSink();
  const sender = startSender();
  const live = join(folder, 'live');
  const inFile = (name: string, text: string, people: readonly string[]) =>
    put(name, bundle(text, people, sink.port));
  await fine(live, 'import', inFile('live-old.yaml', 'Old words', ['ada', 'bob']));
  const running = await startSignet({ SIGNET_DATA: live });
  async function mail(name: string) {
    const from = `${name}@contoso.com`;
    const letter = `From: ${from}\r\nTo: eve@partner.example\r\nSubject: x\r\n\r\nHello\r\n`;
    const message = { from, to: ['eve@partner.example'], data: Buffer.from(letter) };
    assert.equal((await sender.send(message, { port: running.port })).code, 250);
    return (await sink.next()).data.toString();
  }
  try {
    const backup = join(folder, 'live.sqlite');
    const backups = Promise.all([1, 2, 3].map(number => fine(live, 'backup', `${backup}${number}`)));
    for (let count = 0; count < 40; count++) assert.match(await mail('ada'), /Old words ada/);
    await backups;
    await fine(live, 'import', inFile('live-new.yaml', 'New words', ['bob', 'cyd']));
    await mailUntil(mail, 'bob', /New words bob/);
    await fine(live, 'restore', `${backup}3`);
    await running.logged(/a backup was restored/);
    assert.match(await mail('ada'), /Old words ada/);
    assert.match(await mail('bob'), /Old words bob/);
    assert.doesNotMatch(await mail('cyd'), /words/);
  } finally {
    await running.stop();
    sink.stop();
    sender.stop();
  }
});

/** The server looks at its store once a second. */
async function mailUntil(mail: (name: string) => Promise<string>, name: string, wanted: RegExp) {
  for (let attempt = 0; attempt < 2_000; attempt++) if (wanted.test(await mail(name))) return;
  assert.fail(`mail never said ${wanted}`);
}
