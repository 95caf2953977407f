/** Each condition at its edges: what it means, and what the trace says of it. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import type {
  MessageCondition,
  RecipientEntry,
  Rule,
  SenderEntry,
  TimeCondition,
} from '../../src/signature/rule.ts';
import type { Preferences, Situation } from '../../src/signature/tenant.ts';
import {
  anyMessage,
  anyTime,
  makePeople,
  makePerson,
  makeRule,
  makeSituation,
  makeTenant,
  staff,
} from '../support/company.ts';

/** The one rule's verdict, and its conditions as an administrator reads them. */
function ask(rule: Partial<Rule>, situation: Situation, preferences: Partial<Preferences> = {}) {
  const tenant = makeTenant([makeRule('x', rule)], {
    preferences: { unknownSenders: 'from-message', ...preferences },
  });
  const [variant] = tenant.plan(situation).variants;
  const [trace] = variant?.trace() ?? [];
  const lines = trace?.conditions.map(
    ({ condition, met, saw }) => `${met ? '+' : '-'} ${condition} | ${saw}`,
  );
  return { isMet: variant?.rules.length === 1, lines: lines ?? [] };
}

const senderRows: readonly (readonly [string, SenderEntry[], SenderEntry[], string, boolean, string])[] = [
  [
    'a person by an alias',
    [{ kind: 'person', address: 'ADA@brand.example' }],
    [],
    'ada@example.com',
    true,
    '+ sender is ADA@brand.example | ada@example.com',
  ],
  [
    'a person who writes from an alias',
    [{ kind: 'person', address: 'ada@example.com' }],
    [],
    'Lovelace@example.com',
    true,
    '+ sender is ada@example.com | lovelace@example.com, alias of ada@example.com',
  ],
  [
    'the domain that From shows',
    [{ kind: 'domain', domain: 'Brand.example' }],
    [],
    'ada@brand.example',
    true,
    '+ sender writes from @Brand.example | ada@brand.example, alias of ada@example.com',
  ],
  [
    'not the domain of the primary address',
    [{ kind: 'domain', domain: 'brand.example' }],
    [],
    'ada@example.com',
    false,
    '- sender writes from @brand.example | ada@example.com',
  ],
  [
    'not a domain that ends alike',
    [{ kind: 'domain', domain: 'ample.com' }],
    [],
    'ada@example.com',
    false,
    '- sender writes from @ample.com | ada@example.com',
  ],
  [
    'a group by its name',
    [{ kind: 'group', id: 'g-sales' }],
    [],
    'ada@example.com',
    true,
    '+ sender is in Sales | ada@example.com, in Sales',
  ],
  [
    'a group that is gone',
    [{ kind: 'group', id: 'g-gone' }],
    [],
    'ada@example.com',
    false,
    '- sender is in g-gone | ada@example.com',
  ],
  [
    'any of several',
    [
      { kind: 'group', id: 'g-interns' },
      { kind: 'domain', domain: 'brand.example' },
    ],
    [],
    'ada@brand.example',
    true,
    '+ sender is in Interns or writes from @brand.example | ada@brand.example, alias of ada@example.com',
  ],
  [
    'an exception, which wins',
    [],
    [{ kind: 'group', id: 'g-board' }],
    'ada@example.com',
    false,
    '- not: sender is in Board | ada@example.com, in Board',
  ],
  [
    'an exception that is not met',
    [],
    [{ kind: 'group', id: 'g-interns' }],
    'ada@example.com',
    true,
    '+ not: sender is in Interns | ada@example.com',
  ],
  [
    'an attribute without regard to case',
    [{ kind: 'attribute', test: { field: 'city', is: 'equal', value: 'KÖLN' } }],
    [],
    'ada@example.com',
    true,
    '+ sender has city "KÖLN" | ada@example.com, city "Köln"',
  ],
  [
    'an attribute in part',
    [{ kind: 'attribute', test: { field: 'jobTitle', is: 'contains', value: 'ENG' } }],
    [],
    'ada@example.com',
    true,
    '+ sender has "ENG" in jobTitle | ada@example.com, jobTitle "Engineer"',
  ],
  [
    'an attribute that is missing',
    [{ kind: 'attribute', test: { field: 'mobilePhone', is: 'empty', value: '' } }],
    [],
    'ada@example.com',
    true,
    '+ sender has no mobilePhone | ada@example.com, mobilePhone ""',
  ],
  [
    'an attribute that must be there',
    [{ kind: 'attribute', test: { field: 'mobilePhone', is: 'not-empty', value: '' } }],
    [],
    'ada@example.com',
    false,
    '- sender has a mobilePhone | ada@example.com, mobilePhone ""',
  ],
  [
    'a missing attribute as different from any value',
    [{ kind: 'attribute', test: { field: 'mobilePhone', is: 'not-equal', value: '7' } }],
    [],
    'ada@example.com',
    true,
    '+ sender has mobilePhone other than "7" | ada@example.com, mobilePhone ""',
  ],
  [
    'a custom attribute',
    [{ kind: 'attribute', test: { field: 'custom.region', is: 'equal', value: 'south' } }],
    [],
    'ivan@example.com',
    true,
    '+ sender has custom.region "south" | ivan@example.com, custom.region "South"',
  ],
  [
    'no custom attribute out of Object.prototype',
    [{ kind: 'attribute', test: { field: 'custom.constructor', is: 'not-empty', value: '' } }],
    [],
    'ivan@example.com',
    false,
    '- sender has a custom.constructor | ivan@example.com, custom.constructor ""',
  ],
  [
    'an unknown sender by domain',
    [{ kind: 'domain', domain: 'example.com' }],
    [],
    'new@example.com',
    true,
    '+ sender writes from @example.com | new@example.com, not in the directory',
  ],
  [
    'a group that sends',
    [{ kind: 'group', id: 'g-sales' }],
    [],
    'sales@example.com',
    true,
    '+ sender is in Sales | sales@example.com, the group Sales, in Sales',
  ],
];

