/** The Graph reader against the simulated tenant, over sockets: what it reads, what it asks for the second time, and faults. */
import assert from 'node:assert/strict';
import { after, afterEach, before, test } from 'node:test';
import { idOf } from '../../../src/sandbox/seed.ts';
import { seedPhoto } from '../../../src/sandbox/seed-photo.ts';
import { graphReader, memoryInMemory } from '../../support/graph-source.ts';
import { startSandbox, type TestSandbox } from '../../support/sandbox.ts';

let sandbox: TestSandbox;
before(async () => {
  sandbox = await startSandbox();
});
after(() => sandbox.sandbox.close());
afterEach(() => sandbox.state.faults.clear());

const [mona, signatures, sales] = ['mona.kane', 'signatures', 'sales'].map(name =>
  idOf(`${name}@contoso.com`),
) as [string, string, string];

test('people come with managers, nested groups and the names of their photos, whose bytes follow in batches', async () => {
  const { directory } = sandbox.contoso;
  const { read, requests } = await graphReader(sandbox);
  const { people, reading } = await read();
  const expected = directory.people().filter(({ userType, mail }) => userType === 'Member' && mail);
  assert.equal(Object.keys(people).length, expected.length);
  for (const { id, managerId, photo, mail } of expected) {
    const person = people[id];
    assert.deepEqual([person?.address, person?.managerId], [mail?.toLowerCase(), managerId]);
    assert.equal(person?.photo === undefined, photo === undefined, String(mail));
    const groups = directory
      .groups()
      .filter(group => group.kind !== 'dynamic-distribution' && directory.peopleIn(group.id).has(id));
    assert.deepEqual(person?.groups, groups.map(group => group.id).sort());
  }
  requests.length = 0;
  const shown = expected.filter(({ photo }) => photo);
  const bytes = await Promise.all(shown.map(({ id }) => reading.photo(people[id]?.photo ?? '')));
  assert.ok(
    shown.every(({ photo }, index) => photo && Buffer.from(photo).equals(bytes[index] ?? Buffer.alloc(0))),
  );
  assert.equal(requests.length, Math.ceil(shown.length / 20));
});

test('a second reading asks for the changes alone and knows as much as one from the start', async () => {
  const { directory } = sandbox.contoso;
  const memory = memoryInMemory();
  const { read, requests } = await graphReader(sandbox, { memory });
  await read();
  await read();
  assert.deepEqual(
    requests.map(url => url.replace(/=.*/, '')),
    ['users/delta?$deltatoken', 'groups/delta?$deltatoken'],
  );

  const before = { people: directory.people(), groups: directory.groups() };
  const [one, two, three, four] = before.people.filter(({ id, mail }) => mail && id !== mona);
  const group = directory.group(sales);
  assert.ok(one && two && three && four && group);
  directory.putPerson({ ...one, jobTitle: null, department: 'Research' });
  directory.putPerson({ ...two, managerId: four.id });
  const { managerId: _, ...boss } = three;
  directory.putPerson(boss);
  directory.removePerson(four.id);
  const fresh = {
    ...one,
    id: idOf('fresh'),
    mail: 'fresh@contoso.com',
    userPrincipalName: 'fresh@contoso.com',
  };
  directory.putPerson({ ...fresh, proxyAddresses: ['SMTP:fresh@contoso.com'], photo: seedPhoto(5) });
  directory.putGroup({ ...group, displayName: 'Sales team', members: [fresh.id, ...group.members.slice(1)] });
  directory.removeGroup(idOf('launch@contoso.com'));

  const later = await read();
  const whole = await (await graphReader(sandbox)).read();
  assert.deepEqual(later.people, whole.people);
  assert.deepEqual(later.groups, whole.groups);
  assert.equal(later.people[one.id]?.fields.jobTitle, undefined);
  assert.equal(later.people[one.id]?.fields.department, 'Research');
  assert.equal(later.people[four.id], undefined);
  assert.ok(later.people[fresh.id]?.photo);
  assert.ok(later.people[fresh.id]?.groups.includes(signatures));
  assert.deepEqual((await read()).people, whole.people);
  for (const person of before.people) directory.putPerson(person);
  directory.removePerson(fresh.id);
  for (const one of before.groups) directory.putGroup(one);
});

