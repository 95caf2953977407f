/**
 * Addresses as the directory compares them: lower case, composed (NFC), the domain as A-labels. Refuses what no mail
 * server would deliver to; it does not judge whether the mailbox exists.
 */
import { domainToASCII } from 'node:url';

/** RFC 5321 4.5.3.1: octets of a local part and of a domain. */
const MAX_LOCAL = 64;
const MAX_DOMAIN = 255;

/** Atoms and dots (RFC 5322 3.2.3, RFC 6531 for the rest of Unicode); quoted local parts are not mailboxes of people. */
const local = /^[^\s\x00-\x20"(),:;<>@[\\\]\x7f]+$/;
const plain = /^[a-z0-9!#$%&'*+/=?^_`{|}~.-]+@(?:[a-z0-9](?:[a-z0-9-]*[a-z0-9])?\.)+[a-z0-9-]+$/;

/** The comparable form of one bare address (any case, IDN in either form, blanks around it); undefined when it is none. */
export function normalAddress(text: string): string | undefined {
  if (text.length <= MAX_LOCAL && plain.test(text)) return text;
  const trimmed = text.trim().normalize('NFC').toLowerCase();
  const at = trimmed.lastIndexOf('@');
  const name = trimmed.slice(0, Math.max(at, 0));
  if (Buffer.byteLength(name) > MAX_LOCAL || !local.test(name)) return undefined;
  const domain = asciiDomain(trimmed.slice(at + 1));
  return domain && `${name}@${domain}`;
}

function asciiDomain(text: string) {
  // `domainToASCII` reads a URL's host: it would stop at a slash and decode percent signs.
  const isName = text.length <= MAX_DOMAIN && /^[a-z0-9.\-\u0080-\u{10ffff}]+$/u.test(text);
  const domain = isName ? domainToASCII(text) : '';
  // A domain without a dot is a typing mistake here: nobody's public mail address ends in one.
  return domain.length <= MAX_DOMAIN && plain.test(`a@${domain}`) ? domain : undefined;
}

/** `anna+news@firm.example` -> `anna@firm.example`; undefined without a tag. `address` is in its normal form. */
export function withoutTag(address: string): string | undefined {
  const at = address.lastIndexOf('@');
  const plus = address.indexOf('+');
  return plus > 0 && plus < at ? address.slice(0, plus) + address.slice(at) : undefined;
}

/** A proxy address of Exchange: `SMTP:` marks the primary one, `smtp:` an alias, other types are no mail addresses. */
export type ProxyAddress = { readonly address: string; readonly isPrimary: boolean };

/** Undefined for `sip:`, `X500:` and whatever is no address; a bare address counts as an alias. */
export function readProxyAddress(text: string): ProxyAddress | undefined {
  const [, type, rest = ''] = /^\s*(?:([A-Za-z0-9]+):)?(.*)$/s.exec(text) ?? [];
  if (type !== undefined && type.toLowerCase() !== 'smtp') return undefined;
  const address = normalAddress(rest);
  return address === undefined ? undefined : { address, isPrimary: type === 'SMTP' };
}