for (const [name, include, except, from, isMet, line] of senderRows) {
  test(`senders: ${name}`, () => {
    assert.deepEqual(ask({ senders: { include, except } }, makeSituation({ from })), {
      isMet,
      lines: [line],
    });
  });
}

const ada = 'ada@example.com';
const bob = 'bob@partner.example';
const recipientRows: readonly (readonly [
  string,
  RecipientEntry[],
  RecipientEntry[],
  string[],
  boolean,
  string,
])[] = [
  [
    'external is met by any',
    [{ kind: 'external' }],
    [],
    [ada, bob],
    true,
    '+ a recipient is external | ada@example.com and bob@partner.example: 1 of 2 external',
  ],
  [
    'external is not met by colleagues',
    [{ kind: 'external' }],
    [],
    [ada],
    false,
    '- a recipient is external | ada@example.com, internal',
  ],
  [
    'internal is met by all only',
    [{ kind: 'internal' }],
    [],
    [ada, bob],
    false,
    '- all recipients are internal | ada@example.com and bob@partner.example: 1 of 2 external',
  ],
  [
    'extra internal domains are internal',
    [{ kind: 'internal' }],
    [],
    ['x@sister.example'],
    true,
    '+ all recipients are internal | x@sister.example, internal',
  ],
  [
    'a subdomain of an internal domain is external',
    [{ kind: 'external' }],
    [],
    ['x@mail.example.com'],
    true,
    '+ a recipient is external | x@mail.example.com, external',
  ],
  [
    'an address through its alias',
    [{ kind: 'address', address: 'lovelace@example.com' }],
    [],
    [ada],
    true,
    '+ a recipient is lovelace@example.com | ada@example.com, internal',
  ],
  [
    'a strange address in any case',
    [{ kind: 'address', address: 'BOB@Partner.example' }],
    [],
    [ada, bob],
    true,
    '+ a recipient is BOB@Partner.example | ada@example.com and bob@partner.example: 1 of 2 external',
  ],
  [
    'an internationalised domain in either form',
    [{ kind: 'domain', domain: 'büro.example' }],
    [],
    ['x@xn--bro-hoa.example'],
    true,
    '+ a recipient is at @büro.example | x@xn--bro-hoa.example, external',
  ],
  [
    'a member of a group',
    [{ kind: 'group', id: 'g-board' }],
    [],
    [ada],
    true,
    '+ a recipient is in Board | ada@example.com, internal, in Board',
  ],
  [
    'a group by its own address',
    [{ kind: 'group', id: 'g-sales' }],
    [],
    ['sales@example.com'],
    true,
    '+ a recipient is in Sales | sales@example.com, internal, in Sales',
  ],
  [
    'an exception is met by any',
    [],
    [{ kind: 'domain', domain: 'partner.example' }],
    [ada, bob],
    false,
    '- not: a recipient is at @partner.example | ada@example.com and bob@partner.example: 1 of 2 external',
  ],
  [
    'the exception "internal" is met by any',
    [{ kind: 'external' }],
    [{ kind: 'internal' }],
    [ada, bob],
    false,
    '- not: a recipient is internal | ada@example.com and bob@partner.example: 1 of 2 external',
  ],
  [
    'many recipients are counted',
    [{ kind: 'external' }],
    [],
    [bob, 'c@d.example', ada, 'e@f.example', 'g@h.example'],
    true,
    '+ a recipient is external | bob@partner.example, c@d.example, ada@example.com and 2 more: 4 of 5 external',
  ],
];

