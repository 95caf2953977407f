import assert from 'node:assert/strict';
import { test } from 'node:test';
import {
  applyOverrides,
  nextExpiry,
  type Override,
  overridesByPerson,
} from '../../src/directory/overrides.ts';
import { person } from '../support/people.ts';

const anna = person('anna', { fields: { jobTitle: 'Engineer', city: 'Bonn' }, custom: { motto: 'Hm' } });
const overrides: readonly Override[] = [
  { personId: 'anna', attribute: 'jobTitle', value: 'Acting head', until: 2_000 },
  { personId: 'anna', attribute: 'city', value: '' },
  { personId: 'anna', attribute: 'custom.motto', value: 'Aha' },
  { personId: 'bert', attribute: 'city', value: 'Ulm', until: 1_500 },
];

test('overrides stand in the place of the directory’s values, and the badge tells both', () => {
  const { person: now, badges } = applyOverrides(anna, overrides, 1_999);
  assert.deepEqual(now.fields, { jobTitle: 'Acting head' });
  assert.deepEqual(now.custom, { motto: 'Aha' });
  assert.deepEqual(
    badges.map(({ attribute, value, directoryValue, until }) => [attribute, value, directoryValue, until]),
    [
      ['jobTitle', 'Acting head', 'Engineer', 2_000],
      ['city', '', 'Bonn', undefined],
      ['custom.motto', 'Aha', 'Hm', undefined],
    ],
  );
  assert.deepEqual(
    anna.fields,
    { jobTitle: 'Engineer', city: 'Bonn' },
    'the directory’s person is untouched',
  );
});

test('an override ends at its time, and the next end is known', () => {
  assert.equal(applyOverrides(anna, overrides, 2_000).person.fields.jobTitle, 'Engineer');
  assert.equal(nextExpiry(overrides, 0), 1_500);
  assert.equal(nextExpiry(overrides, 1_500), 2_000);
  assert.equal(nextExpiry(overrides, 2_000), undefined);
});

test('without overrides the person is the very same object', () => {
  const bertOnly = overrides.filter(({ personId }) => personId === 'bert');
  assert.equal(applyOverrides(anna, bertOnly, 0).person, anna);
});

test('the last of several overrides of one attribute wins', () => {
  const twice: readonly Override[] = ['A', 'B'].map(value => ({
    personId: 'anna',
    attribute: 'city',
    value,
  }));
  const { person: now, badges } = applyOverrides(anna, twice, 0);
  assert.equal(now.fields.city, 'B');
  assert.deepEqual(
    badges.map(({ value }) => value),
    ['B'],
  );
});

test('overrides of a whole directory are found by person', () => {
  const of = overridesByPerson(overrides);
  assert.deepEqual(
    of('bert').map(({ value }) => value),
    ['Ulm'],
  );
  assert.equal(of('anna').length, 3);
  assert.deepEqual(of('nobody'), []);
});
