/**
 * Which LDAP attribute is which field, for Active Directory (with Exchange's schema) and for OpenLDAP with inetOrgPerson
 * (RFC 2798, RFC 4519). The first attribute that has a value counts.
 */
import type { PersonField } from '../signature/person.ts';
import type { LdapFlavour, LdapSource } from './ldap-settings.ts';

export type FieldAttributes = readonly (readonly [PersonField | `custom.${string}`, readonly string[]])[];

export type Schema = {
  readonly fields: FieldAttributes;
  readonly address: readonly string[];
  /** Further addresses, with or without `smtp:`. */
  readonly aliases: readonly string[];
  readonly id: string;
  readonly idIsBinary: boolean;
  readonly filter: string;
  readonly groupFilter: string;
  readonly photos: readonly string[];
  /** Only for Active Directory: what tells disabled accounts and shared mailboxes. */
  readonly account: readonly string[];
};

const extension = Array.from({ length: 15 }, (_, index) => {
  const name = `extensionAttribute${index + 1}` as const;
  return [name as PersonField, [name]] as const;
});

const common: FieldAttributes = [
  ['givenName', ['givenName']],
  ['surname', ['sn']],
  ['jobTitle', ['title']],
  ['city', ['l']],
  ['state', ['st']],
  ['postalCode', ['postalCode']],
  ['businessPhone', ['telephoneNumber']],
  ['mobilePhone', ['mobile']],
  ['faxNumber', ['facsimileTelephoneNumber']],
  ['employeeType', ['employeeType']],
  ['preferredLanguage', ['preferredLanguage']],
  ['custom.homePhone', ['homePhone']],
  ['custom.pager', ['pager']],
  ['custom.initials', ['initials']],
];

const activeDirectory: Schema = {
  fields: [
    ...common,
    ...extension,
    ['displayName', ['displayName', 'cn']],
    ['userPrincipalName', ['userPrincipalName']],
    ['department', ['department']],
    ['companyName', ['company']],
    ['officeLocation', ['physicalDeliveryOfficeName']],
    ['streetAddress', ['streetAddress']],
    // `co` is the country's name, `c` its code of two letters.
    ['country', ['co', 'c']],
    ['employeeId', ['employeeID', 'employeeNumber']],
    ['custom.ipPhone', ['ipPhone']],
    ['custom.wWWHomePage', ['wWWHomePage']],
    ['custom.sAMAccountName', ['sAMAccountName']],
  ],
  address: ['mail'],
  aliases: ['proxyAddresses'],
  id: 'objectGUID',
  idIsBinary: true,
  filter: '(&(objectCategory=person)(objectClass=user)(|(mail=*)(proxyAddresses=smtp:*)))',
  groupFilter: '(objectClass=group)',
  photos: ['thumbnailPhoto', 'jpegPhoto'],
  account: ['userAccountControl', 'msExchRecipientTypeDetails'],
};

const openLdap: Schema = {
  fields: [
    ...common,
    ['displayName', ['displayName', 'cn']],
    ['department', ['departmentNumber', 'ou']],
    ['companyName', ['o']],
    ['officeLocation', ['physicalDeliveryOfficeName', 'roomNumber']],
    ['streetAddress', ['street', 'postalAddress']],
    ['country', ['co', 'c']],
    ['employeeId', ['employeeNumber']],
    ['custom.labeledURI', ['labeledURI']],
    ['custom.uid', ['uid']],
  ],
  address: ['mail'],
  aliases: ['mail', 'mailAlternateAddress', 'mailLocalAddress'],
  id: 'entryUUID',
  idIsBinary: false,
  filter: '(&(objectClass=inetOrgPerson)(mail=*))',
  groupFilter: '(|(objectClass=groupOfNames)(objectClass=groupOfUniqueNames)(objectClass=posixGroup))',
  photos: ['jpegPhoto'],
  account: [],
};

/** The flavour's schema with the administrator's attributes and filters in it. */
export function schemaOf(flavour: LdapFlavour, source: LdapSource): Schema {
  const usual = flavour === 'active-directory' ? activeDirectory : openLdap;
  const own = Object.entries(source.attributes) as [PersonField, string][];
  const fields = [
    ...usual.fields.filter(([field]) => !Object.hasOwn(source.attributes, field)),
    ...own.flatMap(([field, name]) => (name === '' || field === 'email' ? [] : [[field, [name]] as const])),
  ];
  return {
    ...usual,
    fields,
    address: source.attributes.email ? [source.attributes.email] : usual.address,
    filter: source.filter || usual.filter,
    groupFilter: source.groupFilter || usual.groupFilter,
  };
}
