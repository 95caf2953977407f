/**
 * Which column of a CSV file is which field: by the administrator's mapping, else by the names that the usual exports
 * give their columns (Microsoft 365 admin center, Entra bulk download, Exchange `Get-User` and `Get-Mailbox`, Active
 * Directory Users and Computers, our own names; English and German). Case, blanks and punctuation do not count.
 */
import type { Result } from '../problem.ts';
import { failed } from '../problem.ts';
import type { PersonField } from '../signature/person.ts';

/** `email` is the address; a missing one is taken from `proxyAddresses`. `kind` tells shared mailboxes from users. */
export type CsvTarget =
  | PersonField
  | 'id'
  | 'proxyAddresses'
  | 'groups'
  | 'manager'
  | 'kind'
  | `custom.${string}`;

/** Our field -> name of its column, or of several columns for `groups` and `proxyAddresses`; '' leaves a field out. */
export type CsvColumns = Readonly<Partial<Record<CsvTarget, string | readonly string[]>>>;

export type ColumnPlan = {
  /** For each column what it holds; undefined where it is not used. */
  readonly targets: readonly (CsvTarget | undefined)[];
  readonly unused: readonly string[];
  /** The file has no column for the address itself, so that the user principal name may stand for it. */
  readonly isAddressFromName: boolean;
};

type KnownTarget = Exclude<CsvTarget, `custom.${string}` | `extensionAttribute${number}`>;

/** Names in the order in which they are preferred, in the form of `keyOf`. */
const names: Readonly<Record<KnownTarget, readonly string[]>> = {
  email: [
    ...['email', 'mail', 'primarysmtpaddress', 'emailaddress', 'smtpaddress', 'windowsemailaddress'],
    ...['primaeresmtpadresse', 'primaeresmtp', 'emailadresse', 'mailadresse', 'mailaddress'],
  ],
  userPrincipalName: [
    'userprincipalname',
    'upn',
    'userlogonname',
    'benutzerprinzipalname',
    'benutzeranmeldename',
  ],
  proxyAddresses: [
    'proxyaddresses',
    'emailaddresses',
    'aliases',
    'proxyadressen',
    'emailadressen',
    'aliasadressen',
  ],
  id: ['id', 'objectid', 'externaldirectoryobjectid', 'entryuuid', 'objectguid', 'guid', 'objektid'],
  kind: [
    'kind',
    'recipienttypedetails',
    'shared',
    'issharedmailbox',
    'usertype',
    'type',
    'typ',
    'benutzertyp',
  ],
  groups: ['groups', 'memberof', 'groupmembership', 'gruppen', 'mitgliedvon', 'gruppenmitgliedschaft'],
  manager: ['manager', 'managermail', 'vorgesetzter', 'vorgesetzte', 'managername'],
  displayName: ['displayname', 'anzeigename', 'fullname', 'name', 'vollstaendigername'],
  givenName: ['givenname', 'firstname', 'vorname'],
  surname: ['surname', 'sn', 'lastname', 'nachname', 'familienname'],
  jobTitle: ['jobtitle', 'title', 'position', 'stellenbezeichnung', 'berufsbezeichnung', 'funktion', 'titel'],
  department: ['department', 'abteilung'],
  companyName: ['companyname', 'company', 'firma', 'firmenname', 'unternehmen'],
  officeLocation: [
    ...['officelocation', 'physicaldeliveryofficename', 'office', 'buero', 'bueroraum', 'standort'],
  ],
  streetAddress: ['streetaddress', 'street', 'strasse', 'adresse', 'anschrift', 'address'],
  city: ['city', 'l', 'ort', 'stadt', 'locality'],
  state: [
    'state',
    'st',
    'stateorprovince',
    'stateprovince',
    'bundesland',
    'bundeslandkanton',
    'region',
    'provinz',
  ],
  postalCode: ['postalcode', 'zip', 'zippostalcode', 'zipcode', 'postleitzahl', 'plz'],
  country: ['country', 'countryorregion', 'countryregion', 'co', 'land', 'landregion', 'c'],
  businessPhone: [
    ...[
      'businessphone',
      'businessphones',
      'telephonenumber',
      'phone',
      'phonenumber',
      'officephone',
      'telephone',
    ],
    ...['telefon', 'telefonnummer', 'telefongeschaeftlich', 'rufnummer'],
  ],
  mobilePhone: ['mobilephone', 'mobile', 'mobil', 'mobiltelefon', 'handy', 'mobilenumber', 'mobilfunknummer'],
  faxNumber: ['faxnumber', 'fax', 'facsimiletelephonenumber', 'faxnummer'],
  employeeId: ['employeeid', 'employeenumber', 'personalnummer', 'mitarbeiternummer', 'mitarbeiterid'],
  employeeType: ['employeetype', 'mitarbeitertyp'],
  preferredLanguage: ['preferredlanguage', 'language', 'sprache', 'bevorzugtesprache'],
};

