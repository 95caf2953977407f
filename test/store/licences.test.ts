import assert from 'node:assert/strict';
import { insertSeats } from '../../src/store/licences.ts';
import { acme, testStore } from '../support/store.ts';

testStore('licences come back as they were saved', async ({ tenants, licences }) => {
  await tenants.saveTenant(acme);
  const licence = { id: 'l1', seats: 50, from: '2026-01-01', until: '2026-12-31', note: 'first year' };
  await licences.saveLicence('acme', licence);
  await licences.saveLicence('acme', { id: 'l2', seats: 5, note: '', file: 'signed' });
  await licences.saveLicence('acme', { ...licence, seats: 60 });
  assert.deepEqual(await licences.listLicences('acme'), [
    { ...licence, seats: 60, addedAt: 1_000 },
    { id: 'l2', seats: 5, note: '', file: 'signed', addedAt: 1_000 },
  ]);
  await licences.removeLicence('acme', 'l1');
  assert.equal((await licences.listLicences('acme')).length, 1);
});

testStore(
  'a seat is counted once, with its earliest time, in the order of the first message',
  async store => {
    const { licences, database } = store;
    const seat = (personId: string, firstAt: number, month = '2026-11') => ({
      tenantId: 'acme',
      month,
      personId,
      firstAt,
    });
    await database.runBatch(insertSeats(database, [seat('ada', 30), seat('bob', 20), seat('ada', 40)]));
    await database.runBatch(
      insertSeats(database, [seat('ada', 10), seat('eve', 20), seat('eve', 50, '2026-12')]),
    );
    assert.deepEqual(await licences.listSeats('acme', '2026-11'), [
      seat('ada', 10),
      seat('bob', 20),
      seat('eve', 20),
    ]);
    assert.deepEqual(await licences.countSeats('acme'), [
      { month: '2026-12', seats: 1 },
      { month: '2026-11', seats: 3 },
    ]);
  },
);

testStore('settings and jobs come back after they were saved, and saved again', async ({ settings }) => {
  assert.equal(await settings.readSetting('alerts'), undefined);
  await settings.saveSetting('alerts', { to: ['a@b.example'] });
  await settings.saveSetting('alerts', { to: [] });
  assert.deepEqual(await settings.readSetting('alerts'), { to: [] });
  const job = { name: 'sync', tenantId: 'acme', startedAt: 1, finishedAt: 2, nextAt: 3 };
  await settings.saveJob({ ...job, outcome: 'failure', result: { sentence: 'no' } });
  await settings.saveJob({ ...job, outcome: 'success' });
  await settings.saveJob({ name: 'sync' });
  assert.deepEqual(await settings.listJobs(), [{ name: 'sync' }, { ...job, outcome: 'success' }]);
});
