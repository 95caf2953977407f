/**
 * An entry of an LDAP directory as a person. Refuses entries without a usable address and, in Active Directory, disabled
 * accounts that are no shared mailboxes.
 */
import type { PersonField } from '../signature/person.ts';
import { normalAddress, readProxyAddress } from './address.ts';
import { dnKey } from './dn.ts';
import type { Schema } from './ldap-attributes.ts';
import type { LdapEntry } from './ldap-connection.ts';
import type { RejectionReason, SourcePerson } from './source.ts';
import { tidy, type Values } from './values.ts';

export type EntryOrRejection =
  | { readonly kind: 'person'; readonly person: SourcePerson; readonly managerDn: string }
  | { readonly kind: 'rejected'; readonly reason: RejectionReason; readonly sentence: string };

export type ReadOptions = {
  readonly schema: Schema;
  readonly includeDisabled: boolean;
  readonly values: Values;
};

export function readLdapPerson(
  entry: LdapEntry,
  { schema, includeDisabled, values }: ReadOptions,
): EntryOrRejection {
  const kind = kindOf(entry);
  if (kind === undefined && !includeDisabled)
    return { kind: 'rejected', reason: 'disabled', sentence: 'The account is disabled.' };
  const proxies = schema.aliases
    .flatMap(name => texts(entry, name))
    .flatMap(text => readProxyAddress(text) ?? []);
  const written = schema.address.flatMap(name => texts(entry, name))[0];
  const address =
    written === undefined ? proxies.find(({ isPrimary }) => isPrimary)?.address : normalAddress(written);
  if (address === undefined) return withoutAddress(written);
  const fields: Partial<Record<PersonField, string>> = { email: written ?? address };
  const custom: Record<string, string> = {};
  for (const [field, names] of schema.fields) {
    const value = firstText(entry, names);
    if (value === undefined) continue;
    if (field.startsWith('custom.')) custom[field.slice('custom.'.length)] = values.share(value);
    else fields[field as PersonField] = values.share(value);
  }
  const aliases = [...new Set(proxies.map(proxy => proxy.address))].filter(alias => alias !== address);
  const person = {
    id: idOf(entry, schema),
    kind: kind ?? 'user',
    address,
    aliases,
    fields,
    custom,
    memberOf: [],
  };
  return { kind: 'person', person, managerDn: texts(entry, 'manager')[0] ?? '' };
}

function withoutAddress(written: string | undefined): EntryOrRejection {
  if (written === undefined)
    return { kind: 'rejected', reason: 'no-address', sentence: 'The entry has no mail address.' };
  const sentence = `"${written.slice(0, 100)}" is no mail address.`;
  return { kind: 'rejected', reason: 'bad-address', sentence };
}

/** Text values of an attribute, tidied; empty and binary ones are left out. */
export function texts({ attributes }: LdapEntry, name: string): readonly string[] {
  return (attributes.get(name.toLowerCase()) ?? []).flatMap(value =>
    typeof value === 'string' ? tidy(value) || [] : [],
  );
}

function firstText(entry: LdapEntry, names: readonly string[]) {
  for (const name of names) {
    const [text] = texts(entry, name);
    // The one syntax with a separator of its own: `Street 1$10115 Berlin` (RFC 4517 3.3.28).
    if (text !== undefined) return name === 'postalAddress' ? text.replaceAll('$', '\n') : text;
  }
  return undefined;
}

/** The server's own id; without one the name, which changes when the entry is moved. */
export function idOf(entry: LdapEntry, { id, idIsBinary }: Schema): string {
  const [value] = entry.attributes.get(id.toLowerCase()) ?? [];
  if (idIsBinary && Buffer.isBuffer(value) && value.length === 16) return guidText(value);
  return typeof value === 'string' && value !== '' ? value : dnKey(entry.dn);
}

/** A GUID's first three groups are little-endian (MS-DTYP 2.3.4.2): the form that Exchange and Entra show. */
export function guidText(bytes: Buffer): string {
  const swapped = Buffer.from(bytes);
  swapped.subarray(0, 4).swap32();
  swapped.subarray(4, 6).swap16();
  swapped.subarray(6, 8).swap16();
  const hex = swapped.toString('hex');
  return [hex.slice(0, 8), hex.slice(8, 12), hex.slice(12, 16), hex.slice(16, 20), hex.slice(20)].join('-');
}

/** userAccountControl bit ACCOUNTDISABLE (MS-ADTS 2.2.16). */
const ACCOUNT_DISABLED = 2;
/** msExchRecipientTypeDetails: shared and linked mailboxes have disabled accounts by design, on premises and remote. */
const sharedTypes = ['4', '34359738368'];
const linkedTypes = ['2'];

/** Undefined for a disabled account that nobody sends from. */
function kindOf(entry: LdapEntry): SourcePerson['kind'] | undefined {
  const [type = ''] = texts(entry, 'msExchRecipientTypeDetails');
  if (sharedTypes.includes(type)) return 'shared';
  const flags = Number(texts(entry, 'userAccountControl')[0] ?? 0);
  return (flags & ACCOUNT_DISABLED) !== 0 && !linkedTypes.includes(type) ? undefined : 'user';
}
