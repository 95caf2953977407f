/**
 * The arguments of MAIL and RCPT (RFC 5321 4.1.2). Signet stands between two servers that know their addresses: what the
 * grammar forbids but mail systems use (`a..b@`, `a.@`, quoted local parts) is passed on, the next hop judges. Refused is
 * only what could become another command or another address on the way: control characters, bytes that are no UTF-8,
 * angle brackets. The domain comes back as lower-case A-labels (RFC 5890), the local part as it was.
 */
import { isUtf8 } from 'node:buffer';
import { domainToASCII } from 'node:url';

export type PathCommand = {
  /** '' for the null sender. */
  readonly address: string;
  /** Keywords in upper case, in order; undefined for a keyword without `=`. */
  readonly parameters: readonly { readonly keyword: string; readonly value: string | undefined }[];
};

/** Characters; RFC 1035 2.3.4 without the root's length byte and dot. */
const MAX_DOMAIN = 253;
const VERB = { mail: /^MAIL\s+FROM\s*:\s*/i, rcpt: /^RCPT\s+TO\s*:\s*/i } as const;
// A quoted string may hold blanks, `@` and `>`-free specials; `\` takes the next character with it.
const PATH = /^<((?:"(?:[^"\\<>]|\\[^<>])*"|[^<>"\s])*)>(?=\s|$)/;
const SOURCE_ROUTE = /^@[^\s,:@"]+(?:,@[^\s,:@"]+)*:/;
const PARAMETER = /^([A-Za-z0-9][A-Za-z0-9-]*)(?:=([^\s=]+))?$/;

/** Reads one command line without its line end; undefined when its syntax is not to be trusted. */
export function parsePathCommand(verb: 'mail' | 'rcpt', line: Buffer): PathCommand | undefined {
  if (!isUtf8(line)) return undefined;
  const text = line.toString('utf8');
  if (/[\x00-\x08\x0a-\x1f\x7f-\x9f]/.test(text)) return undefined;
  const start = VERB[verb].exec(text)?.[0];
  const path = start === undefined ? null : PATH.exec(text.slice(start.length));
  if (start === undefined || !path) return undefined;
  const address = readAddress((path[1] as string).replace(SOURCE_ROUTE, ''));
  const parameters = readParameters(text.slice(start.length + path[0].length));
  return address === undefined || !parameters ? undefined : { address, parameters };
}

/** `address` with its domain in lower-case A-labels; '' and a bare `postmaster` (RFC 5321 4.5.1) stay. */
function readAddress(address: string): string | undefined {
  if (address === '' || /^postmaster$/i.test(address)) return address;
  const at = address.lastIndexOf('@');
  const local = address.slice(0, at);
  // An `@` in the local part is only one when it is quoted: `a@b@c` is read as two different domains by two servers.
  if (at < 1 || local.replace(/"(?:[^"\\]|\\.)*"/g, '').includes('@')) return undefined;
  const domain = readDomain(address.slice(at + 1));
  return domain === undefined ? undefined : `${local}@${domain}`;
}

function readDomain(domain: string): string | undefined {
  if (/^\[[0-9A-Za-z.:-]+\]$/.test(domain)) return domain.toLowerCase();
  // ASCII stays as it is: decoding and encoding `xn--` labels anew can lead to another domain.
  const ascii = /^[\x21-\x7e]+$/.test(domain) ? domain.toLowerCase() : domainToASCII(domain);
  return ascii.length <= MAX_DOMAIN &&
    /^[a-z0-9_](?:[a-z0-9._-]*[a-z0-9_-])?\.?$/.test(ascii) &&
    !ascii.includes('..')
    ? ascii
    : undefined;
}

function readParameters(text: string): PathCommand['parameters'] | undefined {
  const parameters: { readonly keyword: string; readonly value: string | undefined }[] = [];
  for (const word of text.split(/\s+/)) {
    if (word === '') continue;
    const match = PARAMETER.exec(word);
    const keyword = match?.[1]?.toUpperCase();
    if (keyword === undefined || parameters.some(known => known.keyword === keyword)) return undefined;
    parameters.push({ keyword, value: match?.[2] });
  }
  return parameters;
}

/** True when an address needs SMTPUTF8 (RFC 6531): its domain never does, as A-labels. */
export function needsUtf8(address: string): boolean {
  return /[^\x00-\x7f]/.test(address);
}

/** The domain of an address in this file's form, '' where it has none. */
export function domainOfPath(address: string): string {
  return address.slice(address.lastIndexOf('@') + 1).replace(/\.$/, '');
}
