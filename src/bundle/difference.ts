/**
 * What changes from one bundle to another, in sentences for a person: `import --dry-run` and the reload of the bundle.
 * Values of content are never shown at length, secrets not at all.
 */
import { Buffer } from 'node:buffer';
import { isDeepStrictEqual } from 'node:util';
import type { Bundle, BundleTenant } from './bundle.ts';
import { shown } from './schema/words.ts';
import { writtenNextHop } from './short-forms.ts';

/** In the order in which the bundles name things; an empty list: they say the same. Tenants are told apart by name. */
export function difference(before: Bundle, after: Bundle): string[] {
  const named = pairs(before.tenants, after.tenants, ({ name }) => name);
  return named.flatMap(({ name, old, now }) => {
    if (!old) return [`Tenant ${quoted(name)} is added.`];
    if (!now) return [`Tenant ${quoted(name)} is not in the new bundle.`];
    return tenantDifference(old, now).map(change => `Tenant ${quoted(name)}: ${change}`);
  });
}

/** Sentences without the name of the tenant. */
export function tenantDifference(old: BundleTenant, now: BundleTenant): string[] {
  return [
    ...(['id', 'kind', 'mode', 'token'] as const).flatMap(key => changed(key, old[key], now[key])),
    ...members('domain', old.domains, now.domains),
    ...items('peer', old.peers, now.peers, peer =>
      peer.kind === 'address' ? peer.block : peer.kind === 'user' ? peer.user : peer.name,
    ),
    ...nextHopDifference(old, now),
    ...(['tenantId', 'cloud'] as const).flatMap(key =>
      changed(`microsoft ${key}`, old.microsoft?.[key], now.microsoft?.[key]),
    ),
    ...fieldDifference(old, now),
    ...preferenceDifference(old, now),
    ...items('block', old.blocks, now.blocks, ({ name }) => name),
    ...items('signature', old.signatures, now.signatures, ({ name }) => name),
    ...items('rule', old.rules, now.rules, ({ name }) => name),
    ...orderDifference(old, now),
    ...items('group', old.groups, now.groups, ({ name }) => name),
    ...items('person', old.people, now.people, ({ address }) => address),
    ...directoryDifference(old, now),
    ...items(
      'licence',
      old.licences,
      now.licences,
      ({ seats, from, until }) => `${seats} seats ${from ?? ''}..${until ?? ''}`,
    ),
  ];
}

function changed(what: string, old: unknown, now: unknown): string[] {
  if (isDeepStrictEqual(old, now)) return [];
  if (old === undefined) return [`${what} becomes ${word(now)}.`];
  return now === undefined
    ? [`${what} is no longer set (it was ${word(old)}).`]
    : [`${what} changes from ${word(old)} to ${word(now)}.`];
}

function word(value: unknown) {
  return Array.isArray(value) ? value.map(shown).join(', ') || 'empty' : shown(value);
}

function nextHopDifference({ nextHop: old }: BundleTenant, { nextHop: now }: BundleTenant) {
  const [before, after] = [writtenNextHop(old), writtenNextHop(now)];
  const keys = [...new Set([...Object.keys(before), ...Object.keys(after)])];
  const changes = keys.flatMap(key => changed(`next hop ${key}`, before[key], after[key]));
  if (old.auth?.password.value !== now.auth?.password.value)
    changes.push('the password for the next hop changes.');
  if (old.clientCertificate?.key.value !== now.clientCertificate?.key.value)
    changes.push('the client key for the next hop changes.');
  return changes;
}

function fieldDifference({ fields: old }: BundleTenant, { fields: now }: BundleTenant) {
  const keys = [...new Set([...Object.keys(old), ...Object.keys(now)])].sort();
  return keys.flatMap(key => changed(`field ${key}`, old[key], now[key]));
}

function directoryDifference({ directory: old }: BundleTenant, { directory: now }: BundleTenant) {
  if (isSame(old, now)) return [];
  if (!now) return ['its people no longer come from a directory.'];
  return [
    old ? 'the directory of its people changes.' : `its people come from a directory (${now.source.kind}).`,
  ];
}

function preferenceDifference({ preferences: old }: BundleTenant, { preferences: now }: BundleTenant) {
  const keys = [...new Set([...Object.keys(old), ...Object.keys(now)])].sort() as (keyof typeof old)[];
  return keys.flatMap(key =>
    key === 'codeWords'
      ? (['place', 'suppress'] as const).flatMap(part =>
          changed(`preference codeWords.${part}`, old.codeWords?.[part], now.codeWords?.[part]),
        )
      : changed(`preference ${key}`, old[key], now[key]),
  );
}

function members(what: string, old: readonly string[], now: readonly string[]) {
  return [
    ...now.filter(name => !old.includes(name)).map(name => `${what} ${quoted(name)} is added.`),
    ...old.filter(name => !now.includes(name)).map(name => `${what} ${quoted(name)} is removed.`),
  ];
}

function items<Item>(
  what: string,
  old: readonly Item[],
  now: readonly Item[],
  nameOf: (item: Item) => string,
) {
  return pairs(old, now, nameOf).flatMap(({ name, old: before, now: after }) => {
    if (before === undefined) return [`${what} ${quoted(name)} is added.`];
    if (after === undefined) return [`${what} ${quoted(name)} is removed.`];
    return isSame(before, after) ? [] : [`${what} ${quoted(name)} changes.`];
  });
}

/** Bytes compare by value, whichever kind of array holds them. */
function isSame(a: unknown, b: unknown): boolean {
  return isDeepStrictEqual(plain(a), plain(b));
}

function plain(value: unknown): unknown {
  if (value instanceof Uint8Array) return Buffer.from(value).toString('base64');
  if (Array.isArray(value)) return value.map(plain);
  if (typeof value !== 'object' || value === null) return value;
  return Object.fromEntries(Object.entries(value).map(([key, part]) => [key, plain(part)]));
}

/** Rules run in order, so the order of those that stay is a change of its own. */
function orderDifference({ rules: old }: BundleTenant, { rules: now }: BundleTenant) {
  const [before, after] = [new Set(old.map(({ name }) => name)), new Set(now.map(({ name }) => name))];
  const stay = (rules: BundleTenant['rules']) =>
    rules.map(({ name }) => name).filter(name => before.has(name) && after.has(name));
  return isDeepStrictEqual(stay(old), stay(now)) ? [] : ['the order of the rules changes.'];
}

type Pair<Item> = { readonly name: string; readonly old: Item | undefined; readonly now: Item | undefined };

function pairs<Item>(
  old: readonly Item[],
  now: readonly Item[],
  nameOf: (item: Item) => string,
): Pair<Item>[] {
  const before = new Map(old.map(item => [nameOf(item), item]));
  const after = new Map(now.map(item => [nameOf(item), item]));
  return [...new Set([...before.keys(), ...after.keys()])].map(name => ({
    name,
    old: before.get(name),
    now: after.get(name),
  }));
}

function quoted(name: string) {
  return JSON.stringify(name);
}
