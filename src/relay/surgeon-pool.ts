/**
 * The surgeon's threads and who waits for them. A message gets its turn in time and is done within the deadline, or passes
 * untouched: what would come too late is not begun, and what takes too long is ended with its thread. Never rejects.
 */
import type { Buffer } from 'node:buffer';
import type { Clock } from '../clock.ts';
import type { FactNeeds, MessageFacts } from '../mail/facts.ts';
import type { Reason, StampOptions } from '../mail/report.ts';
import type { StartWorker } from '../start-worker.ts';
import { type Answer, unpackForm } from './surgeon-protocol.ts';
import { createSurgeonThread, type SurgeonThread, type ThreadLimits } from './surgeon-thread.ts';
import type { SectionPlan, StampedForm } from './surgery.ts';

export type PoolLimits = ThreadLimits & {
  readonly threads: number;
  readonly queue: number;
  readonly waitMs: number;
  readonly deadlineMs: number;
  readonly startMs: number;
};

export type PoolDependencies = {
  readonly startWorker: StartWorker;
  readonly clock: Clock;
  readonly timers: { readonly after: (ms: number, run: () => void) => () => void };
  readonly limits: PoolLimits;
};

export type Task = {
  readonly message: Buffer;
  readonly options: StampOptions;
  readonly needs: FactNeeds;
  /** Runs on the main thread; may throw. */
  readonly plan: (facts: MessageFacts) => readonly SectionPlan[];
  readonly estimatedMs: number;
  readonly signal?: AbortSignal;
};

/** `forms` is one for each plan, or empty with a reason for all. */
export type TaskResult = {
  readonly reason: Reason | undefined;
  readonly cause: unknown;
  readonly forms: readonly StampedForm[];
  readonly stageMs: Readonly<Record<string, number>>;
};

export type SurgeonPool = {
  readonly run: (task: Task) => Promise<TaskResult>;
  readonly close: () => Promise<void>;
};

type Waiting = {
  readonly task: Task;
  readonly since: number;
  readonly settle: (result: TaskResult) => void;
  readonly isSettled: () => boolean;
  /** Its turn has come: from here on the deadline counts. */
  readonly begin: (thread: SurgeonThread) => void;
};

type Desk = { readonly thread: SurgeonThread; current: Waiting | undefined; freeAt: number };

