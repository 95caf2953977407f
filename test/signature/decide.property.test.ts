import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import type { Rule } from '../../src/signature/rule.ts';
import type { Plan, Preferences, Situation } from '../../src/signature/tenant.ts';
import {
  arbitraryPreferences,
  arbitraryRule,
  arbitraryRules,
  arbitrarySituation,
} from '../support/arbitrary-rules.ts';
import { groups, makeRule, makeTenant, staff } from '../support/company.ts';
import { naiveSignatures } from '../support/naive-rules.ts';

const internalDomains = ['example.com', 'brand.example'];

function planOf(rules: readonly Rule[], situation: Situation, preferences: Partial<Preferences>): Plan {
  return makeTenant(rules, { preferences: { unknownSenders: 'from-message', ...preferences } }).plan(
    situation,
  );
}

function signaturesOf({ variants }: Plan, { recipients }: Situation) {
  return recipients.map(
    recipient => variants.find(variant => variant.recipients.includes(recipient))?.signatures ?? 'lost',
  );
}

test('rules mean what a plain reading of the description says', () => {
  let given = 0;
  fc.assert(
    fc.property(arbitraryRules, arbitrarySituation, arbitraryPreferences, (rules, situation, preferences) => {
      const world = { people: staff, groups, internalDomains, preferences };
      const found = signaturesOf(planOf(rules, situation, preferences), situation);
      given += found.filter(names => names.length > 0).length;
      assert.deepEqual(found, naiveSignatures(rules, situation, world));
    }),
    { numRuns: 2_000 },
  );
  assert.ok(given > 500, `the comparison is worth something only if signatures are given: ${given}`);
});

test('each condition of its own means what a plain reading says, beside rules that ask nothing', () => {
  const parts = fc.tuple(arbitraryRule, fc.constantFrom('senders', 'recipients', 'message', 'time'));
  const met = { true: 0, false: 0 };
  fc.assert(
    fc.property(parts, arbitrarySituation, arbitraryPreferences, ([rule, part], situation, preferences) => {
      const rules = [makeRule('only', { [part]: rule[part] })];
      const world = { people: staff, groups, internalDomains, preferences };
      const found = signaturesOf(planOf(rules, situation, preferences), situation);
      for (const names of found) met[names.length > 0 ? 'true' : 'false']++;
      assert.deepEqual(found, naiveSignatures(rules, situation, world));
    }),
    { numRuns: 2_000 },
  );
  assert.ok(met.true > 700 && met.false > 700, JSON.stringify(met));
});

test('variants are a partition of the envelope, and one-for-all makes one', () => {
  fc.assert(
    fc.property(arbitraryRules, arbitrarySituation, arbitraryPreferences, (rules, situation, preferences) => {
      const { variants } = planOf(rules, situation, preferences);
      const all = variants.flatMap(({ recipients }) => recipients);
      assert.deepEqual(all.toSorted(), situation.recipients.toSorted());
      assert.ok(variants.every(({ recipients }) => recipients.length > 0));
      const results = variants.map(({ signatures }) => signatures.join());
      assert.equal(new Set(results).size, results.length, 'equal results share a variant');
      if (preferences.delivery === 'one-for-all') assert.equal(variants.length, 1);
    }),
  );
});

test('disabled rules change nothing', () => {
  fc.assert(
    fc.property(arbitraryRules, arbitrarySituation, arbitraryPreferences, (rules, situation, preferences) => {
      const enabled = rules.filter(rule => rule.enabled);
      const bare = ({ variants }: Plan) => variants.map(({ trace, ...rest }) => rest);
      assert.deepEqual(
        bare(planOf(rules, situation, preferences)),
        bare(planOf(enabled, situation, preferences)),
      );
    }),
  );
});

test('nothing below a rule that stops has a say', () => {
  fc.assert(
    fc.property(arbitraryRules, arbitraryRules, arbitrarySituation, (above, below, situation) => {
      const stop = makeRule('stop', { onMatch: 'stop' });
      const found = (rules: readonly Rule[]) =>
        planOf(rules, situation, { delivery: 'per-recipient' }).variants.map(({ signatures }) => signatures);
      assert.deepEqual(found([...above, stop, ...below]), found([...above, stop]));
    }),
  );
});

test('an exception can only take away: it wins over every inclusion', () => {
  fc.assert(
    fc.property(arbitraryRule, arbitrarySituation, arbitraryPreferences, (rule, situation, preferences) => {
      const id = (except: boolean): Rule => ({
        ...rule,
        id: 'x',
        enabled: true,
        recipients: except ? rule.recipients : { ...rule.recipients, except: [] },
        senders: except ? rule.senders : { ...rule.senders, except: [] },
        action: { kind: 'sign', signatures: ['x'] },
      });
      const signed = (except: boolean) =>
        signaturesOf(planOf([id(except)], situation, preferences), situation).map(names => names.length);
      const without = signed(false);
      for (const [at, count] of signed(true).entries()) assert.ok(count <= (without[at] ?? 0));
      const all: Rule = {
        ...id(true),
        senders: {
          include: rule.senders.include,
          except: [
            { kind: 'domain', domain: 'example.com' },
            { kind: 'domain', domain: 'brand.example' },
          ],
        },
      };
      assert.deepEqual(planOf([all], situation, preferences).variants[0]?.signatures, []);
    }),
  );
});

test('the trace agrees with the outcome, for every rule and every recipient', () => {
  fc.assert(
    fc.property(arbitraryRules, arbitrarySituation, arbitraryPreferences, (rules, situation, preferences) => {
      for (const variant of planOf(rules, situation, preferences).variants) {
        for (const recipient of variant.recipients) assertTrace(rules, variant, recipient);
      }
    }),
  );
});

function assertTrace(rules: readonly Rule[], variant: Plan['variants'][number], recipient: string) {
  const trace = variant.trace(recipient);
  assert.deepEqual(
    trace.map(({ rule }) => rule),
    rules.map(({ id }) => id),
  );
  let hasStopped = false;
  const given = new Set<string>();
  trace.forEach(({ outcome, conditions }, at) => {
    const rule = rules[at];
    assert.ok(rule);
    const isMet = conditions.every(({ met }) => met);
    const expected = isMet ? 'matched' : 'not-matched';
    assert.equal(outcome, !rule.enabled ? 'disabled' : hasStopped ? 'not-reached' : expected);
    if (outcome === 'matched' && rule.action.kind === 'sign')
      for (const name of rule.action.signatures) given.add(name);
    if (outcome === 'matched') hasStopped = rule.onMatch === 'stop';
    if (outcome === 'not-matched') hasStopped = rule.onNoMatch === 'stop';
  });
  assert.deepEqual([...given], variant.signatures);
}
