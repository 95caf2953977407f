import assert from 'node:assert/strict';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, test } from 'node:test';
import { runHere } from '../support/run-here.ts';

const folder = mkdtempSync(join(tmpdir(), 'signet-people-'));
after(() => rmSync(folder, { recursive: true, force: true }));

function put(name: string, content: string) {
  writeFileSync(join(folder, name), content);
  return join(folder, name);
}

const run = (...words: string[]) => runHere(words, { SIGNET_DATA: join(folder, 'data') });

async function people(...words: string[]) {
  const { code, stdout, stderr } = await run('people', ...words);
  assert.deepEqual([code, stderr], [0, '']);
  return stdout;
}

async function failure(code: number, ...words: string[]) {
  const done = await run('people', ...words);
  assert.deepEqual([done.code, done.stdout], [code, '']);
  return done.stderr;
}

const staff = `Mail;Anzeigename;Position;Telefon;Etage;Gruppen;Vorgesetzter;Art
Anna@contoso.com;Anna Weber;Chemist;+49 30 1234;4;Sales|Labor;bob@contoso.com;
bob@contoso.com;Bob Roth;Boss;;5;Sales;;
nobody;Nobody;;;;;;
info@contoso.com;Info;;;;;;shared
`;

const mapping = ['--tenant', 'Contoso', '--column', 'kind=Art', '--column', 'custom.Floor=Etage'];

before(async () => {
  const bundle = put(
    'a.yaml',
    `version: 1
tenants:
  - name: Contoso
    domains: [contoso.com]
    nextHop: {host: localhost}
    preferences: {timeZone: Europe/Berlin}
    signatures:
      - {name: Full, text: "{{person.displayName}} {{person.businessPhone}} {{sender.jobTitle}} {{manager.displayName}} {{tenant.name}}"}
      - {name: Floor, html: "<p>{{person.custom.Floor}}<img src='{{person.photo}}' width=9 alt=''></p>"}
    rules: [{name: All, signatures: [Full, Floor]}]
  - name: Fabrikam
    domains: [fabrikam.com]
    nextHop: {host: localhost}
    directory: {csv: {file: fabrikam.csv}}
`,
  );
  const { code, stderr } = await run('import', bundle);
  assert.deepEqual([code, stderr], [0, '']);
});

test('a rehearsal tells what would come, and changes nothing', async () => {
  const file = put('staff.csv', staff);
  assert.match(
    await people('import', ...mapping, '--dry-run', file),
    /^3 people, 2 groups, 0 new photos; 0 people are gone\.\nLeft out: 1\.\n {2}line 4: "nobody" is no mail address\.\n$/,
  );
  assert.equal(await people('list', '--tenant', 'Contoso'), '');
});

test('people come from a file with its own columns, bad lines by number', async () => {
  const report = JSON.parse(await people('import', ...mapping, '--json', put('staff.csv', staff)));
  assert.deepEqual([report.people, report.rejections.first[0].place], [3, 4]);
  assert.equal(
    await people('list', '--tenant', 'Contoso', '--group', 'sales'),
    `${'anna@contoso.com'.padEnd(40)} ${'Anna Weber'.padEnd(30)} Chemist\n${'bob@contoso.com'.padEnd(40)} ${'Bob Roth'.padEnd(30)} Boss\n`,
  );
  const [info] = (await people('list', '--tenant', 'Contoso', '--text', 'INFO@', '--json')).split('\n');
  const { id, kind, groups, hasPhoto } = JSON.parse(info ?? '');
  assert.deepEqual([id, kind, groups, hasPhoto], ['info@contoso.com', 'shared', [], false]);
});

