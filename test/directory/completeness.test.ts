import assert from 'node:assert/strict';
import { test } from 'node:test';
import {
  countGaps,
  csvLine,
  gapsAsCsv,
  listLacking,
  type UsedValue,
} from '../../src/directory/completeness.ts';
import { createPeopleIndex } from '../../src/directory/people.ts';
import { freshPace, person } from '../support/people.ts';

const index = createPeopleIndex();
const everybody = [
  person('boss', { fields: { displayName: 'Bo; "B"', jobTitle: 'CEO' }, photo: 'aa' }),
  person('anna', {
    managerId: 'boss',
    fields: { displayName: '=1+1', mobilePhone: '1' },
    custom: { motto: 'x' },
  }),
  person('bert', { managerId: 'anna' }),
];
everybody.forEach(index.put);
const crowd = { people: everybody, byId: index.byId };

const used: readonly UsedValue[] = [
  'person.displayName',
  'person.mobilePhone',
  'person.custom.motto',
  'person.custom.constructor',
  'person.photo',
  'manager.jobTitle',
];

test('for each used value: how many have it and how many lack it', async () => {
  const gaps = await countGaps(crowd, used, freshPace());
  assert.deepEqual(
    gaps.map(({ value, have, lack }) => [value, have, lack]),
    [
      ['person.displayName', 3, 0],
      ['person.mobilePhone', 1, 2],
      ['person.custom.motto', 1, 2],
      ['person.custom.constructor', 0, 3],
      ['person.photo', 1, 2],
      ['manager.jobTitle', 1, 2],
    ],
  );
});

test('those who lack a value are listed by page', async () => {
  const page = await listLacking(crowd, 'person.mobilePhone', { offset: 1, size: 1 }, freshPace());
  assert.deepEqual([page.total, page.people.map(({ id }) => id)], [2, ['bert']]);
});

test('the CSV names who lacks what, in quotes where needed, and runs nothing in a spreadsheet', async () => {
  const lines: string[] = [];
  for await (const line of gapsAsCsv(crowd, ['person.mobilePhone', 'person.photo'], freshPace()))
    lines.push(line);
  assert.deepEqual(lines, [
    '\ufeffaddress,displayName,person.mobilePhone,person.photo\r\n',
    'boss@firm.example,"Bo; ""B""",missing,\r\n',
    "anna@firm.example,'=1+1,,missing\r\n",
    'bert@firm.example,bert,missing,missing\r\n',
  ]);
});

for (const start of ['=', '+', '-', '@', '\t', '\r', '\n', '＝', '＠']) {
  test(`a cell that starts with ${JSON.stringify(start)} is text for a spreadsheet`, () => {
    assert.match(csvLine([`${start}cmd|' /C calc'!A0`]), /^"?'/);
  });
}
