import assert from 'node:assert/strict';
import { test } from 'node:test';
import { type Explanation, explainPlan } from '../../../src/cli/explain/explanation.ts';
import { printTable } from '../../../src/cli/explain/table.ts';
import { columns, printable, wantsColour, wrap } from '../../../src/cli/explain/terminal-text.ts';
import type { Rule } from '../../../src/signature/rule.ts';
import type { Preferences } from '../../../src/signature/tenant.ts';
import { anyMessage, anyTime, makeRule, makeSituation, makeTenant } from '../../support/company.ts';

const rules: readonly Rule[] = [
  makeRule('old', { name: 'Old banner', enabled: false }),
  makeRule('christmas', {
    name: 'Christmas',
    senders: { include: [{ kind: 'group', id: 'g-sales' }], except: [] },
    time: { ...anyTime, from: '2026-12-01', until: '2027-01-07' },
    action: { kind: 'sign', signatures: ['Christmas'] },
    onMatch: 'continue',
  }),
  makeRule('offers', {
    name: 'Offers to customers, with the long legal text that the lawyers wanted in the name',
    senders: { include: [{ kind: 'group', id: 'g-sales' }], except: [{ kind: 'group', id: 'g-interns' }] },
    recipients: { include: [{ kind: 'external' }], except: [{ kind: 'domain', domain: 'rival.example' }] },
    message: { ...anyMessage, subjectWords: ['offer'] },
    action: { kind: 'sign', signatures: ['Full', 'Legal'] },
  }),
  makeRule('rest', { name: 'Everybody', action: { kind: 'sign', signatures: ['Short'] } }),
];

function explained(
  preferences: Partial<Preferences> = {},
  situation: Parameters<typeof makeSituation>[0] = {},
): Explanation {
  const signing = makeTenant(rules, { preferences: { timeZone: 'Europe/Berlin', ...preferences } });
  const tenant = { id: 't_1', name: 'Example', mode: 'on', signing, rules } as const;
  return explainPlan(tenant, { ...makeSituation(situation), untouched: undefined });
}

const offer = { facts: { subject: 'Our offer' } };

test('the table tells what comes out, and why, in 80 columns', () => {
  assert.equal(
    printTable(explained({}, offer), false),
    `Tenant      Example
Time        2026-03-04 11:00 Europe/Berlin
From        ada@example.com, Ada Lovelace
Message     a new message

To all of   bob@partner.example
Signatures  Full, Legal

  1 - Old banner                                                             off
  2 ✗ Christmas                                                   does not match
      ✓ sender is in Sales                      ada@example.com, in Sales
      ✗ time is from 2026-12-01 and before      2026-03-04 11:00
        2027-01-07
  3 ✓ Offers to customers, with the long legal text that the lawyers     matches
      wanted in the name
      ✓ sender is in Sales                      ada@example.com, in Sales
      ✓ not: sender is in Interns               ada@example.com
      ✓ a word of the rule is in the subject
      ✓ a recipient is external                 bob@partner.example, external
      ✓ not: a recipient is at @rival.example   bob@partner.example, external
  4 - Everybody                                                      not reached
`,
  );
});

test('variants stand one below the other, each with the recipients it is for', () => {
  const recipients = ['bob@partner.example', 'charles@example.com', 'eve@rival.example'];
  const table = printTable(explained({ delivery: 'per-recipient' }, { ...offer, recipients }), false);
  const lines = table.split('\n').filter(line => /^(To|Signatures|Why)/.test(line));
  assert.deepEqual(lines, [
    'To          bob@partner.example',
    'Signatures  Full, Legal',
    'Why         for bob@partner.example',
    'To          charles@example.com, eve@rival.example',
    'Signatures  Short',
    'Why         for charles@example.com',
    'Why         for eve@rival.example',
  ]);
});

test('what keeps a message from being signed comes first, in words', () => {
  const withheld = printTable(explained({}, { from: 'new@example.com' }), false);
  assert.match(withheld, /^From {8}new@example\.com, not in the directory$/m);
  assert.match(withheld, /^Withheld {4}nobody gets a signature: the directory does not know the sender/m);
  assert.match(withheld, /^Signatures {2}none$/m);
  const untouched = printTable({ ...explained(), untouched: 'calendar' }, false);
  assert.match(untouched, /^Untouched {3}whatever the rules say, calendar: A meeting request/m);
  const shadow = printTable({ ...explained(), tenant: { id: 't', name: 'X', mode: 'shadow' } }, false);
  assert.match(shadow, /^Tenant {6}X \(shadow: /m);
});

test('no line is wider than 80 columns, and nothing that a message holds reaches the terminal raw', () => {
  const hostile = `a${'x'.repeat(200)}\x1b[2J\u202e@partner.example`;
  const recipients = [
    hostile,
    '漢字漢字漢字漢字漢字漢字漢字漢字漢字漢字漢字漢字@partner.example',
    'b@c.example',
  ];
  for (const delivery of ['one-for-all', 'per-recipient'] as const) {
    const table = printTable(explained({ delivery }, { ...offer, recipients }), false);
    for (const line of table.split('\n')) assert.ok(columns(line) <= 80, line);
    assert.doesNotMatch(table, /[\x00-\x09\x0b-\x1f\x7f\u202e]/);
  }
});

test('colours are there only when asked for, and change no word', () => {
  const plain = printTable(explained({}, offer), false);
  const coloured = printTable(explained({}, offer), true);
  assert.doesNotMatch(plain, /\x1b/);
  assert.match(coloured, /\x1b\[32m✓\x1b\[39m/);
  assert.equal(coloured.replace(/\x1b\[\d+m/g, ''), plain);
});

test('colours want a terminal, and NO_COLOR and dumb terminals want none', () => {
  const ask = (isTTY: boolean, environment: Record<string, string>) =>
    wantsColour({ output: { isTTY }, environment } as unknown as Parameters<typeof wantsColour>[0]);
  assert.deepEqual(
    [
      ask(true, {}),
      ask(false, {}),
      ask(true, { NO_COLOR: '1' }),
      ask(true, { NO_COLOR: '' }),
      ask(true, { TERM: 'dumb' }),
    ],
    [true, false, false, true, false],
  );
});

test('text is wrapped at spaces by what it takes on the screen', () => {
  assert.deepEqual(wrap('one two three', 7), ['one two', 'three']);
  assert.deepEqual(wrap('abcdefgh ij', 4), ['abcd', 'efgh', 'ij']);
  assert.deepEqual(wrap('漢字漢字', 5), ['漢字', '漢字']);
  assert.deepEqual(wrap('', 5), ['']);
  assert.equal(printable('a\r\nb\x1b[0m\u2028'), 'a??b?[0m?');
});
