/**
 * The replacement of all people and groups of one source. Three stages: what is stored is read as ids and hashes; what
 * differs is staged, slice by slice, in short transactions; one transaction moves the staged rows in. Unchanged people
 * cost no write, and the readers' revision tells who changed.
 */
import { setImmediate } from 'node:timers/promises';
import { sql, type Transaction } from 'kysely';
import { limits } from '../limits.ts';
import type { Group, Person } from '../signature/person.ts';
import type { Database } from './database.ts';
import { groupRowOf, personRowOf } from './people-rows.ts';
import type { Tables } from './tables.ts';
import { bumpRevision } from './tenants.ts';

export type Population = {
  readonly people: Iterable<Person> | AsyncIterable<Person>;
  readonly groups: Iterable<Group> | AsyncIterable<Group>;
};

export type Import = {
  readonly database: Database;
  readonly random: (bytes: number) => Buffer;
  readonly tenantId: string;
  readonly source: string;
};

type Kind = 'people' | 'groups';

/** Rejects with nothing changed. Answers whether anything changed. */
export async function importPopulation(job: Import, { people, groups }: Population): Promise<boolean> {
  const importId = job.random(8).toString('hex');
  try {
    const members = new Map<string, number>();
    const changed = [
      await stage(job, importId, 'people', people, person => {
        for (const group of person.groups) members.set(group, (members.get(group) ?? 0) + 1);
        return personRowOf(person);
      }),
      await stage(job, importId, 'groups', groups, group => groupRowOf(group, members.get(group.id) ?? 0)),
    ].some(Boolean);
    if (changed) await moveIn(job, importId);
    return changed;
  } finally {
    await clear(job.database, importId);
  }
}

/** What a kill left behind; for the start. */
export async function clearImports({ runBatch, write }: Database): Promise<void> {
  await runBatch(
    (['staged_people', 'staged_groups', 'staged_removals'] as const).map(table => ({
      query: write.deleteFrom(table),
      runs: [[]],
    })),
  );
}

async function stage<Item>(
  { database, tenantId, source }: Import,
  importId: string,
  kind: Kind,
  items: Iterable<Item> | AsyncIterable<Item>,
  rowOf: (item: Item) => Omit<Tables['staged_people'] | Tables['staged_groups'], 'import_id'>,
): Promise<boolean> {
  const gone = await readHashes(database, { tenantId, source, kind });
  const seen = new Set<string>();
  let rows: ReturnType<typeof rowOf>[] = [];
  let changes = 0;
  let sinceYield = 0;
  const flush = async () => {
    changes += rows.length;
    await insertStaged(database, kind, rows, importId);
    rows = [];
  };
  for await (const item of items) {
    const row = rowOf(item);
    if (seen.has(row.id)) throw new Error(`expected each id once, got ${row.id} twice`);
    seen.add(row.id);
    if (gone.get(row.id) !== row.hash) rows.push(row);
    gone.delete(row.id);
    if (rows.length === limits.store.batchRows) await flush();
    // Making and hashing rows costs the main loop: it must get its turn even when nothing differs.
    if (++sinceYield % yieldRows === 0) await setImmediate();
  }
  await flush();
  for (const ids of slices([...gone.keys()], limits.store.batchRows))
    await stageRemovals(database, kind, ids, importId);
  return changes + gone.size > 0;
}

/** About a millisecond of work. */
const yieldRows = 20;

async function readHashes(
  { read }: Database,
  { tenantId, source, kind }: { readonly tenantId: string; readonly source: string; readonly kind: Kind },
) {
  const hashes = new Map<string, string>();
  for (let after = ''; ; ) {
    const rows = await read
      .selectFrom(kind)
      .select(['id', 'hash'])
      .where('tenant_id', '=', tenantId)
      .where('source', '=', source)
      .where('id', '>', after)
      .orderBy('id')
      .limit(limits.store.idRows)
      .execute();
    for (const { id, hash } of rows) hashes.set(id, hash);
    const last = rows.at(-1);
    if (!last || rows.length < limits.store.idRows) return hashes;
    after = last.id;
  }
}

