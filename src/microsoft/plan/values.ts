/**
 * PURE. Whether a value that Exchange prints is the one that was asked for (exchange-online.md 1.5): lists may come as one
 * string, sizes as "22.5 MB (23,592,960 bytes)", sender domains as "smtp:*;1", nothing as null, '' or [].
 */
import { createHash } from 'node:crypto';
import type { ParameterValue } from '../exchange/command.ts';

/** Other names of one thing: an outbound connector by name and GUID, a group by address, name and GUID. */
export type Aliases = Readonly<Record<string, readonly string[]>>;

/** `secret` stands for the value of `{ secret: 'route' }`. */
export function isSame(
  property: string,
  {
    desired,
    actual,
    secret,
    aliases = {},
  }: {
    readonly desired: ParameterValue;
    readonly actual: unknown;
    readonly secret: string;
    readonly aliases?: Aliases;
  },
): boolean {
  if (desired === null || desired === false) return isNothing(actual);
  if (desired === true) return isTrue(actual);
  if (typeof desired === 'number') return bytesOf(actual) === desired;
  if (typeof desired === 'string') return isSameText(property, desired, { actual, aliases });
  if ('secret' in desired) return textsOf(actual)[0] === fingerprint(secret);
  return Array.isArray(desired) && isSameList(property, desired, { actual, aliases });
}

/** What stands for a route secret in everything that is read from a tenant. */
export function fingerprint(secret: string): string {
  return `sha256:${createHash('sha256').update(secret).digest('hex')}`;
}

/** Not set, in any of Exchange's spellings. */
export function isNothing(value: unknown): boolean {
  if (Array.isArray(value)) return value.length === 0;
  return (
    value === undefined ||
    value === null ||
    value === false ||
    value === '' ||
    /^(false|\$null)$/i.test(String(value))
  );
}

export function isTrue(value: unknown): boolean {
  return value === true || /^(true|1)$/i.test(String(value));
}

/** As it stands in a sentence. */
export function shown(value: unknown): string {
  if (isNothing(value)) return value === false || value === 'False' ? 'no' : 'not set';
  if (isTrue(value)) return 'yes';
  const texts = textsOf(value).map(text => text.replace(/[\u0000-\u001f\u007f]/g, ' '));
  return texts.join(', ').slice(0, 300);
}

function isSameText(
  property: string,
  desired: string,
  { actual, aliases }: { readonly actual: unknown; readonly aliases: Aliases },
) {
  const [text = '', ...more] = textsOf(actual);
  if (more.length > 0) return false;
  if (isDate.test(property)) return Math.abs(timeOf(text) - timeOf(desired)) < 60_000;
  // Header values are compared by relay and rule as they stand.
  if (property === 'SetHeaderValue') return text === desired;
  return namesOf(desired, aliases).includes(plain(text));
}

function isSameList(
  property: string,
  desired: readonly string[],
  { actual, aliases }: { readonly actual: unknown; readonly aliases: Aliases },
) {
  const tidy =
    property === 'SenderDomains' ? senderDomain : property === 'SenderIPAddresses' ? address : plain;
  const found = new Set(textsOf(actual).map(tidy));
  return (
    found.size === new Set(desired.map(tidy)).size &&
    desired.every(text => [tidy(text), ...namesOf(text, aliases)].some(name => found.has(name)))
  );
}

const isDate = /Date$/;

/** Times without a zone are UTC, as the admin API prints them. */
function timeOf(text: string) {
  const isZoned = /(?:Z|[+-]\d\d:?\d\d)$/.test(text);
  return Date.parse(isZoned ? text : `${text}Z`);
}

function namesOf(text: string, aliases: Aliases) {
  return [plain(text), ...(aliases[text] ?? []).map(plain)];
}

function plain(text: string) {
  return text.trim().toLowerCase();
}

function senderDomain(text: string) {
  return plain(text)
    .replace(/^smtp:/, '')
    .replace(/;\d+$/, '');
}

function address(text: string) {
  return plain(text).replace(/\/32$/, '');
}

function textsOf(value: unknown): string[] {
  const values: unknown[] = Array.isArray(value) ? value : [value];
  return values.filter(one => !isNothing(one)).map(String);
}

const units: Readonly<Record<string, number>> = { b: 1, kb: 1024, mb: 1024 ** 2, gb: 1024 ** 3 };

function bytesOf(value: unknown): number | undefined {
  if (typeof value === 'number') return value;
  const text = String(value);
  const [, exact] = /\(([\d,.\s]+) bytes\)/i.exec(text) ?? [];
  if (exact) return Number(exact.replace(/\D/g, ''));
  const [, number, unit = 'b'] = /^([\d.]+)\s*(b|kb|mb|gb)?$/i.exec(text.trim()) ?? [];
  return number === undefined ? undefined : Math.round(Number(number) * (units[unit.toLowerCase()] ?? 1));
}
