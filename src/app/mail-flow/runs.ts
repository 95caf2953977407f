/**
 * Runs: something that is done to a tenant at Microsoft, told step by step. Events are numbered and kept, so that a page may be
 * reloaded, a second one may follow, also beside a command of another process, and a restart can say how far it came. One run
 * of a tenant at a time; that holds over all processes of the data folder.
 */
import type { Clock } from '../../clock.ts';
import { limits } from '../../limits.ts';
import type { Log } from '../../log.ts';
import { done } from '../../microsoft/failure.ts';
import type {
  MailFlowResult,
  RunAction,
  RunEvent,
  RunPhase,
  RunResult,
  RunState,
  RunView,
} from '../../microsoft/mail-flow-types.ts';
import { failed } from '../../problem.ts';
import type { Timers } from '../../relay/server-deadline.ts';
import { type MailFlowRuns, type StoredRun, unseenMs } from '../../store/mail-flow-runs.ts';
import { refused } from './refused.ts';

export type RunsNeeds = {
  readonly store: MailFlowRuns;
  readonly clock: Pick<Clock, 'now'>;
  readonly timers: Timers;
  readonly log: Pick<Log, 'error' | 'info'>;
};

type Untold<Event> = Event extends RunEvent ? Omit<Event, 'number' | 'at'> : never;
/** An event before it has its number and time. */
export type News = Untold<RunEvent>;

/** What a run works with. */
export type RunTools = {
  readonly tell: (news: News) => void;
  /** Where it has come to, for a failure that names no phase. */
  readonly phase: () => RunPhase;
  /** Aborted when somebody stops it, or the process ends. */
  readonly signal: AbortSignal;
};

type Live = {
  readonly run: StoredRun & { readonly action: RunAction };
  readonly events: RunEvent[];
  readonly stop: AbortController;
  /** Resolves with the next event. */
  next: PromiseWithResolvers<void>;
  phase: RunPhase;
  /** Resolves when everything is written. */
  ended: Promise<void>;
};

export type Runs = ReturnType<typeof createRuns>;

