import assert from 'node:assert/strict';
import { test } from 'node:test';
import { migrations } from '../../src/store/migrations/all.ts';
import { migrate } from '../../src/store/migrations/migrate.ts';
import type { Migration } from '../../src/store/migrations/migration.ts';
import { testOnEachDatabase } from '../support/databases.ts';

const now = () => 7;
const beforeChange = async () => assert.fail('an empty database needs no backup');
const newest = migrations.at(-1)?.number ?? 0;

const second: Migration = {
  number: newest + 1,
  name: 'second',
  statements: ({ integer }) => [`create table extras (id ${integer})`, 'insert into extras (id) values (1)'],
};
const third: Migration = {
  number: newest + 2,
  name: 'third',
  statements: () => ['insert into extras (id) values (2)', 'insert into nowhere (id) values (1)'],
};

test('migrations are numbered from 1, in order, none twice', () => {
  const numbers = migrations.map(({ number }) => number);
  assert.equal(numbers[0], 1);
  assert.deepEqual(
    numbers,
    [...new Set(numbers)].sort((one, other) => one - other),
  );
});

testOnEachDatabase('an empty database gets the newest schema, once', async database => {
  const expected = { kind: 'current', from: 0, to: newest };
  assert.deepEqual(await migrate({ database, migrations, now, beforeChange }), expected);
  assert.deepEqual(await migrate({ database, migrations, now, beforeChange }), { ...expected, from: newest });
  const ledger = await database.read.selectFrom('migrations').select(['number', 'at']).execute();
  assert.deepEqual(
    ledger,
    migrations.map(({ number }) => ({ number, at: 7 })),
  );
});

testOnEachDatabase('a database that holds something is backed up before it changes', async database => {
  await migrate({ database, migrations, now, beforeChange });
  const backedUp: number[] = [];
  const backUp = async (from: number) => {
    backedUp.push(from);
    assert.equal(
      (await database.read.selectFrom('migrations').selectAll().execute()).length,
      migrations.length,
    );
  };
  await migrate({ database, migrations: [...migrations, second], now, beforeChange: backUp });
  assert.deepEqual(backedUp, [newest]);
});

testOnEachDatabase('when the backup fails nothing changes', async database => {
  await migrate({ database, migrations, now, beforeChange });
  const backUp = () => Promise.reject(new Error('the disk is full'));
  const all = [...migrations, second];
  await assert.rejects(migrate({ database, migrations: all, now, beforeChange: backUp }), /disk is full/);
  assert.equal(
    (await database.read.introspection.getTables()).some(({ name }) => name === 'extras'),
    false,
  );
});

testOnEachDatabase('a migration that fails leaves the schema before it', async database => {
  await migrate({ database, migrations, now, beforeChange });
  const all = [...migrations, second, third];
  await assert.rejects(migrate({ database, migrations: all, now, beforeChange: async () => {} }));
  const { rows } = await database.read.executeQuery<{ id: number }>({
    ...database.read.selectFrom('migrations').select('number').compile(),
    sql: 'select id from extras',
    parameters: [],
  });
  assert.deepEqual(rows, [{ id: 1 }]);
  const outcome = await migrate({ database, migrations, now, beforeChange });
  assert.deepEqual(outcome, { kind: 'newer', found: newest + 1, known: newest });
});
