/**
 * What the rules say about one message to one audience: the signatures to add, in rule order, none twice. Rules run
 * from top to bottom; one that matches adds its own and stops or goes on, one that does not match goes on or stops.
 * A disabled rule is not there. "No signature" adds nothing, and takes nothing away that an earlier rule has added.
 */
import type { Audience } from './audience.ts';
import type { CompiledRule, Condition, Names, Seen } from './condition.ts';
import type { LocalTime } from './local-time.ts';
import { messageConditions } from './message-condition.ts';
import { recipientConditions } from './recipient-condition.ts';
import type { Rule } from './rule.ts';
import { senderConditions } from './sender-condition.ts';
import type { ConditionTrace, RuleTrace } from './tenant.ts';
import { timeConditions } from './time-condition.ts';

export type Decision = { readonly rules: readonly string[]; readonly signatures: readonly string[] };

export function compileRule(rule: Rule, context: { localTime: LocalTime; names: Names }): CompiledRule {
  return {
    id: rule.id,
    isEnabled: rule.enabled,
    ofMessage: [
      ...senderConditions(rule.senders, context.names),
      ...messageConditions(rule.message),
      ...timeConditions(rule.time, context.localTime),
    ],
    ofRecipients: recipientConditions(rule.recipients, context.names),
    signatures: rule.action.kind === 'sign' ? rule.action.signatures : [],
    stopsOnMatch: rule.onMatch === 'stop',
    stopsOnNoMatch: rule.onNoMatch === 'stop',
  };
}

export type Decider = {
  readonly decide: (audience: Audience) => Decision;
  /** Every condition of every rule, those of disabled and unreached ones too. */
  readonly trace: (audience: Audience) => readonly RuleTrace[];
};

/** For one message. What does not depend on the recipients is found out once, and only for rules that are reached. */
export function createDecider(rules: readonly CompiledRule[], seen: Seen): Decider {
  const ofMessage = new Map<CompiledRule, boolean>();
  const matches = (rule: CompiledRule, audience: Audience) => {
    const isKnown = ofMessage.get(rule);
    const holds = isKnown ?? rule.ofMessage.every(condition => condition.holds(seen));
    if (isKnown === undefined) ofMessage.set(rule, holds);
    return holds && rule.ofRecipients.every(condition => condition.holds(audience));
  };
  const enabled = rules.filter(({ isEnabled }) => isEnabled);
  const walk = (audience: Audience) => follow(enabled, rule => matches(rule, audience));
  return {
    decide: audience => resultOf(walk(audience)),
    trace: audience => {
      const outcomes = new Map(walk(audience).map(({ rule, isMatch }) => [rule, isMatch]));
      return rules.map(rule => ({
        rule: rule.id,
        outcome: outcomeOf(rule, outcomes.get(rule)),
        conditions: [
          ...rule.ofMessage.map(condition => told(condition, seen)),
          ...rule.ofRecipients.map(condition => told(condition, audience)),
        ],
      }));
    },
  };
}

type Step = { readonly rule: CompiledRule; readonly isMatch: boolean };

function follow(rules: readonly CompiledRule[], matches: (rule: CompiledRule) => boolean): Step[] {
  const steps: Step[] = [];
  for (const rule of rules) {
    const isMatch = matches(rule);
    steps.push({ rule, isMatch });
    if (isMatch ? rule.stopsOnMatch : rule.stopsOnNoMatch) break;
  }
  return steps;
}

function resultOf(steps: readonly Step[]): Decision {
  const matched = steps.filter(({ isMatch }) => isMatch).map(({ rule }) => rule);
  return {
    rules: matched.map(({ id }) => id),
    signatures: [...new Set(matched.flatMap(({ signatures }) => signatures))],
  };
}

function outcomeOf({ isEnabled }: CompiledRule, isMatch: boolean | undefined): RuleTrace['outcome'] {
  if (!isEnabled) return 'disabled';
  if (isMatch === undefined) return 'not-reached';
  return isMatch ? 'matched' : 'not-matched';
}

function told<What>({ describe, holds, saw }: Condition<What>, what: What): ConditionTrace {
  return { condition: describe(), met: holds(what), saw: saw(what) };
}
