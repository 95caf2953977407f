/**
 * What the relay's snapshot is built from, in slices that leave the main loop free. Read the tenant's revision first, then
 * this: what changes meanwhile has a higher revision and is read again by the next turn.
 */

import { limits } from '../limits.ts';
import type { Group, Person } from '../signature/person.ts';
import type { Database } from './database.ts';
import { groupOf, personOf } from './people-rows.ts';

export type PopulationSlice =
  | { readonly kind: 'people'; readonly people: readonly Person[] }
  | { readonly kind: 'groups'; readonly groups: readonly Group[] }
  | { readonly kind: 'gone'; readonly of: 'people' | 'groups'; readonly ids: readonly string[] };

export type SnapshotRows = {
  /** All people and groups, or those that changed after the revision `since`, and those that went. Without overrides. */
  readonly readPopulation: (tenantId: string, since?: number) => AsyncGenerator<PopulationSlice>;
};

export function createSnapshotRows({ read }: Database): SnapshotRows {
  const size = limits.store.batchRows;

  const people = (tenantId: string, since: number, after: string) =>
    read
      .selectFrom('people')
      .select(['id', 'data'])
      .where('tenant_id', '=', tenantId)
      .where('revision', '>', since)
      .where('id', '>', after)
      .orderBy('id')
      .limit(size)
      .execute();

  const groups = (tenantId: string, since: number, after: string) =>
    read
      .selectFrom('groups')
      .select(['id', 'name', 'address'])
      .where('tenant_id', '=', tenantId)
      .where('revision', '>', since)
      .where('id', '>', after)
      .orderBy('id')
      .limit(size)
      .execute();

  const removals = (tenantId: string, since: number, kind: string, after: string) =>
    read
      .selectFrom('removals')
      .select('id')
      .where('tenant_id', '=', tenantId)
      .where('kind', '=', kind)
      .where('revision', '>', since)
      .where('id', '>', after)
      .orderBy('id')
      .limit(size)
      .execute();

  async function* readPopulation(tenantId: string, since = -1): AsyncGenerator<PopulationSlice> {
    for await (const rows of slices(size, after => people(tenantId, since, after)))
      yield { kind: 'people', people: rows.map(personOf) };
    for await (const rows of slices(size, after => groups(tenantId, since, after)))
      yield { kind: 'groups', groups: rows.map(groupOf) };
    if (since < 0) return;
    for (const gone of ['people', 'groups'] as const)
      for await (const rows of slices(size, after => removals(tenantId, since, gone, after)))
        yield { kind: 'gone', of: gone, ids: rows.map(({ id }) => id) };
  }

  return { readPopulation };
}

async function* slices<Row extends { readonly id: string }>(
  size: number,
  readAfter: (id: string) => Promise<readonly Row[]>,
): AsyncGenerator<readonly Row[]> {
  for (let after = ''; ; ) {
    const rows = await readAfter(after);
    const last = rows.at(-1);
    if (last) yield rows;
    if (!last || rows.length < size) return;
    after = last.id;
  }
}
