import assert from 'node:assert/strict';
import type { SignatureContent } from '../../src/store/signatures.ts';
import { acme, testStore } from '../support/store.ts';

const content = (html: string): SignatureContent => ({
  sections: [
    { kind: 'own', section: { zone: 'signature', new: { html }, reply: 'same' } },
    { kind: 'block', block: 'legal' },
  ],
  images: [{ name: 'logo', type: 'image/png', hash: 'ab' }],
});
const draft = (html: string, basedOn: number) => ({
  id: 's1',
  name: 'Standard',
  content: content(html),
  basedOn,
  savedBy: 'eve',
});

testStore('every save makes a version; one is published; an old one comes back as a new one', async store => {
  const { tenants, signatures } = store;
  await tenants.saveTenant(acme);
  assert.deepEqual(await signatures.save('acme', draft('one', 0)), { kind: 'saved', version: 1 });
  assert.deepEqual(await signatures.listPublished('acme'), []);
  assert.equal((await tenants.tenantRevisions()).get('acme'), 1);
  assert.deepEqual(await signatures.save('acme', { ...draft('two', 1), publish: true }), {
    kind: 'saved',
    version: 2,
  });
  assert.equal((await tenants.tenantRevisions()).get('acme'), 2);
  await signatures.save('acme', draft('three', 2));
  assert.deepEqual(await signatures.listPublished('acme'), [
    { id: 's1', name: 'Standard', content: content('two') },
  ]);
  assert.equal(await signatures.publish('acme', 's1', 3), true);
  assert.equal(await signatures.publish('acme', 's1', 9), false);
  assert.equal(await signatures.rollBackTo('acme', 's1', 1, 'bob'), 4);
  assert.equal(await signatures.rollBackTo('acme', 's1', 9, 'bob'), undefined);
  assert.deepEqual((await signatures.listPublished('acme'))[0]?.content, content('one'));
  assert.deepEqual(await signatures.list('acme'), [
    { id: 's1', name: 'Standard', newestVersion: 4, publishedVersion: 4 },
  ]);
  const versions = await signatures.listVersions('acme', 's1');
  assert.deepEqual(versions.map(({ version, savedBy, note }) => [version, savedBy, note]).slice(0, 2), [
    [4, 'bob', 'version 1 again'],
    [3, 'eve', ''],
  ]);
  await signatures.withdraw('acme', 's1');
  assert.deepEqual(await signatures.listPublished('acme'), []);
});

testStore('a save over a newer version is refused with both texts, and changes nothing', async store => {
  const { tenants, signatures } = store;
  await tenants.saveTenant(acme);
  await signatures.save('acme', draft('one', 0));
  await signatures.save('acme', draft('theirs', 1));
  const refused = await signatures.save('acme', draft('mine', 1));
  assert.equal(refused.kind, 'newer');
  if (refused.kind !== 'newer') return;
  assert.deepEqual([refused.newest.version, refused.newest.content], [2, content('theirs')]);
  assert.deepEqual([refused.base?.version, refused.base?.content], [1, content('one')]);
  assert.equal((await signatures.listVersions('acme', 's1')).length, 2);
  assert.equal((await signatures.save('acme', draft('a second new one', 0))).kind, 'newer');
});

testStore('of many saves at once on the same version one wins', async ({ tenants, signatures }) => {
  await tenants.saveTenant(acme);
  await signatures.save('acme', draft('one', 0));
  const all = ['a', 'b', 'c', 'd', 'e'].map(html => signatures.save('acme', draft(html, 1)));
  const settled = await Promise.allSettled(all);
  const won = settled.filter(one => one.status === 'fulfilled' && one.value.kind === 'saved');
  assert.equal(won.length, 1);
  assert.equal((await signatures.listVersions('acme', 's1')).length, 2);
});

testStore('a name is taken inside its tenant and kind only', async ({ tenants, signatures, blocks }) => {
  await tenants.saveTenant(acme);
  await tenants.saveTenant({ ...acme, id: 'other', name: 'Other' });
  await signatures.save('acme', draft('one', 0));
  assert.deepEqual(await signatures.save('acme', { ...draft('x', 0), id: 's2' }), { kind: 'name-taken' });
  assert.equal((await signatures.save('other', draft('x', 0))).kind, 'saved');
  const section = { zone: 'bottom', new: { html: 'legal' }, reply: 'none' } as const;
  const block = { id: 's1', name: 'Standard', content: { section, images: [] }, basedOn: 0, savedBy: 'eve' };
  assert.equal((await blocks.save('acme', { ...block, publish: true })).kind, 'saved');
  assert.deepEqual((await blocks.listPublished('acme'))[0]?.content.section, section);
  await signatures.remove('acme', 's1');
  assert.deepEqual(await signatures.list('acme'), []);
  assert.equal((await blocks.list('acme')).length, 1);
});

testStore('more published signatures than one reading takes come all', async ({ tenants, signatures }) => {
  await tenants.saveTenant(acme);
  for (let number = 10; number < 35; number++)
    await signatures.save('acme', { ...draft('x', 0), id: `s${number}`, name: `S ${number}`, publish: true });
  const ids = (await signatures.listPublished('acme')).map(({ id }) => id);
  assert.deepEqual([ids.length, new Set(ids).size], [25, 25]);
});

testStore('an image is found by its hash, in its tenant', async ({ tenants, images }) => {
  await tenants.saveTenant(acme);
  const image = { hash: 'ab', type: 'image/png', bytes: Uint8Array.of(137, 80, 0) };
  await images.addImage('acme', image);
  await images.addImage('acme', image);
  const found = await images.findImage('acme', 'ab');
  assert.deepEqual([found?.type, Buffer.from(found?.bytes ?? [])], ['image/png', Buffer.of(137, 80, 0)]);
  assert.equal(await images.findImage('other', 'ab'), undefined);
});
