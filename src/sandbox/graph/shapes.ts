/**
 * A person and a group of the tenant as Graph shows them (exchange-online.md 10.1, 6): the properties that were asked for,
 * else the short list that Graph gives unasked. Exchange's dynamic distribution groups are none of Graph's (6).
 */
import type { Group, Person } from '../directory.ts';

export type Shape = Readonly<Record<string, unknown>>;

/** What comes without `$select`. */
const usualOfUser = [
  'businessPhones',
  'displayName',
  'givenName',
  'id',
  'jobTitle',
  'mail',
  'mobilePhone',
  'officeLocation',
  'preferredLanguage',
  'surname',
  'userPrincipalName',
];

const usualOfGroup = [
  'id',
  'displayName',
  'description',
  'mail',
  'mailEnabled',
  'securityEnabled',
  'groupTypes',
  'membershipRule',
  'proxyAddresses',
];

/** All that the sandbox knows; asked for anything else, Graph says that there is no such property. */
const ofUser: Readonly<Record<string, (person: Person) => unknown>> = {
  ...Object.fromEntries(
    [
      ...['id', 'userPrincipalName', 'displayName', 'givenName', 'surname', 'mail', 'proxyAddresses'],
      ...['jobTitle', 'department', 'companyName', 'officeLocation', 'streetAddress', 'city', 'state'],
      ...['postalCode', 'country', 'businessPhones', 'mobilePhone', 'faxNumber', 'employeeId'],
      ...['employeeType', 'preferredLanguage', 'accountEnabled', 'userType'],
    ].map(name => [name, (person: Person) => (person as unknown as Shape)[name]]),
  ),
  otherMails: () => [],
  onPremisesExtensionAttributes: ({ onPremisesExtensionAttributes: given }) =>
    given &&
    Object.fromEntries(
      Array.from({ length: 15 }, (_, index) => `extensionAttribute${index + 1}`).map(name => [
        name,
        given[name] ?? null,
      ]),
    ),
  assignedLicenses: ({ licensed }) =>
    licensed ? [{ disabledPlans: [], skuId: '6fd2c87f-b296-42f0-b197-1e91e994b900' }] : [],
};

const ofGroup: Readonly<Record<string, (group: Group) => unknown>> = {
  id: ({ id }) => id,
  displayName: ({ displayName }) => displayName,
  description: ({ description }) => description ?? null,
  mail: ({ mail }) => mail,
  mailEnabled: ({ mail }) => mail !== null,
  securityEnabled: ({ kind }) => kind === 'security' || kind === 'mail-security',
  groupTypes: ({ kind, rule }) => [
    ...(kind === 'microsoft365' ? ['Unified'] : []),
    ...(rule === undefined ? [] : ['DynamicMembership']),
  ],
  membershipRule: ({ rule }) => rule ?? null,
  proxyAddresses: ({ mail, aliases }) =>
    mail === null ? [] : [`SMTP:${mail}`, ...aliases.map(alias => `smtp:${alias}`)],
  visibility: ({ hidden }) => (hidden ? 'HiddenMembership' : 'Private'),
};

/** Relations that delta queries may follow beside properties. */
const relations = { user: ['manager'], group: ['members', 'owners'] } as const;

export type Kind = 'user' | 'group';

export function unknownProperty(kind: Kind, select: readonly string[]): string | undefined {
  const known = kind === 'user' ? ofUser : ofGroup;
  return select.find(name => !Object.hasOwn(known, name));
}

/** For delta queries: relations count as known. */
export function unknownInDelta(kind: Kind, select: readonly string[]): string | undefined {
  const followed: readonly string[] = relations[kind];
  return unknownProperty(
    kind,
    select.filter(name => !followed.includes(name)),
  );
}

export function userShape(person: Person, select: readonly string[] | undefined): Shape {
  return shapeOf(ofUser, person, select ?? usualOfUser);
}

export function groupShape(group: Group, select: readonly string[] | undefined): Shape {
  return shapeOf(ofGroup, group, select ?? usualOfGroup);
}

/** The id comes always, as Graph's does in delta queries. */
function shapeOf<Thing>(
  known: Readonly<Record<string, (thing: Thing) => unknown>>,
  thing: Thing,
  names: readonly string[],
): Shape {
  const wanted = names.filter(name => Object.hasOwn(known, name));
  const all = wanted.includes('id') || !Object.hasOwn(known, 'id') ? wanted : ['id', ...wanted];
  return Object.fromEntries(all.map(name => [name, known[name]?.(thing) ?? null]));
}

/** As delta queries show it: what was never set is absent, what was cleared is null (10.1). */
export function deltaShape(kind: Kind, thing: Person | Group, select: readonly string[] | undefined): Shape {
  const names = ['id', ...(select ?? (kind === 'user' ? usualOfUser : usualOfGroup))];
  const shown = names.map((name): [string, unknown] => [
    name,
    kind === 'user' ? ofUser[name]?.(thing as Person) : ofGroup[name]?.(thing as Group),
  ]);
  return Object.fromEntries(shown.filter(([, value]) => value !== undefined));
}

export function isInGraph({ kind }: Group): boolean {
  return kind !== 'dynamic-distribution';
}
