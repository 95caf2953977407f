/** Senders of a rule: everyone or any of some people, groups, domains and attributes, minus exceptions (PRODUCT.md 5). */
import { asciiDomain } from '../mail/address.ts';
import { addressKey } from './address-key.ts';
import { alternatives, type Condition, meets, type Names, type Seen, traits } from './condition.ts';
import type { Person, PersonField } from './person.ts';
import type { AttributeTest, Dimension, SenderEntry } from './rule.ts';
import type { Sender } from './sender.ts';

export function senderConditions({ include, except }: Dimension<SenderEntry>, names: Names) {
  const conditions: Condition<Seen>[] = [];
  if (include.length > 0) {
    const isAny = compileEntries(include);
    conditions.push({
      describe: () => `sender ${clauses(include, names)}`,
      holds: isAny,
      saw: seen => sawSender(seen, include, names),
    });
  }
  if (except.length > 0) {
    const isAny = compileEntries(except);
    conditions.push({
      describe: () => `not: sender ${clauses(except, names)}`,
      holds: seen => !isAny(seen),
      saw: seen => sawSender(seen, except, names),
    });
  }
  return conditions;
}

/** Entries are sorted by kind once, so that a list of a thousand people costs one look-up. */
function compileEntries(entries: readonly SenderEntry[]): (seen: Seen) => boolean {
  const addresses = new Set<string>();
  const groups: string[] = [];
  const domains = new Set<string>();
  const tests: ((seen: Seen) => boolean)[] = [];
  for (const entry of entries) {
    if (entry.kind === 'person') addresses.add(addressKey(entry.address));
    else if (entry.kind === 'group') groups.push(entry.id);
    else if (entry.kind === 'domain') domains.add(asciiDomain(entry.domain));
    else tests.push(compileTest(entry.test));
  }
  const inGroups = traits(groups);
  return seen =>
    domains.has(seen.sender.domain) ||
    (addresses.size > 0 && isOneOf(addresses, seen.sender)) ||
    meets(inGroups, seen.senderGroups) ||
    tests.some(test => test(seen));
}

function isOneOf(addresses: ReadonlySet<string>, { address, person }: Sender) {
  return (
    addresses.has(address) ||
    addresses.has(person.address) ||
    person.aliases.some(alias => addresses.has(alias))
  );
}

/** A missing value is an empty one: not equal to any other, containing nothing. */
function compileTest({ field, is, value }: AttributeTest): (seen: Seen) => boolean {
  const wanted = foldField(value);
  switch (is) {
    case 'equal':
      return seen => seen.senderField(field) === wanted;
    case 'not-equal':
      return seen => seen.senderField(field) !== wanted;
    case 'contains':
      return seen => seen.senderField(field).includes(wanted);
    case 'empty':
      return seen => seen.senderField(field) === '';
    case 'not-empty':
      return seen => seen.senderField(field) !== '';
  }
}

/** What `Seen.senderField` does, each field once: many rules ask for the same. */
export function fieldReader(person: Person): Seen['senderField'] {
  const read = new Map<string, string>();
  return field => {
    const known = read.get(field);
    if (known !== undefined) return known;
    const folded = foldField(fieldOf(person, field));
    read.set(field, folded);
    return folded;
  };
}

function fieldOf(person: Person, field: AttributeTest['field']) {
  if (!field.startsWith('custom.')) return person.fields[field as PersonField] ?? '';
  const name = field.slice('custom.'.length);
  return Object.hasOwn(person.custom, name) ? (person.custom[name] ?? '') : '';
}

function foldField(text: string) {
  return text.normalize('NFC').toLowerCase().trim();
}

function clauses(entries: readonly SenderEntry[], names: Names) {
  return alternatives(entries.map(entry => clause(entry, names)));
}

function clause(entry: SenderEntry, names: Names) {
  switch (entry.kind) {
    case 'person':
      return `is ${entry.address}`;
    case 'group':
      return `is in ${names.group(entry.id) ?? entry.id}`;
    case 'domain':
      return `writes from @${entry.domain}`;
    case 'attribute':
      return `has ${attributeClause(entry.test)}`;
  }
}

const comparisons = {
  equal: (field: string, value: string) => `${field} "${value}"`,
  'not-equal': (field: string, value: string) => `${field} other than "${value}"`,
  contains: (field: string, value: string) => `"${value}" in ${field}`,
  empty: (field: string) => `no ${field}`,
  'not-empty': (field: string) => `a ${field}`,
};

function attributeClause({ field, is, value }: AttributeTest) {
  return comparisons[is](field, value);
}

function sawSender(seen: Seen, entries: readonly SenderEntry[], names: Names) {
  const { address, person, isKnown, group } = seen.sender;
  const is = isKnown ? '' : group ? `the group ${group.name}` : 'not in the directory';
  const alias = isKnown && person.address !== address ? `alias of ${person.address}` : '';
  const groups = entries.flatMap(entry =>
    entry.kind === 'group' && seen.senderGroups.set.has(entry.id) ? [names.group(entry.id) ?? entry.id] : [],
  );
  const fields = new Set(entries.flatMap(entry => (entry.kind === 'attribute' ? [entry.test.field] : [])));
  return [
    address || 'no From',
    is,
    alias,
    groups.length > 0 ? `in ${alternatives(groups, 'and')}` : '',
    ...[...fields].map(field => `${field} "${fieldOf(person, field)}"`),
  ]
    .filter(Boolean)
    .join(', ');
}
