/**
 * People and groups as their source brought them, and the local overrides beside them. A source's people are replaced as a
 * whole: what differs is staged in slices, then changed in one transaction, so that nobody sees half of an import, a kill
 * leaves the old people or the new ones, and other writes wait for the last step only.
 */
import { sql } from 'kysely';
import type { Clock } from '../clock.ts';
import { limits } from '../limits.ts';
import type { Group, Person } from '../signature/person.ts';
import type { Database } from './database.ts';
import { importPopulation, type Population } from './people-import.ts';
import { groupOf, personOf } from './people-rows.ts';
import { bumpRevision } from './tenants.ts';

export type StoredOverride = {
  readonly personId: string;
  readonly attribute: string;
  /** '' hides the directory's value. */
  readonly value: string;
  /** Milliseconds since 1970-01-01 UTC, exclusive; absent: for good. */
  readonly until?: number;
  readonly changedBy: string;
  readonly changedAt: number;
};

export type PeoplePage = {
  readonly people: readonly Person[];
  /** Hand it in for the next page; undefined after the last one. */
  readonly next?: PeopleCursor;
};
export type PeopleCursor = { readonly sortName: string; readonly id: string };

export type People = {
  /**
   * Puts these in the place of all people and groups of this source of this tenant. Rejects with nothing changed.
   * Answers whether anything changed.
   */
  readonly replacePeople: (tenantId: string, source: string, population: Population) => Promise<boolean>;
  readonly personIds: (tenantId: string, source: string) => Promise<readonly string[]>;
  /** As their source has them, without overrides; by name. `text` is looked for in names, addresses, title, department. */
  readonly listPeople: (
    tenantId: string,
    page: {
      readonly size: number;
      readonly after?: PeopleCursor;
      readonly text?: string;
      readonly group?: string;
    },
  ) => Promise<PeoplePage>;
  readonly countPeople: (tenantId: string) => Promise<number>;
  readonly findPerson: (tenantId: string, id: string) => Promise<Person | undefined>;
  /** Those of the ids who are there, in no order. */
  readonly findPeople: (tenantId: string, ids: readonly string[]) => Promise<readonly Person[]>;
  /** By name, all of them: an administrator chooses from them. `members` counts nested ones too. */
  readonly listGroups: (
    tenantId: string,
    page: { readonly size: number; readonly after?: PeopleCursor },
  ) => Promise<{
    readonly groups: readonly (Group & { readonly members: number })[];
    readonly next?: PeopleCursor;
  }>;
  readonly listOverrides: (tenantId: string) => Promise<readonly StoredOverride[]>;
  readonly saveOverride: (tenantId: string, override: Omit<StoredOverride, 'changedAt'>) => Promise<void>;
  readonly removeOverride: (tenantId: string, personId: string, attribute: string) => Promise<void>;
  /** Those whose time is over. Answers how many went. */
  readonly removeExpiredOverrides: () => Promise<number>;
  /** Those of the hashes whose photo is not stored yet. */
  readonly missingPhotos: (tenantId: string, hashes: readonly string[]) => Promise<readonly string[]>;
  /** `hash`: SHA-256 of the bytes, hexadecimal. */
  readonly addPhoto: (tenantId: string, hash: string, bytes: Uint8Array) => Promise<void>;
  readonly findPhoto: (tenantId: string, hash: string) => Promise<Uint8Array | undefined>;
};

export type PeopleNeeds = {
  readonly database: Database;
  readonly clock: Clock;
  readonly random: (bytes: number) => Buffer;
};

