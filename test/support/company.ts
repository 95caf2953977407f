/** A small company for tests of rules: people, groups, and rules that ask nothing until a test says so. */
import type { Group, People, Person } from '../../src/signature/person.ts';
import { createSigningTenant, type SigningConfiguration } from '../../src/signature/plan.ts';
import { defaultPreferences } from '../../src/signature/preferences.ts';
import type { MessageCondition, Rule, TimeCondition } from '../../src/signature/rule.ts';
import type { MessageFacts, Preferences, Situation } from '../../src/signature/tenant.ts';

export const groups: readonly Group[] = [
  { id: 'g-sales', name: 'Sales', address: 'sales@example.com' },
  { id: 'g-board', name: 'Board' },
  { id: 'g-interns', name: 'Interns' },
];

export function makePerson(person: Partial<Person> & Pick<Person, 'address'>): Person {
  const name = person.address.split('@')[0] ?? '';
  return {
    id: `p-${name}`,
    kind: 'user',
    aliases: [],
    fields: { displayName: name, email: person.address, ...person.fields },
    custom: {},
    groups: [],
    ...person,
  };
}

export const staff: readonly Person[] = [
  makePerson({
    address: 'ada@example.com',
    aliases: ['lovelace@example.com', 'ada@brand.example'],
    fields: { displayName: 'Ada Lovelace', jobTitle: 'Engineer', department: 'Research', city: 'Köln' },
    groups: ['g-sales', 'g-board'],
    managerId: 'p-charles',
  }),
  makePerson({ address: 'charles@example.com', fields: { jobTitle: 'Director' }, groups: ['g-board'] }),
  makePerson({
    address: 'ivan@example.com',
    fields: { department: 'Research' },
    custom: { region: 'South' },
    groups: ['g-interns', 'g-sales'],
  }),
  makePerson({ address: 'info@example.com', kind: 'shared' }),
];

export function makePeople(persons: readonly Person[], of: readonly Group[] = groups): People {
  const byAddress = new Map(persons.flatMap(one => [one.address, ...one.aliases].map(key => [key, one])));
  const byId = new Map(persons.map(one => [one.id, one]));
  const byGroup = new Map(of.flatMap(group => (group.address ? [[group.address, group]] : [])));
  return {
    byAddress: address => byAddress.get(address.toLowerCase()),
    byId: id => byId.get(id),
    groupByAddress: address => byGroup.get(address.toLowerCase()),
  };
}

export const anyMessage: MessageCondition = {
  conversation: 'any',
  subjectWords: [],
  textWords: [],
  importance: 'any',
};
export const anyTime: TimeCondition = { weekdays: [] };

/** Enabled, for everybody, gives the signature of its own name, then stops. */
export function makeRule(id: string, rule: Partial<Rule> = {}): Rule {
  return {
    id,
    name: `Rule ${id}`,
    enabled: true,
    senders: { include: [], except: [] },
    recipients: { include: [], except: [] },
    message: anyMessage,
    time: anyTime,
    action: { kind: 'sign', signatures: [id] },
    onMatch: 'stop',
    onNoMatch: 'continue',
    ...rule,
  };
}

type Setting = Partial<Omit<SigningConfiguration<string>, 'preferences'>> & {
  readonly preferences?: Partial<Preferences>;
};

/** Signatures render as `NAME FORM IMAGES DISPLAYNAME`, so that a test sees what went in. */
export function makeTenant(rules: readonly Rule[], setting: Setting = {}) {
  const names = rules.flatMap(({ action }) => (action.kind === 'sign' ? action.signatures : []));
  return createSigningTenant<string>({
    domains: ['example.com', 'brand.example'],
    people: makePeople(staff),
    groups,
    rules,
    signatures: new Map(names.map(name => [name, name])),
    render: (name, form, { images, person }) => [
      { zone: 'signature', text: `${name} ${form} ${images} ${person?.fields.displayName ?? ''}` },
    ],
    tenant: { name: 'Example', fields: {} },
    ...setting,
    preferences: { ...defaultPreferences, ...setting.preferences },
  });
}

/** 2026-03-04 10:00 UTC, a Wednesday. */
export const wednesday = 1_772_618_400_000;

export function makeSituation(
  situation: Partial<Omit<Situation, 'facts'>> & {
    readonly from?: string;
    readonly facts?: Partial<MessageFacts>;
  },
): Situation {
  return {
    recipients: situation.recipients ?? ['bob@partner.example'],
    now: situation.now ?? wednesday,
    facts: {
      from: { address: situation.from ?? 'ada@example.com', name: 'Ada' },
      sender: undefined,
      subject: 'hello',
      isReply: false,
      importance: 'normal',
      sizeBytes: 2_000,
      ...situation.facts,
    },
  };
}
