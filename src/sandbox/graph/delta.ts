/**
 * Delta queries (exchange-online.md 10.1, 10.3; example 17): everything in pages and a link; behind the link, what changed
 * since, with `@removed`. `$select` stands in the first request only. A link lives seven days; one that is older, or of another
 * start of the sandbox, is answered 410, and everything is to be read again.
 */
import { createHash } from 'node:crypto';
import type { Change, Group, Person } from '../directory.ts';
import { type Answer, json } from '../http.ts';
import { type GraphCaller, mayReadGroups, mayReadUsers, maySeeMembersOf } from './caller.ts';
import { badRequest, noPrivileges, type Refusal, resync } from './errors.ts';
import { type Asked, noProperty } from './lists.ts';
import { selectOf } from './query.ts';
import { deltaShape, isInGraph, type Kind, type Shape, unknownInDelta } from './shapes.ts';

/** What a link stands for. */
type Reading = {
  readonly tenantId: string;
  readonly kind: Kind;
  readonly select: readonly string[] | undefined;
  /** Ids of everything, or of what changed after `from`; shown from `position` on. */
  readonly ids: readonly string[];
  readonly position: number;
  /** The changes of each id since `from`. */
  readonly changes: ReadonlyMap<string, readonly Change[]>;
  /** Undefined while everything is read. */
  readonly from: number | undefined;
  /** The directory's sequence when the reading began: what came later comes behind the delta link. */
  readonly until: number;
  readonly expiresAt: number;
};

export type Deltas = { readonly answer: (asked: Asked, kind: Kind) => Answer | Refusal };

const lifeMs = 7 * 24 * 3_600_000;
const usualPage = 100;
const mostPage = 999;
/** Members of a group that one row holds; the rest comes in further rows of the same id. */
const membersPerRow = 20;

export function createDeltas(): Deltas {
  const readings = new Map<string, Reading>();

  function answer(asked: Asked, kind: Kind): Answer | Refusal {
    const { caller, request } = asked;
    if (!(kind === 'user' ? mayReadUsers(caller) : mayReadGroups(caller))) return noPrivileges;
    const options = request.url.searchParams;
    const token = options.get('$skiptoken') ?? options.get('$deltatoken');
    if (token === null) return begin(asked, kind);
    if (options.size > 1)
      return badRequest('A link of a delta query holds its options already: follow it as it is.');
    const reading = readings.get(token);
    const { now } = asked.needs.state.clock;
    if (
      !reading ||
      reading.kind !== kind ||
      reading.tenantId !== caller.tenant.id ||
      reading.expiresAt <= now()
    )
      return resync;
    return options.has('$skiptoken') ? page(asked, reading) : page(asked, changesSince(asked, reading));
  }

  function begin(asked: Asked, kind: Kind): Answer | Refusal {
    const { url } = asked.request;
    const strange = [...url.searchParams.keys()].find(name => name !== '$select');
    if (strange !== undefined)
      return badRequest(`The query option '${strange}' is not supported by this delta query.`);
    const select = selectOf(url);
    const unknown = unknownInDelta(kind, select ?? []);
    if (unknown !== undefined) return noProperty(kind, unknown);
    const { directory, id } = asked.caller.tenant;
    const all = kind === 'user' ? directory.people() : directory.groups().filter(isInGraph);
    return page(asked, {
      tenantId: id,
      kind,
      select,
      ids: all.map(one => one.id),
      position: 0,
      changes: new Map(),
      from: undefined,
      until: directory.sequence(),
      expiresAt: 0,
    });
  }

  function changesSince({ caller }: Asked, reading: Reading): Reading {
    const { directory } = caller.tenant;
    const seen = directory.changesAfter(reading.until).filter(change => isSeen(reading, change));
    const changes = Map.groupBy(seen, ({ id }) => id);
    const rest = { ids: [...changes.keys()], position: 0, from: reading.until };
    return { ...reading, ...rest, changes, until: directory.sequence() };
  }

  function page(asked: Asked, reading: Reading): Answer {
    const { request, needs } = asked;
    const size = pageSize(request.headers.prefer);
    const isMinimal = /return=minimal/i.test(request.headers.prefer ?? '');
    const hasNoManagers = needs.state.faults.strikes('graph-no-managers') !== undefined;
    const end = reading.position + size;
    const rows = reading.ids
      .slice(reading.position, end)
      .flatMap(id => rowsOf(asked.caller, reading, { id, isMinimal, hasNoManagers }));
    const segment = reading.kind === 'user' ? 'users' : 'groups';
    const base = `${needs.origins.graph}/v1.0/${segment}/delta`;
    const token = keep(needs.state, { ...reading, position: end });
    const link =
      reading.ids.length > end
        ? { '@odata.nextLink': `${base}?$skiptoken=${token}` }
        : { '@odata.deltaLink': `${base}?$deltatoken=${token}` };
    return json(200, {
      '@odata.context': `${needs.origins.graph}/v1.0/$metadata#${segment}`,
      ...link,
      value: rows,
    });
  }

  function keep({ clock, random }: Asked['needs']['state'], reading: Reading): string {
    for (const [old, { expiresAt }] of readings) if (expiresAt <= clock.now()) readings.delete(old);
    const token = createHash('sha256').update(random(32)).digest('base64url');
    readings.set(token, { ...reading, expiresAt: clock.now() + lifeMs });
    return token;
  }

  return { answer };
}

