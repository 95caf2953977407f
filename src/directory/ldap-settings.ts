/**
 * An LDAP source as the configuration has it, checked before anything is sent. The password is not part of it: it is a
 * secret, handed in when a run begins. A password never travels in plain text unless that is allowed in so many words.
 */
import { isIP } from 'node:net';
import { FilterParser } from 'ldapts';
import { failed, type Result } from '../problem.ts';
import type { PersonField } from '../signature/person.ts';

export type LdapFlavour = 'active-directory' | 'openldap';

/** Our field -> LDAP attribute. */
export type LdapAttributes = Readonly<Partial<Record<PersonField | `custom.${string}`, string>>>;

export type LdapSource = {
  readonly kind: 'ldap';
  /** `ldaps://dc1.firm.example` (port 636) or `ldap://dc1.firm.example` (port 389, then StartTLS). */
  readonly url: string;
  /** With `ldap://` only: no StartTLS, everything readable on the wire. */
  readonly allowPlain: boolean;
  /** Certificates of the authorities that may have issued the server's, PEM; '' means the system's. */
  readonly ca: string;
  /** A distinguished name, or for Active Directory `reader@firm.example`; '' reads anonymously. */
  readonly bindName: string;
  readonly flavour: 'auto' | LdapFlavour;
  readonly base: string;
  /** Where groups are; '' means `base`. */
  readonly groupBase: string;
  /** RFC 4515; '' means the flavour's usual one. */
  readonly filter: string;
  readonly groupFilter: string;
  /** In the place of the flavour's usual ones; '' leaves a field out. */
  readonly attributes: LdapAttributes;
  readonly photos: boolean;
  /** Also people whose Active Directory account is disabled; shared mailboxes are read in any case. */
  readonly includeDisabled: boolean;
  /** Seconds for one request. */
  readonly timeLimitSeconds: number;
};

export const ldapDefaults = {
  kind: 'ldap',
  allowPlain: false,
  ca: '',
  bindName: '',
  flavour: 'auto',
  groupBase: '',
  filter: '',
  groupFilter: '',
  attributes: {},
  photos: true,
  includeDisabled: false,
  timeLimitSeconds: 60,
} as const satisfies Partial<LdapSource>;

export type LdapServer = {
  readonly url: string;
  readonly host: string;
  readonly security: 'tls' | 'starttls' | 'none';
  /** Name for SNI and the certificate; an IP address is none (RFC 6066 3). */
  readonly tls: { readonly host: string; readonly servername?: string; readonly ca?: string };
};

/** Where to connect and how; refuses other schemes, a path, and filters that cannot be parsed. */
export function checkLdapSettings(source: LdapSource): Result<LdapServer> {
  const url = URL.parse(source.url);
  if (!url || !['ldap:', 'ldaps:'].includes(url.protocol) || url.hostname === '')
    return refuse(
      `The address "${source.url}" is none: write ldaps://dc1.firm.example or ldap://dc1.firm.example.`,
    );
  if (!['', '/'].includes(url.pathname) || url.search !== '' || url.username !== '')
    return refuse(
      `The address "${source.url}" may hold a name and a port only: base and account have their own settings.`,
    );
  if (source.base.trim() === '') return refuse('The base is missing: write it like dc=firm,dc=example.');
  for (const filter of [source.filter, source.groupFilter]) {
    const reason = filterFault(filter);
    if (reason)
      return refuse(`The filter ${filter} cannot be read (${reason}): write it like (objectClass=person).`);
  }
  const host = url.hostname.replace(/^\[|\]$/g, '');
  const security = url.protocol === 'ldaps:' ? 'tls' : source.allowPlain ? 'none' : 'starttls';
  const server = { url: `${url.protocol}//${url.host}`, host, security } as const;
  const name = isIP(host) === 0 ? { servername: host } : {};
  return { kind: 'ok', value: { ...server, tls: { host, ...name, ...(source.ca && { ca: source.ca }) } } };
}

function refuse(sentence: string) {
  return failed('SIGNET_DIRECTORY_SETTINGS', sentence);
}

function filterFault(filter: string) {
  if (filter === '') return undefined;
  try {
    FilterParser.parseString(filter);
    return undefined;
  } catch (error) {
    return error instanceof Error ? error.message : String(error);
  }
}