export function createRuns({ store, clock, timers, log }: RunsNeeds) {
  /** By tenant: those of this process that are not over. */
  const live = new Map<string, Live>();

  async function start(
    about: { readonly tenantId: string; readonly action: RunAction; readonly actor: string },
    work: (tools: RunTools) => Promise<RunResult>,
  ): Promise<MailFlowResult<RunView>> {
    const begun = await store.beginRun(about.tenantId, about).catch(() => undefined);
    // A rejection is another process that was quicker by a moment.
    const other =
      begun?.kind === 'busy' ? begun.run : begun ? undefined : await store.lastRun(about.tenantId);
    if (begun?.kind !== 'begun') return alreadyRunning(other);
    const one: Live = {
      run: { ...begun.run, action: about.action },
      events: [],
      stop: new AbortController(),
      next: Promise.withResolvers(),
      phase: 'read',
      ended: Promise.resolve(),
    };
    live.set(about.tenantId, one);
    one.ended = carryOut(one, work);
    return done(viewOfLive(one));
  }

  async function carryOut(one: Live, work: (tools: RunTools) => Promise<RunResult>) {
    const { id, tenantId, action } = one.run;
    const keeper = keep(one);
    const note = (news: News) =>
      one.events.push({ ...news, number: one.events.length + 1, at: clock.now() } as RunEvent);
    const tell = (news: News) => {
      if (news.kind === 'phase') one.phase = news.phase;
      note(news);
      one.next.resolve();
      one.next = Promise.withResolvers();
      keeper.write();
    };
    const result = await work({ tell, phase: () => one.phase, signal: one.stop.signal }).catch(
      (error): RunResult => {
        log.error({ err: error, tenant: tenantId, action }, 'a run ended by a fault of its own');
        return { kind: 'failed', reason: 'refused', phase: one.phase, problem: internal().problem };
      },
    );
    note({ kind: 'end', result });
    // Whoever hears of the end may begin the next one at once: so it is written first.
    await keeper.end();
    live.delete(tenantId);
    one.next.resolve();
    log.info({ tenant: tenantId, run: id, action, result: result.kind }, 'a run is over');
  }

  /** Writes behind the work: the newest state, one write at a time, and a sign of life where nothing happens. */
  function keep({ run, events, stop }: Live) {
    let writing = Promise.resolve();
    let isWaiting = false;
    let takeBack = () => {};
    const write = (isFinished = false) => {
      if (isWaiting && !isFinished) return;
      isWaiting = true;
      writing = writing
        .then(async () => {
          isWaiting = false;
          const isOurs = await store.saveRun(run.id, { events: [...events], isFinished });
          if (!isOurs) stop.abort();
        })
        .catch(error => log.error({ err: error, run: run.id }, 'the events of a run could not be kept'));
    };
    const show = () => {
      write();
      takeBack = timers.after(limits.microsoft.runSeenMs, show);
    };
    takeBack = timers.after(limits.microsoft.runSeenMs, show);
    return {
      write: () => write(),
      end: async () => {
        takeBack();
        write(true);
        await writing;
      },
    };
  }

  async function* follow({
    tenantId,
    runId,
    after = 0,
    signal = new AbortController().signal,
  }: {
    readonly tenantId: string;
    readonly runId: string;
    readonly after?: number;
    readonly signal?: AbortSignal;
  }): AsyncGenerator<RunEvent, void> {
    let told = after;
    for (;;) {
      const own = live.get(tenantId);
      const next = own?.run.id === runId ? own.next.promise : undefined;
      const view = next && own ? viewOfLive(own) : await storedView(tenantId, runId);
      for (const event of view?.events ?? [])
        if (event.number > told && !signal.aborted) {
          told = event.number;
          yield event;
          if (event.kind === 'end') return;
        }
      if (!view || view.state === 'interrupted' || signal.aborted) {
        if (view?.state === 'interrupted')
          yield { number: told + 1, at: clock.now(), kind: 'end', result: { kind: 'interrupted' } };
        return;
      }
      await Promise.race([next ?? lookAgain(), abortOf(signal)]);
      if (signal.aborted) return;
    }
  }

  function lookAgain() {
    return new Promise<void>(resolve => void timers.after(limits.microsoft.probeLookMs / 2, resolve));
  }

  async function storedView(tenantId: string, runId: string) {
    const run = await store.findRun(tenantId, runId);
    return run && viewOf(run, clock.now());
  }

  return {
    start,
    follow,
    last: async (tenantId: string): Promise<RunView | undefined> => {
      const own = live.get(tenantId);
      if (own) return viewOfLive(own);
      const run = await store.lastRun(tenantId);
      return run && viewOf(run, clock.now());
    },
    cancel: (tenantId: string): void => live.get(tenantId)?.stop.abort(),
    close: async (): Promise<void> => {
      const all = [...live.values()];
      for (const { stop } of all) stop.abort();
      await Promise.all(all.map(({ ended }) => ended));
    },
  };
}

function abortOf(signal: AbortSignal): Promise<void> {
  return new Promise(resolve => signal.addEventListener('abort', () => resolve(), { once: true }));
}

function viewOfLive({ run, events }: Live): RunView {
  return viewWith(run, [...events], 'running');
}

function viewOf(run: StoredRun, now: number): RunView {
  const events = run.events as readonly RunEvent[];
  const end = events.findLast(({ kind }) => kind === 'end');
  const isGone = run.finishedAt !== undefined || run.seenAt <= now - unseenMs;
  const state = end?.kind === 'end' ? end.result.kind : isGone ? 'interrupted' : 'running';
  return viewWith(run, events, state);
}

function viewWith(run: StoredRun, events: readonly RunEvent[], state: RunState): RunView {
  const { id, tenantId, action, actor, startedAt } = run;
  return { id, tenantId, action: action as RunAction, actor, startedAt, state, events };
}

function alreadyRunning(run: StoredRun | undefined) {
  const who = run ? ` (${run.action}, begun by ${run.actor})` : '';
  return refused(
    'running',
    'SIGNET_SETUP_RUNNING',
    `Something is being done to this tenant already${who}: wait until it is over, or stop it where it runs.`,
  );
}

function internal() {
  return failed(
    'SIGNET_INTERNAL',
    'Signet met a fault of its own: its log has it. Run this again; the state of the tenant is read first.',
  );
}
