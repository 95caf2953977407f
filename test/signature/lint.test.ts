import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { type LintContext, lintRules } from '../../src/signature/lint.ts';
import type {
  AttributeTest,
  Dimension,
  MessageCondition,
  RecipientEntry,
  Rule,
  SenderEntry,
  TimeCondition,
} from '../../src/signature/rule.ts';
import { arbitraryPreferences, arbitraryRule, arbitrarySituation } from '../support/arbitrary-rules.ts';
import { anyMessage, anyTime, groups, makePeople, makeRule, makeTenant, staff } from '../support/company.ts';

const people = makePeople(staff);
const context: LintContext = {
  domains: ['example.com', 'Brand.example'],
  preferences: {
    identity: 'from',
    extraInternalDomains: ['sister.example'],
    timeZone: 'Europe/Berlin',
    unknownSenders: 'none',
  },
  groupName: id => groups.find(group => group.id === id)?.name,
  isPerson: address => people.byAddress(address) !== undefined,
  isSignature: name => name.length < 5,
};

const from = (include: SenderEntry[], except: SenderEntry[] = []) => ({ senders: { include, except } });
const to = (include: RecipientEntry[], except: RecipientEntry[] = []) => ({
  recipients: { include, except },
});
const message = (part: Partial<MessageCondition>) => ({ message: { ...anyMessage, ...part } });
const time = (part: Partial<TimeCondition>) => ({ time: { ...anyTime, ...part } });
const attribute = (is: AttributeTest['is'], value = '', field: AttributeTest['field'] = 'department') =>
  ({ kind: 'attribute', test: { field, is, value } }) as const;
const person = (address: string) => ({ kind: 'person', address }) as const;
const group = (id: string) => ({ kind: 'group', id }) as const;
const domain = (name: string) => ({ kind: 'domain', domain: name }) as const;
const address = (name: string) => ({ kind: 'address', address: name }) as const;
const external = { kind: 'external' } as const;
const internal = { kind: 'internal' } as const;

/** One rule alone, and everything that is said of it. */
const alone: readonly (readonly [string, Partial<Rule>, string[]])[] = [
  ['a plain rule', {}, []],
  [
    'a rich rule',
    {
      ...from([group('g-sales'), person('ada@example.com')], [group('g-interns')]),
      ...to([external], [domain('rival.example')]),
      ...message({ minBytes: 1, maxBytes: 1 }),
      ...time({ from: '2026-01-01', until: '2026-01-02' }),
    },
    [],
  ],
  [
    'included and excepted',
    from([person('ADA@example.com')], [person('ada@example.com'), group('g-sales')]),
    ['never: It can never match: every sender that it names is excepted too.'],
  ],
  [
    'an attribute inside an excepted one',
    from([attribute('equal', 'Sales')], [attribute('contains', 'sal')]),
    ['never: It can never match: every sender that it names is excepted too.'],
  ],
  [
    'an attribute beside an excepted one',
    from([attribute('contains', 'sal')], [attribute('equal', 'sales')]),
    [],
  ],
  [
    'a domain that is not ours',
    from([domain('partner.example')]),
    [
      "never: It can never match: only mail from this organisation's own domains is signed, and partner.example is none of them.",
    ],
  ],
  [
    'an extra internal domain as sender',
    from([domain('sister.example')]),
    [
      "never: It can never match: only mail from this organisation's own domains is signed, and sister.example is none of them.",
    ],
  ],
  ['one domain of ours is enough', from([domain('partner.example'), domain('BRAND.example')]), []],
  [
    'a group that is gone',
    from([group('g-gone')]),
    [
      'never: It can never match: none of the groups that it names as senders exists any more.',
      'unknown: There is no group g-gone: nobody is in it.',
    ],
  ],
  [
    'a group that is gone among others',
    from([group('g-gone'), group('g-sales')]),
    ['unknown: There is no group g-gone: nobody is in it.'],
  ],
  [
    'a person who is gone',
    from([person('gone@example.com')]),
    ['unknown: There is no person gone@example.com in the directory.'],
  ],
  ['a recipient who is nobody’s business', to([address('bob@partner.example')]), []],
  [
    'a group of recipients that is gone',
    to([group('g-gone')]),
    ['unknown: There is no group g-gone: nobody is in it.'],
  ],
  [
    'a signature that is not there',
    { action: { kind: 'sign', signatures: ['Vanished', 'Vanished'] } },
    ['unknown: There is no signature “Vanished”: mail that matches goes without it.'],
  ],
  [
    'no signature to add',
    { action: { kind: 'sign', signatures: [] } },
    ['misleading: It adds no signature, and stops.'],
  ],
  ['"no signature" on purpose', { action: { kind: 'no-signature' } }, []],
  [
    'everybody excepted',
    to([], [internal, external]),
    ['never: It can never match: internal and external recipients are both excepted.'],
  ],
  [
    'external domain, external excepted',
    to([domain('partner.example')], [external]),
    ['never: It can never match: every recipient that it names is excepted too.'],
  ],
  ['internal, external excepted', to([internal], [external]), []],
  [
    'internal, and a domain outside',
    to([internal, domain('partner.example')]),
    [
      'misleading: It is for internal recipients or partner.example, not only for internal ones: either is enough.',
    ],
  ],
  ['internal, and a domain inside', to([internal, domain('sister.example')]), []],
  [
    'external, and a domain outside',
    to([external, domain('partner.example')]),
    ['misleading: It is for all external recipients: naming partner.example beside them changes nothing.'],
  ],
  [
    'sizes the wrong way round',
    message({ minBytes: 10, maxBytes: 9 }),
    ['never: It can never match: its smallest size is larger than its largest.'],
  ],
  [
    'empty words',
    message({ subjectWords: [' '], textWords: [''] }),
    ['never: It can never match: the words that it looks for are empty.'],
  ],
  ['an empty word among others', message({ subjectWords: ['', 'offer'] }), []],
  [
    'an end before the begin',
    time({ from: '2026-01-02', until: '2026-01-01' }),
    ['never: It can never match: it ends before it begins.'],
  ],
  [
    'an end at the begin',
    time({ from: '2026-01-02', until: '2026-01-02T00:00' }),
    ['never: It can never match: it ends before it begins.'],
  ],
  [
    'no hours',
    time({ hours: { from: '09:00', until: '09:00' } }),
    ['never: It can never match: no time lies between 09:00 and 09:00.'],
  ],
  [
    'a Monday in a weekend',
    time({ from: '2026-03-07', until: '2026-03-09', weekdays: ['mon'] }),
    ['never: It can never match: none of its weekdays and hours lies between its begin and its end.'],
  ],
  [
    'a Friday’s night that ends on Saturday',
    time({
      from: '2026-03-07',
      until: '2026-03-08',
      weekdays: ['fri'],
      hours: { from: '22:00', until: '06:00' },
    }),
    [],
  ],
  [
    'an hour that the clock skips',
    time({ from: '2026-03-29', until: '2026-03-30', hours: { from: '02:00', until: '03:00' } }),
    ['never: It can never match: none of its weekdays and hours lies between its begin and its end.'],
  ],
  [
    'the same hour a week later',
    time({ from: '2026-04-05', until: '2026-04-06', hours: { from: '02:00', until: '03:00' } }),
    [],
  ],
];

