import assert from 'node:assert/strict';
import { licensingOf } from '../../src/app/licensing.ts';
import { createLicenceWarnings } from '../../src/jobs/licence-warnings.ts';
import { createLog } from '../../src/log.ts';
import { acme, createSetClock, testStore } from '../support/store.ts';

const signal = new AbortController().signal;

testStore(
  'each tenant with something to say about its licences is in the result and the log',
  async store => {
    const told: unknown[] = [];
    const log = Object.assign(createLog('silent'), { warn: (line: unknown) => void told.push(line) });
    const clock = createSetClock(Date.UTC(2026, 5, 15));
    const tenants = [
      { ...acme, id: 'over', name: 'Over' },
      { ...acme, id: 'ended', name: 'Ended' },
      { ...acme, id: 'fine', name: 'Fine' },
      { ...acme, id: 'none', name: 'None' },
    ];
    for (const tenant of tenants) await store.tenants.saveTenant(tenant);
    await store.database.write
      .insertInto('licences')
      .values(
        [
          { tenant_id: 'over', seats: 1, until_day: null },
          { tenant_id: 'ended', seats: 5, until_day: '2026-05-31' },
          { tenant_id: 'fine', seats: 5, until_day: '2027-05-31' },
        ].map(row => ({
          ...row,
          id: `l-${row.tenant_id}`,
          from_day: null,
          note: '',
          file: null,
          added_at: 1,
        })),
      )
      .execute();
    for (const personId of ['a', 'b'])
      await store.database.write
        .insertInto('seats')
        .values({ tenant_id: 'over', month: '2026-06', person_id: personId, first_at: 1 })
        .execute();

    const { warnings } = licensingOf(store, clock);
    const job = createLicenceWarnings({ ...store, warnings, log });
    const result = (await job.run(signal)) as {
      warnings: { tenantId: string; problems: { code: string }[] }[];
    };
    const codes = result.warnings.map(({ tenantId, problems }) => [
      tenantId,
      problems.map(({ code }) => code),
    ]);
    assert.deepEqual(codes.sort(), [
      ['ended', ['SIGNET_LICENCE_EXPIRED']],
      ['over', ['SIGNET_LICENCE_OVER_LIMIT']],
    ]);
    assert.equal(told.length, 2);
    assert.match(
      JSON.stringify(told),
      /"tenant":"over","name":"Over","code":"SIGNET_LICENCE_OVER_LIMIT","sentence":"[^"]/,
    );
  },
);
