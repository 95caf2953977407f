/**
 * PURE. What Exchange's admin API answered, read tolerantly (exchange-online.md 1.5, 1.7): bodies may be empty, no JSON, or
 * full of NULs; the truth of an error stands in its details; a 200 may hold errors.
 */
import type { Row } from './command.ts';

export type RawReply = { readonly status: number; readonly headers: Headers; readonly body: string };

export type Page = {
  readonly rows: readonly Row[];
  readonly warnings: readonly string[];
  readonly nextLink: string | undefined;
};

/** What the server said of an error; '' where it said nothing. */
export type ErrorText = {
  /** `ManagementObjectNotFoundException`, without its namespace. */
  readonly exception: string;
  readonly text: string;
  /** Whether the cmdlet itself spoke, not something in front of it. */
  readonly isCmdlets: boolean;
};

export type ReadReply =
  | { readonly kind: 'page'; readonly page: Page }
  | { readonly kind: 'error'; readonly error: ErrorText };

export function readReply({ status, headers, body }: RawReply): ReadReply {
  const parsed = parse(body);
  if (status < 200 || status > 299) return { kind: 'error', error: errorText(parsed, { headers, body }) };
  const inner = texts(parsed?.['@adminapi.errors']);
  if (inner.length > 0) return { kind: 'error', error: split(inner.join(' ')) };
  if (parsed?.error) return { kind: 'error', error: errorText(parsed, { headers, body }) };
  // Nothing is the answer of a cmdlet that prints nothing; text that is no JSON is a proxy's page.
  if (!parsed && tidy(body) !== '') {
    const text = `an answer that is not JSON: ${tidy(body)}`;
    return { kind: 'error', error: { exception: '', text: text.slice(0, 300), isCmdlets: false } };
  }
  const { value } = parsed ?? {};
  const rows = Array.isArray(value) ? value.filter(isRecord).map(withoutAnnotations) : [];
  const link = parsed?.['@odata.nextLink'];
  return {
    kind: 'page',
    page: {
      rows,
      warnings: texts(parsed?.['@adminapi.warnings']),
      nextLink: typeof link === 'string' ? link : undefined,
    },
  };
}

/** Order of reading: details, internal exception, message, raw text. The case of keys varies. */
function errorText(
  parsed: Record<string, unknown> | undefined,
  { headers, body }: { readonly headers: Headers; readonly body: string },
): ErrorText {
  const error = field(parsed, 'error');
  const details = field(error, 'details');
  const [detail] = Array.isArray(details) ? details : [];
  const inner = field(field(error, 'innererror'), 'internalexception') ?? field(error, 'innerexception');
  const said = [field(detail, 'message'), field(inner, 'message')].find(isText);
  const type = headers.get('x-exceptiontype') ?? field(inner, 'type');
  if (said !== undefined) {
    const { exception, text } = split(unwrapped(said));
    return { exception: exception || shortName(isText(type) ? type : ''), text, isCmdlets: true };
  }
  const text = [field(error, 'message'), error, tidy(body)].find(isText) ?? '';
  const exception = shortName(isText(type) ? type : '');
  return { exception, text: line(text).slice(0, 500), isCmdlets: exception !== '' };
}

/** `Ex6F9304|Namespace.TypeException|text`; the id may be empty, and texts without bars exist. */
function split(said: string): ErrorText {
  const [, , type, text] = /^([^|]{0,20})\|([\w.+`]*)\|([\s\S]*)$/.exec(said) ?? [];
  return { exception: shortName(type ?? ''), text: line(text ?? said).slice(0, 1_000), isCmdlets: true };
}

/** One client saw the whole error as JSON inside the message. */
function unwrapped(said: string): string {
  const again = said.trimStart().startsWith('{') ? parse(said) : undefined;
  const [detail] = [field(field(again, 'error'), 'details')].flat();
  const text = field(detail, 'message') ?? field(field(again, 'error'), 'message') ?? field(again, 'message');
  return isText(text) ? text : said;
}

function shortName(type: string) {
  return type.split('.').at(-1) ?? '';
}

/** `"Enabled@data.type"` beside `"Enabled"`, and the like. */
function withoutAnnotations(row: Record<string, unknown>): Row {
  return Object.fromEntries(Object.entries(row).filter(([name]) => !name.includes('@')));
}

function parse(body: string): Record<string, unknown> | undefined {
  try {
    const value: unknown = JSON.parse(tidy(body));
    return isRecord(value) ? value : undefined;
  } catch {
    return undefined;
  }
}

function field(value: unknown, name: string): unknown {
  if (!isRecord(value)) return undefined;
  return Object.entries(value).find(([key]) => key.toLowerCase() === name)?.[1];
}

function texts(value: unknown): string[] {
  const values: unknown[] = Array.isArray(value) ? value : [value];
  return values
    .map(one => (isText(one) ? one : (field(one, 'message') ?? (isRecord(one) ? JSON.stringify(one) : ''))))
    .filter(isText)
    .map(line);
}

function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

function isText(value: unknown): value is string {
  return typeof value === 'string' && value.trim() !== '';
}

function tidy(body: string) {
  return body
    .replace(/\0/g, '')
    .replace(/^\uFEFF/, '')
    .trim();
}

function line(text: string) {
  return text.replace(/[\u0000-\u001f\u007f\s]+/g, ' ').trim();
}
