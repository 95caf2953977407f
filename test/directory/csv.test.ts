import assert from 'node:assert/strict';
import { createReadStream } from 'node:fs';
import { test } from 'node:test';
import { createCsvSource, csvDefaults } from '../../src/directory/csv.ts';
import type { CsvEncoding } from '../../src/directory/csv-text.ts';
import { encode, readCsv, readGood } from '../support/csv.ts';

const small = 'email,displayName,department\nanna@firm.example,Anna Müller,Büro €\n';

const encodings: readonly (readonly [string, CsvEncoding, string])[] = [
  ['UTF-8', 'utf-8', ''],
  ['UTF-8 with a byte order mark', 'utf-8', '\ufeff'],
  ['UTF-16 little-endian with a mark', 'utf-16le', '\ufeff'],
  ['UTF-16 little-endian without one', 'utf-16le', ''],
  ['UTF-16 big-endian with a mark', 'utf-16be', '\ufeff'],
  ['UTF-16 big-endian without one', 'utf-16be', ''],
  ['Windows-1252', 'windows-1252', ''],
];

for (const [name, encoding, mark] of encodings) {
  for (const chunkSize of [1, 3, 65_536]) {
    // Every second byte tells UTF-16 without a mark; a chunk of one byte cannot.
    if (chunkSize === 1 && encoding.startsWith('utf-16')) continue;
    test(`${name} is recognised in chunks of ${chunkSize} bytes`, async () => {
      const { people, rejections } = await readGood(encode(mark + small, encoding), {}, chunkSize);
      assert.equal(rejections.total, 0);
      assert.deepEqual(people[0]?.fields, {
        email: 'anna@firm.example',
        displayName: 'Anna Müller',
        department: 'Büro €',
      });
    });
  }
}

test('one wrong byte at the very end makes the whole file Windows-1252', async () => {
  const many = Array.from({ length: 5_000 }, (_, index) => `p${index}@firm.example,Person ${index}\n`).join(
    '',
  );
  const { people } = await readGood(encode(`email,name\n${many}zoe@firm.example,Zoë\n`, 'windows-1252'));
  assert.equal(people.at(-1)?.fields.displayName, 'Zoë');
});

const files: readonly (readonly [string, string, readonly (readonly [number, string])[], number])[] = [
  [
    'too few columns',
    'email,name,city\na@firm.example,A\nb@firm.example,B,Bonn\n',
    [[2, 'too-few-columns']],
    1,
  ],
  ['too many columns', 'email,name\na@firm.example,A,x\nb@firm.example,B\n', [[2, 'too-many-columns']], 1],
  ['empty cells beyond the last column', 'email,name\na@firm.example,A,,\n', [], 1],
  [
    'a quote that nobody closes',
    'email,name\na@firm.example,"A\nb@firm.example,B\n',
    [[2, 'broken-quotes']],
    1,
  ],
  [
    'an open quote before a quoted line',
    'email,name\na@firm.example,"A\n"b@firm.example","B"\n',
    [[2, 'broken-quotes']],
    1,
  ],
  [
    'an open quote that the next line seems to close',
    'email,name\na@firm.example,"A\nb@firm.example,"B",\nc@firm.example,C\n',
    [[2, 'broken-quotes']],
    2,
  ],
  [
    'text after a closing quote',
    'email,name\na@firm.example,"A" B\nb@firm.example,B\n',
    [[2, 'broken-quotes']],
    1,
  ],
  [
    'a quote inside a bare value',
    'email,name\na@firm.example,A "B"\nb@firm.example,B\n',
    [[2, 'broken-quotes']],
    1,
  ],
  ['no address', 'email,name\n,A\nb@firm.example,B\n', [[2, 'no-address']], 1],
  ['a bad address', 'email,name\nanna,A\na@b@c.example,B\na b@firm.example,C\n', badAddresses(3), 0],
  ['a domain without a dot', 'email,name\nanna@firm,A\n', badAddresses(1), 0],
  [
    'the same address in another case',
    'email,name\nA@Firm.example,A\na@firm.EXAMPLE,B\n',
    [[3, 'duplicate-address']],
    1,
  ],
  [
    'a domain in both forms',
    'email\na@münchen.example\na@xn--mnchen-3ya.example\n',
    [[3, 'duplicate-address']],
    1,
  ],
  ['the same id', 'email,id\na@firm.example,1\nb@firm.example,1\n', [[3, 'duplicate-id']], 1],
  [
    'a group, a contact, a guest',
    'email,type\na@x.example,Group\nb@x.example,Contact\nc@x.example,Guest\n',
    others(),
    0,
  ],
  ['empty lines and empty rows', 'email,name\n\n,\n  \na@firm.example,A\n', [], 1],
  [
    'values over several lines',
    'email,street\na@firm.example,"A 1\nB 2\r\nC 3"\nb@firm.example,B,x\n',
    after(),
    1,
  ],
  [
    'a line of 200,000 characters',
    `email,name\na@firm.example,${'x'.repeat(2e5)}\nb@firm.example,B\n`,
    long(),
    1,
  ],
];