async function insertStaged(database: Database, kind: Kind, rows: readonly object[], importId: string) {
  const staged = rows.map(row => ({ import_id: importId, ...row }));
  const [first] = staged;
  if (!first) return;
  const table = kind === 'people' ? 'staged_people' : 'staged_groups';
  const query = database.write.insertInto(table).values(first as Tables[typeof table] & object);
  await database.runBatch([{ query, runs: staged.map(row => Object.values(row)) }]);
}

async function stageRemovals(database: Database, kind: Kind, ids: readonly string[], importId: string) {
  const query = database.write.insertInto('staged_removals').values({ import_id: importId, kind, id: '' });
  await database.runBatch([{ query, runs: ids.map(id => [importId, kind, id]) }]);
}

/** The one step that others wait for: about a second for 50,000 new people, nothing to speak of for a daily sync. */
function moveIn({ database, tenantId, source }: Import, importId: string) {
  return database.write.transaction().execute(async transaction => {
    const revision = await bumpRevision(transaction, tenantId);
    const place: Place = { tenantId, source, importId, revision };
    await sql`
      insert into people (tenant_id, id, source, address, sort_name, search, data, hash, revision)
      select ${text(tenantId)}, id, ${text(source)}, address, sort_name, search, data, hash, ${number(revision)}
      from staged_people where import_id = ${importId}
      on conflict (tenant_id, id) do update set source = excluded.source, address = excluded.address,
        sort_name = excluded.sort_name, search = excluded.search, data = excluded.data, hash = excluded.hash,
        revision = excluded.revision`.execute(transaction);
    await sql`
      insert into groups (tenant_id, id, source, name, address, members, hash, revision)
      select ${text(tenantId)}, id, ${text(source)}, name, address, members, hash, ${number(revision)}
      from staged_groups where import_id = ${importId}
      on conflict (tenant_id, id) do update set source = excluded.source, name = excluded.name,
        address = excluded.address, members = excluded.members, hash = excluded.hash,
        revision = excluded.revision`.execute(transaction);
    await removeGone(transaction, place, 'people');
    await removeGone(transaction, place, 'groups');
  });
}

type Place = {
  readonly tenantId: string;
  readonly source: string;
  readonly importId: string;
  readonly revision: number;
};

/** Those that came back are no removals any more. */
async function removeGone(transaction: Transaction<Tables>, place: Place, kind: Kind) {
  const { tenantId, source, importId, revision } = place;
  const gone = sql`select id from staged_removals where import_id = ${importId} and kind = ${kind}`;
  const table = sql.table(kind);
  const staged = sql.table(kind === 'people' ? 'staged_people' : 'staged_groups');
  // A source removes only what is its own: a person may have moved to another source meanwhile.
  await sql`
    delete from ${table} where tenant_id = ${tenantId} and source = ${source} and id in (${gone})
  `.execute(transaction);
  await sql`
    insert into removals (tenant_id, kind, id, revision)
    select ${text(tenantId)}, kind, id, ${number(revision)} from staged_removals
    where import_id = ${importId} and kind = ${kind}
    on conflict (tenant_id, kind, id) do update set revision = excluded.revision`.execute(transaction);
  await sql`
    delete from removals where tenant_id = ${tenantId} and kind = ${kind}
      and id in (select id from ${staged} where import_id = ${importId})`.execute(transaction);
}

/** PostgreSQL wants to know what a parameter in a select list is. */
const text = (value: string) => sql`cast(${value} as text)`;
const number = (value: number) => sql`cast(${value} as bigint)`;

/** In slices: the rows of a first import are many. */
async function clear({ write }: Database, importId: string) {
  await write.deleteFrom('staged_people').where('import_id', '=', importId).execute();
  await write.deleteFrom('staged_groups').where('import_id', '=', importId).execute();
  await write.deleteFrom('staged_removals').where('import_id', '=', importId).execute();
}

function* slices<Item>(items: readonly Item[], size: number) {
  for (let start = 0; start < items.length; start += size) yield items.slice(start, start + size);
}
