/**
 * Mailbox fields such as From (RFC 5322 3.4): whose mail it is, and the name beside the address. Only the domain decides
 * anything in the surgery; display names, comments and routes are never trusted.
 */
import { decodeWords } from './encoded-words.ts';

/** Characters; RFC 1035 3.1 allows 255 octets, and names in Unicode are shorter than their ASCII form. */
const MAX_DOMAIN = 255;
const NOISE = '\0';
const COMMENTS = /\((?:[^()\\]|\\.)*\)/gs;

/** One mailbox of an address field. */
export type Mailbox = {
  /** Local part as it stands, domain in lower case as A-labels. */
  readonly address: string;
  /** Display name, decoded; '' where there is none. */
  readonly name: string;
};

/** Domain of the first mailbox of an unfolded field value, lower case, IDN as A-labels; undefined when there is none. */
export function domainOf(value: string): string | undefined {
  return firstMailbox(value)?.domain;
}

/** The first mailbox of an unfolded field value, the one whose domain `domainOf` tells; undefined when there is none. */
export function mailboxOf(value: string): Mailbox | undefined {
  const found = firstMailbox(value);
  if (!found?.domain) return undefined;
  const { local, domain, name } = found;
  return { address: `${localPart(local)}@${domain}`, name: decodeWords(withoutQuotes(name)) };
}

/** `local` and `name` as they stand in the field. */
type Found = { readonly domain: string | undefined; readonly local: string; readonly name: string };

function firstMailbox(value: string): Found | undefined {
  const masked = withoutNoise(value);
  for (let start = 0; start < masked.length; ) {
    const end = endOfPiece(masked, start);
    const piece = masked.slice(start, end);
    // `Doe, John <a@b>` without quotes is no grammar, but it is mail: a piece without an address is part of a name.
    const angle = /<([^<>]*)>/.exec(piece);
    const group = angle ? 0 : (/^[^@]*:/.exec(piece)?.[0].length ?? 0);
    const address = angle?.[1] ?? piece.slice(group).replace(/;.*$/s, '');
    const at = address.lastIndexOf('@');
    if (at >= 0) {
      const begin = start + (angle ? angle.index + 1 : group);
      const named = angle ? value.slice(0, start + angle.index) : '';
      return {
        domain: readDomain(address.slice(at + 1).replaceAll(NOISE, '')),
        local: value.slice(begin, begin + at),
        name: named.trim() === '' ? commentIn(value.slice(begin + at, end)) : named,
      };
    }
    start = end + 1;
  }
  return undefined;
}

/** The next comma outside angle brackets. */
function endOfPiece(masked: string, start: number): number {
  let isAngle = false;
  for (let at = start; at < masked.length; at++) {
    const char = masked[at];
    if (char === '<') isAngle = true;
    else if (char === '>') isAngle = false;
    else if (char === ',' && !isAngle) return at;
  }
  return masked.length;
}

/** Without a source route (RFC 5321 C), comments and needless quotes. */
function localPart(source: string): string {
  const local = source
    .replace(/^\s*@[^:]*:/, '')
    .replace(COMMENTS, '')
    .trim();
  return /^"([^"\\\s]+)"$/.exec(local)?.[1] ?? local;
}

/** A phrase of words and quoted strings (RFC 5322 3.2.5) as one reads it; a group's name before it is left out. */
function withoutQuotes(phrase: string): string {
  const words = phrase
    .replace(/"((?:[^"\\]|\\.)*)"?|\((?:[^()\\]|\\.)*\)/gs, (_, quoted: string | undefined) =>
      (quoted ?? ' ').replace(/\\(.)/gs, '$1'),
    )
    .replace(/\s+/g, ' ')
    .trim();
  return /^["\s]*$/.test(words) ? '' : words;
}

/** `ann@example.com (Ann Lee)`, as mail programs wrote it before RFC 822. */
function commentIn(source: string): string {
  return /\(((?:[^()\\]|\\.)*)\)/s.exec(source)?.[1]?.replace(/\\(.)/gs, '$1') ?? '';
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

/** Quoted strings and comments as so many NULs, so that `"a@b" <c@d>` has one address, and offsets stay. */
function withoutNoise(value: string): string {
  let kept = '';
  let depth = 0;
  let isQuoted = false;
  for (let at = 0; at < value.length; at++) {
    const char = value[at] as string;
    const isKept = !isQuoted && depth === 0 && char !== '\\' && char !== '"' && char !== '(';
    if (char === '\\') {
      kept += at + 1 < value.length ? NOISE + NOISE : NOISE;
      at++;
      continue;
    }
    if (isQuoted) isQuoted = char !== '"';
    else if (char === '"' && depth === 0) isQuoted = true;
    else if (char === '(') depth++;
    else if (char === ')' && depth > 0) depth--;
    kept += isKept ? char : NOISE;
  }
  return kept;
}
