import assert from 'node:assert/strict';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, test } from 'node:test';
import { runHere } from '../support/run-here.ts';

const folder = mkdtempSync(join(tmpdir(), 'signet-rules-'));
after(() => rmSync(folder, { recursive: true, force: true }));
const put = (name: string, content: string) => {
  writeFileSync(join(folder, name), content);
  return join(folder, name);
};

const bundle = put(
  'signet.yaml',
  `version: 1
tenants:
  - name: Contoso
    domains: [contoso.com]
    nextHop: {host: 127.0.0.1, port: 25}
    preferences: {timeZone: Europe/Berlin, delivery: per-recipient}
    signatures:
      - {name: Full, text: "{{person.displayName}}, {{person.jobTitle}}"}
      - {name: Christmas, text: "Merry Christmas!"}
    rules:
      - {name: Holidays, signatures: [Christmas], time: {from: 2026-12-01, until: 2027-01-07}, then: continue}
      - {name: Outside, signatures: [Full], recipients: {include: [external]}}
    people:
      - {address: ada@contoso.com, displayName: Ada Lovelace, jobTitle: Engineer}
`,
);

const letter = (from: string) =>
  [
    'MIME-Version: 1.0',
    'Subject: hello',
    `From: ${from}`,
    'Content-Type: text/plain; charset=utf-8',
    '',
    'Dear Bob,',
    '',
  ].join('\r\n');
const ours = put('ours.eml', letter('ada@contoso.com'));
const foreign = put('foreign.eml', letter('eve@elsewhere.example'));

async function stamp(...words: string[]) {
  const { code, stdout, stderr } = await runHere(['stamp', '--bundle', bundle, ...words]);
  return { code, stdout, stderr };
}

test('a message gets what the rules give to its sender and recipient', async () => {
  const { code, stdout, stderr } = await stamp(
    '--to',
    'bob@partner.example',
    '--at',
    '2026-11-30T23:59',
    ours,
  );
  assert.deepEqual([code, stderr], [0, '']);
  assert.match(stdout, /Dear Bob,[\s\S]*Ada Lovelace, Engineer/);
  assert.doesNotMatch(stdout, /Merry Christmas/);
});

test('time and recipient are those that were given, and the report names signatures and rules', async () => {
  const out = join(folder, 'out');
  const words = ['--tenant', 'Contoso', '--out', out, '--json', '--at', '2026-12-01'];
  const reported = async (to: string) => {
    const { code, stdout, stderr } = await stamp(...words, '--to', to, ours);
    assert.equal(code, 0, stderr);
    const { outcome, signatures, rules } = JSON.parse(stdout);
    return [outcome, signatures, rules];
  };
  assert.deepEqual(await reported('bob@partner.example'), [
    'stamped',
    ['Christmas', 'Full'],
    ['Holidays', 'Outside'],
  ]);
  assert.match(readFileSync(join(out, 'ours.eml'), 'utf8'), /Merry Christmas![\s\S]*Ada Lovelace/);
  assert.deepEqual(await reported('ada@contoso.com'), ['stamped', ['Christmas'], ['Holidays']]);
});

test('a sender of another domain passes untouched', async () => {
  const out = join(folder, 'foreign');
  const { stdout } = await stamp('--out', out, '--json', '--to', 'bob@partner.example', foreign);
  const { outcome, reason } = JSON.parse(stdout);
  assert.deepEqual([outcome, reason], ['untouched', 'foreign-sender']);
});

const usage: readonly (readonly [string[], RegExp])[] = [
  [['--bundle', bundle, ours], /--bundle needs --to ADDRESS/],
  [['--bundle', bundle, '--to', 'x', ours], /--to is "x"/],
  [['--bundle', bundle, '--to', 'a@b.example', '--zone', 'top', ours], /--zone cannot stand beside --bundle/],
  [
    ['--bundle', bundle, '--to', 'a@b.example', '--domain', 'b.example', ours],
    /--domain cannot stand beside/,
  ],
  [['--text', ours, '--to', 'a@b.example', ours], /--text cannot stand beside --to/],
  [
    ['--bundle', bundle, '--to', 'bob@partner.example', '--to', 'ada@contoso.com', ours],
    /these recipients get different signatures/,
  ],
  [['--bundle', bundle, '--to', 'a@b.example', '--at', 'noon', ours], /--at is "noon"/],
];

for (const [words, sentence] of usage) {
  test(`signet stamp ${words.join(' ').replaceAll(`${folder}/`, '')} is bad usage`, async () => {
    const { code, stdout, stderr } = await runHere(['stamp', ...words]);
    assert.deepEqual([code, stdout], [2, '']);
    assert.match(stderr, sentence);
  });
}
