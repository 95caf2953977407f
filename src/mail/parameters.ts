/**
 * Structured MIME field values: `Content-Type` and `Content-Disposition` with their parameters (RFC 2045 5.1,
 * RFC 2183), comments (RFC 5322 3.2.2), continuations and charsets (RFC 2231). Lenient where every reader agrees,
 * `ambiguous` where readers differ, so that callers can leave such a part alone.
 */
import { Buffer } from 'node:buffer';

export type ParameterisedValue = {
  /** The value before the first `;`, lower case, without blanks and comments. */
  readonly value: string;
  /** Parameters by lower-case name, decoded, as Latin-1. */
  readonly parameters: ReadonlyMap<string, string>;
  /** The same parameter stands twice with different values, or a quoted string has no end. */
  readonly ambiguous: boolean;
};

/** Nothing but a value, such as most transfer encodings. */
const SIMPLE = /^[a-z0-9/-]*$/i;
const none: ReadonlyMap<string, string> = new Map();

/** Reads an unfolded field value given as Latin-1. Never throws; linear in its length. */
export function parseParameterised(source: string): ParameterisedValue {
  if (SIMPLE.test(source)) return { value: source.toLowerCase(), parameters: none, ambiguous: false };
  const semicolon = endOfSegment(source, 0);
  const value = withoutComments(source.slice(0, semicolon.at))
    .replace(/[ \t]+/g, '')
    .toLowerCase();
  const raw = new Map<string, string>();
  let ambiguous = semicolon.unterminated;
  for (let at = semicolon.at; at < source.length; ) {
    const end = endOfSegment(source, at + 1);
    ambiguous ||= end.unterminated;
    const parameter = readParameter(source.slice(at + 1, end.at));
    if (parameter) {
      const earlier = raw.get(parameter.name);
      if (earlier === undefined) raw.set(parameter.name, parameter.value);
      else if (earlier !== parameter.value) ambiguous = true;
    }
    at = end.at;
  }
  return { value, parameters: joined(raw), ambiguous };
}

/** The field value with every form of a parameter cut out, all else as it stands. */
export function withoutParameter(source: string, name: string): string {
  let at = endOfSegment(source, 0).at;
  let kept = source.slice(0, at);
  while (at < source.length) {
    const end = endOfSegment(source, at + 1).at;
    const own = readParameter(source.slice(at + 1, end))?.name.replace(/\*.*$/s, '');
    const isEmpty = source.slice(at + 1, end).trim() === '';
    if (own !== name && !isEmpty) kept += source.slice(at, end);
    at = end;
  }
  return kept;
}

/**
 * Offset of the next `;` outside quoted strings and comments, or the end. A parenthesis opens a comment only behind a
 * blank: boundaries may hold one.
 */
function endOfSegment(source: string, from: number): { at: number; unterminated: boolean } {
  const semicolon = source.indexOf(';', from);
  const plainEnd = semicolon < 0 ? source.length : semicolon;
  // Most values hold neither quotes nor comments before it.
  if (!hasSpecials(source, from, plainEnd)) return { at: plainEnd, unterminated: false };
  let isQuoted = false;
  let depth = 0;
  for (let at = from; at < source.length; at++) {
    const char = source[at];
    if (char === '\\' && (isQuoted || depth > 0)) at++;
    else if (depth > 0) depth += char === '(' ? 1 : char === ')' ? -1 : 0;
    else if (char === '"') isQuoted = !isQuoted;
    else if (isQuoted) continue;
    else if (char === ';') return { at, unterminated: false };
    else if (char === '(' && /[\s;]/.test(source[at - 1] ?? ' ')) depth = 1;
  }
  return { at: source.length, unterminated: isQuoted };
}

function hasSpecials(source: string, from: number, to: number): boolean {
  for (let at = from; at < to; at++) {
    const code = source.charCodeAt(at);
    if (code === 34 || code === 40) return true;
  }
  return false;
}

/** Leaves out `(comments)`, nested and escaped ones too; a parenthesis inside a quoted string is text. */
function withoutComments(source: string): string {
  if (!source.includes('(')) return source;
  let kept = '';
  let depth = 0;
  let isQuoted = false;
  for (let at = 0; at < source.length; at++) {
    const char = source[at] as string;
    if (char === '\\' && (isQuoted || depth > 0)) {
      if (depth === 0) kept += source.slice(at, at + 2);
      at++;
    } else if (depth === 0 && char === '"') {
      isQuoted = !isQuoted;
      kept += char;
    } else if (!isQuoted && char === '(') depth++;
    else if (!isQuoted && char === ')' && depth > 0) depth--;
    else if (depth === 0) kept += char;
  }
  return kept;
}

function readParameter(segment: string): { name: string; value: string } | undefined {
  const equals = segment.indexOf('=');
  if (equals < 0) return undefined;
  const name = withoutComments(segment.slice(0, equals)).trim().toLowerCase();
  if (!name || /[\s"]/.test(name)) return undefined;
  const value = segment.slice(equals + 1).replace(/^(?:[ \t]|\([^()]*\))+/, '');
  if (value.startsWith('"')) return { name, value: unquoted(value) };
  // An unquoted boundary may hold parentheses; only one set off by a blank is a comment there.
  const comment = name === 'boundary' ? value.search(/[ \t]\(/) : value.indexOf('(');
  return { name, value: (comment < 0 ? value : value.slice(0, comment)).trim() };
}

function unquoted(value: string): string {
  const string = /^"((?:[^"\\]|\\.)*)/s.exec(value)?.[1] ?? '';
  return string.includes('\\') ? string.replace(/\\(.)/gs, '$1') : string;
}

/** Joins `name*0`, `name*1*` ... and decodes `name*` (RFC 2231 3 and 4). A plain `name` wins over its extended forms. */
function joined(raw: ReadonlyMap<string, string>): ReadonlyMap<string, string> {
  if (![...raw.keys()].some(name => name.includes('*'))) return raw;
  const parameters = new Map<string, string>();
  for (const [name, value] of raw) if (!name.includes('*')) parameters.set(name, value);
  for (const [name, value] of raw) {
    const extended = /^([^*]+)\*(0?)(\*?)$/.exec(name);
    const base = extended?.[1];
    if (!base || parameters.has(base)) continue;
    parameters.set(base, extended[2] ? continued(raw, base) : percentDecoded(afterCharset(value)));
  }
  return parameters;
}

function continued(raw: ReadonlyMap<string, string>, base: string): string {
  let whole = '';
  for (let index = 0; ; index++) {
    const encoded = raw.get(`${base}*${index}*`);
    const plain = raw.get(`${base}*${index}`);
    if (encoded !== undefined) whole += percentDecoded(index === 0 ? afterCharset(encoded) : encoded);
    else if (plain !== undefined) whole += plain;
    else return whole;
  }
}

/** Drops `charset'language'` of an extended value. */
function afterCharset(value: string): string {
  return value.replace(/^[^']*'[^']*'/, '');
}

function percentDecoded(value: string): string {
  return value.replace(/%([0-9a-f]{2})/gi, (_, hex: string) => Buffer.from(hex, 'hex').toString('latin1'));
}
