/** A store with everything in it, for tests: on each kind of database, with a clock that the test sets. */
import assert from 'node:assert/strict';
import { randomBytes } from 'node:crypto';
import { join } from 'node:path';
import type { TestContext } from 'node:test';
import type { Clock } from '../../src/clock.ts';
import type { Database } from '../../src/store/database.ts';
import { migrations } from '../../src/store/migrations/all.ts';
import { migrate } from '../../src/store/migrations/migrate.ts';
import { assemble, type Store } from '../../src/store/store.ts';
import type { Tenant } from '../../src/store/tenants.ts';
import { openVault } from '../../src/store/vault.ts';
import { freshName, scratch, testOnEachDatabase } from './databases.ts';

export type SetClock = Clock & { set: (at: number) => void };

export function createSetClock(at = 1_000): SetClock {
  let time = at;
  return { now: () => time, elapsed: () => time, set: to => (time = to) };
}

export function testStore(
  name: string,
  body: (store: Store, clock: SetClock, context: TestContext) => Promise<void>,
) {
  testOnEachDatabase(name, async (database, context) => {
    const clock = createSetClock();
    await body(await prepareStore(database, clock), clock, context);
  });
}

export async function prepareStore(database: Database, clock: Clock): Promise<Store> {
  await migrate({ database, migrations, now: clock.now, beforeChange: async () => {} });
  const keyFile = join(scratch, `${freshName()}.key`);
  const options = { write: database.write, clock, random: randomBytes, keyFile, mayMakeKeyFile: true };
  const vault = await openVault(options);
  assert.equal(vault.kind, 'ok');
  return assemble({
    database,
    vault: vault.kind === 'ok' ? vault.value : assert.fail(),
    clock,
    random: randomBytes,
  });
}

export const acme: Tenant = {
  id: 'acme',
  name: 'Acme',
  kind: 'smtp',
  mode: 'on',
  domains: ['acme.example'],
  connection: {
    peers: [{ kind: 'address', block: '192.0.2.0/24' }],
    nextHop: { target: { kind: 'host', host: 'mx.acme.example' }, port: 25, tls: 'required' },
    token: '0123456789abcdef0123456789abcdef',
  },
  preferences: { timeZone: 'Europe/Berlin' },
};