for (const [name, include, except, recipients, isMet, line] of recipientRows) {
  test(`recipients: ${name}`, () => {
    const preferences = { extraInternalDomains: ['Sister.example'] };
    const asked = ask({ recipients: { include, except } }, makeSituation({ recipients }), preferences);
    assert.deepEqual([asked.isMet, asked.lines.at(-1)], [isMet, line]);
  });
}

const messageRows: readonly (readonly [
  string,
  Partial<MessageCondition>,
  Partial<Situation['facts']>,
  boolean,
  string,
])[] = [
  ['new', { conversation: 'new' }, {}, true, '+ message is new | a new message'],
  [
    'new, and it is a reply',
    { conversation: 'new' },
    { isReply: true },
    false,
    '- message is new | a reply or forward',
  ],
  [
    'reply',
    { conversation: 'reply' },
    { isReply: true },
    true,
    '+ message is a reply or forward | a reply or forward',
  ],
  [
    'first, a reply to somebody else',
    { conversation: 'first' },
    { isReply: true, isMarkedBefore: false },
    true,
    '+ message is our first in the conversation | no signature of ours in the history',
  ],
  [
    'first, and we were there before',
    { conversation: 'first' },
    { isReply: true, isMarkedBefore: true },
    false,
    '- message is our first in the conversation | a signature of ours in the history',
  ],
  [
    'a word of the subject',
    { subjectWords: ['Offer'] },
    { subject: 'RE: offer 7' },
    true,
    '+ a word of the rule is in the subject | ',
  ],
  [
    'a word of the text, not of the subject',
    { textWords: ['offer'] },
    { subject: 'offer', newText: 'hello' },
    false,
    '- a word of the rule is in the new text | ',
  ],
  [
    'either list’s word',
    { subjectWords: ['offer'], textWords: ['price'] },
    { subject: 'hello', newText: 'The Price is 7.' },
    true,
    '+ a word of the rule is in the subject or new text | ',
  ],
  [
    'at least so many bytes',
    { minBytes: 2_048 },
    { sizeBytes: 2_048 },
    true,
    '+ message has at least 2 KB | 2 KB',
  ],
  [
    'too few bytes',
    { minBytes: 2_048 },
    { sizeBytes: 2_047 },
    false,
    '- message has at least 2 KB | 2047 bytes',
  ],
  [
    'at most so many bytes',
    { minBytes: 1, maxBytes: 1_048_576 },
    { sizeBytes: 1_048_577 },
    false,
    '- message has at least 1 byte and at most 1 MB | 1048577 bytes',
  ],
  ['importance', { importance: 'high' }, { importance: 'high' }, true, '+ importance is high | high'],
  ['other importance', { importance: 'low' }, {}, false, '- importance is low | normal'],
];