const targetOfName: ReadonlyMap<string, { readonly target: CsvTarget; readonly rank: number }> = new Map([
  ...Object.entries(names).flatMap(([target, known]) =>
    known.map((name, rank) => [name, { target: target as CsvTarget, rank }] as const),
  ),
  ...Array.from({ length: 15 }, (_, index) => index + 1).flatMap(number => {
    const found = { target: `extensionAttribute${number}` as CsvTarget, rank: 0 };
    return [
      [`extensionattribute${number}`, found] as const,
      [`customattribute${number}`, { ...found, rank: 1 }] as const,
    ];
  }),
]);

/** `Büro-Telefon ` -> `buerotelefon`. */
export function keyOf(header: string): string {
  const lower = header.normalize('NFC').toLowerCase();
  const spelt = lower.replace(/[äöüß]/g, letter => ({ ä: 'ae', ö: 'oe', ü: 'ue' })[letter] ?? 'ss');
  return spelt.normalize('NFD').replace(/[^a-z0-9]/g, '');
}

/** Refuses a mapping to a column that is not there, and a file in which no column can hold an address. */
export function planColumns(header: readonly string[], columns: CsvColumns): Result<ColumnPlan> {
  const targets: (CsvTarget | undefined)[] = header.map(() => undefined);
  const missing = placeGiven(header, columns, targets);
  if (missing.length > 0) return failed('SIGNET_DIRECTORY_FILE', missingSentence(missing, header));
  placeKnown(header, columns, targets);
  const has = (target: CsvTarget) => targets.includes(target);
  if (!has('email') && !has('proxyAddresses') && !has('userPrincipalName'))
    return failed('SIGNET_DIRECTORY_FILE', `No column holds the mail address: ${remedy(header)}`);
  const unused = header.filter((name, at) => targets[at] === undefined && name.trim() !== '');
  return { kind: 'ok', value: { targets, unused, isAddressFromName: !has('email') } };
}

/** Puts the administrator's mapping in place; answers the columns that the file does not have. */
function placeGiven(header: readonly string[], columns: CsvColumns, targets: (CsvTarget | undefined)[]) {
  const exact = header.map(name => name.trim().toLowerCase());
  const keys = header.map(keyOf);
  return Object.entries(columns).flatMap(([target, wanted]) =>
    [wanted ?? []].flat().filter(name => {
      if (name === '') return false;
      const same = exact.indexOf(name.trim().toLowerCase());
      const at = same >= 0 ? same : keys.indexOf(keyOf(name));
      if (at >= 0) targets[at] = target as CsvTarget;
      return at < 0;
    }),
  );
}

const severalColumns: readonly CsvTarget[] = ['groups', 'proxyAddresses'];

function placeKnown(header: readonly string[], columns: CsvColumns, targets: (CsvTarget | undefined)[]) {
  const found = header
    .map((name, at) => ({ at, ...known(name) }))
    .sort((a, b) => a.rank - b.rank || a.at - b.at);
  for (const { at, target } of found) {
    if (target === undefined || targets[at] !== undefined || Object.hasOwn(columns, target)) continue;
    if (severalColumns.includes(target) || !targets.includes(target)) targets[at] = target;
  }
}

function known(header: string): { readonly target: CsvTarget | undefined; readonly rank: number } {
  const [, custom] = /^\s*custom[.:](.+?)\s*$/i.exec(header) ?? [];
  if (custom !== undefined) return { target: customTarget(custom), rank: 0 };
  return targetOfName.get(keyOf(header)) ?? { target: undefined, rank: 0 };
}

/** A name that templates can write, `{{person.custom.Cost_centre}}`; undefined where nothing of it is left. */
function customTarget(name: string): CsvTarget | undefined {
  const plain = name
    .normalize('NFD')
    .replace(/\p{M}/gu, '')
    .replace(/[^A-Za-z0-9]+/g, '_')
    .slice(0, 64);
  return /^[A-Za-z]/.test(plain) ? `custom.${plain}` : undefined;
}

function missingSentence(missing: readonly string[], header: readonly string[]) {
  return `The file has no column ${missing.map(name => `"${name}"`).join(', ')}: ${remedy(header)}`;
}

function remedy(header: readonly string[]) {
  const seen = header.slice(0, 30).map(name => `"${name.slice(0, 60)}"`);
  return `choose from its columns ${seen.join(', ')}${header.length > 30 ? ' ...' : ''}, or check the separator.`;
}
