import assert from 'node:assert/strict';
import { test } from 'node:test';
import type {
  AttributeTest,
  MessageCondition,
  RecipientEntry,
  Rule,
  SenderEntry,
  TimeCondition,
} from '../../src/signature/rule.ts';
import { fieldName, sentenceOf } from '../../src/signature/sentence.ts';
import { anyMessage, anyTime, groups, makeRule, staff } from '../support/company.ts';

const names = {
  group: (id: string) => groups.find(group => group.id === id)?.name,
  person: (address: string) => staff.find(person => person.address === address)?.fields.displayName,
};
const from = (...include: SenderEntry[]) => ({ senders: { include, except: [] } });
const to = (...include: RecipientEntry[]) => ({ recipients: { include, except: [] } });
const message = (part: Partial<MessageCondition>) => ({ message: { ...anyMessage, ...part } });
const time = (part: Partial<TimeCondition>) => ({ time: { ...anyTime, ...part } });
const attribute = (field: AttributeTest['field'], is: AttributeTest['is'], value = '') =>
  ({ kind: 'attribute', test: { field, is, value } }) as const;
const sales = { kind: 'group', id: 'g-sales' } as const;
const board = { kind: 'group', id: 'g-board' } as const;
const ada = { kind: 'person', address: 'ada@example.com' } as const;
const external = { kind: 'external' } as const;
const internal = { kind: 'internal' } as const;

