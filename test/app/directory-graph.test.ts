/**
 * A tenant's people from Graph, by its standing access, through the store: the certificate that Signet makes, the token that it
 * brings, delta after delta, and what is refused. Against the simulated tenant.
 */
import assert from 'node:assert/strict';
import { randomBytes } from 'node:crypto';
import { mkdtemp, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before } from 'node:test';
import { syncDirectory } from '../../src/app/directory.ts';
import { cloudsOr, readClouds } from '../../src/app/mail-flow/clouds.ts';
import { createStandingAccesses } from '../../src/app/standing-access.ts';
import { systemClock } from '../../src/clock.ts';
import { createLog } from '../../src/log.ts';
import { contosoId, idOf } from '../../src/sandbox/seed.ts';
import type { Store } from '../../src/store/store.ts';
import { ownApplication, startSandbox, type TestSandbox } from '../support/sandbox.ts';
import { acme, testStore } from '../support/store.ts';

let sandbox: TestSandbox;
let dataFolder: string;
before(async () => {
  sandbox = await startSandbox();
  dataFolder = await mkdtemp(join(tmpdir(), 'signet-graph-'));
  await writeFile(join(dataFolder, 'sandbox.json'), JSON.stringify(sandbox.cloud));
});
after(() => sandbox.sandbox.close());

const microsoft = { tenantId: contosoId, cloud: 'sandbox' } as const;
const contoso = {
  ...acme,
  id: 'contoso',
  name: 'Contoso',
  kind: 'exchange-online',
  domains: ['contoso.com'],
} as const;
const appIds = {
  directory: '10000000-0000-0000-0000-000000000001',
  watch: '10000000-0000-0000-0000-000000000002',
};

async function withTenant(store: Store) {
  await store.tenants.saveTenant({ ...contoso, connection: { ...acme.connection, microsoft } });
  const standing = createStandingAccesses({
    store,
    clouds: async () => cloudsOr(await readClouds(dataFolder, () => assert.fail('Microsoft was asked'))),
    clock: { now: Date.now },
    random: randomBytes,
  });
  const sync = (photos = true) =>
    syncDirectory(
      {
        store,
        clock: systemClock,
        log: createLog('silent'),
        fit: async picture => ({ kind: 'ok', picture: { ...picture, bytes: picture.bytes } }) as never,
        standing,
      },
      {
        tenantId: contoso.id,
        directory: { source: { kind: 'graph', photos }, password: {}, everyMinutes: 60 },
        signal: new AbortController().signal,
      },
    );
  return { standing, sync };
}

/** What the administrator's script does at Microsoft. */
function register(certificate: string, appId: string, roles: readonly string[]) {
  const requires = { delegated: {}, application: { graph: roles } };
  sandbox.state.register(
    ownApplication({ appId, certificates: [certificate], requires, isFallbackPublicClient: false }),
  );
  sandbox.state.consent(sandbox.contoso, appId, { application: roles });
}

