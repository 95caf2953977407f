import assert from 'node:assert/strict';
import { test } from 'node:test';
import {
  type Deferral,
  type Meaning,
  meaningOf,
  refusalOf,
  type Standing,
  type Step,
  verdictAfterDots,
  verdictBeforeDots,
} from '../../src/relay/verdict.ts';

const steps: readonly Step[] = ['connection', 'mail', 'recipient', 'data', 'dot'];

/** One answer, and what it means at each of the steps above. */
const meanings: readonly (readonly [answer: string, ...meanings: readonly (Meaning | '')[]])[] = [
  ['250 ', 'accepted', 'accepted', 'accepted', '', 'accepted'],
  ['251 2.1.5', '', '', 'accepted', '', ''],
  ['354 ', '', '', '', 'accepted', ''],
  ['421 4.3.2', 'deferred', 'deferred', 'deferred', 'deferred', 'deferred'],
  ['450 4.7.1', 'deferred', 'deferred', 'deferred', 'deferred', 'deferred'],
  ['452 4.5.3', 'deferred', 'deferred', 'deferred', 'deferred', 'deferred'],
  ['550 ', 'about-us', 'about-us', 'about-recipient', 'about-recipient', 'about-recipient'],
  ['550 5.1.1', 'about-us', 'about-us', 'about-recipient', 'about-recipient', 'about-recipient'],
  ['550 5.1.8', 'about-us', 'about-us', 'about-recipient', 'about-recipient', 'about-recipient'],
  ['550 5.7.64', 'about-us', 'about-us', 'about-us', 'about-us', 'about-us'],
  ['550 5.7.1', 'about-us', 'about-us', 'about-us', 'about-us', 'about-content'],
  ['554 5.7.0', 'about-us', 'about-us', 'about-us', 'about-us', 'about-content'],
  ['552 ', 'about-us', 'about-content', 'about-recipient', 'about-content', 'about-content'],
  ['552 5.2.2', 'about-us', 'about-content', 'about-recipient', 'about-content', 'about-content'],
  ['552 5.3.4', 'about-us', 'about-content', 'about-content', 'about-content', 'about-content'],
  ['550 5.6.0', 'about-us', 'about-content', 'about-content', 'about-content', 'about-content'],
  ['550 5.6.7', 'about-us', 'about-content', 'about-content', 'about-content', 'about-content'],
  ['554 ', 'about-us', 'about-us', 'about-recipient', 'about-content', 'about-content'],
  ['535 5.7.8', 'about-us', 'about-us', 'about-us', 'about-us', 'about-us'],
];

for (const [answer, ...expected] of meanings) {
  test(`${answer.trim()} means ${new Set(expected)}`, () => {
    const [code = '', enhanced = ''] = answer.split(' ');
    expected.forEach((meaning, index) => {
      const step = steps[index] as Step;
      if (meaning) assert.equal(meaningOf({ code: Number(code), enhanced, text: '' }, step), meaning, step);
    });
  });
}

const unknownUser = { code: 550, enhanced: '5.1.1', text: 'User unknown <secret@x.test>' };

/** One word for each group of recipients. */
const standings: Readonly<Record<string, Standing>> = {
  ready: { kind: 'ready' },
  accepted: { kind: 'accepted' },
  before: { kind: 'accepted-before' },
  reported: { kind: 'reported' },
  refused: { kind: 'refused', reply: unknownUser, isAboutContent: false },
  unknown: { kind: 'unknown' },
  deferred: { kind: 'deferred', because: 'answer' },
  us: { kind: 'deferred', because: 'about-us' },
  down: { kind: 'deferred', because: 'unreachable' },
  slow: { kind: 'deferred', because: 'timeout' },
};

function read(words: string): Standing[] {
  return words.split(' ').map(word => standings[word] as Standing);
}

const beforeTable: readonly (readonly [words: string, verdict: string])[] = [
  ['ready', 'release'],
  ['ready ready', 'release'],
  ['ready refused', 'release'],
  ['before refused', 'release'],
  ['before ready refused', 'release'],
  ['refused', '550 5.1.1'],
  ['refused refused', '550 5.1.1'],
  ['ready deferred', '451 4.3.0'],
  ['refused deferred', '451 4.3.0'],
  ['before deferred', '451 4.3.0'],
  ['ready down', '451 4.4.1'],
  ['ready slow', '451 4.4.2'],
  ['ready us', '451 4.7.0'],
  ['us refused', '451 4.7.0'],
  ['down us slow', '451 4.7.0'],
];

