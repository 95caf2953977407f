/**
 * Licence files, signed offline with Ed25519 for resellers and air-gapped sites (PRODUCT.md 8). Version 1 is text that
 * a person can read, every line ended by LF, in this order:
 *
 *     Signet-Licence: 1
 *     Id: 9f86d081884c7d65            16 hexadecimal digits, lower case
 *     Domain: example.com             a domain of the tenant it is for, lower-case A-labels
 *     Seats: 250                      1 to 1000000
 *     From: 2026-01-01                first day, optional
 *     Until: 2026-12-31               last day, optional
 *     Issued: 2025-12-01              the day it was signed
 *     Note: Order 4711                optional
 *     Key: 5e884898da280471           first 16 hexadecimal digits of the SHA-256 of the raw 32-byte public key
 *     Signature: ...                  86 characters of base64url (RFC 4648 5) without padding: 64 bytes
 *
 * Signed are the UTF-8 bytes of all lines before `Signature:`, the last LF included. There is one way to write each
 * licence: a file counts only if writing what was read gives its very lines again (CRLF is forgiven, mail programs
 * make it). The first line names the version and keeps its form in every version.
 */
import { Buffer } from 'node:buffer';
import { asciiDomain } from '../mail/address.ts';
import type { Licence } from './licence.ts';
import { daysBetween } from './local-time.ts';

export type LicenceTerms = Licence & {
  readonly domain: string;
  /** `YYYY-MM-DD`. */
  readonly issued: string;
};

/** The key that signed, by name. */
export type SignedLicence = LicenceTerms & { readonly keyId: string };

export type SigningKey = { readonly id: string; readonly sign: (bytes: Uint8Array) => Uint8Array };
export type TrustedKey = {
  readonly id: string;
  readonly verify: (bytes: Uint8Array, signature: Uint8Array) => boolean;
};

/** Why a licence file does not count; the sentence says what to do. */
export const licenceRefusals = {
  malformed: 'It is no licence file, or it was changed: ask for it again, as an attachment.',
  'future-version': 'It was made for a later Signet: update Signet, then import it again.',
  'foreign-key': 'It was signed with a key that is not trusted here: add its public key to the settings.',
  tampered: 'It does not fit its signature, so it was changed after it was signed: ask for it again.',
  'wrong-tenant': 'It is for another organisation: none of the domains of this tenant is the one it names.',
  expired: 'Its last day is over: ask for a new one.',
} as const;

export type LicenceRefusal = keyof typeof licenceRefusals;

export type LicenceResult =
  | { readonly kind: 'ok'; readonly licence: SignedLicence }
  | { readonly kind: 'refused'; readonly refusal: LicenceRefusal };

const version = 1;
const mostSeats = 1_000_000;
const mostNote = 200;

/** The whole file. Terms that the format cannot hold are a RangeError: `termsProblem` tells them before. */
export function writeLicenceFile(terms: LicenceTerms, key: SigningKey): string {
  const problem = termsProblem(terms);
  if (problem) throw new RangeError(problem);
  const text = signedText({ ...terms, keyId: key.id });
  return `${text}Signature: ${Buffer.from(key.sign(Buffer.from(text))).toString('base64url')}\n`;
}

/** What is wrong with these terms, as the end of a sentence; undefined when nothing is. */
export function termsProblem({
  id,
  domain,
  seats,
  from,
  until,
  issued,
  note,
}: LicenceTerms): string | undefined {
  if (!/^[0-9a-f]{16}$/.test(id)) return 'the id must be 16 hexadecimal digits';
  if (!isDomain(domain)) return `the domain is "${domain}" and must be one such as example.com`;
  if (!Number.isInteger(seats) || seats < 1 || seats > mostSeats)
    return `the seats must be a whole number from 1 to ${mostSeats}`;
  for (const day of [from, until, issued])
    if (day !== undefined && !isDay(day)) return `"${day}" is no day such as 2026-12-31`;
  if (from !== undefined && until !== undefined && from > until) return 'it would end before it begins';
  if (note.length > mostNote || note !== note.trim() || /[\p{Cc}\p{Cf}\p{Zl}\p{Zp}]/u.test(note))
    return `the note must be one line of at most ${mostNote} characters, without spaces at its ends`;
  return undefined;
}

