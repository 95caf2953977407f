/** What a run tells those who follow it: a sentence for each phase, and the events of the set-up in the words of the contract. */
import type { SetupEvent } from '../../microsoft/apply/setup-types.ts';
import type { RunPhase } from '../../microsoft/mail-flow-types.ts';
import { planLine, planLines } from './plan-lines.ts';
import type { RunTools } from './runs.ts';

export const phaseSentences: Readonly<Record<RunPhase, string>> = {
  read: 'Reading what the tenant has',
  connectors: 'Making the connectors',
  validation: 'Exchange tests the connection to Signet',
  pilot: 'Making the rule for the pilot mailbox',
  probe: 'Waiting for a mail of the pilot mailbox',
  rule: 'Making the mail flow rules',
  enable: 'Switching the rule on',
  tidy: 'Removing what is not needed any more',
};

const otherPhases: Readonly<Record<string, string>> = {
  pause: 'Switching the rule off',
  resume: 'Switching the rule on',
  'rotate-secret': 'Giving the rule the new secret',
  remove: 'Removing rules, then connectors',
  'extend-lease': "Moving the rule's end",
};

export function teller(tools: RunTools, action: string) {
  const isWhole = action === 'connect' || action === 'repair';
  if (!isWhole) tools.tell({ kind: 'phase', phase: 'rule', sentence: otherPhases[action] ?? '' });
  return (event: SetupEvent): void => {
    switch (event.kind) {
      case 'phase':
        // The tenant was read already.
        if (event.phase !== 'read' || tools.phase() !== 'read')
          tools.tell({ ...event, sentence: phaseSentences[event.phase] });
        return;
      case 'plan':
        tools.tell({ kind: 'plan', lines: planLines(event.plan) });
        return;
      case 'step':
        tools.tell({ kind: 'step', state: event.state, line: planLine(event.step) });
        return;
      default:
        tools.tell(event);
    }
  };
}
