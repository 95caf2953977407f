import assert from 'node:assert/strict';
import type { Group, Person } from '../../src/signature/person.ts';
import type { Store } from '../../src/store/store.ts';
import { acme, testStore } from '../support/store.ts';

const person = (number: number, more: Partial<Person> = {}): Person => ({
  id: `p${String(number).padStart(4, '0')}`,
  kind: 'user',
  address: `p${number}@acme.example`,
  aliases: [],
  fields: { displayName: `Person ${number}` },
  custom: {},
  groups: [],
  ...more,
});
const sales: Group = { id: 'g1', name: 'Sales', address: 'sales@acme.example' };
const people = (count: number) => Array.from({ length: count }, (_, index) => person(index));

async function populationOf({ snapshotRows }: Store, since?: number) {
  const found = { people: [] as string[], groups: [] as string[], gone: [] as string[] };
  for await (const slice of snapshotRows.readPopulation('acme', since)) {
    if (slice.kind === 'people') found.people.push(...slice.people.map(({ id }) => id));
    if (slice.kind === 'groups') found.groups.push(...slice.groups.map(({ id }) => id));
    if (slice.kind === 'gone') found.gone.push(...slice.ids);
  }
  return found;
}

testStore('people come back as their source brought them', async store => {
  await store.tenants.saveTenant(acme);
  const ada = person(1, {
    aliases: ['ada@acme.example'],
    fields: { displayName: 'Ada "%_" Ω', jobTitle: 'Countess' },
    custom: { shoe: '38' },
    groups: ['g1'],
    managerId: 'p0002',
    photo: 'ab'.repeat(32),
  });
  assert.equal(
    await store.people.replacePeople('acme', 'csv', { people: [ada, person(2)], groups: [sales] }),
    true,
  );
  assert.deepEqual(await store.people.findPerson('acme', ada.id), ada);
  assert.deepEqual((await store.people.listGroups('acme', { size: 10 })).groups, [{ ...sales, members: 1 }]);
  assert.equal(await store.people.countPeople('acme'), 2);
  assert.equal(await store.people.findPerson('other', ada.id), undefined);
});

testStore('replacing with the same changes nothing, not even the revision', async store => {
  await store.tenants.saveTenant(acme);
  await store.people.replacePeople('acme', 'csv', { people: people(3), groups: [sales] });
  const before = await store.tenants.tenantRevisions();
  assert.equal(
    await store.people.replacePeople('acme', 'csv', { people: people(3), groups: [sales] }),
    false,
  );
  assert.deepEqual(await store.tenants.tenantRevisions(), before);
});

testStore('readers that follow the revision see what changed, came and went', async store => {
  await store.tenants.saveTenant(acme);
  await store.people.replacePeople('acme', 'csv', { people: people(600), groups: [sales] });
  const since = (await store.tenants.tenantRevisions()).get('acme') ?? 0;
  const all = await populationOf(store);
  assert.equal(new Set(all.people).size, 600);
  assert.deepEqual([all.groups, all.gone], [['g1'], []]);
  const next = [...people(598).slice(1), person(5, { fields: { displayName: 'New name' } }), person(900)];
  next.splice(4, 1);
  await store.people.replacePeople('acme', 'csv', { people: next, groups: [] });
  assert.deepEqual(await populationOf(store, since), {
    people: ['p0005', 'p0900'],
    groups: [],
    gone: ['p0000', 'p0598', 'p0599', 'g1'],
  });
  await store.people.replacePeople('acme', 'csv', { people: people(600), groups: [] });
  assert.deepEqual((await populationOf(store, since)).gone, ['p0900', 'g1']);
});

testStore('one source leaves the people of another alone', async store => {
  await store.tenants.saveTenant(acme);
  await store.people.replacePeople('acme', 'csv', { people: people(2), groups: [] });
  await store.people.replacePeople('acme', 'ldap', { people: [person(7)], groups: [] });
  await store.people.replacePeople('acme', 'csv', { people: [], groups: [] });
  assert.deepEqual(await store.people.personIds('acme', 'ldap'), ['p0007']);
  assert.deepEqual(await store.people.personIds('acme', 'csv'), []);
});