export function createSurgeonPool({ startWorker, clock, timers, limits }: PoolDependencies): SurgeonPool {
  const desks: Desk[] = Array.from({ length: limits.threads }, () => ({
    thread: createSurgeonThread(startWorker, limits),
    current: undefined,
    freeAt: 0,
  }));
  let queue: Waiting[] = [];
  let isClosed = false;

  function run(task: Task): Promise<TaskResult> {
    if (task.message.length > limits.memoryBytes)
      return Promise.resolve(tooSlow('it is larger than what a thread can take'));
    if (isClosed) return Promise.resolve(tooSlow('Signet stops'));
    if (queue.length >= limits.queue) return Promise.resolve(tooSlow('too many messages wait'));
    if (task.estimatedMs > limits.deadlineMs || expectedWaitMs() > limits.waitMs)
      return Promise.resolve(tooSlow('it would have been too late, by estimate'));
    return new Promise(resolve => {
      const waiting = enter(task, resolve);
      queue.push(waiting);
      next();
    });
  }

  function enter(task: Task, resolve: (result: TaskResult) => void): Waiting {
    let isSettled = false;
    const settle = (result: TaskResult): void => {
      if (isSettled) return;
      isSettled = true;
      cancel();
      resolve(result);
    };
    let cancel = timers.after(limits.waitMs, () => {
      queue = queue.filter(other => other !== waiting);
      settle(tooSlow('its turn did not come in time'));
    });
    const begin = (thread: SurgeonThread): void => {
      cancel();
      // A thread takes the place of one that was ended: its start is not this message's fault.
      cancel = timers.after(limits.deadlineMs + (thread.isRunning() ? 0 : limits.startMs), () => {
        settle(tooSlow('the deadline came in the middle of it'));
        // The computation cannot be asked to stop. What it works on is ours; it only looks at it.
        thread.end().catch(() => undefined);
      });
    };
    const waiting: Waiting = { task, since: clock.elapsed(), settle, isSettled: () => isSettled, begin };
    return waiting;
  }

  /** How long one more would wait from now on, if all estimates are right. */
  function expectedWaitMs(): number {
    const now = clock.elapsed();
    const atWork = desks.map(({ current, freeAt }) => (current ? Math.max(0, freeAt - now) : 0));
    const queued = queue.reduce((sum, { task: { estimatedMs } }) => sum + estimatedMs, 0);
    return queue.length === 0 ? Math.min(...atWork) : (sum(atWork) + queued) / desks.length;
  }

  function next(): void {
    for (const desk of desks) {
      if (desk.current) continue;
      const waiting = queue.shift();
      if (!waiting) return;
      desk.current = waiting;
      desk.freeAt = clock.elapsed() + waiting.task.estimatedMs;
      waiting.begin(desk.thread);
      serve(desk, waiting)
        .then(waiting.settle, error => waiting.settle(failed(error)))
        .finally(() => {
          desk.current = undefined;
          next();
        });
    }
  }

  async function serve({ thread }: Desk, { task, since, isSettled }: Waiting): Promise<TaskResult> {
    if (task.signal?.aborted) return tooSlow('nobody waits for it any more');
    const begun = clock.elapsed();
    const { message, options, needs } = task;
    await thread.load(message);
    if (isSettled()) return tooSlow('');
    const loaded = clock.elapsed();
    const examined = await thread.ask({ kind: 'examine', length: message.length, options, needs });
    const read = clock.elapsed();
    const stages = { wait: begun - since, load: loaded - begun, examine: read - loaded };
    if (examined.kind !== 'examined') return failedBy(examined);
    const { reason, cause, facts } = examined;
    if (reason !== undefined) return { reason, cause, forms: [], stageMs: stages };
    if (isSettled()) return tooSlow('');
    const plans = planOr(task, facts);
    const planned = clock.elapsed();
    const stamped = await thread.ask({ kind: 'stamp', plans: plans.kind === 'plans' ? plans.plans : [] });
    if (plans.kind === 'failed') return failed(plans.cause);
    if (stamped.kind === 'over-limit')
      return { ...failed(stamped.cause), reason: 'too-many-variants', stageMs: stages };
    if (stamped.kind !== 'stamped') return failedBy(stamped);
    return {
      reason: undefined,
      cause: undefined,
      forms: stamped.forms.map(form => unpackForm(form, message)),
      stageMs: { ...stages, plan: planned - read, stamp: clock.elapsed() - planned },
    };
  }

  return {
    run,
    close: async () => {
      isClosed = true;
      const left = [...queue, ...desks.flatMap(({ current }) => current ?? [])];
      queue = [];
      for (const { settle } of left) settle(tooSlow('Signet stops'));
      await Promise.all(desks.map(({ thread }) => thread.end()));
    },
  };
}

/** The thread lets go of its message in any case, so it is asked for nothing when the plan failed. */
function planOr({ plan }: Task, facts: MessageFacts) {
  try {
    return { kind: 'plans', plans: plan(facts) } as const;
  } catch (cause) {
    return { kind: 'failed', cause } as const;
  }
}

function tooSlow(cause: string): TaskResult {
  return { reason: 'too-slow', cause, forms: [], stageMs: {} };
}

function failed(cause: unknown): TaskResult {
  return { reason: 'internal-error', cause, forms: [], stageMs: {} };
}

function failedBy(answer: Answer): TaskResult {
  return failed('cause' in answer ? answer.cause : `the surgeon's thread answered ${answer.kind}`);
}

function sum(numbers: readonly number[]): number {
  return numbers.reduce((total, number) => total + number, 0);
}