function pageSize(prefer = ''): number {
  const asked = Number(/odata\.maxpagesize=(\d+)/i.exec(prefer)?.[1] ?? usualPage);
  return Math.min(Math.max(asked, 1), mostPage);
}

const relationOf = { user: 'manager', group: 'members' } as const;

/** A change counts if it is of a property or relation that was asked for; what is new or gone counts always. */
function isSeen({ kind, select }: Reading, change: Change): boolean {
  if (change.kind === 'person' || change.kind === 'group') {
    if ((change.kind === 'person') !== (kind === 'user')) return false;
    const names = change.attributes.map(name => graphNames[name] ?? name);
    return names.length === 0 || !select || names.some(name => select.includes(name));
  }
  return (change.kind === 'manager') === (kind === 'user') && (select?.includes(relationOf[kind]) ?? false);
}

/** Ours -> Graph's, where they differ. */
const graphNames: Readonly<Record<string, string>> = {
  licensed: 'assignedLicenses',
  hidden: 'visibility',
  rule: 'membershipRule',
  aliases: 'proxyAddresses',
};

type RowWish = { readonly id: string; readonly isMinimal: boolean; readonly hasNoManagers: boolean };

function rowsOf(
  caller: GraphCaller,
  reading: Reading,
  { id, isMinimal, hasNoManagers }: RowWish,
): readonly Shape[] {
  const { directory } = caller.tenant;
  const { kind, select } = reading;
  const thing = kind === 'user' ? directory.person(id) : directory.group(id);
  // Entra keeps what was deleted for a while; that is the reason "changed".
  if (!thing) return reading.from === undefined ? [] : [{ id, '@removed': { reason: 'changed' } }];
  if (kind === 'group' && !isInGraph(thing as Group)) return [];
  const changes = reading.changes.get(id) ?? [];
  const isNew =
    reading.from === undefined ||
    changes.some(
      ({ kind: of, attributes, gone }) =>
        (of === 'person' || of === 'group') && attributes.length === 0 && !gone,
    );
  const changed = changes.flatMap(({ attributes }) => attributes.map(name => graphNames[name] ?? name));
  const wanted = isMinimal && !isNew ? (select ?? []).filter(name => changed.includes(name)) : select;
  const row = deltaShape(kind, thing, wanted);
  if (!select?.includes(relationOf[kind])) return [row];
  if (kind === 'user')
    return [hasNoManagers ? row : { ...row, ...managerOf(thing as Person, isNew, changes) }];
  return withMembers(caller, { row, group: thing as Group, isNew, changes });
}

function managerOf({ managerId }: Person, isNew: boolean, changes: readonly Change[]): Shape {
  const of = (id: string, rest: Shape = {}) => ({ '@odata.type': '#microsoft.graph.user', id, ...rest });
  if (isNew) return managerId === undefined ? {} : { 'manager@delta': [of(managerId)] };
  const last = changes.findLast(({ kind }) => kind === 'manager');
  if (!last?.other) return {};
  const removed = { '@removed': { reason: 'deleted' } };
  return { 'manager@delta': [last.gone ? of(last.other, removed) : of(last.other)] };
}

type Members = {
  readonly row: Shape;
  readonly group: Group;
  readonly isNew: boolean;
  readonly changes: readonly Change[];
};

function withMembers(caller: GraphCaller, { row, group, isNew, changes }: Members): readonly Shape[] {
  if (!maySeeMembersOf(caller, group)) return [row];
  const last = new Map<string, Shape>();
  const of = (id: string): Shape => ({
    '@odata.type': `#microsoft.graph.${caller.tenant.directory.group(id) ? 'group' : 'user'}`,
    id,
  });
  if (isNew) for (const id of group.members) last.set(id, of(id));
  else
    for (const { kind, other = '', gone } of changes)
      if (kind === 'member')
        last.set(other, gone ? { ...of(other), '@removed': { reason: 'deleted' } } : of(other));
  const members = [...last.values()];
  if (members.length === 0) return [row];
  const rows: Shape[] = [];
  for (let start = 0; start < members.length; start += membersPerRow) {
    const part = { 'members@delta': members.slice(start, start + membersPerRow) };
    rows.push(start === 0 ? { ...row, ...part } : { id: group.id, ...part });
  }
  return rows;
}
