/**
 * Makes the database of this version for the upgrade tests, once for each release, before the next migration is written:
 * node --import tsx scripts/store-fixture.ts test/store/fixtures/VERSION.sqlite.gz
 */
import { randomBytes } from 'node:crypto';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import process from 'node:process';
import { gzipSync } from 'node:zlib';
import { createLog } from '../src/log.ts';
import { startWorker } from '../src/start-worker.ts';
import { insertSeats } from '../src/store/licences.ts';
import { insertMessages } from '../src/store/messages.ts';
import { openStore, type Store } from '../src/store/store.ts';

const [, , target = ''] = process.argv;
const folder = mkdtempSync(join(tmpdir(), 'signet-fixture-'));
const clock = { now: () => 1_790_000_000_000, elapsed: () => 0 };
const opened = await openStore({
  dataFolder: folder,
  startWorker,
  clock,
  random: randomBytes,
  log: createLog('warn'),
});
if (opened.kind === 'problem') throw new Error(opened.problem.sentence);
await fill(opened.value);
const copy = join(folder, 'copy.sqlite');
await opened.value.backUp(copy);
await opened.value.close();
writeFileSync(target, gzipSync(readFileSync(copy), { level: 9 }));
rmSync(folder, { recursive: true });

async function fill({
  tenants,
  people,
  signatures,
  blocks,
  images,
  rules,
  licences,
  settings,
  database,
}: Store) {
  const connection = {
    peers: [{ kind: 'user', user: 'scanner' }],
    nextHop: { target: { kind: 'host', host: 'mx.acme.example' }, port: 25, tls: 'required' },
    token: '0123456789abcdef0123456789abcdef',
  } as const;
  const acme = {
    id: 'acme',
    name: 'Acme',
    kind: 'smtp',
    mode: 'on',
    domains: ['acme.example'],
    connection,
  } as const;
  await tenants.saveTenant(
    { ...acme, preferences: {} },
    { 'peer-password:scanner': 'tiger', 'route-secret': 'x' },
  );
  await tenants.saveTenant({
    ...acme,
    id: 'other',
    name: 'Other',
    preferences: {},
    managedBy: '/etc/signet.yaml',
  });
  const numbers = Array.from({ length: 20 }, (_, index) => index);
  await people.replacePeople('acme', 'csv', {
    people: numbers.map(number => ({
      id: `p${number}`,
      kind: 'user',
      address: `p${number}@acme.example`,
      aliases: [`alias${number}@acme.example`],
      fields: { displayName: `Person ${number}`, jobTitle: 'Tester' },
      custom: { shoe: '38' },
      groups: ['g1'],
    })),
    groups: [{ id: 'g1', name: 'All', address: 'all@acme.example' }],
  });
  await people.addPhoto('acme', 'aa', Buffer.from('photo'));
  await people.saveOverride('acme', {
    personId: 'p1',
    attribute: 'jobTitle',
    value: 'Boss',
    changedBy: 'eve',
  });
  await images.addImage('acme', { hash: 'ab', type: 'image/png', bytes: Buffer.from('png') });
  const section = {
    zone: 'signature',
    new: { html: '<p>{{person.displayName}}</p>' },
    reply: 'same',
  } as const;
  const draft = { id: 's1', name: 'Standard', basedOn: 0, savedBy: 'eve', publish: true };
  const content = { sections: [{ kind: 'own', section }], images: [] } as const;
  await signatures.save('acme', { ...draft, content });
  await signatures.save('acme', { ...draft, content, basedOn: 1 });
  await blocks.save('acme', { ...draft, content: { section, images: [] } });
  const rule = {
    name: 'Everyone',
    enabled: true,
    senders: { include: [], except: [] },
    recipients: { include: [], except: [] },
    message: { conversation: 'any', subjectWords: [], textWords: [], importance: 'any' },
    time: { weekdays: [] },
    action: { kind: 'sign', signatures: ['s1'] },
    onMatch: 'stop',
    onNoMatch: 'continue',
  } as const;
  for (const id of ['r1', 'r2'])
    await rules.saveRule('acme', { ...rule, id }, { basedOn: 0, changedBy: 'eve' });
  await licences.saveLicence('acme', { id: 'l1', seats: 50, from: '2026-01-01', note: '' });
  await settings.saveSetting('example', { on: true });
  await settings.saveJob({ name: 'directory-sync', tenantId: 'acme', outcome: 'success', finishedAt: 1 });
  const entries = Array.from({ length: 30 }, (_, index) => ({
    id: `m${index}`,
    tenantId: 'acme',
    at: clock.now() + index,
    sender: `p${index % 20}@acme.example`,
    recipients: ['r@x.example'],
    personId: `p${index % 20}`,
    reason: 'stamped',
    outcome: 'delivered',
    sizeBytes: 2_000,
    detail: { rules: ['r1'] },
  }));
  const seat = { tenantId: 'acme', month: '2026-09', personId: 'p1', firstAt: clock.now() };
  await database.runBatch([...insertMessages(database, entries), ...insertSeats(database, [seat])]);
}