test('what is exported reads back as the same people', async () => {
  const file = join(folder, 'out.csv');
  assert.equal(await people('export', '--tenant', 'Contoso', file), '');
  assert.match(
    readFileSync(file, 'utf8'),
    /^Anna@contoso\.com,anna@contoso\.com,user,,"Sales;Labor",bob@contoso\.com,/m,
  );
  assert.match(readFileSync(file, 'utf8'), /,'\+49 30 1234,/);
  const before = await people('list', '--tenant', 'Contoso', '--json');
  await people('import', '--tenant', 'Contoso', file);
  assert.equal(await people('list', '--tenant', 'Contoso', '--json'), before);
  assert.equal(await people('export', '--tenant', 'Contoso'), readFileSync(file, 'utf8'));
});

test('completeness tells who lacks what published signatures use', async () => {
  const board = JSON.parse(await people('completeness', '--tenant', 'Contoso', '--json'));
  assert.deepEqual(board.values, [
    { value: 'manager.displayName', have: 1, lack: 2 },
    { value: 'person.businessPhone', have: 1, lack: 2 },
    { value: 'person.custom.Floor', have: 2, lack: 1 },
    { value: 'person.displayName', have: 3, lack: 0 },
    { value: 'person.jobTitle', have: 2, lack: 1 },
    { value: 'person.photo', have: 0, lack: 3 },
  ]);
  const words = ['completeness', '--tenant', 'Contoso'];
  assert.match(await people(...words), /^person\.jobTitle {25} 1 of 3 lack it$/m);
  const lacking = await people(...words, '--value', 'person.businessPhone');
  assert.match(lacking, /^bob@contoso\.com +Bob Roth\ninfo@contoso\.com +Info\n$/);
  assert.match(
    await people(...words, '--csv'),
    /^info@contoso\.com,Info,missing,missing,missing,,missing,missing\r$/m,
  );
  assert.match(
    await failure(2, ...words, '--value', 'person.city'),
    /^SIGNET_USAGE: no published signature uses person\.city, but these: manager\.displayName, /,
  );
});

test('a local value stands in the place of the directory’s until it is taken back', async () => {
  const anna = ['--tenant', 'Contoso', 'anna@contoso.com'];
  await people('set', '--until', '2099-01-01', ...anna, 'jobTitle', 'Head');
  await people('set', ...anna, 'businessPhone', '');
  const shown = JSON.parse(await people('show', '--json', ...anna));
  assert.deepEqual(
    [shown.fields.jobTitle, shown.fields.businessPhone, shown.manager, shown.groups],
    ['Head', undefined, { address: 'bob@contoso.com', name: 'Bob Roth' }, ['Sales', 'Labor']],
  );
  assert.deepEqual(shown.overrides, [
    { attribute: 'businessPhone', value: '', until: null, directoryValue: '+49 30 1234' },
    { attribute: 'jobTitle', value: 'Head', until: '2098-12-31T23:00:00.000Z', directoryValue: 'Chemist' },
  ]);
  assert.match(
    await people('show', ...anna),
    /^jobTitle {13}Head {2}\(local until 2098-12-31T23:00:00\.000Z; the directory says Chemist\)$/m,
  );
  const board = JSON.parse(await people('completeness', '--tenant', 'Contoso', '--json'));
  assert.equal(board.values[1].lack, 3);
  await people('clear', ...anna, 'businessPhone');
  assert.match(await failure(2, 'clear', ...anna, 'businessPhone'), /has no local value of businessPhone/);
});

const refusals: readonly (readonly [number, string[], RegExp])[] = [
  [2, [], /^SIGNET_USAGE: say what to do: list, show, completeness, import, export, set or clear/],
  [2, ['constructor'], /^SIGNET_USAGE: there is no "people constructor"/],
  [2, ['list'], /^SIGNET_TENANT_UNKNOWN: there are several tenants/],
  [
    2,
    ['show', '--tenant', 'Contoso', 'eve@contoso.com'],
    /^SIGNET_USAGE: nobody has the address "eve@contoso\.com"/,
  ],
  [
    2,
    ['set', '--tenant', 'Contoso', 'bob@contoso.com', 'jobtitel', 'x'],
    /there is no field "jobtitel": did you mean "jobTitle"\?/,
  ],
  [
    2,
    ['set', '--tenant', 'Contoso', '--until', '2020-01-01', 'bob@contoso.com', 'city', 'x'],
    /--until is "2020-01-01", which is over/,
  ],
  [2, ['import', '--column', 'jobTitle', 'x'], /--column is "jobTitle" and must be FIELD=COLUMN/],
  [2, ['import', '--column', 'title=Position', 'x'], /--column: there is no field "title"/],
  [2, ['import', '--separator', '|', 'x'], /--separator is "\|"/],
  [
    2,
    ['import', '--tenant', 'Fabrikam', 'x'],
    /^SIGNET_DIRECTORY_SETTINGS: tenant "Fabrikam" takes its people from its directory/,
  ],
  [
    1,
    ['import', '--tenant', 'Contoso', 'none.csv'],
    /^SIGNET_DIRECTORY_FILE: The file none\.csv cannot be read/,
  ],
];

for (const [code, words, sentence] of refusals) {
  test(`signet people ${words.join(' ')} is refused`, async () => {
    assert.match(await failure(code, ...words), sentence);
  });
}
