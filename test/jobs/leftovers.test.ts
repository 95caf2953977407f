import assert from 'node:assert/strict';
import { createLeftoversJob } from '../../src/jobs/leftovers.ts';
import { person } from '../support/people.ts';
import { acme, testStore } from '../support/store.ts';

const signal = new AbortController().signal;
const bytes = Buffer.of(1);
const section = { zone: 'signature', new: { text: 'x' }, reply: 'same' } as const;

testStore(
  'what was unused yesterday and still is goes; what is used, or was put in today, stays',
  async store => {
    await store.tenants.saveTenant(acme);
    for (const hash of ['photo-of-anna', 'photo-of-nobody', 'photo-of-late'])
      await store.people.addPhoto('acme', hash, bytes);
    for (const hash of ['logo', 'old-logo', 'unused'])
      await store.images.addImage('acme', { hash, type: 'image/png', bytes });
    const save = (basedOn: number, hash: string) =>
      store.signatures.save('acme', {
        id: 's',
        name: 's',
        content: {
          sections: [{ kind: 'own', section }],
          images: [{ name: 'logo', type: 'image/png', hash }],
        },
        basedOn,
        savedBy: 'x',
      });
    await save(0, 'old-logo');
    await save(1, 'logo');
    const anna = person('anna', { photo: 'photo-of-anna' });
    await store.people.replacePeople('acme', 'directory', { people: [anna, person('bob')], groups: [] });
    await store.people.replacePeople('acme', 'directory', { people: [anna], groups: [] });

    const job = createLeftoversJob({ tenants: store.tenants, leftovers: store.leftovers });
    assert.deepEqual(await job.run(signal), { removed: { photos: 0, images: 0 } });
    await store.people.addPhoto('acme', 'photo-of-today', bytes);
    const late = person('late', { photo: 'photo-of-late' });
    await store.people.replacePeople('acme', 'directory', { people: [late], groups: [] });
    assert.deepEqual(await job.run(signal), { removed: { photos: 1, images: 1 } });

    const all = ['photo-of-anna', 'photo-of-nobody', 'photo-of-late', 'photo-of-today'];
    assert.deepEqual(await store.people.missingPhotos('acme', all), ['photo-of-nobody']);
    const left = await store.database.read.selectFrom('images').select('hash').orderBy('hash').execute();
    assert.deepEqual(left, [{ hash: 'logo' }, { hash: 'old-logo' }]);
    // Of bob every reader knows since yesterday; anna went today.
    const removals = await store.database.read.selectFrom('removals').select('id').execute();
    assert.deepEqual(removals, [{ id: 'anna' }]);
  },
);