test('what is too old, dropped by Microsoft or damaged is read from the start', async () => {
  const memory = memoryInMemory();
  const { read, requests } = await graphReader(sandbox, { memory });
  const isWhole = () => requests.some(url => url.startsWith('users/delta?$select'));
  const first = await read();
  sandbox.state.faults.put('graph-resync', { times: 1 });
  assert.deepEqual([(await read()).people, isWhole()], [first.people, true]);
  await read();
  assert.equal(isWhole(), false);
  memory.spoil();
  assert.deepEqual([(await read()).people, isWhole()], [first.people, true]);
  sandbox.clock.advance(6 * 24 * 3_600_000);
  assert.deepEqual([(await read()).people, isWhole()], [first.people, true]);
});

test('a photo that changed or went is seen a day later, without any other change', async () => {
  const { directory } = sandbox.contoso;
  const memory = memoryInMemory();
  const { read, requests } = await graphReader(sandbox, { memory });
  const first = await read();
  const [one, two] = directory.people().filter(({ photo }) => photo);
  assert.ok(one && two);
  directory.putPerson({ ...one, photo: seedPhoto(77) });
  const { photo: _, ...bare } = two;
  directory.putPerson(bare);
  const soon = await read();
  assert.equal(soon.people[one.id]?.photo, first.people[one.id]?.photo);
  sandbox.clock.advance(24 * 3_600_000);
  const later = await read();
  assert.notEqual(later.people[one.id]?.photo, first.people[one.id]?.photo);
  assert.equal(later.people[two.id]?.photo, undefined);
  assert.ok(!requests.some(url => url.startsWith('users/delta?$select')));
  for (const person of [one, two]) directory.putPerson(person);
});

test('where deltas bring no managers, each is asked for', async () => {
  const expected = await (await graphReader(sandbox)).read();
  sandbox.state.faults.put('graph-no-managers');
  const { read } = await graphReader(sandbox, { memory: memoryInMemory() });
  assert.deepEqual((await read()).people, expected.people);
  assert.deepEqual((await read()).people, expected.people);
});

test('throttling is obeyed, of whole requests and of one read in a batch, and only that one is asked again', async () => {
  const expected = await (await graphReader(sandbox)).read();
  const { read, waits, requests } = await graphReader(sandbox);
  sandbox.state.faults.put('graph-throttled', { times: 1, only: 'users/delta', retryAfterSeconds: 31 });
  assert.deepEqual((await read()).people, expected.people);
  assert.deepEqual(waits, [31_000]);
  const batches = requests.filter(url => url === '$batch').length;
  waits.length = 0;
  sandbox.state.faults.put('graph-throttled', {
    times: 1,
    only: `/users/${mona}/photo`,
    retryAfterSeconds: 9,
  });
  assert.deepEqual((await read()).people, expected.people);
  assert.deepEqual([waits, requests.filter(url => url === '$batch').length], [[9_000], batches + 1]);
});

test('passing trouble is tried again, and a token that is refused is fetched anew', async () => {
  const expected = await (await graphReader(sandbox)).read();
  for (const fault of ['graph-unavailable', 'graph-cut-short', 'graph-unauthorized'] as const) {
    sandbox.state.faults.put(fault, { times: 1, after: 1 });
    assert.deepEqual((await (await graphReader(sandbox)).read()).people, expected.people, fault);
  }
});

const refusals = [
  ['groups may not be read', ['User.Read.All'], undefined, 'SIGNET_DIRECTORY_CREDENTIALS'],
  ['people may not be read', ['GroupMember.Read.All'], undefined, 'SIGNET_DIRECTORY_CREDENTIALS'],
  ['the tenant is throttled for good', undefined, 'graph-throttled', 'SIGNET_DIRECTORY_LIMIT'],
  ['everything is dropped again and again', undefined, 'graph-resync', 'SIGNET_DIRECTORY_REFUSED'],
  ['a page lies elsewhere', undefined, 'graph-page-elsewhere', 'SIGNET_DIRECTORY_REFUSED'],
] as const;
for (const [name, roles, fault, code] of refusals)
  test(`nothing is delivered and nothing kept when ${name}`, async () => {
    const memory = memoryInMemory();
    const { problem, requests } = await graphReader(sandbox, { memory, ...(roles ? { roles } : {}) });
    if (fault) sandbox.state.faults.put(fault);
    const said = await problem();
    assert.equal(said?.code, code);
    assert.equal(memory.size(), 0);
    assert.ok(requests.every(url => !url.startsWith('https:')));
    assert.ok(!said?.sentence.includes('eyJ'));
  });