testStore('an import that fails in the middle changes nothing and leaves nothing behind', async store => {
  await store.tenants.saveTenant(acme);
  await store.people.replacePeople('acme', 'csv', { people: people(2), groups: [] });
  async function* broken() {
    yield* people(700).slice(1);
    throw new Error('the line went dead');
  }
  const population = { people: broken(), groups: [] };
  await assert.rejects(store.people.replacePeople('acme', 'csv', population), /line went dead/);
  assert.deepEqual(await store.people.personIds('acme', 'csv'), ['p0000', 'p0001']);
  assert.deepEqual(await store.database.read.selectFrom('staged_people').selectAll().execute(), []);
  const twice = { people: [person(1), person(1)], groups: [] };
  await assert.rejects(store.people.replacePeople('acme', 'csv', twice), /p0001 twice/);
  assert.equal(await store.people.countPeople('acme'), 2);
});

testStore('lists are paged by name; a search and a group narrow them', async store => {
  await store.tenants.saveTenant(acme);
  const members = people(9).map(one => (one.id > 'p0004' ? { ...one, groups: ['g1', 'g%'] } : one));
  await store.people.replacePeople('acme', 'csv', { people: members, groups: [sales] });
  const first = await store.people.listPeople('acme', { size: 5 });
  const second = await store.people.listPeople('acme', { size: 5, ...(first.next && { after: first.next }) });
  assert.deepEqual(
    [...first.people, ...second.people].map(({ id }) => id),
    members.map(({ id }) => id),
  );
  assert.equal(second.next, undefined);
  const ids = async (query: { text?: string; group?: string }) =>
    (await store.people.listPeople('acme', { size: 50, ...query })).people.map(({ id }) => id);
  assert.deepEqual(await ids({ text: 'PERSON 3' }), ['p0003']);
  assert.deepEqual(await ids({ text: 'p_' }), []);
  assert.deepEqual(await ids({ group: 'g1' }), ['p0005', 'p0006', 'p0007', 'p0008']);
  assert.deepEqual(await ids({ group: 'g' }), []);
  assert.deepEqual(await ids({ group: 'g_' }), []);
});

testStore('an override stands beside the person until its time is over', async (store, clock) => {
  await store.tenants.saveTenant(acme);
  await store.people.replacePeople('acme', 'csv', { people: people(2), groups: [] });
  const since = (await store.tenants.tenantRevisions()).get('acme') ?? 0;
  const override = {
    personId: 'p0001',
    attribute: 'jobTitle',
    value: 'Acting CEO',
    until: 2_000,
    changedBy: 'eve',
  };
  await store.people.saveOverride('acme', override);
  await store.people.saveOverride('acme', {
    personId: 'p0001',
    attribute: 'city',
    value: '',
    changedBy: 'eve',
  });
  assert.deepEqual((await populationOf(store, since)).people, ['p0001']);
  assert.deepEqual(await store.people.listOverrides('acme'), [
    { personId: 'p0001', attribute: 'city', value: '', changedBy: 'eve', changedAt: 1_000 },
    { ...override, changedAt: 1_000 },
  ]);
  assert.equal(await store.people.removeExpiredOverrides(), 0);
  clock.set(2_000);
  assert.equal(await store.people.removeExpiredOverrides(), 1);
  assert.equal((await store.people.listOverrides('acme')).length, 1);
});

testStore('a photo is stored once, under its hash', async ({ tenants, people: store }) => {
  await tenants.saveTenant(acme);
  assert.deepEqual(await store.missingPhotos('acme', ['a', 'b']), ['a', 'b']);
  await store.addPhoto('acme', 'a', Uint8Array.of(1, 0, 255));
  await store.addPhoto('acme', 'a', Uint8Array.of(1, 0, 255));
  assert.deepEqual(await store.missingPhotos('acme', ['a', 'b']), ['b']);
  assert.deepEqual(Buffer.from((await store.findPhoto('acme', 'a')) ?? []), Buffer.of(1, 0, 255));
  assert.equal(await store.findPhoto('other', 'a'), undefined);
});
