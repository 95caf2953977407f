/**
 * Carries a plan out, one step at a time, each planned from what the tenant shows at that moment. A step counts as done
 * when the tenant shows it; until then Exchange gets time (exchange-online.md 1.7). Nothing is remembered between two runs.
 */

import { limits } from '../../limits.ts';
import { failed } from '../../problem.ts';
import type { Command } from '../exchange/command.ts';
import type { Exchange, ExchangeFailure } from '../exchange/exchange-types.ts';
import { commandsOf } from '../plan/plan.ts';
import type { ActualObjects, Plan, Step } from '../plan/plan-types.ts';
import { readTenant } from './read-tenant.ts';
import type { Phase, Setup, SetupEvent, SetupFailure } from './setup-types.ts';

/** Resolves after `ms`, or at once when the signal aborts; never rejects. */
export type Wait = (ms: number, signal?: AbortSignal) => Promise<void>;

export type Settling = {
  readonly exchange: Pick<Exchange, 'run'>;
  readonly wait: Wait;
  readonly phase: Phase;
  /** Pure: what is still to do. Steps of kind `keep` are ignored. */
  readonly planner: (actual: ActualObjects) => Plan;
  /** Fills `{ secret: 'route' }` in. */
  readonly routeSecret: string;
  readonly onEvent?: ((event: SetupEvent) => void) | undefined;
  readonly signal?: AbortSignal | undefined;
};

/** What the tenant has in the end, or where and why it stopped. */
export async function settle(settling: Settling): Promise<Setup<ActualObjects>> {
  const { planner, phase, onEvent = () => {}, signal } = settling;
  const patience = createPatience(settling, onEvent);
  let last: Step | undefined;
  let mayRepeat = false;
  /** What Exchange said to the step that is awaited, where that leaves open whether it happened. */
  let doubt: ExchangeFailure | undefined;
  for (let turns = 0; turns < limits.microsoft.setupTurns; turns++) {
    if (signal?.aborted) return stopped(phase, cancelled(), last);
    const read = await readTenant(settling.exchange, signal ? { signal } : {});
    if (read.kind === 'failed') return stopped(phase, read, last);
    const open = planner(read.value).filter(({ kind }) => kind !== 'keep');
    if (turns === 0 && open.length > 0) onEvent({ kind: 'plan', plan: open });
    const awaited = last;
    if (awaited && !open.some(step => isSameStep(step, awaited))) {
      onEvent({ kind: 'step', state: 'done', step: awaited });
      patience.restore();
      last = undefined;
      doubt = undefined;
    }
    const conflict = open.find(({ kind }) => kind === 'conflict');
    if (conflict) return stopped(phase, conflictFailure(conflict), conflict);
    const [step] = open;
    if (!step) return { kind: 'ok', value: read.value };
    if (last && !mayRepeat) {
      if (!(await patience.wait(`Exchange does not show the change of "${step.name}" yet.`)))
        return stopped(phase, doubt ?? noEffect(step), step);
      // Once more after a while: a write whose answer was lost may never have arrived.
      mayRepeat = patience.isHalfSpent();
      continue;
    }
    const refusal = await carryOut(step, settling, onEvent);
    last = step;
    doubt = refusal;
    mayRepeat = refusal?.reason === 'not-yet' || refusal?.reason === 'not-found';
    if (!refusal) continue;
    if (!isPassing(refusal, step)) return stopped(phase, refusal, step);
    if (!(await patience.wait(`"${step.name}": ${refusal.problem.sentence}`)))
      return stopped(phase, refusal, step);
  }
  return stopped(phase, doubt ?? (last ? noEffect(last) : cancelled()), last);
}

async function carryOut(
  step: Step,
  { exchange, routeSecret, signal }: Settling,
  onEvent: (event: SetupEvent) => void,
): Promise<ExchangeFailure | undefined> {
  onEvent({ kind: 'step', state: 'started', step });
  for (const command of commandsOf(step)) {
    const answer = await exchange.run(withSecret(command, routeSecret), signal ? { signal } : {});
    if (answer.kind === 'failed') return answer;
    for (const sentence of answer.value.warnings) onEvent({ kind: 'note', sentence });
  }
  return undefined;
}

function withSecret({ cmdlet, parameters }: Command, secret: string): Command {
  const filled = Object.entries(parameters).map(([name, value]) => [
    name,
    typeof value === 'object' && value !== null && 'secret' in value ? secret : value,
  ]);
  return { cmdlet, parameters: Object.fromEntries(filled) };
}

/** Refusals after which looking again is right: the object may be there, be gone, or not be visible everywhere yet. */
function isPassing({ reason }: ExchangeFailure, step: Step) {
  if (reason === 'not-yet' || reason === 'unknown' || reason === 'not-found') return true;
  return reason === 'already-exists' && step.kind === 'create';
}

function isSameStep(a: Step, b: Step) {
  if (a.kind === 'create' && b.kind === 'create') return a.role === b.role;
  return (
    a.kind === b.kind && a.role === b.role && JSON.stringify(commandsOf(a)) === JSON.stringify(commandsOf(b))
  );
}

/** Waits of 1, 2, 4 ... 15 seconds, about a minute in all for one step. */
function createPatience({ wait, signal }: Settling, onEvent: (event: SetupEvent) => void) {
  let spentMs = 0;
  let nextMs = limits.microsoft.firstWaitMs;
  let wasHalf = false;
  return {
    /** False when there is no patience left. */
    wait: async (sentence: string) => {
      if (spentMs >= limits.microsoft.consistencyMs) return false;
      onEvent({ kind: 'waiting', sentence, forMs: nextMs });
      await wait(nextMs, signal);
      spentMs += nextMs;
      nextMs = Math.min(nextMs * 2, limits.microsoft.longestWaitMs);
      return true;
    },
    /** True once, when half of it is gone. */
    isHalfSpent: () => {
      if (wasHalf || spentMs < limits.microsoft.consistencyMs / 2) return false;
      wasHalf = true;
      return true;
    },
    restore: () => {
      spentMs = 0;
      nextMs = limits.microsoft.firstWaitMs;
      wasHalf = false;
    },
  };
}

export function stopped(
  reached: Phase,
  { reason, problem, detail }: Omit<SetupFailure, 'reached' | 'step' | 'kind'>,
  step?: Step,
): SetupFailure {
  return {
    kind: 'failed',
    reason,
    problem,
    reached,
    ...(detail === undefined ? {} : { detail }),
    ...(step === undefined ? {} : { step }),
  };
}

export function cancelled() {
  return {
    reason: 'cancelled' as const,
    problem: failed('SIGNET_SETUP_CANCELLED', 'The set-up was stopped. Run it again to go on.').problem,
  };
}

function conflictFailure({ reason }: Step) {
  return { reason: 'conflict' as const, problem: failed('SIGNET_CONNECTOR_CONFLICT', reason).problem };
}

function noEffect({ name }: Step) {
  const sentence = `Exchange accepted the change of "${name}" and does not show it: wait some minutes and run this again.`;
  return { reason: 'no-effect' as const, problem: failed('SIGNET_CONNECTOR_NO_EFFECT', sentence).problem };
}
