/**
 * The words of which the schema is made: kinds of values, each with a message that says what was expected, what stands
 * there, and what to do. The messages are whole sentences; `read` adds file, line and column.
 */
import { z } from 'zod';
import { asciiDomain } from '../../mail/address.ts';
import { nearest, remedy } from '../suggest.ts';

/** Messages for what zod itself finds wrong. */
export const parameters = { error: sentenceFor, reportInput: true } as const;

function sentenceFor(issue: z.core.$ZodRawIssue): string {
  const { input } = issue;
  if (input === undefined) return missing;
  if (issue.code === 'invalid_type') return expected(kinds[issue.expected] ?? issue.expected, input);
  if (issue.code === 'invalid_value') return unknownWord(input, issue.values.map(String));
  return `${shown(input)} cannot be used here (${issue.code}): see the bundle reference.`;
}

/** `read` puts the key in front. */
export const missing = 'is missing: add it.';

const kinds: Readonly<Record<string, string>> = {
  string: 'text',
  number: 'a number',
  int: 'a whole number',
  boolean: 'true or false',
  array: 'a list',
  object: 'a mapping of keys to values',
  record: 'a mapping of names to values',
};

export function expected(what: string, input: unknown): string {
  return `expected ${what}, got ${shown(input)}: correct it.`;
}

function unknownWord(input: unknown, known: readonly string[]) {
  const near = typeof input === 'string' ? nearest(input, known) : undefined;
  const what = `one of ${known.join(', ')}`;
  return near === undefined
    ? expected(what, input)
    : `expected ${what}, got ${shown(input)}: did you mean "${near}"?`;
}

/** A value as a reader of the message recognises it, never at length: it may be a whole signature. */
export function shown(input: unknown): string {
  if (input === null || input === undefined) return 'nothing';
  if (Array.isArray(input)) return 'a list';
  if (typeof input === 'object') return 'a mapping';
  if (typeof input !== 'string') return `the ${typeof input} ${String(input)}`;
  return JSON.stringify(input.length > 60 ? `${input.slice(0, 60)}...` : input);
}

/** A mapping with exactly these keys; one line of the message for each unknown key, in their order. */
export function mapping<Shape extends z.core.$ZodLooseShape>(shape: Shape) {
  return z.strictObject(shape, {
    error: issue => {
      if (issue.code !== 'unrecognized_keys') return sentenceFor(issue);
      return issue.keys.map(key => unknownKey(String(key), Object.keys(shape))).join('\n');
    },
  });
}

function unknownKey(key: string, known: readonly string[]) {
  return `unknown key ${shown(key)}: ${remedy(key, known)}`;
}

/** The schema that `pick` finds for an input, so that the messages are those of the form that was meant. */
export function choice<Value>(pick: (input: unknown) => z.ZodType<Value> | string): z.ZodType<Value> {
  return z.unknown().transform((input, context) => {
    const picked = input === undefined ? missing : pick(input);
    if (typeof picked === 'string') {
      context.issues.push({ code: 'custom', message: picked, input });
      return z.NEVER;
    }
    const result = picked.safeParse(input, parameters);
    if (result.success) return result.data;
    for (const issue of result.error.issues)
      context.issues.push({ ...issue, input: undefined } as z.core.$ZodRawIssue);
    return z.NEVER;
  });
}

/** Text that `accept` turns into its normal form; undefined is a refusal. */
export function text(what: string, accept: (text: string) => string | undefined) {
  return z.unknown().transform((input, context): string => {
    const value = typeof input === 'string' ? accept(input) : undefined;
    if (value !== undefined) return value;
    context.issues.push({
      code: 'custom',
      message: input === undefined ? missing : expected(what, input),
      input,
    });
    return z.NEVER;
  });
}

const control = /[\u0000-\u001f\u007f-\u009f\u2028\u2029]/;

/** One line of text with something in it. */
export const line = text('text on one line', value =>
  value.trim() === '' || control.test(value) || value.length > 1_000 || value !== value.trim()
    ? undefined
    : value,
);

/** Text of any form; line ends become LF. */
export const prose = text('text', value => value.replace(/\r\n?/g, '\n'));

/** What a field of a person or of a tenant may hold. */
export const value = text('text of up to 10,000 characters', input =>
  input === '' || input.length > 10_000 ? undefined : input.replace(/\r\n?/g, '\n'),
);

export const domain = text('a domain such as example.com', readDomain);

export const host = text('a host name or an address', value =>
  /^[0-9a-f.:]*:[0-9a-f.:]*$/i.test(value) ? value.toLowerCase() : readHost(value),
);

export const address = text('an e-mail address such as anna@example.com', readAddress);

export function wholeNumber(what: string, least: number, most: number) {
  return z.unknown().transform((input, context): number => {
    if (typeof input === 'number' && Number.isInteger(input) && input >= least && input <= most) return input;
    context.issues.push({
      code: 'custom',
      message: input === undefined ? missing : expected(what, input),
      input,
    });
    return z.NEVER;
  });
}

function readHost(value: string) {
  const ascii = asciiDomain(value.replace(/\.$/, ''));
  return ascii.length <= 253 &&
    /^[a-z0-9_]([a-z0-9_-]*[a-z0-9])?(\.[a-z0-9_]([a-z0-9_-]*[a-z0-9])?)*$/.test(ascii)
    ? ascii
    : undefined;
}

function readDomain(value: string) {
  const ascii = readHost(value);
  return ascii?.includes('.') ? ascii : undefined;
}

function readAddress(value: string) {
  const at = value.lastIndexOf('@');
  const local = value.slice(0, at).toLowerCase();
  const domain = readHost(value.slice(at + 1));
  return at > 0 && domain && local.length <= 64 && !/[\s<>"(),:;[\]\\@]/.test(local) && !control.test(local)
    ? `${local}@${domain}`
    : undefined;
}

/** One value, or a list of them. */
export function oneOrMore<Value>(of: z.ZodType<Value>): z.ZodType<readonly Value[]> {
  const list = z.array(of);
  const single = of.transform(value => [value]);
  return choice<readonly Value[]>(input => (Array.isArray(input) ? list : single));
}
