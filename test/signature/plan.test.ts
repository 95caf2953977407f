import assert from 'node:assert/strict';
import { test } from 'node:test';
import { makeRule, makeSituation, makeTenant, wednesday } from '../support/company.ts';

const external = { include: [{ kind: 'external' }], except: [] } as const;
const internal = { include: [{ kind: 'internal' }], except: [] } as const;
const both = ['bob@partner.example', 'charles@example.com'];

test('the first rule that matches gives its signature and stops', () => {
  const { variants, personId } = makeTenant([makeRule('one'), makeRule('two')]).plan(makeSituation({}));
  assert.equal(personId, 'p-ada');
  assert.deepEqual(
    variants.map(({ trace, ...rest }) => rest),
    [
      {
        recipients: ['bob@partner.example'],
        rules: ['one'],
        signatures: ['one'],
        sections: [{ zone: 'signature', text: 'one new embedded Ada Lovelace' }],
      },
    ],
  );
});

test('rules that go on add up in their order, and no signature comes twice', () => {
  const rules = [
    makeRule('banner', { onMatch: 'continue' }),
    makeRule('full', { onMatch: 'continue', action: { kind: 'sign', signatures: ['full', 'legal'] } }),
    makeRule('legal', { action: { kind: 'sign', signatures: ['legal', 'banner'] } }),
  ];
  const [variant] = makeTenant(rules).plan(makeSituation({})).variants;
  assert.deepEqual(variant?.signatures, ['banner', 'full', 'legal']);
  assert.equal(variant?.sections.length, 3);
});

test('one for all: one external recipient gives everyone the external result', () => {
  const rules = [makeRule('out', { recipients: external }), makeRule('in', { recipients: internal })];
  const tenant = makeTenant(rules);
  const of = (recipients: string[]) => tenant.plan(makeSituation({ recipients })).variants;
  assert.deepEqual(
    of(both).map(({ recipients, signatures }) => [recipients, signatures]),
    [[both, ['out']]],
  );
  assert.deepEqual(
    of(['charles@example.com']).map(({ signatures }) => signatures),
    [['in']],
  );
});

test('per recipient: the envelope is parted by result, in the order of the first recipient', () => {
  const rules = [makeRule('out', { recipients: external }), makeRule('in', { recipients: internal })];
  const tenant = makeTenant(rules, { preferences: { delivery: 'per-recipient' } });
  const recipients = [...both, 'eve@partner.example'];
  const { variants } = tenant.plan(makeSituation({ recipients }));
  assert.deepEqual(
    variants.map(variant => [variant.recipients, variant.signatures]),
    [
      [['bob@partner.example', 'eve@partner.example'], ['out']],
      [['charles@example.com'], ['in']],
    ],
  );
});

test('per recipient: a message that asks for one result gets that of one for all', () => {
  const rules = [makeRule('out', { recipients: external }), makeRule('in', { recipients: internal })];
  const tenant = makeTenant(rules, { preferences: { delivery: 'per-recipient' } });
  const { variants } = tenant.plan({ ...makeSituation({ recipients: both }), delivery: 'one-for-all' });
  assert.deepEqual(
    variants.map(({ recipients, signatures }) => [recipients, signatures]),
    [[both, ['out']]],
  );
});

test('per recipient: different ways to the same signatures share a variant, and each keeps its trace', () => {
  const action = { kind: 'sign', signatures: ['same'] } as const;
  const rules = [
    makeRule('a', { recipients: external, action }),
    makeRule('b', { recipients: internal, action }),
  ];
  const tenant = makeTenant(rules, { preferences: { delivery: 'per-recipient' } });
  const { variants } = tenant.plan(makeSituation({ recipients: both }));
  assert.deepEqual(
    variants.map(variant => variant.rules),
    [['a', 'b']],
  );
  const outcomes = (recipient?: string) => variants[0]?.trace(recipient).map(({ outcome }) => outcome);
  assert.deepEqual(outcomes('bob@partner.example'), ['matched', 'not-reached']);
  assert.deepEqual(outcomes('charles@example.com'), ['not-matched', 'matched']);
  assert.deepEqual(outcomes(), ['matched', 'not-reached']);
});

test('a variant with any external recipient counts as external for its images', () => {
  const preferences = {
    delivery: 'per-recipient',
    imagesInternal: 'linked',
    imagesExternal: 'embedded',
  } as const;
  const tenant = makeTenant([makeRule('x')], { preferences });
  const shown = (recipients: string[]) =>
    tenant.plan(makeSituation({ recipients })).variants.map(({ sections }) => sections[0]?.text);
  assert.deepEqual(shown(both), ['x new embedded Ada Lovelace']);
  assert.deepEqual(shown(['charles@example.com']), ['x new linked Ada Lovelace']);
});

