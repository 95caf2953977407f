/**
 * What a sandbox starts with: Contoso with forty people in six departments and three groups for signatures (and one of each kind that
 * cannot be used), and Fabrikam, a stranger with a tenant of its own. Ids stay the same from start to start.
 */
import { createHash } from 'node:crypto';
import type { Group, Person } from './directory.ts';
import { type City, type SeedPerson, seedPeople } from './seed-people.ts';
import { seedPhoto } from './seed-photo.ts';
import type { State } from './state.ts';
import { acceptedDomain, type Tenant } from './tenant.ts';

export const contosoId = '11111111-1111-1111-1111-111111111111';
export const fabrikamId = '22222222-2222-2222-2222-222222222222';

export function seed(state: State): { readonly contoso: Tenant; readonly fabrikam: Tenant } {
  const contoso = state.addTenant({
    id: contosoId,
    displayName: 'Contoso',
    initialDomain: 'contoso.onmicrosoft.com',
  });
  addDomains(contoso, ['contoso.com', 'signet.contoso.com']);
  seedPeople.map((one, index) => personOf(one, index)).forEach(contoso.directory.putPerson);
  for (const group of groupsOf()) contoso.directory.putGroup(group);

  const fabrikam = state.addTenant({
    id: fabrikamId,
    displayName: 'Fabrikam',
    initialDomain: 'fabrikam.onmicrosoft.com',
  });
  addDomains(fabrikam, ['fabrikam.com']);
  for (const person of strangers) fabrikam.directory.putPerson(person);
  return { contoso, fabrikam };
}

/** The first of them becomes the default domain. */
function addDomains({ acceptedDomains }: Tenant, names: readonly string[]) {
  const initial = acceptedDomains.latest().map(domain => ({ ...domain, Default: false }));
  const added = names.map((name, index) => ({
    ...acceptedDomain(name, idOf(`domain ${name}`)),
    Default: index === 0,
  }));
  acceptedDomains.reset([...added, ...initial]);
}

const offices: Readonly<Record<City, Partial<Person>>> = {
  Redmond: {
    officeLocation: '18/2111',
    streetAddress: '1 Sample Way',
    city: 'Redmond',
    state: 'WA',
    postalCode: '98052',
    country: 'United States',
    preferredLanguage: 'en-US',
  },
  München: {
    officeLocation: 'München, 4. OG',
    streetAddress: 'Musterstraße 12',
    city: 'München',
    postalCode: '80331',
    country: 'Germany',
    preferredLanguage: 'de-DE',
  },
  Lyon: {
    officeLocation: 'Lyon',
    streetAddress: "12, rue de l'Exemple",
    city: 'Lyon',
    postalCode: '69002',
    country: 'France',
    preferredLanguage: 'fr-FR',
  },
  東京: {
    officeLocation: '東京本社',
    streetAddress: '見本町1-2-3',
    city: '東京',
    postalCode: '100-0001',
    country: 'Japan',
    preferredLanguage: 'ja-JP',
  },
};

function personOf(one: SeedPerson, index: number): Person {
  const address = `${one.alias}@contoso.com`;
  const [givenName, surname] = one.name;
  const isUser = one.kind !== 'shared';
  return {
    id: idOf(address),
    userPrincipalName: address,
    displayName: isUser ? `${givenName} ${surname}` : `${givenName} ${surname}`,
    ...(isUser ? { givenName, surname, employeeId: String(1000 + index) } : {}),
    mail: address,
    proxyAddresses: [`SMTP:${address}`, `smtp:${one.alias}@contoso.onmicrosoft.com`],
    ...(one.title === undefined ? {} : { jobTitle: one.title }),
    department: one.department,
    companyName: 'Contoso Ltd.',
    ...offices[one.city],
    businessPhones: one.phone ? [one.phone] : [],
    mobilePhone: one.mobile ?? null,
    onPremisesExtensionAttributes: {
      extensionAttribute1: one.city === 'Redmond' ? 'HQ' : 'Branch',
      extensionAttribute2: null,
    },
    accountEnabled: isUser && one.kind !== 'disabled',
    userType: 'Member',
    mailbox: isUser ? (one.kind === 'unlicensed' ? 'none' : 'user') : 'shared',
    licensed: isUser && one.kind !== 'unlicensed',
    ...(one.manager ? { managerId: idOf(`${one.manager}@contoso.com`) } : {}),
    ...(index % 3 === 0 ? { photo: seedPhoto(index) } : {}),
    roles: one.roles ?? [],
  };
}

function groupsOf(): readonly Group[] {
  const of = (department: string) =>
    seedPeople.filter(one => one.department === department).map(({ alias }) => idOf(`${alias}@contoso.com`));
  const group = (mail: string, rest: Omit<Group, 'id' | 'mail' | 'aliases'>): Group => ({
    id: idOf(mail),
    mail,
    aliases: [],
    ...rest,
  });
  const sales = group('sales@contoso.com', {
    kind: 'distribution',
    displayName: 'Sales',
    members: of('Sales'),
  });
  return [
    sales,
    group('signatures@contoso.com', {
      kind: 'mail-security',
      displayName: 'Signatures',
      members: [sales.id, ...of('Marketing'), ...of('Management')],
    }),
    group('launch@contoso.com', {
      kind: 'microsoft365',
      displayName: 'Product Launch',
      members: of('Marketing'),
    }),
    group('everyone@contoso.com', {
      kind: 'dynamic-distribution',
      displayName: 'Everyone',
      members: seedPeople.map(({ alias }) => idOf(`${alias}@contoso.com`)),
    }),
    {
      id: idOf('vpn'),
      kind: 'security',
      displayName: 'VPN users',
      mail: null,
      aliases: [],
      members: of('Engineering'),
    },
  ];
}

const strangers: readonly Person[] = [
  ['sara.davis', 'Sara Davis', ['Global Administrator']] as const,
  ['karl.hoffmann', 'Karl Hoffmann', []] as const,
].map(([alias, displayName, roles]) => ({
  id: idOf(`${alias}@fabrikam.com`),
  userPrincipalName: `${alias}@fabrikam.com`,
  displayName,
  mail: `${alias}@fabrikam.com`,
  proxyAddresses: [`SMTP:${alias}@fabrikam.com`],
  businessPhones: [],
  accountEnabled: true,
  userType: 'Member' as const,
  mailbox: 'user' as const,
  licensed: true,
  roles,
}));

/** People by the thousand, for proofs of size: `user00001@contoso.com` and so on. */
export function addManyPeople({ directory }: Tenant, count: number): void {
  for (let index = 1; index <= count; index += 1) {
    const address = `user${String(index).padStart(5, '0')}@contoso.com`;
    const one: SeedPerson = {
      alias: address.split('@')[0] ?? '',
      name: ['User', String(index)],
      title: 'Clerk',
      department: 'Sales',
      city: 'Redmond',
    };
    const { photo: _, ...person } = personOf(one, index);
    directory.putPerson(person);
  }
}

export function idOf(name: string): string {
  const hex = createHash('sha256').update(name).digest('hex');
  return [
    hex.slice(0, 8),
    hex.slice(8, 12),
    `4${hex.slice(13, 16)}`,
    `8${hex.slice(17, 20)}`,
    hex.slice(20, 32),
  ].join('-');
}
