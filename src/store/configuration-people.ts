/**
 * People and groups that stand in the bundle, in the tables of the directory's: found by the same searches, marked by
 * their source, and under ids of their own, so that a directory that knows the same mailbox takes nothing away from the
 * file.
 */
import { createHash } from 'node:crypto';
import { type Kysely, sql } from 'kysely';
import type { BundleGroup, BundlePerson, BundleTenant } from '../bundle/bundle.ts';
import { limits } from '../limits.ts';
import type { Group, Person } from '../signature/person.ts';
import type { Change } from './configuration.ts';
import { groupRowOf, personOf, personRowOf } from './people-rows.ts';
import type { Tables } from './tables.ts';

/** `people.source` and `groups.source` of what the bundle says. */
export const bundleSource = 'bundle';
/** Groups that only a person of the bundle names. */
const impliedSource = 'bundle-implied';
const prefix = 'bundle:';

export function bundleId(name: string): string {
  return `${prefix}${name}`;
}

/** Of people and groups. No directory makes such an id: theirs are hexadecimal, or hold an `@`, or no colon. */
export function isBundleId(id: string): boolean {
  return id.startsWith(prefix);
}

function nameOf(id: string) {
  return isBundleId(id) ? id.slice(prefix.length) : id;
}

function storedPerson(person: BundlePerson): Person {
  const { address, kind, aliases, fields, custom, groups, manager, photo } = person;
  return {
    id: bundleId(address),
    kind,
    address,
    aliases,
    fields: { email: address, ...fields },
    custom,
    groups: groups.map(bundleId),
    ...(manager === undefined ? {} : { managerId: bundleId(manager) }),
    ...(photo && { photo: hashOf(photo) }),
  };
}

function hashOf(photo: Uint8Array) {
  return createHash('sha256').update(photo).digest('hex');
}

function writtenPerson({ address, kind, aliases, fields, custom, groups, managerId }: Person): BundlePerson {
  const { email, ...others } = fields;
  return {
    address,
    kind,
    aliases,
    fields: email === undefined || email === address ? others : fields,
    custom,
    groups: groups.map(nameOf),
    ...(managerId === undefined ? {} : { manager: nameOf(managerId) }),
  };
}

export async function bundlePeople(
  query: Kysely<Tables>,
  tenantId: string,
): Promise<Pick<BundleTenant, 'people' | 'groups'>> {
  const people: BundlePerson[] = [];
  for (let after = ''; ; ) {
    const rows = await query
      .selectFrom('people')
      .select(['id', 'data'])
      .where('tenant_id', '=', tenantId)
      .where('source', '=', bundleSource)
      .where('id', '>', after)
      .orderBy('id')
      .limit(limits.store.pageRows)
      .execute();
    for (const row of rows) {
      const person = personOf(row);
      const photo = person.photo === undefined ? undefined : await photoOf(query, tenantId, person.photo);
      people.push({ ...writtenPerson(person), ...(photo && { photo }) });
    }
    after = rows.at(-1)?.id ?? '';
    if (rows.length < limits.store.pageRows) break;
  }
  const groups = await query
    .selectFrom('groups')
    .select(['name', 'address'])
    .where('tenant_id', '=', tenantId)
    .where('source', '=', bundleSource)
    .orderBy('name')
    .execute();
  return { people, groups: groups.map(bundleGroup) };
}

async function photoOf(query: Kysely<Tables>, tenantId: string, hash: string) {
  const row = await query
    .selectFrom('photos')
    .select('bytes')
    .where('tenant_id', '=', tenantId)
    .where('hash', '=', hash)
    .executeTakeFirst();
  return row?.bytes;
}

/** Before the people: a person must never name a photo that is not there. */
async function putPhotos({ transaction, tenantId }: Change, people: readonly BundlePerson[]) {
  for (const { photo } of people)
    if (photo)
      await transaction
        .insertInto('photos')
        .values({ tenant_id: tenantId, hash: hashOf(photo), bytes: photo })
        .onConflict(conflict => conflict.doNothing())
        .execute();
}