test('replies get the reply form', () => {
  const plan = makeTenant([makeRule('x')]).plan(makeSituation({ facts: { isReply: true } }));
  assert.equal(plan.variants[0]?.sections[0]?.text, 'x reply embedded Ada Lovelace');
});

test('a message to nobody has no variants', () => {
  assert.deepEqual(makeTenant([makeRule('x')]).plan(makeSituation({ recipients: [] })).variants, []);
});

test('an unknown sender gets nothing, or what the message says, by preference', () => {
  const stranger = makeSituation({
    from: 'New.Hire@example.com',
    facts: { from: { address: 'New.Hire@example.com', name: 'N. Hire' } },
  });
  const none = makeTenant([makeRule('x')]).plan(stranger);
  assert.deepEqual(
    [none.personId, none.seatKey, none.withheld],
    [undefined, 'new.hire@example.com', 'unknown-sender'],
  );
  assert.deepEqual([none.variants[0]?.sections, none.variants[0]?.rules], [[], ['x']]);
  const some = makeTenant([makeRule('x')], { preferences: { unknownSenders: 'from-message' } }).plan(
    stranger,
  );
  assert.equal(some.withheld, undefined);
  assert.equal(some.variants[0]?.sections[0]?.text, 'x new embedded N. Hire');
});

test('mail from a group’s address is mail of no person, in that group', () => {
  const rules = [
    makeRule('board', { senders: { include: [{ kind: 'group', id: 'g-board' }], except: [] } }),
    makeRule('sales', { senders: { include: [{ kind: 'group', id: 'g-sales' }], except: [] } }),
  ];
  const situation = makeSituation({ facts: { from: { address: 'sales@example.com', name: '' } } });
  const tenant = makeTenant(rules, { preferences: { unknownSenders: 'from-message' } });
  const plan = tenant.plan(situation);
  assert.equal(plan.personId, undefined);
  assert.equal(plan.variants[0]?.sections[0]?.text, 'sales new embedded Sales');
});

test('a delegate counts as sender only with that preference, and only one whom the directory knows', () => {
  const delegated = makeSituation({
    from: 'info@example.com',
    facts: { sender: { address: 'lovelace@example.com', name: 'Ada' } },
  });
  const foreign = makeSituation({
    from: 'info@example.com',
    facts: { sender: { address: 'bounce@service.example', name: 'Service' } },
  });
  const rules = [makeRule('x')];
  const who = (identity: 'from' | 'sender', situation: typeof delegated) =>
    makeTenant(rules, { preferences: { identity } }).plan(situation).personId;
  assert.equal(who('from', delegated), 'p-info');
  assert.equal(who('sender', delegated), 'p-ada');
  assert.equal(who('sender', foreign), 'p-info');
});

test('beyond the licence signatures are held back only when the tenant wants that', () => {
  const asked: [string, number][] = [];
  const mayBeSigned = (seatKey: string, now: number) => asked.push([seatKey, now]) < 0;
  const plan = (holdBackBeyondLicence: boolean) =>
    makeTenant([makeRule('x')], { preferences: { holdBackBeyondLicence }, mayBeSigned }).plan(
      makeSituation({ from: 'ada@brand.example' }),
    );
  assert.deepEqual([plan(false).variants[0]?.signatures, asked], [['x'], []]);
  const held = plan(true);
  assert.deepEqual([held.withheld, held.variants[0]?.signatures], ['beyond-licence', []]);
  assert.deepEqual(asked, [['p-ada', wednesday]]);
});

test('only what an enabled rule asks for is read of the body', () => {
  const first = makeRule('x', { message: { ...makeRule('').message, conversation: 'first' } });
  const words = makeRule('y', { message: { ...makeRule('').message, textWords: ['offer'] } });
  const needs = (...rules: (typeof first)[]) => makeTenant(rules).needs;
  assert.deepEqual(needs(first), { isMarkedBefore: true, newText: false });
  assert.deepEqual(needs(words), { isMarkedBefore: false, newText: true });
  assert.deepEqual(needs({ ...first, enabled: false }, { ...words, enabled: false }), {
    isMarkedBefore: false,
    newText: false,
  });
});

test('a rule that names a signature which is not there matches and adds nothing', () => {
  const plan = makeTenant([makeRule('x')], { signatures: new Map() }).plan(makeSituation({}));
  assert.deepEqual([plan.variants[0]?.rules, plan.variants[0]?.signatures], [['x'], []]);
});