for (const [name, message, facts, isMet, line] of messageRows) {
  test(`message: ${name}`, () => {
    const asked = ask({ message: { ...anyMessage, ...message } }, makeSituation({ facts }));
    assert.deepEqual(asked, { isMet, lines: [line] });
  });
}

test('a trace never repeats words of the message', () => {
  const secret = 'confidential-merger';
  const message = { ...anyMessage, subjectWords: ['merger'], textWords: ['merger'] };
  const facts = { subject: `about ${secret}`, newText: `the ${secret} of us` };
  const { isMet, lines } = ask({ message }, makeSituation({ facts }));
  assert.ok(isMet);
  assert.doesNotMatch(lines.join('\n'), /merger|confidential/);
});

const night = { hours: { from: '22:00', until: '06:00' } };
const fridayNight = { ...night, weekdays: ['fri'] } as const;
/** Zone, condition, instant in UTC, verdict, the trace's last line. */
const timeRows: readonly (readonly [string, Partial<TimeCondition>, string, boolean, string])[] = [
  [
    'Europe/Berlin',
    { from: '2026-03-04' },
    '2026-03-03T22:59',
    false,
    '- time is from 2026-03-04 | 2026-03-03 23:59',
  ],
  [
    'Europe/Berlin',
    { from: '2026-03-04' },
    '2026-03-03T23:00',
    true,
    '+ time is from 2026-03-04 | 2026-03-04 00:00',
  ],
  [
    'Europe/Berlin',
    { until: '2026-03-04' },
    '2026-03-03T22:59',
    true,
    '+ time is before 2026-03-04 | 2026-03-03 23:59',
  ],
  [
    'Europe/Berlin',
    { until: '2026-03-04' },
    '2026-03-03T23:00',
    false,
    '- time is before 2026-03-04 | 2026-03-04 00:00',
  ],
  [
    'Europe/Berlin',
    { from: '2026-03-04T08:30', until: '2026-03-04T09:00' },
    '2026-03-04T07:45',
    true,
    '+ time is from 2026-03-04 08:30 and before 2026-03-04 09:00 | 2026-03-04 08:45',
  ],
  // The clock goes back at 03:00: 02:30 is over after its first time, and does not come again.
  [
    'Europe/Berlin',
    { until: '2026-10-25T02:30' },
    '2026-10-25T00:29',
    true,
    '+ time is before 2026-10-25 02:30 | 2026-10-25 02:29',
  ],
  [
    'Europe/Berlin',
    { until: '2026-10-25T02:30' },
    '2026-10-25T01:15',
    false,
    '- time is before 2026-10-25 02:30 | 2026-10-25 02:15',
  ],
  [
    'America/New_York',
    { from: '2026-11-01T01:30' },
    '2026-11-01T06:10',
    true,
    '+ time is from 2026-11-01 01:30 | 2026-11-01 01:10',
  ],
  // Forward: 02:30 is not on the clock and means 03:30.
  [
    'America/New_York',
    { from: '2026-03-08T02:30' },
    '2026-03-08T07:29',
    false,
    '- time is from 2026-03-08 02:30 | 2026-03-08 03:29',
  ],
  [
    'America/New_York',
    { from: '2026-03-08T02:30' },
    '2026-03-08T07:30',
    true,
    '+ time is from 2026-03-08 02:30 | 2026-03-08 03:30',
  ],
  [
    'Asia/Kolkata',
    { hours: { from: '09:00', until: '17:30' } },
    '2026-03-04T03:29',
    false,
    '- hour is 09:00 to 17:30 | 08:59',
  ],
  [
    'Asia/Kolkata',
    { hours: { from: '09:00', until: '17:30' } },
    '2026-03-04T03:30',
    true,
    '+ hour is 09:00 to 17:30 | 09:00',
  ],
  [
    'Asia/Kolkata',
    { hours: { from: '09:00', until: '17:30' } },
    '2026-03-04T12:00',
    false,
    '- hour is 09:00 to 17:30 | 17:30',
  ],
  [
    'UTC',
    { hours: { from: '00:00', until: '24:00' } },
    '2026-03-04T23:59',
    true,
    '+ hour is 00:00 to 24:00 | 23:59',
  ],
  [
    'UTC',
    { hours: { from: '09:00', until: '09:00' } },
    '2026-03-04T09:00',
    false,
    '- hour is 09:00 to 09:00 | 09:00',
  ],
  ['UTC', { weekdays: ['fri', 'mon'] }, '2026-03-06T12:00', true, '+ day is Monday or Friday | Friday'],
  ['Pacific/Apia', { weekdays: ['sat'] }, '2026-03-06T11:00', true, '+ day is Saturday | Saturday'],
  ['UTC', night, '2026-03-04T05:59', true, '+ hour is 22:00 to 06:00 | 05:59'],
  ['UTC', night, '2026-03-04T06:00', false, '- hour is 22:00 to 06:00 | 06:00'],
  ['UTC', night, '2026-03-04T22:00', true, '+ hour is 22:00 to 06:00 | 22:00'],
  // The night of Friday: from Friday 22:00 to Saturday 06:00, and not the early hours of Friday.
  ['UTC', fridayNight, '2026-03-06T05:00', false, '- day is Friday | Thursday (its night)'],
  ['UTC', fridayNight, '2026-03-06T23:00', true, '+ day is Friday | Friday'],
  ['UTC', fridayNight, '2026-03-07T05:00', true, '+ day is Friday | Friday (its night)'],
  ['UTC', fridayNight, '2026-03-07T23:00', false, '- day is Friday | Saturday'],
  // Saturday's night to the Sunday of each change, both times of the hour that is shown twice.
  [
    'Europe/Berlin',
    { ...night, weekdays: ['sat'] },
    '2026-03-29T01:30',
    true,
    '+ day is Saturday | Saturday (its night)',
  ],
  [
    'Europe/Berlin',
    { ...night, weekdays: ['sat'] },
    '2026-10-25T00:30',
    true,
    '+ day is Saturday | Saturday (its night)',
  ],
  [
    'Europe/Berlin',
    { ...night, weekdays: ['sat'] },
    '2026-10-25T01:30',
    true,
    '+ day is Saturday | Saturday (its night)',
  ],
  ['Europe/Berlin', { ...night, weekdays: ['sat'] }, '2026-10-25T05:00', false, '- day is Saturday | Sunday'],
  // Samoa had no Friday 2011-12-30: the night of Thursday ran into Saturday.
  [
    'Pacific/Apia',
    { ...night, weekdays: ['thu'] },
    '2011-12-30T12:00',
    true,
    '+ day is Thursday | Thursday (its night)',
  ],
];