function badAddresses(count: number) {
  return Array.from({ length: count }, (_, index) => [index + 2, 'bad-address'] as const);
}
function others() {
  return [2, 3, 4].map(line => [line, 'not-a-person'] as const);
}
function after() {
  return [[5, 'too-many-columns'] as const];
}
function long() {
  return [[2, 'too-long'] as const];
}

for (const [name, text, rejected, count] of files) {
  for (const lineEnd of ['\n', '\r\n', '\r']) {
    for (const chunkSize of [1, 7, 65_536]) {
      if (chunkSize < 100 && text.length > 1_000) continue;
      test(`${name}: line by line (${JSON.stringify(lineEnd)}, chunks of ${chunkSize})`, async () => {
        const content = text.replace(/\r?\n/g, lineEnd);
        const { people, rejections } = await readGood(content, {}, chunkSize);
        assert.deepEqual(
          rejections.first.map(({ place, reason }) => [place, reason]),
          rejected,
        );
        assert.equal(people.length, count);
      });
    }
  }
}

test('a file whose every line opens a quote is read to its end', async () => {
  const lines = Array.from({ length: 2_000 }, (_, index) => `p${index}@firm.example,"open\n`).join('');
  const { people, rejections } = await readGood(`email,name\n${lines}z@firm.example,Z\n`);
  assert.equal(people.at(-1)?.address, 'z@firm.example');
  assert.equal(rejections.total + people.length, 2_001);
});

const refused: readonly (readonly [string, string, RegExp])[] = [
  ['', 'an empty file', /no header line/],
  ['\n\n', 'a file of empty lines', /no header line/],
  [
    'name,city\nA,B\n',
    'a file without an address column',
    /mail address: choose from its columns "name", "city"/,
  ],
  [
    '"email,name\na@firm.example,A\n',
    'a file with a broken header',
    /no header line|header in line 1 is broken/,
  ],
];

for (const [text, name, sentence] of refused) {
  test(`${name} is refused as a whole`, async () => {
    const result = await readCsv(text);
    assert.equal(result.kind, 'problem');
    assert.match(result.kind === 'problem' ? result.problem.sentence : '', sentence);
  });
}

test('a mapping to a column that the file lacks is refused with the columns that it has', async () => {
  const result = await readCsv('email,rolle\n', { columns: { jobTitle: 'Role' } });
  assert.ok(result.kind === 'problem');
  assert.match(result.problem.sentence, /no column "Role": choose from its columns "email", "rolle"/);
});

test('a file that is not there is a problem with a remedy', async () => {
  const file = '/nonexistent/people.csv';
  const source = createCsvSource(
    { ...csvDefaults, file },
    { open: () => createReadStream(file), elapsed: () => performance.now() },
  );
  const result = await source.read(new AbortController().signal, () => {});
  assert.ok(result.kind === 'problem');
  assert.match(result.problem.sentence, /people\.csv cannot be read: it does not exist/);
});

test('an aborted reading rejects with the reason of its signal', async () => {
  const text = `email\n${Array.from({ length: 20_000 }, (_, index) => `p${index}@firm.example\n`).join('')}`;
  const controller = new AbortController();
  const source = createCsvSource(
    { ...csvDefaults, file: 'people.csv' },
    {
      open: async function* () {
        yield Buffer.from(text);
      },
      elapsed: () => performance.now(),
    },
  );
  const reading = source.read(controller.signal, () => controller.abort(new Error('stopped')));
  await assert.rejects(reading, /stopped/);
});
