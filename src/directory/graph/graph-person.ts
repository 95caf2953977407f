/**
 * A user of Microsoft Graph as a person (exchange-online.md 10.1). Shared mailboxes are users whose account is disabled, so a
 * disabled account is no reason to leave somebody out; guests and users without a mail address are left out.
 */
import type { PersonField } from '../../signature/person.ts';
import { normalAddress, readProxyAddress } from '../address.ts';
import type { RejectionReason, SourcePerson } from '../source.ts';
import { tidy, type Values } from '../values.ts';
import type { Row } from './request.ts';

/** Ours -> Graph's. */
const fields: readonly (readonly [PersonField, string])[] = [
  ['displayName', 'displayName'],
  ['givenName', 'givenName'],
  ['surname', 'surname'],
  ['email', 'mail'],
  ['userPrincipalName', 'userPrincipalName'],
  ['jobTitle', 'jobTitle'],
  ['department', 'department'],
  ['companyName', 'companyName'],
  ['officeLocation', 'officeLocation'],
  ['streetAddress', 'streetAddress'],
  ['city', 'city'],
  ['state', 'state'],
  ['postalCode', 'postalCode'],
  ['country', 'country'],
  ['businessPhone', 'businessPhones'],
  ['mobilePhone', 'mobilePhone'],
  ['faxNumber', 'faxNumber'],
  ['employeeId', 'employeeId'],
  ['employeeType', 'employeeType'],
  ['preferredLanguage', 'preferredLanguage'],
];

export const userProperties = [
  'id',
  'proxyAddresses',
  'accountEnabled',
  'userType',
  'onPremisesExtensionAttributes',
  'manager',
  ...fields.map(([, name]) => name),
].join(',');

export type UserOrRejection =
  | { readonly kind: 'person'; readonly person: Omit<SourcePerson, 'memberOf' | 'manager' | 'photo'> }
  | { readonly kind: 'rejected'; readonly reason: RejectionReason; readonly sentence: string };

export function readUser(row: Row, values: Values): UserOrRejection {
  if (row.userType === 'Guest')
    return { kind: 'rejected', reason: 'not-a-person', sentence: 'The user is a guest.' };
  const proxies = listOf(row.proxyAddresses).flatMap(text => readProxyAddress(text) ?? []);
  const mail = textOf(row.mail);
  const address = mail === '' ? proxies.find(({ isPrimary }) => isPrimary)?.address : normalAddress(mail);
  if (address === undefined)
    return mail === ''
      ? { kind: 'rejected', reason: 'no-address', sentence: 'The user has no mail address.' }
      : { kind: 'rejected', reason: 'bad-address', sentence: `"${mail.slice(0, 100)}" is no mail address.` };
  return {
    kind: 'person',
    person: {
      id: textOf(row.id),
      kind: row.accountEnabled === false ? 'shared' : 'user',
      address,
      aliases: [...new Set(proxies.map(proxy => proxy.address))].filter(alias => alias !== address),
      fields: { ...fieldsOf(row, values), email: mail || address },
      custom: {},
    },
  };
}

function fieldsOf(row: Row, values: Values): SourcePerson['fields'] {
  const found: Partial<Record<PersonField, string>> = {};
  for (const [field, name] of fields) {
    const value = Array.isArray(row[name]) ? (listOf(row[name])[0] ?? '') : textOf(row[name]);
    if (value !== '') found[field] = values.share(value);
  }
  const extensions = (row.onPremisesExtensionAttributes ?? {}) as Row;
  for (let number = 1; number <= 15; number++) {
    const value = textOf(extensions[`extensionAttribute${number}`]);
    if (value !== '') found[`extensionAttribute${number}` as PersonField] = values.share(value);
  }
  return found;
}

export function textOf(value: unknown): string {
  return typeof value === 'string' ? tidy(value) : '';
}

function listOf(value: unknown): readonly string[] {
  return Array.isArray(value) ? value.flatMap(part => textOf(part) || []) : [];
}
