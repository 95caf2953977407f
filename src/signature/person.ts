/**
 * A person: a mailbox that sends mail, as the directory knows it (PRODUCT.md 6; exchange-online.md 10.1). Plain data,
 * made by `directory` and the bundle, read by rules and templates.
 */

/** Fields of a person that templates, rules and completeness know by name: `{{person.jobTitle}}`. */
export const personFields = [
  'displayName',
  'givenName',
  'surname',
  'email',
  'userPrincipalName',
  'jobTitle',
  'department',
  'companyName',
  'officeLocation',
  'streetAddress',
  'city',
  'state',
  'postalCode',
  'country',
  'businessPhone',
  'mobilePhone',
  'faxNumber',
  'employeeId',
  'employeeType',
  'preferredLanguage',
  ...Array.from({ length: 15 }, (_, index) => `extensionAttribute${index + 1}` as const),
] as const;

export type PersonField = (typeof personFields)[number];

export type PersonKind = 'user' | 'shared';

export type Person = {
  /** Stable in its source: the Entra object id, the LDAP entryUUID or objectGUID, or the primary address. */
  readonly id: string;
  readonly kind: PersonKind;
  /** Primary address, lower case, its domain as A-labels. */
  readonly address: string;
  /** Further addresses of the same mailbox, lower case, domains as A-labels. */
  readonly aliases: readonly string[];
  /** Values as the directory has them, local overrides applied; a missing field is absent, never ''. */
  readonly fields: Readonly<Partial<Record<PersonField, string>>>;
  /** `{{person.custom.NAME}}`. */
  readonly custom: Readonly<Record<string, string>>;
  /** Ids of all groups the person is in, nested ones resolved. */
  readonly groups: readonly string[];
  /** `id` of the manager, if that one is a person too. */
  readonly managerId?: string;
  /** SHA-256 of the photo's bytes, or of what its source knows it by, hexadecimal; the bytes are looked up by it. */
  readonly photo?: string;
};

export type Group = { readonly id: string; readonly name: string; readonly address?: string };

/** How the snapshot finds people; addresses in any case, IDN domains in either form. */
export type People = {
  readonly byAddress: (address: string) => Person | undefined;
  readonly byId: (id: string) => Person | undefined;
  /** A group that has this address: mail from it is mail of no person. */
  readonly groupByAddress: (address: string) => Group | undefined;
};

export const nobody: People = {
  byAddress: () => undefined,
  byId: () => undefined,
  groupByAddress: () => undefined,
};