for (const [name, rule, expected] of alone) {
  test(`lint of ${name}`, () => {
    const found = lintRules([makeRule('x', rule)], context);
    assert.deepEqual(
      found.map(({ kind, sentence }) => `${kind}: ${sentence}`),
      expected,
    );
  });
}

const night = { hours: { from: '22:00', until: '06:00' } };
/** An earlier rule, a later one, and whether the earlier always takes the later one's mail. */
const pairs: readonly (readonly [string, Partial<Rule>, Partial<Rule>, boolean])[] = [
  ['everything before anything', {}, { ...from([group('g-sales')]), ...to([external]) }, true],
  ['everything, but it goes on', { onMatch: 'continue' }, {}, false],
  ['everything, but it is off', { enabled: false }, {}, false],
  ['one that always stops', { ...from([group('g-sales')]), onNoMatch: 'stop' }, {}, true],
  ['a group before everybody', from([group('g-sales')]), {}, false],
  [
    'two groups before one of them',
    from([group('g-sales'), group('g-board')]),
    from([group('g-board')]),
    true,
  ],
  ['one group before two', from([group('g-board')]), from([group('g-sales'), group('g-board')]), false],
  ['with an exception before without', from([], [group('g-interns')]), {}, false],
  [
    'with an exception before the same',
    from([], [group('g-interns')]),
    from([group('g-sales')], [group('g-interns')]),
    true,
  ],
  [
    'a domain before a person in it, who may write from an alias',
    from([domain('example.com')]),
    from([person('ada@example.com')]),
    false,
  ],
  [
    'an attribute before a narrower one',
    from([attribute('not-empty')]),
    from([attribute('equal', 'Sales')]),
    true,
  ],
  [
    'an attribute before another field',
    from([attribute('not-empty')]),
    from([attribute('equal', 'x', 'city')]),
    false,
  ],
  ['no department before no department', from([attribute('empty')]), from([attribute('equal', ' ')]), true],
  ['external before an external domain', to([external]), to([domain('partner.example')]), true],
  ['external before an internal domain', to([external]), to([domain('sister.example')]), false],
  [
    'internal before an internal domain, for one may be outside',
    to([internal]),
    to([domain('example.com')]),
    false,
  ],
  ['internal and external before anyone', to([internal, external]), {}, true],
  ['anyone but external before internal', to([], [external]), to([internal]), true],
  ['anyone but a rival before internal', to([], [domain('rival.example')]), to([internal]), true],
  ['anyone but a rival before external', to([], [domain('rival.example')]), to([external]), false],
  [
    'new before new',
    message({ conversation: 'new' }),
    message({ conversation: 'new', importance: 'high' }),
    true,
  ],
  [
    'first before new, which may quote us',
    message({ conversation: 'first' }),
    message({ conversation: 'new' }),
    false,
  ],
  [
    'a word before the same and another',
    message({ subjectWords: ['Offer'] }),
    message({ subjectWords: ['offer', 'price'] }),
    false,
  ],
  [
    'two words before one of them',
    message({ subjectWords: ['Offer', 'price'] }),
    message({ subjectWords: ['offer'] }),
    true,
  ],
  [
    'a word in the subject before it in the text',
    message({ subjectWords: ['offer'] }),
    message({ textWords: ['offer'] }),
    false,
  ],
  ['up to 5 before up to 3', message({ maxBytes: 5 }), message({ maxBytes: 3 }), true],
  ['up to 5 before any size', message({ maxBytes: 5 }), {}, false],
  [
    'a year before a month of it',
    time({ from: '2026-01-01', until: '2027-01-01' }),
    time({ from: '2026-03-01', until: '2026-04-01' }),
    true,
  ],
  [
    'a month before its year',
    time({ from: '2026-03-01', until: '2026-04-01' }),
    time({ from: '2026-01-01', until: '2027-01-01' }),
    false,
  ],
  [
    'the week before weekdays',
    time({ weekdays: ['mon', 'tue', 'wed', 'thu', 'fri', 'sat', 'sun'] }),
    time({ weekdays: ['mon'], ...night }),
    true,
  ],
  [
    'Friday before Friday night, which ends on Saturday',
    time({ weekdays: ['fri'] }),
    time({ weekdays: ['fri'], ...night }),
    false,
  ],
  [
    'Friday night before the same',
    time({ weekdays: ['fri', 'sat'], ...night }),
    time({ weekdays: ['fri'], ...night }),
    true,
  ],
  [
    'the day before an hour of it',
    time({ hours: { from: '09:00', until: '17:00' } }),
    time({ hours: { from: '10:00', until: '11:00' } }),
    true,
  ],
  ['a night before an evening', time(night), time({ hours: { from: '22:00', until: '23:00' } }), false],
];

