import assert from 'node:assert/strict';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, test } from 'node:test';
import { runHere } from '../support/run-here.ts';

const folder = mkdtempSync(join(tmpdir(), 'signet-explain-'));
after(() => rmSync(folder, { recursive: true, force: true }));

function put(name: string, content: string) {
  const file = join(folder, name);
  writeFileSync(file, content);
  return file;
}

const bundle = put(
  'signet.yaml',
  `version: 1
tenants:
  - name: Contoso
    domains: [contoso.com]
    nextHop: {host: 127.0.0.1, port: 25, user: signet}
    preferences: {timeZone: Europe/Berlin, delivery: per-recipient}
    signatures:
      - {name: Full, text: "{{person.displayName}}"}
      - {name: Short, text: "{{person.givenName}}"}
    rules:
      - {name: Replies, signatures: [Short], message: {conversation: reply}}
      - {name: Offers, signatures: [Full], recipients: {include: [external]}, message: {textWords: [offer]}}
      - {name: First, signatures: [Short], message: {conversation: first}}
    groups: [{name: Sales}]
    people:
      - {address: ada@contoso.com, displayName: Ada Lovelace, givenName: Ada, groups: [Sales]}
`,
);

const offer = [
  'From: Ada Lovelace <ada@contoso.com>',
  'To: bob@partner.example',
  'Subject: secret project',
  'MIME-Version: 1.0',
  'Content-Type: text/plain; charset=utf-8',
  '',
  'Dear Bob, here is our offer.',
  '',
].join('\r\n');

const ask = (...words: string[]) => runHere(['explain', '--bundle', bundle, ...words]);

async function askJson(...words: string[]) {
  const { code, stdout, stderr } = await ask('--json', ...words);
  assert.equal(code, 0, stderr);
  return JSON.parse(stdout);
}

test('a message made of words is explained as a table', async () => {
  const { code, stdout, stderr } = await ask(
    ...['--tenant', 'contoso', '--from', 'Ada@contoso.com', '--to', 'bob@partner.example', '--reply'],
    ...['--at', '2026-12-24T18:30'],
  );
  assert.deepEqual([code, stderr], [0, '']);
  assert.match(stdout, /^Time {8}2026-12-24 18:30 Europe\/Berlin\nFrom {8}Ada@contoso\.com, Ada Lovelace$/m);
  assert.match(stdout, /^Signatures {2}Short$/m);
  assert.match(
    stdout,
    /^ {2}1 ✓ Replies {53,}matches\n {6}✓ message is a reply or forward +a reply or forward$/m,
  );
  assert.match(stdout, /^ {2}3 - First +not reached$/m);
});

test('a message from a file is explained by what it says, and its words are not repeated', async () => {
  const file = put('offer.eml', offer);
  const { code, stdout } = await ask('--to', 'bob@partner.example', '--json', file);
  assert.equal(code, 0);
  const { variants, person, form, untouched } = JSON.parse(stdout);
  assert.deepEqual([form, untouched, person.name], ['new', null, 'Ada Lovelace']);
  assert.deepEqual(variants[0].signatures, ['Full']);
  assert.deepEqual(variants[0].rules, ['Offers']);
  assert.deepEqual(variants[0].decisions[0].rules[1].conditions, [
    { condition: 'a word of the rule is in the new text', met: true, saw: '' },
    { condition: 'a recipient is external', met: true, saw: 'bob@partner.example, external' },
  ]);
  assert.doesNotMatch(stdout, /secret|offer\./);
});

test('a Unix file is read as mail', async () => {
  const { variants } = await askJson(
    '--to',
    'bob@partner.example',
    put('unix.eml', offer.replaceAll('\r\n', '\n')),
  );
  assert.deepEqual(variants[0].signatures, ['Full']);
});

test('recipients with other results are told apart', async () => {
  const to = ['--to', 'Bob@Partner.example', '--to', 'ada@contoso.com'];
  const { variants } = await askJson(...to, put('both.eml', offer));
  assert.deepEqual(
    variants.map(({ recipients, signatures }: Record<string, string[]>) => [recipients, signatures]),
    [
      [['bob@partner.example'], ['Full']],
      [['ada@contoso.com'], ['Short']],
    ],
  );
});

test('a message that passes untouched says so first', async () => {
  const meeting = put('meeting.eml', offer.replace('text/plain', 'text/calendar'));
  assert.equal((await askJson('--to', 'bob@partner.example', meeting)).untouched, 'calendar');
  const foreign = await askJson('--from', 'eve@elsewhere.example', '--to', 'bob@partner.example');
  assert.deepEqual(
    [foreign.untouched, foreign.person, foreign.withheld],
    ['foreign-sender', null, 'unknown-sender'],
  );
});

test('a time may have a zone of its own', async () => {
  const words = ['--from', 'ada@contoso.com', '--to', 'bob@partner.example', '--at'];
  assert.equal((await askJson(...words, '2026-12-24T17:30Z')).localTime, '2026-12-24 18:30 Europe/Berlin');
  assert.equal((await askJson(...words, '2026-07-01')).at, '2026-06-30T22:00:00.000Z');
});

const usage: readonly (readonly [string[], RegExp])[] = [
  [['--from', 'a@b.example'], /^SIGNET_USAGE: --to ADDRESS is missing/],
  [['--to', 'a@b.example'], /^SIGNET_USAGE: --from ADDRESS is missing/],
  [['--to', 'Bob <a@b.example>', '--from', 'a@b.example'], /^SIGNET_USAGE: --to is "Bob <a@b.example>"/],
  [
    ['--to', 'a@b.example', '--reply', bundle],
    /^SIGNET_USAGE: --from, --sender, --reply and --subject are read/,
  ],
  [['--to', 'a@b.example', bundle, bundle], /^SIGNET_USAGE: one MESSAGE at a time/],
  [['--to', 'a@b.example', '--from', 'a@b.example', '--at', 'noon'], /^SIGNET_USAGE: --at is "noon"/],
  [
    ['--to', 'a@b.example', '--from', 'a@b.example', '--tenant', 'x'],
    /^SIGNET_TENANT_UNKNOWN: there is no tenant "x": .*"Contoso"/,
  ],
  [['--to', 'a@b.example', join(folder, 'absent.eml')], /^SIGNET_FILE_UNREADABLE: /],
];

for (const [words, sentence] of usage) {
  test(`signet explain ${words.join(' ').replaceAll(folder, '')} is refused`, async () => {
    const { code, stdout, stderr } = await ask(...words);
    assert.deepEqual([code, stdout], [2, '']);
    assert.match(stderr, sentence);
  });
}

test('a bundle that cannot be used says why', async () => {
  const words = ['--from', 'a@b.example', '--to', 'a@b.example'];
  const none = await runHere(['explain', ...words], { SIGNET_DATA: join(folder, 'none') });
  assert.match(none.stderr, /^SIGNET_DATABASE_UNUSABLE: there is no database in .*: set SIGNET_DATA/);
  const bad = await runHere(['explain', '--bundle', put('bad.yaml', 'version: 2\ntenants: []\n'), ...words]);
  assert.equal(bad.code, 2);
  assert.match(bad.stderr, /^SIGNET_BUNDLE_INVALID: .*bad\.yaml line 1, column 10: /);
});
