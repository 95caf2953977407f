/** Users and groups one by one, as lists in pages, and as members of a group (exchange-online.md 6, 10.1, 10.3). */
import type { Group } from '../directory.ts';
import { type Answer, json, type Request } from '../http.ts';
import { type GraphCaller, type GraphNeeds, mayReadGroups, mayReadUsers, maySeeMembersOf } from './caller.ts';
import { badRequest, noPrivileges, noResource, type Refusal } from './errors.ts';
import { type Query, readQuery, selectOf, skipToken } from './query.ts';
import { groupShape, isInGraph, type Shape, unknownProperty, userShape } from './shapes.ts';

export type Asked = { readonly needs: GraphNeeds; readonly caller: GraphCaller; readonly request: Request };

export function listUsers(asked: Asked): Answer | Refusal {
  const { tenant } = asked.caller;
  if (!mayReadUsers(asked.caller)) return noPrivileges;
  return list(asked, 'user', () =>
    tenant.directory
      .people()
      .map(person => ({ full: userShape(person, everything), show: select => userShape(person, select) })),
  );
}

export function listGroups(asked: Asked): Answer | Refusal {
  if (!mayReadGroups(asked.caller)) return noPrivileges;
  const groups = asked.caller.tenant.directory.groups().filter(isInGraph);
  return list(asked, 'group', () => groups.map(entryOfGroup));
}

/** @param segments what stands behind `/groups/{id}/`: `members` or `transitiveMembers`, perhaps cast to users */
export function listMembers(
  asked: Asked,
  group: Group,
  isTransitive: boolean,
  isCastToUsers: boolean,
): Answer | Refusal {
  const { caller } = asked;
  if (!mayReadGroups(caller) || !maySeeMembersOf(caller, group)) return noPrivileges;
  const { directory } = caller.tenant;
  const ids = isTransitive ? everyMember(asked, group) : group.members;
  const entries = ids.flatMap((id): Entry[] => {
    const person = directory.person(id);
    // Without User.Read.All a member is its id and nothing else.
    if (person)
      return [
        {
          full: userShape(person, everything),
          type: 'user',
          show: select => (mayReadUsers(caller) ? userShape(person, select) : { id }),
        },
      ];
    const child = directory.group(id);
    return child && isInGraph(child) && !isCastToUsers ? [{ ...entryOfGroup(child), type: 'group' }] : [];
  });
  return list(asked, 'user', () => entries);
}

export function showUser({ caller, request }: Asked, id: string): Answer | Refusal {
  const person = caller.tenant.directory.findPerson(id);
  if (!mayReadUsers(caller)) return noPrivileges;
  if (!person) return noResource(id);
  const select = selectOf(request.url);
  const strange = unknownProperty('user', select ?? []);
  return strange === undefined ? json(200, userShape(person, select)) : noProperty('user', strange);
}

export function showManager({ caller, request }: Asked, id: string): Answer | Refusal {
  const { directory } = caller.tenant;
  if (!mayReadUsers(caller)) return noPrivileges;
  const person = directory.findPerson(id);
  const manager = directory.person(person?.managerId ?? '');
  if (!person || !manager) return noResource(person ? 'manager' : id);
  const select = selectOf(request.url);
  const strange = unknownProperty('user', select ?? []);
  return strange === undefined
    ? json(200, { '@odata.type': '#microsoft.graph.user', ...userShape(manager, select) })
    : noProperty('user', strange);
}

export function showGroup({ caller, request }: Asked, group: Group): Answer | Refusal {
  if (!mayReadGroups(caller)) return noPrivileges;
  const select = selectOf(request.url);
  const strange = unknownProperty('group', select ?? []);
  return strange === undefined ? json(200, groupShape(group, select)) : noProperty('group', strange);
}

type Entry = {
  /** With what filters look at. */
  readonly full: Shape;
  readonly show: (select: readonly string[] | undefined) => Shape;
  readonly type?: 'user' | 'group';
};

const everything = [
  'id',
  'displayName',
  'mail',
  'userPrincipalName',
  'accountEnabled',
  'userType',
  'department',
];
const everythingOfGroup = [
  ...[
    'id',
    'displayName',
    'description',
    'mail',
    'mailEnabled',
    'securityEnabled',
    'groupTypes',
    'membershipRule',
  ],
];

function entryOfGroup(group: Group): Entry {
  return { full: groupShape(group, everythingOfGroup), show: select => groupShape(group, select) };
}

function list(
  { needs, request }: Asked,
  kind: 'user' | 'group',
  entriesOf: () => readonly Entry[],
): Answer | Refusal {
  const query = readQuery(request);
  if ('status' in query) return query;
  const strange = unknownProperty(kind, query.select ?? []);
  if (strange !== undefined) return noProperty(kind, strange);
  const found = entriesOf().filter(({ full }) => query.matches(full));
  const page = found.slice(query.skip, query.skip + query.top);
  const value = page.map(({ show, type }) => ({
    ...(type && { '@odata.type': `#microsoft.graph.${type}` }),
    ...show(query.select),
  }));
  return json(200, {
    '@odata.context': `${needs.origins.graph}/v1.0/$metadata#${kind}s`,
    ...(query.isCounted ? { '@odata.count': found.length } : {}),
    ...(found.length > query.skip + query.top ? { '@odata.nextLink': nextLink(needs, request, query) } : {}),
    value,
  });
}

function nextLink({ origins }: GraphNeeds, { url }: Request, { skip, top }: Query): string {
  const next = new URL(`${origins.graph}${url.pathname}${url.search}`);
  next.searchParams.set('$skiptoken', skipToken(skip + top));
  return next.href;
}

function everyMember({ caller }: Asked, group: Group): readonly string[] {
  const seen = new Set<string>([group.id]);
  const walk = (id: string) => {
    for (const member of caller.tenant.directory.group(id)?.members ?? []) {
      if (seen.has(member)) continue;
      seen.add(member);
      walk(member);
    }
  };
  walk(group.id);
  seen.delete(group.id);
  return [...seen];
}

export function noProperty(kind: 'user' | 'group', name: string): Refusal {
  return badRequest(`Could not find a property named '${name}' on type 'microsoft.graph.${kind}'.`);
}