export function createPeople({ database, clock, random }: PeopleNeeds): People {
  const { read, write } = database;

  async function personIds(tenantId: string, source: string) {
    const ids: string[] = [];
    for (let after = ''; ; after = ids.at(-1) ?? '') {
      const rows = await read
        .selectFrom('people')
        .select('id')
        .where('tenant_id', '=', tenantId)
        .where('source', '=', source)
        .where('id', '>', after)
        .orderBy('id')
        .limit(limits.store.idRows)
        .execute();
      ids.push(...rows.map(({ id }) => id));
      if (rows.length < limits.store.idRows) return ids;
    }
  }

  const listPeople: People['listPeople'] = async (tenantId, { size, after, text, group }) => {
    const most = Math.min(size, limits.store.pageRows);
    let query = read
      .selectFrom('people')
      .select(['id', 'sort_name', 'data'])
      .where('tenant_id', '=', tenantId);
    if (after) query = query.where(sql<boolean>`(sort_name, id) > (${after.sortName}, ${after.id})`);
    if (text) query = query.where(contains('search', text.toLowerCase()));
    // Ids of groups stand in the JSON of the person; nested groups are resolved, so this is the whole membership.
    if (group !== undefined) query = query.where(contains('data', JSON.stringify(group)));
    const rows = await query
      .orderBy('sort_name')
      .orderBy('id')
      .limit(most + 1)
      .execute();
    const shown = rows.slice(0, most);
    const last = shown.at(-1);
    return {
      people: shown.map(personOf),
      ...(rows.length > most && last && { next: { sortName: last.sort_name, id: last.id } }),
    };
  };

  async function countPeople(tenantId: string) {
    const row = await read
      .selectFrom('people')
      .select(({ fn }) => fn.countAll<number>().as('count'))
      .where('tenant_id', '=', tenantId)
      .executeTakeFirst();
    return Number(row?.count ?? 0);
  }

  async function findPerson(tenantId: string, id: string) {
    const row = await read
      .selectFrom('people')
      .select(['id', 'data'])
      .where('tenant_id', '=', tenantId)
      .where('id', '=', id)
      .executeTakeFirst();
    return row && personOf(row);
  }

  async function findPeople(tenantId: string, ids: readonly string[]) {
    const found: Person[] = [];
    for (let start = 0; start < ids.length; start += limits.store.batchRows) {
      const rows = await read
        .selectFrom('people')
        .select(['id', 'data'])
        .where('tenant_id', '=', tenantId)
        .where('id', 'in', ids.slice(start, start + limits.store.batchRows))
        .execute();
      found.push(...rows.map(personOf));
    }
    return found;
  }

  const listGroups: People['listGroups'] = async (tenantId, { size, after }) => {
    const most = Math.min(size, limits.store.pageRows);
    let query = read.selectFrom('groups').selectAll().where('tenant_id', '=', tenantId);
    if (after) query = query.where(sql<boolean>`(name, id) > (${after.sortName}, ${after.id})`);
    const rows = await query
      .orderBy('name')
      .orderBy('id')
      .limit(most + 1)
      .execute();
    const shown = rows.slice(0, most);
    const last = shown.at(-1);
    return {
      groups: shown.map(row => ({ ...groupOf(row), members: row.members })),
      ...(rows.length > most && last && { next: { sortName: last.name, id: last.id } }),
    };
  };

  async function listOverrides(tenantId: string) {
    const rows = await read
      .selectFrom('overrides')
      .selectAll()
      .where('tenant_id', '=', tenantId)
      .orderBy('person_id')
      .orderBy('attribute')
      .execute();
    return rows.map(
      (row): StoredOverride => ({
        personId: row.person_id,
        attribute: row.attribute,
        value: row.value,
        ...(row.until === null ? {} : { until: row.until }),
        changedBy: row.changed_by,
        changedAt: row.changed_at,
      }),
    );
  }

  const saveOverride: People['saveOverride'] = (tenantId, { personId, attribute, value, until, changedBy }) =>
    write.transaction().execute(async transaction => {
      const row = { value, until: until ?? null, changed_by: changedBy, changed_at: clock.now() };
      await transaction
        .insertInto('overrides')
        .values({ tenant_id: tenantId, person_id: personId, attribute, ...row })
        .onConflict(conflict => conflict.columns(['tenant_id', 'person_id', 'attribute']).doUpdateSet(row))
        .execute();
      await touchPerson(transaction, tenantId, personId);
    });

  const removeOverride: People['removeOverride'] = (tenantId, personId, attribute) =>
    write.transaction().execute(async transaction => {
      await transaction
        .deleteFrom('overrides')
        .where('tenant_id', '=', tenantId)
        .where('person_id', '=', personId)
        .where('attribute', '=', attribute)
        .execute();
      await touchPerson(transaction, tenantId, personId);
    });

  async function removeExpiredOverrides() {
    const expired = await read
      .selectFrom('overrides')
      .select(['tenant_id', 'person_id', 'attribute'])
      .where('until', '<=', clock.now())
      .execute();
    for (const { tenant_id, person_id, attribute } of expired)
      await removeOverride(tenant_id, person_id, attribute);
    return expired.length;
  }

  /** Readers that follow the revision read this person anew. */
  async function touchPerson(transaction: typeof write, tenantId: string, personId: string) {
    const revision = await bumpRevision(transaction, tenantId);
    await transaction
      .updateTable('people')
      .set({ revision })
      .where('tenant_id', '=', tenantId)
      .where('id', '=', personId)
      .execute();
  }

  async function missingPhotos(tenantId: string, hashes: readonly string[]) {
    const missing: string[] = [];
    for (let start = 0; start < hashes.length; start += limits.store.pageRows) {
      const slice = hashes.slice(start, start + limits.store.pageRows);
      const rows = await read
        .selectFrom('photos')
        .select('hash')
        .where('tenant_id', '=', tenantId)
        .where('hash', 'in', slice)
        .execute();
      const stored = new Set(rows.map(({ hash }) => hash));
      missing.push(...slice.filter(hash => !stored.has(hash)));
    }
    return missing;
  }

  async function addPhoto(tenantId: string, hash: string, bytes: Uint8Array) {
    await write
      .insertInto('photos')
      .values({ tenant_id: tenantId, hash, bytes })
      .onConflict(conflict => conflict.doNothing())
      .execute();
  }

  async function findPhoto(tenantId: string, hash: string) {
    const row = await read
      .selectFrom('photos')
      .select('bytes')
      .where('tenant_id', '=', tenantId)
      .where('hash', '=', hash)
      .executeTakeFirst();
    return row?.bytes;
  }

  return {
    replacePeople: (tenantId, source, population) =>
      importPopulation({ database, random, tenantId, source }, population),
    personIds,
    listPeople,
    countPeople,
    findPerson,
    findPeople,
    listGroups,
    listOverrides,
    saveOverride,
    removeOverride,
    removeExpiredOverrides,
    missingPhotos,
    addPhoto,
    findPhoto,
  };
}

function contains(column: 'search' | 'data', text: string) {
  const escaped = text.replace(/[\\%_]/g, '\\$&');
  return sql<boolean>`${sql.ref(column)} like ${`%${escaped}%`} escape '\\'`;
}