function bundleGroup({ name, address }: Pick<Tables['groups'], 'name' | 'address'>): BundleGroup {
  return { name, ...(address === null ? {} : { address }) };
}

type PeopleChange = Change & { readonly revision: number };

export async function putBundlePeople(
  change: PeopleChange,
  { people, groups }: Pick<BundleTenant, 'people' | 'groups'>,
): Promise<void> {
  const rows = people.map(person => ({ source: bundleSource, ...personRowOf(storedPerson(person)) }));
  await putPhotos(change, people);
  await putRows(change, 'people', rows);
  const members = new Map<string, number>();
  for (const name of people.flatMap(person => person.groups)) members.set(name, (members.get(name) ?? 0) + 1);
  const named = new Set(groups.map(({ name }) => name));
  const implied = [...members.keys()].filter(name => !named.has(name));
  const row = (source: string, { name, address }: BundleGroup) => ({
    source,
    ...groupRowOf(storedGroup(name, address), members.get(name) ?? 0),
  });
  await putRows(change, 'groups', [
    ...groups.map(group => row(bundleSource, group)),
    ...implied.map(name => row(impliedSource, { name })),
  ]);
}

function storedGroup(name: string, address: string | undefined): Group {
  return { id: bundleId(name), name, ...(address === undefined ? {} : { address }) };
}

type Kind = 'people' | 'groups';
type Row = Omit<Tables['people'] | Tables['groups'], 'tenant_id' | 'revision'>;

async function putRows(change: PeopleChange, kind: Kind, rows: readonly Row[]) {
  const { transaction, tenantId, revision } = change;
  const stored = await transaction
    .selectFrom(kind)
    .select(['id', 'hash', 'source'])
    .where('tenant_id', '=', tenantId)
    .where('source', 'in', [bundleSource, impliedSource])
    .execute();
  const gone = new Map(stored.map(({ id, hash, source }) => [id, `${source} ${hash}`]));
  const changed = rows.filter(({ id, hash, source }) => gone.get(id) !== `${source} ${hash}`);
  for (const { id } of rows) gone.delete(id);
  for (const ids of slices([...gone.keys()])) await removeRows(change, kind, ids);
  for (const slice of slices(changed)) {
    const values = slice.map(row => ({ tenant_id: tenantId, ...row, revision }));
    const [{ tenant_id: _, id: __, ...columns }] = values as [(typeof values)[number]];
    await transaction
      .insertInto(kind)
      .values(values as (Tables[Kind] & Tables['people'] & Tables['groups'])[])
      .onConflict(conflict => conflict.columns(['tenant_id', 'id']).doUpdateSet(excluded(columns)))
      .execute();
    await comeBack(
      change,
      kind,
      slice.map(({ id }) => id),
    );
  }
}

/** Each column as the refused row has it. */
function excluded<Columns extends object>(columns: Columns) {
  const names = Object.keys(columns);
  return Object.fromEntries(names.map(name => [name, sql.ref(`excluded.${name}`)])) as Record<string, never>;
}

/** 50,000 people one by one would be as many messages to the database thread. */
function* slices<Item>(items: readonly Item[]) {
  const { batchRows } = limits.store;
  for (let start = 0; start < items.length; start += batchRows) yield items.slice(start, start + batchRows);
}

/** For readers that follow the revision. */
async function removeRows(
  { transaction, tenantId, revision }: PeopleChange,
  kind: Kind,
  ids: readonly string[],
) {
  await transaction.deleteFrom(kind).where('tenant_id', '=', tenantId).where('id', 'in', ids).execute();
  await transaction
    .insertInto('removals')
    .values(ids.map(id => ({ tenant_id: tenantId, kind, id, revision })))
    .onConflict(conflict => conflict.columns(['tenant_id', 'kind', 'id']).doUpdateSet({ revision }))
    .execute();
}

async function comeBack({ transaction, tenantId }: PeopleChange, kind: Kind, ids: readonly string[]) {
  await transaction
    .deleteFrom('removals')
    .where('tenant_id', '=', tenantId)
    .where('kind', '=', kind)
    .where('id', 'in', ids)
    .execute();
}
