import assert from 'node:assert/strict';
import { test } from 'node:test';
import { buildPeopleIndex, createPeopleIndex } from '../../src/directory/people.ts';
import { freshPace, person } from '../support/people.ts';

const anna = person('anna', { aliases: ['a.weber@firm.example', 'anna@xn--mnchen-3ya.example'] });

const spellings: readonly (readonly [string, boolean])[] = [
  ['anna@firm.example', true],
  ['ANNA@Firm.Example', true],
  ['A.Weber@firm.example', true],
  ['anna@münchen.example', true],
  ['anna@MÜNCHEN.example', true],
  ['Anna@XN--MNCHEN-3YA.example', true],
  ['anna+news@firm.example', true],
  ['anna+a+b@münchen.example', true],
  ['+news@firm.example', false],
  ['anna@other.example', false],
  ['anna', false],
  ['', false],
  ['anna+news', false],
];

for (const [spelling, isAnna] of spellings) {
  test(`"${spelling}" is ${isAnna ? 'Anna' : 'nobody'}`, async () => {
    const index = await buildPeopleIndex({ people: [anna], groups: [] }, freshPace());
    assert.equal(index.byAddress(spelling), isAnna ? anna : undefined);
  });
}

test('an address with a tag that is somebody’s own is theirs', () => {
  const index = createPeopleIndex();
  const news = person('news', { address: 'anna+news@firm.example' });
  for (const each of [anna, news]) index.put(each);
  assert.equal(index.byAddress('Anna+News@firm.example'), news);
  assert.equal(index.byAddress('anna+else@firm.example'), anna);
});

test('a primary address goes before an alias, whoever comes first', () => {
  const bert = person('bert', { aliases: ['anna@firm.example', 'both@firm.example'] });
  const carl = person('carl', { aliases: ['both@firm.example'] });
  for (const order of [
    [anna, bert, carl],
    [bert, anna, carl],
  ]) {
    const index = createPeopleIndex();
    order.forEach(index.put);
    assert.equal(index.byAddress('anna@firm.example'), anna);
    assert.equal(index.byAddress('both@firm.example'), bert);
    index.remove('bert');
    assert.equal(index.byAddress('both@firm.example'), carl);
    index.remove('carl');
    assert.equal(index.byAddress('both@firm.example'), undefined);
    assert.equal(index.size(), 1);
  }
});

test('a person is replaced in place: old addresses go, new ones come, others stay', () => {
  const index = createPeopleIndex();
  const [bert, carl] = [person('bert'), person('carl', { aliases: ['a.weber@firm.example'] })];
  for (const each of [anna, bert, carl]) index.put(each);
  const changed = person('anna', { address: 'anna.wolf@firm.example', aliases: ['anna@firm.example'] });
  index.put(changed);
  assert.equal(index.byId('anna'), changed);
  assert.equal(index.byAddress('anna.wolf@firm.example'), changed);
  assert.equal(index.byAddress('anna@firm.example'), changed);
  assert.equal(index.byAddress('a.weber@firm.example'), carl, 'the address that anna gave up is carl’s now');
  assert.deepEqual(new Set(index.all()), new Set([changed, bert, carl]));
});

test('an address in use can be given up while another person still has it as an alias', () => {
  const index = createPeopleIndex();
  const bert = person('bert', { aliases: ['anna@firm.example'] });
  for (const each of [bert, anna]) index.put(each);
  index.put(person('anna', { address: 'new@firm.example' }));
  assert.equal(index.byAddress('anna@firm.example'), bert);
});

test('groups are found by address in either form; those without one are not', async () => {
  const sales = { id: 'sales', name: 'Sales', address: 'Sales@münchen.example' };
  const groups = [sales, { id: 'plain', name: 'Plain' }];
  const index = await buildPeopleIndex({ people: [anna], groups }, freshPace());
  assert.equal(index.groupByAddress('sales@xn--mnchen-3ya.example'), sales);
  assert.equal(index.groupByAddress('SALES@München.example'), sales);
  assert.equal(index.groupByAddress(''), undefined);
});
