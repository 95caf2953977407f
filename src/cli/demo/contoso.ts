/** Contoso on the appliance's side: the simulated tenant's people, with signatures and rules that show what they can. */
import type { Person } from '../../sandbox/directory.ts';
import type { Tenant } from '../../sandbox/tenant.ts';
import { demoRules, demoSignatures } from './signatures.ts';

export const demoTenant = { name: 'Contoso', domains: ['contoso.com', 'contoso.onmicrosoft.com'] };
const signingGroups = ['sales@contoso.com', 'signatures@contoso.com', 'launch@contoso.com'];

/** A bundle as text; YAML holds JSON. */
export function demoBundle({ directory }: Tenant): string {
  const groups = signingGroups.flatMap(address => directory.findGroup(address) ?? []);
  const people = directory.people().filter(({ mail }) => mail !== null);
  const groupsOf = ({ id }: Person) =>
    groups.filter(group => directory.peopleIn(group.id).has(id)).map(({ displayName }) => displayName);
  return JSON.stringify({
    version: 1,
    tenants: [
      {
        ...demoTenant,
        kind: 'exchange-online',
        fields: { legalName: 'Contoso Ltd.', country: 'US', web: 'www.contoso.com' },
        signatures: demoSignatures,
        rules: demoRules,
        groups: groups.map(({ displayName: name, mail: address }) => ({ name, address })),
        people: people.map(person => ({
          ...personOf(person),
          groups: groupsOf(person),
          ...managerOf(person, directory.person(person.managerId ?? '')),
        })),
      },
    ],
  });
}

const copied = [
  ...(['displayName', 'givenName', 'surname', 'userPrincipalName', 'jobTitle', 'department'] as const),
  ...(['companyName', 'officeLocation', 'streetAddress', 'city', 'state', 'postalCode', 'country'] as const),
  ...(['mobilePhone', 'preferredLanguage'] as const),
];

function personOf(person: Person) {
  const [businessPhone] = person.businessPhones;
  const fields = copied.flatMap(name => {
    const value = person[name];
    return value === undefined || value === null ? [] : [[name, value] as const];
  });
  const address = person.mail ?? '';
  return {
    address,
    kind: person.mailbox === 'shared' ? 'shared' : 'user',
    aliases: person.proxyAddresses
      .map(alias => alias.replace(/^smtp:/i, ''))
      .filter(alias => alias !== address),
    ...Object.fromEntries(fields),
    email: address,
    ...(businessPhone === undefined ? {} : { businessPhone }),
    ...(person.photo ? { photo: { base64: Buffer.from(person.photo).toString('base64') } } : {}),
  };
}

function managerOf(person: Person, manager: Person | undefined) {
  return manager?.mail && manager.id !== person.id ? { manager: manager.mail } : {};
}
