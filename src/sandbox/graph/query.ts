/**
 * The query options of Graph that the sandbox understands (exchange-online.md 10.3). What Graph calls advanced (`$search`,
 * `$count`, `endsWith`, `ne`, `not`) is refused without `ConsistencyLevel: eventual`; what the sandbox does not know is refused too.
 */
import type { Request } from '../http.ts';
import { badRequest, type Refusal, unsupported } from './errors.ts';
import type { Shape } from './shapes.ts';

export type Query = {
  readonly select: readonly string[] | undefined;
  readonly top: number;
  readonly isCounted: boolean;
  readonly matches: (shape: Shape) => boolean;
  /** Position of the first one of this page. */
  readonly skip: number;
};

const known = ['$select', '$top', '$count', '$filter', '$search', '$skiptoken', '$orderby'];
const most = 999;
const usual = 100;

export function selectOf(url: URL): readonly string[] | undefined {
  const text = url.searchParams.get('$select');
  return text === null ? undefined : text.split(',').map(name => name.trim());
}

export function readQuery({ url, headers }: Request): Query | Refusal {
  const options = url.searchParams;
  const strange = [...options.keys()].find(name => !known.includes(name));
  if (strange !== undefined) return badRequest(`Unrecognized query argument: '${strange}'.`);
  const isEventual = /^eventual$/i.test(headers.consistencylevel ?? '');
  const isCounted = options.get('$count') === 'true';
  const filter = options.get('$filter');
  const search = options.get('$search');
  if (search !== null && !isEventual)
    return unsupported('Request with $search query parameter only works with ConsistencyLevel: eventual.');
  if (isCounted && !isEventual) return unsupported('$count needs the header ConsistencyLevel: eventual.');
  const isAdvanced =
    filter !== null && (/\bendsWith\(|\bne\b|\bnot\b/.test(filter) || options.has('$orderby'));
  if (isAdvanced && !(isEventual && isCounted))
    return unsupported('Operator needs ConsistencyLevel: eventual and $count=true.');
  const top = options.has('$top') ? Number(options.get('$top')) : usual;
  if (!Number.isInteger(top) || top < 1 || top > most)
    return badRequest(
      `Invalid page size specified: '${options.get('$top')}'. Must be between 1 and 999 inclusive.`,
    );
  const filtered = filter === null ? () => true : readFilter(filter);
  const searched = search === null ? () => true : readSearch(search);
  if ('status' in filtered) return filtered;
  if ('status' in searched) return searched;
  const skip = Number(Buffer.from(options.get('$skiptoken') ?? '', 'base64url').toString() || '0');
  if (!Number.isInteger(skip)) return badRequest('The skip token is invalid.');
  const matches = (shape: Shape) => filtered(shape) && searched(shape);
  return { select: selectOf(url), top, isCounted, matches, skip };
}

export function skipToken(position: number): string {
  return Buffer.from(String(position)).toString('base64url');
}

type Test = (shape: Shape) => boolean;

function readFilter(text: string): Test | Refusal {
  const tests: Test[] = [];
  for (const term of text.split(/ and /i)) {
    const test = readTerm(term.trim());
    if (!test) return badRequest(`Invalid filter clause: '${term}'.`);
    tests.push(test);
  }
  return shape => tests.every(test => test(shape));
}

function readTerm(term: string): Test | undefined {
  const any = /^(\w+)\/any\((\w+):\s*\2 eq '((?:[^']|'')*)'\)$/i.exec(term);
  if (any) return shape => [shape[any[1] ?? '']].flat().some(one => isSame(one, unquoted(any[3])));
  const call = /^(startsWith|endsWith)\((\w+),\s*'((?:[^']|'')*)'\)$/i.exec(term);
  if (call) return shape => affixed(call[1] ?? '', String(shape[call[2] ?? ''] ?? ''), unquoted(call[3]));
  const compare = /^(\w+) (eq|ne) (?:'((?:[^']|'')*)'|(true|false|null))$/i.exec(term);
  if (!compare) return undefined;
  const [, name = '', operator, quoted, literal] = compare;
  const wanted: unknown = quoted === undefined ? JSON.parse((literal ?? '').toLowerCase()) : unquoted(quoted);
  return shape => isSame(shape[name], wanted) === (operator?.toLowerCase() === 'eq');
}

function affixed(call: string, text: string, part: string) {
  const [value, wanted] = [text.toLowerCase(), part.toLowerCase()];
  return /^starts/i.test(call) ? value.startsWith(wanted) : value.endsWith(wanted);
}

function isSame(value: unknown, wanted: unknown) {
  return typeof value === 'string' && typeof wanted === 'string'
    ? value.toLowerCase() === wanted.toLowerCase()
    : value === wanted;
}

/** A quote inside is doubled. */
function unquoted(text = ''): string {
  return text.replaceAll("''", "'");
}

/** `"displayName:prod lau" OR "mail:prod"`: each word begins a word of the name; of an address, its beginning. */
function readSearch(text: string): Test | Refusal {
  const clauses = text
    .split(/\s+OR\s+/)
    .map(one => /^"(displayName|description|mail):((?:[^"\\]|\\.)*)"$/.exec(one.trim()));
  if (clauses.some(clause => clause === null))
    return badRequest('Syntax error: expected $search="property:words" in double quotes.');
  return shape =>
    clauses.some(clause => {
      const [, name = '', words = ''] = clause ?? [];
      const value = String(shape[name] ?? '').toLowerCase();
      const wanted = words.replace(/\\(.)/g, '$1').toLowerCase();
      if (name === 'mail') return value.startsWith(wanted);
      const parts = value.split(/[\s\-_.,;:()]+/);
      return wanted.split(/\s+/).every(word => parts.some(part => part.startsWith(word)));
    });
}
