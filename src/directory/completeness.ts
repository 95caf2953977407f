/**
 * The completeness board: for each value that published signatures use, who lacks it. Pure but for the pace at which it
 * walks through the people.
 */
import type { Person, PersonField } from '../signature/person.ts';
import { attributeOf } from './overrides.ts';
import type { Pace } from './pace.ts';

/** A value as templates name it; `person.photo` is the picture. */
export type UsedValue = `${'person' | 'manager'}.${PersonField | `custom.${string}` | 'photo'}`;

export type Gap = { readonly value: UsedValue; readonly have: number; readonly lack: number };

export type Crowd = {
  readonly people: Iterable<Person>;
  readonly byId: (id: string) => Person | undefined;
};

/** One row for each used value, in the given order. */
export async function countGaps(
  crowd: Crowd,
  used: readonly UsedValue[],
  pace: Pace,
): Promise<readonly Gap[]> {
  const lacks = used.map(() => 0);
  let total = 0;
  for (const person of crowd.people) {
    if (pace.isDue()) await pace.pause();
    total++;
    used.forEach((value, at) => {
      if (!has(person, value, crowd)) lacks[at] = (lacks[at] ?? 0) + 1;
    });
  }
  return used.map((value, at) => ({ value, have: total - (lacks[at] ?? 0), lack: lacks[at] ?? 0 }));
}

export type Page = { readonly offset: number; readonly size: number };

/** One page of those who lack the value, in the order of the people, and how many they are. */
export async function listLacking(
  crowd: Crowd,
  value: UsedValue,
  { offset, size }: Page,
  pace: Pace,
): Promise<{ readonly people: readonly Person[]; readonly total: number }> {
  const people: Person[] = [];
  let total = 0;
  for (const person of crowd.people) {
    if (pace.isDue()) await pace.pause();
    if (has(person, value, crowd)) continue;
    if (total >= offset && people.length < size) people.push(person);
    total++;
  }
  return { people, total };
}

/** Lines of a CSV file: one for each person who lacks something, with a column for each used value. */
export async function* gapsAsCsv(
  crowd: Crowd,
  used: readonly UsedValue[],
  pace: Pace,
): AsyncGenerator<string> {
  // The mark tells Excel that this is UTF-8.
  yield `\ufeff${csvLine(['address', 'displayName', ...used])}`;
  for (const person of crowd.people) {
    if (pace.isDue()) await pace.pause();
    const cells = used.map(value => (has(person, value, crowd) ? '' : 'missing'));
    if (cells.some(cell => cell !== ''))
      yield csvLine([person.address, person.fields.displayName ?? '', ...cells]);
  }
}

function has(person: Person, value: UsedValue, { byId }: Crowd) {
  const at = value.indexOf('.');
  const isOwn = value.slice(0, at) === 'person';
  const subject = isOwn ? person : byId(person.managerId ?? '');
  const attribute = value.slice(at + 1) as PersonField | `custom.${string}` | 'photo';
  if (!subject) return false;
  return (attribute === 'photo' ? subject.photo : attributeOf(subject, attribute)) !== undefined;
}

/**
 * One line of CSV (RFC 4180), with its CRLF. A cell that a spreadsheet would take for a formula gets an apostrophe in
 * front: names in a directory are written by people who should not run code on the administrator's machine.
 */
export function csvLine(cells: readonly string[]): string {
  return `${cells.map(csvCell).join()}\r\n`;
}

function csvCell(text: string) {
  const harmless = /^[=+\-@\t\r\n\uff0b\uff0d\uff1d\uff20]/.test(text) ? `'${text}` : text;
  return /[",;\t\r\n]/.test(harmless) ? `"${harmless.replaceAll('"', '""')}"` : harmless;
}
