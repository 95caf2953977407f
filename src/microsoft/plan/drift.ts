/** PURE. A plan read as "what is not as it was set up": sentences for a dashboard, an alert, a terminal. */
import type { Difference, Plan, Step } from './plan-types.ts';

/** One sentence for each difference; empty when all is kept. */
export function driftSentences(plan: Plan): readonly string[] {
  return plan.flatMap(sentencesOf);
}

/** Whether the one thing that keeps the tenant from its configuration is that the routing rule is switched off. */
export function isPausedOnly(plan: Plan): boolean {
  const [step, ...more] = plan.filter(({ kind }) => kind !== 'keep');
  return (
    more.length === 0 &&
    step?.kind === 'change' &&
    step.role === 'route' &&
    step.differences.every(({ property, desired }) => property === 'State' && desired === 'enabled')
  );
}

const nouns = {
  'inbound-connector': 'inbound connector',
  'outbound-connector': 'outbound connector',
  'transport-rule': 'mail flow rule',
} as const;

function sentencesOf(step: Step): readonly string[] {
  const name = `The ${nouns[step.objectKind]} "${step.name}"`;
  switch (step.kind) {
    case 'keep':
      return [];
    case 'create':
      return [`${name} is missing.`];
    case 'change':
      return step.differences.map(difference => `${name} ${differenceWords(difference)}.`);
    case 'remove':
      return [`${name} is left over from an earlier set-up.`];
    case 'conflict':
      return [`${name} is missing, and something that is not Signet's has its name.`];
  }
}

function differenceWords({ property, actual, desired }: Difference) {
  if (property === 'State') return `is ${actual} and should be ${desired}`;
  if (property === 'Name') return `is now called "${actual}"`;
  if (property === 'Priority') return `stands at place ${actual} and should stand at ${desired}`;
  if (actual === 'not set') return `has no ${property}; it should be: ${desired}`;
  if (desired === 'not set') return `has ${property} (${actual}), which Signet did not set`;
  return `has ${property} ${actual} and should have ${desired}`;
}