for (const [words, expected] of beforeTable) {
  test(`before the dots, ${words}: ${expected}`, () => {
    for (const order of [read(words), read(words).reverse()]) {
      const verdict = verdictBeforeDots(order);
      const told =
        verdict.kind === 'abandon' ? `${verdict.reply.code} ${verdict.reply.text.slice(0, 5)}` : 'release';
      assert.equal(told, expected);
    }
  });
}

const afterTable: readonly (readonly [
  words: string,
  reply: string,
  outcome: string,
  isLedgerNeeded: boolean,
])[] = [
  ['accepted', '250 2.0.0', 'delivered', false],
  ['accepted accepted', '250 2.0.0', 'delivered', false],
  ['accepted before', '250 2.0.0', 'delivered', false],
  ['before', '250 2.0.0', 'delivered-before', false],
  ['accepted reported', '250 2.0.0', 'delivered-with-report', false],
  ['before reported', '250 2.0.0', 'delivered-with-report', false],
  ['refused', '550 5.1.1', 'refused', false],
  ['refused refused', '550 5.1.1', 'refused', false],
  ['deferred', '451 4.3.0', 'deferred', false],
  ['deferred deferred', '451 4.3.0', 'deferred', false],
  ['refused deferred', '451 4.3.0', 'deferred', false],
  ['unknown', '451 4.3.0', 'deferred', false],
  ['unknown unknown', '451 4.3.0', 'deferred', false],
  ['refused unknown', '451 4.3.0', 'deferred', false],
  ['accepted deferred', '451 4.3.0', 'deferred', true],
  ['accepted unknown', '451 4.3.0', 'deferred', true],
  ['reported unknown', '451 4.3.0', 'deferred', true],
  ['accepted us', '451 4.7.0', 'deferred', true],
  ['before unknown', '451 4.3.0', 'deferred', false],
  // The report could not be handed over.
  ['accepted refused', '451 4.3.0', 'deferred', true],
  ['before refused', '451 4.3.0', 'deferred', false],
];

for (const [words, reply, outcome, isLedgerNeeded] of afterTable) {
  test(`behind the dots, ${words}: ${reply}${isLedgerNeeded ? ', and the ledger' : ''}`, () => {
    for (const order of [read(words), read(words).reverse()]) {
      const verdict = verdictAfterDots({ standings: order, messageId: 'm1', report: 'none' });
      assert.equal(`${verdict.reply.code} ${verdict.reply.text.slice(0, 5)}`, reply);
      assert.equal(verdict.outcome, outcome);
      assert.equal(verdict.isLedgerNeeded, isLedgerNeeded);
    }
  });
}

test('with a report refused in every form the previous hop tells the sender', () => {
  const verdict = verdictAfterDots({
    standings: read('accepted refused'),
    messageId: 'm1',
    report: 'refused',
  });
  assert.equal(verdict.reply.code, 550);
  assert.ok(verdict.isLedgerNeeded);
  const open = verdictAfterDots({
    standings: read('accepted refused unknown'),
    messageId: 'm1',
    report: 'refused',
  });
  assert.equal(open.reply.code, 451);
});

test('250 is said only when every recipient is accepted or reported, whatever happens', () => {
  const words = ['accepted', 'before', 'reported', 'refused', 'unknown', 'deferred', 'us', 'ready'];
  for (const one of words)
    for (const two of words)
      for (const three of words)
        for (const report of ['none', 'refused'] as const) {
          const all = [one, two, three];
          const { reply } = verdictAfterDots({ standings: read(all.join(' ')), messageId: 'm1', report });
          const isSettled = all.every(word => ['accepted', 'before', 'reported'].includes(word));
          assert.equal(reply.code === 250, isSettled, all.join(' '));
          if (all.some(word => ['unknown', 'deferred', 'us', 'ready'].includes(word)))
            assert.equal(reply.code, 451, all.join(' '));
        }
});

test('no word of the next hop goes upstream, its numbers do', () => {
  const reply = refusalOf(unknownUser);
  assert.equal(reply.code, 550);
  assert.match(reply.text, /^5\.1\.1 /);
  assert.doesNotMatch(reply.text, /secret|unknown/i);
});

test('every reply upstream carries an enhanced status code of its class', () => {
  const deferrals: readonly Deferral[] = [
    'unreachable',
    'timeout',
    'answer',
    'about-us',
    'tls',
    'cancelled',
    'no-mail',
  ];
  for (const because of deferrals) {
    const verdict = verdictBeforeDots([{ kind: 'deferred', because }]);
    assert.ok(verdict.kind === 'abandon' && verdict.reply.code === 451);
    assert.match(verdict.reply.text, /^4\.\d\.\d [A-Z]/);
  }
  for (const code of [550, 551, 552, 553, 554, 571])
    assert.match(refusalOf({ code, enhanced: '', text: '' }).text, /^5\.\d\.\d [A-Z]/);
});
