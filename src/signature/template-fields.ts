/**
 * Which fields a template may name, and the nearest known one for a misspelt name. Fields of the tenant and custom
 * attributes are the tenant's own: they are checked against a list where the caller has one.
 */
import { personFields } from './person.ts';
import { type FieldRef, namespaces } from './template.ts';

/** What the tenant defined itself; a list left out accepts every name. */
export type KnownFields = {
  readonly tenantFields?: readonly string[] | undefined;
  readonly customFields?: readonly string[] | undefined;
};

/** `photo` and `vcard` are pictures: they stand alone in the `src` of an image. */
export const pictureFields: ReadonlySet<string> = new Set(['photo', 'vcard']);

const ofPeople: readonly string[] = [...personFields, ...pictureFields];
const known: Readonly<Record<string, readonly string[]>> = {
  person: ofPeople,
  sender: ofPeople,
  manager: ofPeople,
  tenant: ['name'],
  message: ['subject', 'date'],
};

export type Lookup =
  | { readonly kind: 'field'; readonly ref: FieldRef }
  | { readonly kind: 'unknown'; readonly suggestion: string | undefined };

/** Finds `person.jobTitle`, `person.custom.room`, `tenant.street`. Names are exact; a suggestion forgives case and slips. */
export function findField(path: string, fields: KnownFields): Lookup {
  const [first = '', ...rest] = path.split('.');
  const name = rest.join('.');
  const namespace = namespaces.find(candidate => candidate === first);
  if (namespace && isKnown(namespace, name, fields)) return { kind: 'field', ref: { namespace, name } };
  return { kind: 'unknown', suggestion: nearest(path, allPaths(fields)) };
}

function isKnown(namespace: string, name: string, { tenantFields, customFields }: KnownFields) {
  if (known[namespace]?.includes(name)) return true;
  if (namespace === 'tenant') return isName(name) && (tenantFields?.includes(name) ?? true);
  if (namespace === 'message' || !name.startsWith('custom.')) return false;
  const custom = name.slice('custom.'.length);
  return isName(custom) && (customFields?.includes(custom) ?? true);
}

function isName(name: string) {
  return /^[\p{L}_][\p{L}\p{N}_-]*$/u.test(name);
}

function allPaths({ tenantFields = [], customFields = [] }: KnownFields) {
  return namespaces.flatMap(namespace => [
    ...(known[namespace] ?? []).map(name => `${namespace}.${name}`),
    ...(namespace === 'tenant' ? tenantFields.map(name => `tenant.${name}`) : []),
    ...(namespace === 'tenant' || namespace === 'message'
      ? []
      : customFields.map(name => `${namespace}.custom.${name}`)),
  ]);
}

/** Names that people use for a field because Entra, Exchange or another product calls it so. */
const otherNames: Readonly<Record<string, string>> = {
  title: 'jobTitle',
  firstname: 'givenName',
  lastname: 'surname',
  sn: 'surname',
  name: 'displayName',
  fullname: 'displayName',
  mail: 'email',
  emailaddress: 'email',
  phone: 'businessPhone',
  telephone: 'businessPhone',
  phonenumber: 'businessPhone',
  telephonenumber: 'businessPhone',
  businessphones: 'businessPhone',
  mobile: 'mobilePhone',
  cell: 'mobilePhone',
  fax: 'faxNumber',
  company: 'companyName',
  office: 'officeLocation',
  street: 'streetAddress',
  address: 'streetAddress',
  zip: 'postalCode',
  zipcode: 'postalCode',
  upn: 'userPrincipalName',
};

/** The one of `candidates` that was probably meant, undefined when none is near. A bare `jobTitle` means the person's. */
export function nearest(written: string, candidates: readonly string[]): string | undefined {
  const [first = '', ...rest] = written.split('.');
  const namespace = namespaces.find(candidate => candidate === first.toLowerCase());
  const other = otherNames[(namespace ? rest.join('.') : written).toLowerCase().replace(/[^a-z]/g, '')];
  const translated = other && `${namespace ?? 'person'}.${other}`;
  if (translated && candidates.includes(translated)) return translated;
  const wanted = (namespace || rest.length === 0 ? written : `person.${rest.join('.')}`)
    .toLowerCase()
    .slice(0, 60);
  const ranked = candidates
    .map(name => ({ name, distance: distanceTo(name, wanted) }))
    .sort((a, b) => a.distance - b.distance);
  const best = ranked[0];
  return best && best.distance <= Math.max(1, Math.floor(wanted.length / 4)) ? best.name : undefined;
}

function distanceTo(name: string, wanted: string) {
  const lower = name.toLowerCase();
  if (lower === wanted || lower.endsWith(`.${wanted}`)) return 0;
  return editDistance(lower, wanted);
}

/** Levenshtein's distance; both are names of at most some dozen characters. */
function editDistance(a: string, b: string) {
  let row = Array.from({ length: b.length + 1 }, (_, index) => index);
  for (let i = 1; i <= a.length; i++) {
    const next = [i];
    for (let j = 1; j <= b.length; j++) {
      const cost = a[i - 1] === b[j - 1] ? 0 : 1;
      next.push(Math.min((next[j - 1] ?? 0) + 1, (row[j] ?? 0) + 1, (row[j - 1] ?? 0) + cost));
    }
    row = next;
  }
  return row[b.length] ?? 0;
}