for (const [timeZone, time, instant, isMet, line] of timeRows) {
  test(`time: ${line} (${instant} UTC in ${timeZone})`, () => {
    const situation = makeSituation({ now: Date.parse(`${instant}:00Z`) });
    const asked = ask({ time: { ...anyTime, ...time } }, situation, { timeZone });
    assert.equal(asked.isMet, isMet);
    assert.ok(asked.lines.includes(line), asked.lines.join('\n'));
  });
}

test('a date or hour that is none is refused when the tenant is compiled, not when mail comes', () => {
  for (const time of [{ from: '2026-02-30' }, { hours: { from: '9', until: '17' } }])
    assert.throws(() => makeTenant([makeRule('x', { time: { ...anyTime, ...time } })]), RangeError);
});

test('people who change in place are seen at once', () => {
  const current = [...staff];
  const senders = { include: [{ kind: 'person', address: 'late@example.com' }], except: [] } as const;
  const people = {
    byAddress: (address: string) => makePeople(current).byAddress(address),
    byId: () => undefined,
    groupByAddress: () => undefined,
  };
  const tenant = makeTenant([makeRule('x', { senders })], { people });
  const rules = () => tenant.plan(makeSituation({ from: 'alias@example.com' })).variants[0]?.rules;
  assert.deepEqual(rules(), []);
  current.push(makePerson({ address: 'late@example.com', aliases: ['alias@example.com'] }));
  assert.deepEqual(rules(), ['x']);
});