const rows: readonly (readonly [Partial<Rule>, string])[] = [
  [{}, 'Mail from everyone gets “Full”.'],
  [
    { action: { kind: 'sign', signatures: ['Full', 'Legal'] } },
    'Mail from everyone gets “Full” and “Legal”.',
  ],
  [
    { action: { kind: 'sign', signatures: ['Full', 'Legal', 'Banner'] } },
    'Mail from everyone gets “Full”, “Legal” and “Banner”.',
  ],
  [{ action: { kind: 'no-signature' } }, 'Mail from everyone gets no further signature.'],
  [
    { action: { kind: 'no-signature' }, onMatch: 'continue' },
    'Mail from everyone gets nothing from this rule, and the rules below may add to it.',
  ],
  [{ onMatch: 'continue' }, 'Mail from everyone gets “Full”, and the rules below may add to it.'],
  [
    { ...from(sales), onMatch: 'continue', onNoMatch: 'stop' },
    'Mail from members of Sales gets “Full”, and the rules below may add to it; other mail does not reach them.',
  ],
  [
    { ...from(sales), onNoMatch: 'stop' },
    'Mail from members of Sales gets “Full”; the rules below are never reached.',
  ],
  [{ ...from(ada) }, 'Mail from Ada Lovelace gets “Full”.'],
  [{ ...from({ kind: 'person', address: 'new@example.com' }) }, 'Mail from new@example.com gets “Full”.'],
  [{ ...from(sales, board, ada) }, 'Mail from Ada Lovelace or members of Sales or Board gets “Full”.'],
  [
    { ...from({ kind: 'domain', domain: 'brand.example' }) },
    'Mail from addresses at brand.example gets “Full”.',
  ],
  [
    { senders: { include: [], except: [{ kind: 'group', id: 'g-interns' }] } },
    'Mail from everyone but members of Interns gets “Full”.',
  ],
  [
    { senders: { include: [sales], except: [ada] } },
    'Mail from members of Sales, but not from Ada Lovelace, gets “Full”.',
  ],
  [
    { ...from(attribute('department', 'equal', 'Research')) },
    'Mail from people whose department is “Research” gets “Full”.',
  ],
  [
    { ...from(attribute('jobTitle', 'contains', 'Engineer'), attribute('mobilePhone', 'empty')) },
    'Mail from people whose job title contains “Engineer” or without a mobile phone gets “Full”.',
  ],
  [
    { ...from(attribute('officeLocation', 'not-empty')) },
    'Mail from people with an office location gets “Full”.',
  ],
  [
    { ...from(attribute('custom.Region', 'not-equal', 'South')) },
    'Mail from people whose Region is not “South” gets “Full”.',
  ],
  [{ ...to(external) }, 'Mail from everyone to external recipients gets “Full”.'],
  [{ ...to(internal) }, 'Mail from everyone to internal recipients only gets “Full”.'],
  [
    { ...to(internal, { kind: 'domain', domain: 'sister.example' }) },
    'Mail from everyone to internal recipients or addresses at sister.example gets “Full”.',
  ],
  [
    { ...to({ kind: 'address', address: 'bob@partner.example' }, board) },
    'Mail from everyone to bob@partner.example or members of Board gets “Full”.',
  ],
  [
    { recipients: { include: [], except: [{ kind: 'domain', domain: 'rival.example' }] } },
    'Mail from everyone to anyone but addresses at rival.example gets “Full”.',
  ],
  [
    {
      ...from(sales),
      recipients: { include: [external], except: [{ kind: 'domain', domain: 'rival.example' }] },
    },
    'Mail from members of Sales to external recipients, but not to addresses at rival.example, gets “Full”.',
  ],
  [message({ conversation: 'new' }), 'New mail from everyone gets “Full”.'],
  [message({ conversation: 'reply' }), 'Replies and forwards from everyone get “Full”.'],
  [message({ conversation: 'first' }), 'Our first mail in a conversation from everyone gets “Full”.'],
  [message({ importance: 'high' }), 'Mail of high importance from everyone gets “Full”.'],
  [message({ minBytes: 5_242_880 }), 'Mail of at least 5 MB from everyone gets “Full”.'],
  [message({ maxBytes: 1_000 }), 'Mail of at most 1000 bytes from everyone gets “Full”.'],
  [message({ minBytes: 1_024, maxBytes: 1_048_576 }), 'Mail of 1 KB to 1 MB from everyone gets “Full”.'],
  [
    message({ subjectWords: ['offer', 'invoice'] }),
    'Mail with “offer” or “invoice” in the subject from everyone gets “Full”.',
  ],
  [message({ textWords: ['offer'] }), 'Mail with “offer” in the new text from everyone gets “Full”.'],
  [
    message({ subjectWords: ['offer'], textWords: ['offer'] }),
    'Mail with “offer” in the subject or the new text from everyone gets “Full”.',
  ],
  [
    message({ subjectWords: ['offer'], textWords: ['price'] }),
    'Mail with “offer” in the subject or “price” in the new text from everyone gets “Full”.',
  ],
  [
    time({ from: '2026-12-01', until: '2027-01-07' }),
    'From 1 December 2026 through 6 January 2027, mail from everyone gets “Full”.',
  ],
  [time({ from: '2026-12-24', until: '2026-12-25' }), 'On 24 December 2026, mail from everyone gets “Full”.'],
  [time({ from: '2026-12-01T08:00' }), 'From 08:00 on 1 December 2026, mail from everyone gets “Full”.'],
  [time({ until: '2024-03-01' }), 'Through 29 February 2024, mail from everyone gets “Full”.'],
  [time({ until: '2027-01-06T18:00' }), 'Until 18:00 on 6 January 2027, mail from everyone gets “Full”.'],
  [
    time({ weekdays: ['fri', 'mon', 'tue', 'wed', 'thu'] }),
    'Monday to Friday, mail from everyone gets “Full”.',
  ],
  [time({ weekdays: ['sat', 'sun'] }), 'On Saturdays and Sundays, mail from everyone gets “Full”.'],
  [
    time({ weekdays: ['mon', 'wed', 'fri'] }),
    'On Mondays, Wednesdays and Fridays, mail from everyone gets “Full”.',
  ],
  [time({ weekdays: ['mon', 'tue', 'wed', 'thu', 'fri', 'sat', 'sun'] }), 'Mail from everyone gets “Full”.'],
  [
    time({ hours: { from: '09:00', until: '17:30' } }),
    'Between 09:00 and 17:30, mail from everyone gets “Full”.',
  ],
  [
    time({ weekdays: ['fri'], hours: { from: '22:00', until: '06:00' } }),
    'On Fridays between 22:00 and 06:00 the next day, mail from everyone gets “Full”.',
  ],
  [
    {
      senders: { include: [sales], except: [ada] },
      ...to(external),
      ...message({ conversation: 'new', subjectWords: ['offer'] }),
      ...time({
        from: '2026-12-01',
        until: '2027-01-07',
        weekdays: ['mon', 'tue', 'wed'],
        hours: { from: '09:00', until: '17:00' },
      }),
      action: { kind: 'sign', signatures: ['Christmas', 'Legal'] },
      onMatch: 'continue',
    },
    'From 1 December 2026 through 6 January 2027, Monday to Wednesday between 09:00 and 17:00, new mail with “offer” in the subject from members of Sales, but not from Ada Lovelace, to external recipients gets “Christmas” and “Legal”, and the rules below may add to it.',
  ],
];

for (const [rule, sentence] of rows) {
  test(sentence, () => {
    assert.equal(sentenceOf(makeRule('Full', rule), names), sentence);
  });
}

test('a thousand people do not make a thousand words', () => {
  const many = Array.from(
    { length: 1_000 },
    (_, at) => ({ kind: 'person', address: `p${at}@example.com` }) as const,
  );
  const sentence = sentenceOf(makeRule('Full', { ...from(...many) }), names);
  assert.match(sentence, /p7@example\.com or 992 more gets “Full”\.$/);
});

test('fields have names that people use', () => {
  const fields = ['jobTitle', 'userPrincipalName', 'employeeId', 'extensionAttribute12', 'email'] as const;
  assert.deepEqual(fields.map(fieldName), [
    'job title',
    'user principal name',
    'employee ID',
    'extension attribute 12',
    'email',
  ]);
});