testStore('people of Graph come by the standing access, and the second sync by changes', async store => {
  const { standing, sync } = await withTenant(store);
  const without = await sync();
  assert.equal(without.kind === 'failure' && without.problem.code, 'SIGNET_DIRECTORY_SETTINGS');

  const prepared = await standing.prepare(contoso.id, 'directory');
  if (prepared.kind === 'problem') return assert.fail(prepared.problem.sentence);
  const { certificate, thumbprint } = prepared.value;
  const again = await standing.prepare(contoso.id, 'directory');
  assert.equal(again.kind === 'ok' && again.value.thumbprint, thumbprint);
  assert.ok(!JSON.stringify(await store.microsoft.findMicrosoft(contoso.id)).includes('PRIVATE KEY'));
  register(certificate, appIds.directory, ['User.Read.All', 'GroupMember.Read.All']);
  await standing.give(contoso.id, 'directory', appIds.directory);
  assert.equal(await standing.open(contoso.id, 'watch'), undefined);

  const first = await sync();
  if (first.kind === 'failure') return assert.fail(first.problem.sentence);
  const people = sandbox.contoso.directory.people().filter(({ mail }) => mail);
  assert.equal(first.people, people.length);
  assert.equal(first.newPhotos, people.filter(({ photo }) => photo).length);
  const memory = await store.directoryMemories.findMemory(contoso.id);
  assert.ok(memory && memory.pages >= 3);

  const [one] = people;
  assert.ok(one);
  sandbox.contoso.directory.putPerson({ ...one, jobTitle: 'Chair' });
  const second = await sync();
  assert.equal(second.kind === 'success' && second.people, people.length);
  assert.equal((await store.people.findPerson(contoso.id, one.id))?.fields.jobTitle, 'Chair');
  assert.equal((await store.directoryMemories.findMemory(contoso.id))?.pages, memory.pages + 1);
  sandbox.contoso.directory.putPerson(one);

  // Another source takes over: nothing of Graph's stays behind.
  const { password, everyMinutes } = { password: {}, everyMinutes: 60 };
  const csv = {
    kind: 'csv',
    file: '/nonexistent.csv',
    encoding: 'auto',
    separator: 'auto',
    columns: {},
  } as const;
  await syncDirectory(
    { store, clock: systemClock, log: createLog('silent'), fit: async () => assert.fail(), standing },
    {
      tenantId: contoso.id,
      directory: { source: csv, password, everyMinutes },
      signal: new AbortController().signal,
    },
  );
  assert.equal(await store.directoryMemories.findMemory(contoso.id), undefined);
  assert.equal(await store.directoryMemories.findMemoryPage(contoso.id, 0), undefined);
});

testStore('a sync that fails or lost too many changes nobody, and says why', async store => {
  const { standing, sync } = await withTenant(store);
  const prepared = await standing.prepare(contoso.id, 'directory');
  if (prepared.kind === 'problem') return assert.fail(prepared.problem.sentence);
  register(prepared.value.certificate, appIds.directory, ['User.Read.All', 'GroupMember.Read.All']);
  await standing.give(contoso.id, 'directory', appIds.directory);
  const first = await sync(false);
  assert.equal(first.kind, 'success');
  const before = await store.people.countPeople(contoso.id);

  const people = sandbox.contoso.directory.people();
  for (const { id } of people.slice(5)) sandbox.contoso.directory.removePerson(id);
  const shrunk = await sync(false);
  assert.equal(shrunk.kind === 'failure' && shrunk.problem.code, 'SIGNET_DIRECTORY_SHRUNK');
  assert.equal(await store.people.countPeople(contoso.id), before);
  for (const person of people) sandbox.contoso.directory.putPerson(person);
  assert.equal((await sync(false)).kind, 'success');

  sandbox.state.faults.put('graph-forbidden');
  const refused = await sync(false);
  assert.equal(refused.kind === 'failure' && refused.problem.code, 'SIGNET_DIRECTORY_CREDENTIALS');
  sandbox.state.faults.clear();
  await standing.forget(contoso.id, 'directory');
  assert.equal((await store.tenants.tenantSecrets(contoso.id))['application-key:directory'], undefined);
  assert.deepEqual(await standing.list(contoso.id), []);
  assert.equal(await store.people.countPeople(contoso.id), before);
  assert.ok(await store.people.findPerson(contoso.id, idOf('mona.kane@contoso.com')));
});

testStore('a certificate that is not at the registration opens nothing', async store => {
  const { standing, sync } = await withTenant(store);
  await standing.prepare(contoso.id, 'directory');
  await standing.give(contoso.id, 'directory', appIds.watch);
  const stranger = await standing.prepare(contoso.id, 'watch');
  if (stranger.kind === 'problem') return assert.fail(stranger.problem.sentence);
  register(stranger.value.certificate, appIds.watch, ['User.Read.All', 'GroupMember.Read.All']);
  const result = await sync();
  assert.equal(result.kind === 'failure' && result.problem.code, 'SIGNET_DIRECTORY_CREDENTIALS');
  assert.ok(!JSON.stringify(result).includes('PRIVATE'));
});
