/**
 * The address of a mailbox field such as From (RFC 5322 3.4), read only as far as needed to know whose mail it is.
 * Display names, comments and routes are skipped, never trusted.
 */

/** Characters; RFC 1035 3.1 allows 255 octets, and names in Unicode are shorter than their ASCII form. */
const MAX_DOMAIN = 255;

/** Domain of the first mailbox of an unfolded field value, lower case, IDN as A-labels; undefined when there is none. */
export function domainOf(value: string): string | undefined {
  for (const piece of withoutNoise(value).split(/,(?![^<]*>)/)) {
    // `Doe, John <a@b>` without quotes is no grammar, but it is mail: a piece without an address is part of a name.
    const address = /<([^<>]*)>/.exec(piece)?.[1] ?? piece.replace(/^[^@]*:/, '').replace(/;.*$/s, '');
    const at = address.lastIndexOf('@');
    if (at >= 0) return readDomain(address.slice(at + 1));
  }
  return undefined;
}

function readDomain(text: string): string | undefined {
  const domain = text.trim();
  return domain.length > MAX_DOMAIN ? undefined : asciiDomain(domain.replace(/\.+$/, ''));
}

/** Lower-case ASCII form of a domain (RFC 5891), or the lower-cased input where it is no domain name. */
export function asciiDomain(domain: string): string {
  const lower = domain.trim().toLowerCase();
  // The field was read as Latin-1; an internationalised address (RFC 6532) is UTF-8.
  if (!/[^\x00-\x7f]/.test(lower)) return lower;
  return URL.parse(`http://${lower}/`)?.hostname ?? lower;
}

/** True when the domain is one of the given ones. `of` holds lower-case ASCII names. */
export function isOneOf(domain: string, of: readonly string[]): boolean {
  return of.some(own => asciiDomain(own) === domain);
}

/** Leaves out quoted strings outside angle brackets and comments, so that `"a@b" <c@d>` has one address. */
function withoutNoise(value: string): string {
  let kept = '';
  let depth = 0;
  let isQuoted = false;
  for (let at = 0; at < value.length; at++) {
    const char = value[at] as string;
    if (char === '\\') at++;
    else if (isQuoted) isQuoted = char !== '"';
    else if (char === '"' && depth === 0) isQuoted = true;
    else if (char === '(') depth++;
    else if (char === ')' && depth > 0) depth--;
    else if (depth === 0) kept += char;
  }
  return kept;
}
