import assert from 'node:assert/strict';
import { test } from 'node:test';
import { settle } from '../../src/directory/settle.ts';
import { freshPace, group, sourcePerson } from '../support/people.ts';

const boss = sourcePerson('boss', { aliases: ['b@firm.example'], fields: { displayName: 'Weber, Bo' } });
const twins = ['one', 'two'].map(id => sourcePerson(id, { fields: { displayName: 'Twin' } }));

const references: readonly (readonly [string, string | undefined])[] = [
  ['boss', 'boss'],
  ['Boss@FIRM.example', 'boss'],
  ['b@firm.example', 'boss'],
  ['weber, bo', 'boss'],
  ['firm.example/Berlin/Weber, Bo', 'boss'],
  ['CN=Weber\\, Bo,OU=Berlin,DC=firm,DC=example', 'boss'],
  ['Twin', undefined],
  ['nobody@firm.example', undefined],
  ['anna', undefined],
];

for (const [manager, managerId] of references) {
  test(`the manager "${manager}" is ${managerId ?? 'not found'}`, async () => {
    const anna = sourcePerson('anna', { manager });
    const { people } = await settle({ people: [anna, boss, ...twins], groups: [] }, freshPace(), () => {});
    assert.equal(people[0]?.managerId, managerId);
  });
}

test('nested groups become groups of the person', async () => {
  const anna = sourcePerson('anna', { memberOf: ['team', 'gone'] });
  const settled = await settle(
    { people: [anna], groups: [group('team', ['firm']), group('firm', ['team'])] },
    freshPace(),
    () => {},
  );
  assert.deepEqual(settled.people[0]?.groups, ['team', 'firm']);
  assert.deepEqual(settled.groups, [
    { id: 'team', name: 'TEAM' },
    { id: 'firm', name: 'FIRM' },
  ]);
});

test('an alias that is another one’s address, or taken before, is left out and noted', async () => {
  const anna = sourcePerson('anna', { aliases: ['bert@firm.example', 'shared@firm.example'] });
  const bert = sourcePerson('bert', { aliases: ['shared@firm.example', 'b@firm.example'] });
  const { people, notes } = await settle({ people: [anna, bert], groups: [] }, freshPace(), () => {});
  assert.deepEqual(
    people.map(({ aliases }) => aliases),
    [['shared@firm.example'], ['b@firm.example']],
  );
  assert.deepEqual(notes, ['Aliases left out because another person has the address: 2.']);
});
