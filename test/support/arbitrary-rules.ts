/** Random rules and situations over a small world, so that conditions meet and miss about equally often. */
import fc from 'fast-check';
import type {
  AttributeTest,
  Dimension,
  MessageCondition,
  RecipientEntry,
  Rule,
  SenderEntry,
  TimeCondition,
} from '../../src/signature/rule.ts';
import type { Preferences, Situation } from '../../src/signature/tenant.ts';

const group = fc.constantFrom('g-sales', 'g-board', 'g-interns');
const mailboxes = ['ada@example.com', 'lovelace@example.com', 'ada@brand.example', 'charles@example.com'];
const senders = [
  ...mailboxes,
  'ivan@example.com',
  'info@example.com',
  'new@example.com',
  'sales@example.com',
];
const receivers = [
  ...mailboxes,
  'sales@example.com',
  'bob@partner.example',
  'eve@partner.example',
  'x@y.example',
];
const domain = fc.constantFrom('example.com', 'brand.example', 'partner.example');

const attribute: fc.Arbitrary<AttributeTest> = fc.record({
  field: fc.constantFrom('department', 'jobTitle', 'displayName', 'custom.region', 'mobilePhone'),
  is: fc.constantFrom('equal', 'not-equal', 'contains', 'empty', 'not-empty'),
  value: fc.constantFrom('research', 'ENGINEER', 'South', 'e', ''),
});

const senderEntry: fc.Arbitrary<SenderEntry> = fc.oneof(
  fc.record({ kind: fc.constant('person'), address: fc.constantFrom(...senders) }),
  fc.record({ kind: fc.constant('group'), id: group }),
  fc.record({ kind: fc.constant('domain'), domain }),
  fc.record({ kind: fc.constant('attribute'), test: attribute }),
);

const recipientEntry: fc.Arbitrary<RecipientEntry> = fc.oneof(
  fc.constant({ kind: 'internal' } as const),
  fc.constant({ kind: 'external' } as const),
  fc.record({ kind: fc.constant('address'), address: fc.constantFrom(...receivers) }),
  fc.record({ kind: fc.constant('group'), id: group }),
  fc.record({ kind: fc.constant('domain'), domain }),
);

function dimension<Entry>(entry: fc.Arbitrary<Entry>): fc.Arbitrary<Dimension<Entry>> {
  const some = (weight: number) =>
    fc.oneof(
      { arbitrary: fc.constant<Entry[]>([]), weight },
      { arbitrary: fc.array(entry, { minLength: 1, maxLength: 3 }), weight: 2 },
    );
  return fc.record({ include: some(2), except: some(5) });
}

const words = fc.oneof(
  { arbitrary: fc.constant<string[]>([]), weight: 3 },
  {
    arbitrary: fc.array(fc.constantFrom('offer', 'Invoice', 'art'), { minLength: 1, maxLength: 2 }),
    weight: 1,
  },
);

function optional<Value>(name: string, value: fc.Arbitrary<Value>, weight = 3) {
  return fc.oneof(
    { arbitrary: fc.constant({}), weight },
    { arbitrary: value.map(one => ({ [name]: one })), weight: 1 },
  );
}

const message: fc.Arbitrary<MessageCondition> = fc
  .tuple(
    fc.record({
      conversation: fc.constantFrom('any', 'any', 'any', 'new', 'reply', 'first'),
      subjectWords: words,
      textWords: words,
      importance: fc.constantFrom('any', 'any', 'any', 'any', 'low', 'normal', 'high'),
    }),
    optional('minBytes', fc.constantFrom(1_000, 5_000)),
    optional('maxBytes', fc.constantFrom(5_000, 50_000)),
  )
  .map(([always, least, most]) => ({ ...always, ...least, ...most }));

