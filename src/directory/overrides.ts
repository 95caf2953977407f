/**
 * Local overrides: a value that stands in the place of the directory's, for one attribute of one person, until a time or
 * for good. Pure: what holds is asked for a given time, and the directory's value is kept for the badge.
 */
import type { Person, PersonField } from '../signature/person.ts';

export type OverrideAttribute = PersonField | `custom.${string}`;

export type Override = {
  readonly personId: string;
  readonly attribute: OverrideAttribute;
  /** '' hides the directory's value. */
  readonly value: string;
  /** Milliseconds since 1970-01-01 UTC, exclusive; absent: for good. */
  readonly until?: number;
};

/** For the badge beside the value: what the directory says, and how long that does not count. */
export type OverrideBadge = Override & { readonly directoryValue: string | undefined };

export type Overridden = { readonly person: Person; readonly badges: readonly OverrideBadge[] };

/** For a whole directory: those of each person, found by id. */
export function overridesByPerson(overrides: readonly Override[]): (personId: string) => readonly Override[] {
  const byPerson = Map.groupBy(overrides, ({ personId }) => personId);
  return personId => byPerson.get(personId) ?? [];
}

/** The person as it is at `now` (milliseconds). Overrides of others and expired ones do not count; the last one wins. */
export function applyOverrides(person: Person, overrides: readonly Override[], now: number): Overridden {
  const current = overrides.filter(
    ({ personId, until }) => personId === person.id && (until === undefined || now < until),
  );
  if (current.length === 0) return { person, badges: [] };
  const fields: Partial<Record<PersonField, string>> = { ...person.fields };
  const custom: Record<string, string> = { ...person.custom };
  for (const { attribute, value } of current) {
    const [values, name] = placeOf(attribute, fields, custom);
    if (value === '') delete values[name];
    else values[name] = value;
  }
  return { person: { ...person, fields, custom }, badges: badgesOf(person, current) };
}

function placeOf(
  attribute: OverrideAttribute,
  fields: Partial<Record<string, string>>,
  custom: Partial<Record<string, string>>,
) {
  return isCustom(attribute)
    ? ([custom, attribute.slice('custom.'.length)] as const)
    : ([fields, attribute] as const);
}

function isCustom(attribute: OverrideAttribute): attribute is `custom.${string}` {
  return attribute.startsWith('custom.');
}

function badgesOf(person: Person, current: readonly Override[]): readonly OverrideBadge[] {
  const last = new Map(current.map(override => [override.attribute, override]));
  return [...last.values()].map(override => ({
    ...override,
    directoryValue: attributeOf(person, override.attribute),
  }));
}

/** What the directory says of an attribute; undefined when it says nothing. */
export function attributeOf(person: Person, attribute: OverrideAttribute): string | undefined {
  if (!isCustom(attribute)) return person.fields[attribute];
  const name = attribute.slice('custom.'.length);
  return Object.hasOwn(person.custom, name) ? person.custom[name] : undefined;
}

/** When the next of them expires, so that its person can be replaced then; undefined when none will. */
export function nextExpiry(overrides: readonly Override[], now: number): number | undefined {
  const ahead = overrides.flatMap(({ until }) => (until !== undefined && until > now ? [until] : []));
  return ahead.length === 0 ? undefined : ahead.reduce((first, next) => Math.min(first, next));
}
