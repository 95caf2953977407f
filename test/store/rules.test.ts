import assert from 'node:assert/strict';
import type { Rule } from '../../src/signature/rule.ts';
import { acme, testStore } from '../support/store.ts';

const rule = (id: string, more: Partial<Rule> = {}): Rule => ({
  id,
  name: `Rule ${id}`,
  enabled: true,
  senders: { include: [{ kind: 'group', id: 'g1' }], except: [] },
  recipients: { include: [{ kind: 'external' }], except: [] },
  message: { conversation: 'any', subjectWords: ['offer'], textWords: [], importance: 'any' },
  time: { weekdays: ['mon'], hours: { from: '22:00', until: '06:00' } },
  action: { kind: 'sign', signatures: ['s1'] },
  onMatch: 'stop',
  onNoMatch: 'continue',
  ...more,
});
const eve = (basedOn: number) => ({ basedOn, changedBy: 'eve' });

testStore('rules come back whole and in their order', async ({ tenants, rules }) => {
  await tenants.saveTenant(acme);
  for (const id of ['b', 'a', 'c']) await rules.saveRule('acme', rule(id, { enabled: id === 'a' }), eve(0));
  const stored = await rules.listRules('acme');
  assert.deepEqual(stored[1], { rule: rule('a'), version: 1, changedAt: 1_000, changedBy: 'eve' });
  assert.deepEqual(
    stored.map(({ rule: { id, enabled } }) => [id, enabled]),
    [
      ['b', false],
      ['a', true],
      ['c', false],
    ],
  );
});

testStore('a new order takes effect as a whole or not at all', async ({ tenants, rules }) => {
  await tenants.saveTenant(acme);
  for (const id of ['a', 'b', 'c']) await rules.saveRule('acme', rule(id), eve(0));
  const order = async () => (await rules.listRules('acme')).map(({ rule: { id } }) => id).join('');
  assert.equal(await rules.reorderRules('acme', ['c', 'a', 'b']), true);
  assert.equal(await order(), 'cab');
  for (const wrong of [
    ['c', 'a'],
    ['c', 'a', 'a'],
    ['c', 'a', 'x'],
    ['c', 'a', 'b', 'x'],
  ])
    assert.equal(await rules.reorderRules('acme', wrong), false, wrong.join());
  assert.equal(await order(), 'cab');
  await rules.removeRule('acme', 'a');
  assert.equal(await order(), 'cb');
  await rules.saveRule('acme', rule('d'), eve(0));
  assert.equal(await order(), 'cbd');
});

testStore('a save over somebody’s newer rule is refused with theirs; a save keeps its place', async store => {
  const { tenants, rules } = store;
  await tenants.saveTenant(acme);
  for (const id of ['a', 'b']) await rules.saveRule('acme', rule(id), eve(0));
  assert.deepEqual(await rules.saveRule('acme', rule('a', { name: 'Theirs' }), eve(1)), {
    kind: 'saved',
    version: 2,
  });
  const refused = await rules.saveRule('acme', rule('a', { name: 'Mine' }), eve(1));
  assert.equal(refused.kind === 'newer' && refused.newest.rule.name, 'Theirs');
  assert.deepEqual(
    (await rules.listRules('acme')).map(({ rule: { name } }) => name),
    ['Theirs', 'Rule b'],
  );
});

testStore('each change of rules raises the revision, a refused one does not', async ({ tenants, rules }) => {
  await tenants.saveTenant(acme);
  const revision = async () => (await tenants.tenantRevisions()).get('acme');
  await rules.saveRule('acme', rule('a'), eve(0));
  await rules.saveRule('acme', rule('a'), eve(0));
  assert.equal(await revision(), 2);
  await rules.reorderRules('acme', ['a']);
  await rules.reorderRules('acme', ['x']);
  await rules.removeRule('acme', 'a');
  assert.equal(await revision(), 4);
});
