/**
 * What the rules say about one message to one audience: the signatures to add, in rule order, none twice. Rules run
 * from top to bottom; one that matches adds its own and stops or goes on, one that does not match goes on or stops.
 * A disabled rule is not there. "No signature" adds nothing, and takes nothing away that an earlier rule has added.
 */
import type { Audience } from './audience.ts';
import type { CompiledRule, Condition, Names, Seen } from './condition.ts';
import type { LocalTime } from './local-time.ts';
import { messageConditions } from './message-condition.ts';
import { onlyFor, recipientConditions } from './recipient-condition.ts';
import type { Rule } from './rule.ts';
import type { RuleIndex } from './rule-index.ts';
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
    onlyFor: onlyFor(rule.recipients),
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

type Visit = (rule: CompiledRule, isMatch: boolean) => void;

/** For one message. What does not depend on the recipients is found out once, and only for rules that are reached. */
export function createDecider({ rules, enabled, placesFor }: RuleIndex, seen: Seen): Decider {
  /** By place among the enabled. */
  const ofMessage: (boolean | undefined)[] = new Array(enabled.length);
  const matches = (rule: CompiledRule, at: number, audience: Audience) => {
    const holds = ofMessage[at] ?? holdsFor(rule.ofMessage, seen);
    ofMessage[at] = holds;
    return holds && holdsFor(rule.ofRecipients, audience);
  };
  /** Calls `visit` for each of these rules that is reached, in order. */
  const walk = (places: Iterable<number>, audience: Audience, visit: Visit) => {
    for (const at of places) {
      const rule = enabled[at] as CompiledRule;
      const isMatch = matches(rule, at, audience);
      visit(rule, isMatch);
      if (isMatch ? rule.stopsOnMatch : rule.stopsOnNoMatch) break;
    }
  };
  return {
    decide: audience => {
      const matched: CompiledRule[] = [];
      walk(placesFor(audience), audience, (rule, isMatch) => isMatch && matched.push(rule));
      return resultOf(matched);
    },
    trace: audience => {
      const outcomes = new Map<CompiledRule, boolean>();
      walk(enabled.keys(), audience, (rule, isMatch) => outcomes.set(rule, isMatch));
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

function holdsFor<What>(conditions: readonly Condition<What>[], what: What) {
  for (const condition of conditions) if (!condition.holds(what)) return false;
  return true;
}

function resultOf(matched: readonly CompiledRule[]): Decision {
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