for (const [name, earlier, later, isShadowed] of pairs) {
  test(`shadowing: ${name}: ${isShadowed ? 'yes' : 'no'}`, () => {
    const found = lintRules([makeRule('a', earlier), makeRule('b', later)], context);
    const shadows = found.filter(({ kind }) => kind === 'shadowed').map(({ rule, by }) => `${rule} by ${by}`);
    assert.deepEqual(shadows, isShadowed ? ['b by a'] : []);
  });
}

test('a shadow names the rule that casts it', () => {
  const found = lintRules([makeRule('a', { onMatch: 'continue' }), makeRule('b'), makeRule('c')], context);
  assert.deepEqual(found, [
    {
      rule: 'c',
      kind: 'shadowed',
      by: 'b',
      sentence: 'It is never reached: the rule “Rule b” matches all of its mail first, and stops.',
    },
  ]);
});

/** Rules like another one, somewhat narrower or wider: pairs that nearly shadow each other. */
const alike = fc
  .tuple(arbitraryRule, arbitraryRule, fc.subarray(['senders', 'recipients', 'message', 'time']), fc.nat(3))
  .map(([one, other, parts, mixing]): Rule[] => {
    const later = { ...one };
    for (const part of parts)
      Object.assign(later, { [part]: mixed(one[part as 'senders'], other[part as 'senders'], mixing) });
    return [one, later].map((rule, at) => ({ ...rule, id: `r${at}`, name: `Rule ${at}`, enabled: true }));
  });

function mixed(one: Dimension<SenderEntry>, other: Dimension<SenderEntry>, mixing: number) {
  if (!one.include || !other.include) return mixing > 1 ? { ...one, ...other } : { ...other, ...one };
  return {
    include: mixing & 1 ? [...one.include, ...other.include] : one.include.slice(0, 1),
    except: mixing & 2 ? [...one.except, ...other.except] : one.except,
  };
}

test('what is said to be never reached or never to match does not, whatever the mail', () => {
  const warned = { never: 0, shadowed: 0 };
  const probes = fc.array(arbitrarySituation, { minLength: 20, maxLength: 20 });
  fc.assert(
    fc.property(
      alike,
      probes,
      arbitraryPreferences,
      (rules, situations, { delivery, timeZone, identity }) => {
        const preferences = { delivery, timeZone, identity, unknownSenders: 'from-message' } as const;
        const lint = {
          ...context,
          preferences: { ...context.preferences, ...preferences, extraInternalDomains: [] },
        };
        const warnings = lintRules(rules, lint);
        const dead = warnings.flatMap(({ kind, rule }) => {
          if (kind !== 'never' && kind !== 'shadowed') return [];
          warned[kind]++;
          return [rule];
        });
        if (dead.length === 0) return;
        const tenant = makeTenant(rules, { preferences });
        for (const situation of situations) {
          const met = tenant.plan(situation).variants.flatMap(variant => variant.rules);
          assert.deepEqual(
            met.filter(rule => dead.includes(rule)),
            [],
          );
        }
      },
    ),
    { numRuns: 2_000 },
  );
  assert.ok(warned.never > 50 && warned.shadowed > 200, JSON.stringify(warned));
});
