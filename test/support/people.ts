/** People and groups for tests, from what matters in them. */
import { createPace, type Pace } from '../../src/directory/pace.ts';
import type { Reading, SourceGroup, SourcePerson } from '../../src/directory/source.ts';
import type { Person } from '../../src/signature/person.ts';

export const freshPace = (): Pace => createPace(() => performance.now());

export function person(name: string, others: Partial<Person> = {}): Person {
  const address = `${name}@firm.example`;
  const rest = { aliases: [], custom: {}, groups: [], fields: { email: address, displayName: name } };
  return { id: name, kind: 'user', address, ...rest, ...others };
}

export function sourcePerson(name: string, others: Partial<SourcePerson> = {}): SourcePerson {
  const { groups: _, managerId: __, ...rest } = person(name);
  return { ...rest, memberOf: [], ...others };
}

export function group(id: string, memberOf: readonly string[] = []): SourceGroup {
  return { id, name: id.toUpperCase(), memberOf };
}

export function reading(people: readonly SourcePerson[], others: Partial<Reading> = {}): Reading {
  const rejections = { total: 0, byReason: {}, first: [] };
  const ends = { photo: async () => undefined, close: async () => {} };
  return { people, groups: [], rejections, notes: [], ...ends, ...others };
}