/** Reads without judging: who signed is not asked. For showing a file. */
export function readLicenceFile(text: string): LicenceResult {
  const read = parse(text);
  return 'refusal' in read ? refused(read.refusal) : { kind: 'ok', licence: read.licence };
}

/**
 * Reads and judges a file. The order matters: nothing that it says is believed before its signature is.
 * @param tenant its accepted domains, and today in its time zone as `YYYY-MM-DD`.
 */
export function verifyLicenceFile(
  text: string,
  keys: readonly TrustedKey[],
  tenant: { readonly domains: readonly string[]; readonly today: string },
): LicenceResult {
  const read = parse(text);
  if ('refusal' in read) return refused(read.refusal);
  const { licence, signature } = read;
  const key = keys.find(({ id }) => id === licence.keyId);
  if (!key) return refused('foreign-key');
  if (!key.verify(Buffer.from(signedText(licence)), signature)) return refused('tampered');
  if (!tenant.domains.some(domain => asciiDomain(domain) === licence.domain)) return refused('wrong-tenant');
  if (licence.until !== undefined && licence.until < tenant.today) return refused('expired');
  return { kind: 'ok', licence };
}

function refused(refusal: LicenceRefusal): LicenceResult {
  return { kind: 'refused', refusal };
}

function signedText({ id, domain, seats, from, until, issued, note, keyId }: SignedLicence) {
  const lines = [
    `Signet-Licence: ${version}`,
    `Id: ${id}`,
    `Domain: ${domain}`,
    `Seats: ${seats}`,
    ...(from === undefined ? [] : [`From: ${from}`]),
    ...(until === undefined ? [] : [`Until: ${until}`]),
    `Issued: ${issued}`,
    ...(note === '' ? [] : [`Note: ${note}`]),
    `Key: ${keyId}`,
  ];
  return `${lines.join('\n')}\n`;
}

type Parsed =
  | { readonly licence: SignedLicence; readonly signature: Uint8Array }
  | { readonly refusal: LicenceRefusal };

function parse(text: string): Parsed {
  const lines = text.replaceAll('\r\n', '\n');
  const found = /^Signet-Licence: ([1-9]\d{0,8})\n/.exec(lines)?.[1];
  if (found === undefined) return { refusal: 'malformed' };
  if (Number(found) > version) return { refusal: 'future-version' };
  const fields = new Map(lines.split('\n').map(line => splitOnce(line, ': ')));
  const field = (name: string) => fields.get(name);
  const [from, until] = [field('From'), field('Until')];
  const licence: SignedLicence = {
    id: field('Id') ?? '',
    domain: field('Domain') ?? '',
    seats: Number(field('Seats')),
    ...(from === undefined ? {} : { from }),
    ...(until === undefined ? {} : { until }),
    issued: field('Issued') ?? '',
    note: field('Note') ?? '',
    keyId: field('Key') ?? '',
  };
  const signature = Buffer.from(field('Signature') ?? '', 'base64url');
  const isWhole =
    termsProblem(licence) === undefined &&
    /^[0-9a-f]{16}$/.test(licence.keyId) &&
    signature.length === 64 &&
    `${signedText(licence)}Signature: ${signature.toString('base64url')}\n` === lines;
  return isWhole ? { licence, signature } : { refusal: 'malformed' };
}

function splitOnce(line: string, separator: string): readonly [string, string] {
  const at = line.indexOf(separator);
  return at < 0 ? [line, ''] : [line.slice(0, at), line.slice(at + separator.length)];
}

function isDay(text: string) {
  return /^\d{4}-\d\d-\d\d$/.test(text) && daysBetween(text, text) === 0;
}

function isDomain(text: string) {
  return (
    text.length <= 253 &&
    /^[a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?(\.[a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?)+$/.test(text)
  );
}