const moment = fc.constantFrom(
  '2026-03-28',
  '2026-03-29T06:00',
  '2026-10-25T08:30',
  '2026-10-26',
  '2027-01-01',
);
const hour = fc.constantFrom('00:00', '06:30', '12:00', '18:00', '22:00');
const time: fc.Arbitrary<TimeCondition> = fc
  .tuple(
    fc.oneof(
      { arbitrary: fc.constant<TimeCondition['weekdays']>([]), weight: 3 },
      { arbitrary: fc.subarray(['mon', 'tue', 'fri', 'sat', 'sun'] as const, { minLength: 1 }), weight: 1 },
    ),
    optional('from', moment),
    optional('until', moment),
    optional('hours', fc.record({ from: hour, until: hour })),
  )
  .map(([weekdays, from, until, hours]) => ({ weekdays, ...from, ...until, ...hours }));

export const arbitraryRule: fc.Arbitrary<Rule> = fc
  .record({
    id: fc.constant(''),
    name: fc.constant(''),
    enabled: fc.oneof(
      { arbitrary: fc.constant(true), weight: 4 },
      { arbitrary: fc.constant(false), weight: 1 },
    ),
    senders: dimension(senderEntry),
    recipients: dimension(recipientEntry),
    message,
    time,
    action: fc.oneof(
      { arbitrary: fc.constant({ kind: 'no-signature' } as const), weight: 1 },
      {
        arbitrary: fc.record({
          kind: fc.constant('sign'),
          signatures: fc.subarray(['full', 'short', 'legal', 'banner'], { minLength: 1 }),
        }),
        weight: 5,
      },
    ),
    onMatch: fc.constantFrom('stop', 'continue'),
    onNoMatch: fc.oneof(
      { arbitrary: fc.constant('continue' as const), weight: 6 },
      { arbitrary: fc.constant('stop' as const), weight: 1 },
    ),
  })
  .map(rule => rule as Rule);

/** With ids of their place. */
export const arbitraryRules: fc.Arbitrary<readonly Rule[]> = fc
  .array(arbitraryRule, { maxLength: 6 })
  .map(rules => rules.map((rule, at) => ({ ...rule, id: `r${at}`, name: `Rule ${at}` })));

const mailbox = fc.constantFrom(...senders).map(address => ({ address, name: 'Somebody' }));
/** Over the days of both changes of the clock in Europe, to the minute. */
const now = fc.oneof(
  fc.integer({ min: Date.UTC(2026, 2, 27) / 60_000, max: Date.UTC(2026, 2, 31) / 60_000 }),
  fc.integer({ min: Date.UTC(2026, 9, 23) / 60_000, max: Date.UTC(2026, 9, 27) / 60_000 }),
  fc.integer({ min: Date.UTC(2026, 0, 1) / 60_000, max: Date.UTC(2027, 1, 1) / 60_000 }),
);

export const arbitrarySituation: fc.Arbitrary<Situation> = fc.record({
  recipients: fc.uniqueArray(fc.constantFrom(...receivers), { minLength: 1, maxLength: 5 }),
  now: now.map(minutes => minutes * 60_000),
  facts: fc.record({
    from: mailbox,
    sender: fc.option(mailbox, { nil: undefined }),
    subject: fc.constantFrom('', 'An OFFER for you', 'start of invoices', 'invoice: art'),
    isReply: fc.boolean(),
    importance: fc.constantFrom('low', 'normal', 'high'),
    sizeBytes: fc.constantFrom(999, 1_000, 5_000, 50_001),
    isMarkedBefore: fc.boolean(),
    newText: fc.constantFrom('', 'our offer\nstands', 'state of the art', 'nothing to start'),
  }),
});

export const arbitraryPreferences: fc.Arbitrary<Pick<Preferences, 'delivery' | 'identity' | 'timeZone'>> =
  fc.record({
    delivery: fc.constantFrom('one-for-all', 'per-recipient'),
    identity: fc.constantFrom('from', 'sender'),
    timeZone: fc.constantFrom('Europe/Berlin', 'America/New_York', 'Asia/Kolkata', 'Pacific/Apia'),
  });
