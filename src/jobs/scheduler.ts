/**
 * Runs jobs by their schedules, each one run at a time, and keeps in the store when each ran last and how it ended. A job
 * that fails is logged and runs again when its time comes; it never ends the process.
 */
import { Cron } from 'croner';
import type { Clock } from '../clock.ts';
import type { Log } from '../log.ts';
import type { Settings } from '../store/settings.ts';

export type Job = {
  readonly name: string;
  /** Absent for a job of the whole appliance. */
  readonly tenantId?: string;
  /** Cron pattern, in the server's time zone. */
  readonly schedule: string;
  /** At least this long between two runs. */
  readonly everySeconds?: number;
  /** Once at once, then by the schedule. */
  readonly runsAtStart?: boolean;
  /** Answers what shows as its result, which survives JSON. Rejects on a failure. */
  readonly run: (signal: AbortSignal) => Promise<unknown>;
};

export type Scheduler = {
  /** Starts the job, in the place of one of the same name and tenant. */
  readonly add: (job: Job) => void;
  readonly remove: (name: string, tenantId?: string) => void;
  /** No new runs; resolves when those in progress have given up. */
  readonly stop: () => Promise<void>;
};

export type SchedulerNeeds = {
  readonly settings: Pick<Settings, 'saveJob'>;
  readonly clock: Clock;
  readonly log: Log;
};

export function createScheduler({ settings, clock, log }: SchedulerNeeds): Scheduler {
  const crons = new Map<string, Cron>();
  const stopping = new AbortController();
  const inProgress = new Set<Promise<void>>();

  function add(job: Job) {
    remove(job.name, job.tenantId);
    const cron: Cron = new Cron(
      job.schedule,
      {
        unref: true,
        protect: true,
        ...(job.everySeconds === undefined ? {} : { interval: job.everySeconds }),
      },
      () => begin(job, cron),
    );
    crons.set(keyOf(job.name, job.tenantId), cron);
    if (job.runsAtStart) void cron.trigger();
  }

  function begin(job: Job, cron: Cron): Promise<void> {
    const run = runOnce(job, cron).finally(() => inProgress.delete(run));
    inProgress.add(run);
    return run;
  }

  async function runOnce(job: Job, cron: Cron) {
    const { name, tenantId } = job;
    const named = { name, ...(tenantId === undefined ? {} : { tenantId }) };
    const startedAt = clock.now();
    const end = await job.run(stopping.signal).then(
      result => ({ outcome: 'success', result }) as const,
      error => ({ outcome: 'failure', result: String(error) }) as const,
    );
    if (stopping.signal.aborted) return;
    if (end.outcome === 'failure') log.error({ ...named, error: end.result }, 'a job failed');
    else log.debug({ ...named, result: end.result }, 'a job ran');
    const next = cron.nextRun()?.getTime();
    const nextAt = next === undefined ? {} : { nextAt: next };
    // A store that cannot keep this is noticed elsewhere, and the next run writes again.
    await settings
      .saveJob({ ...named, startedAt, finishedAt: clock.now(), ...nextAt, ...end })
      .catch(() => undefined);
  }

  function remove(name: string, tenantId?: string) {
    crons.get(keyOf(name, tenantId))?.stop();
    crons.delete(keyOf(name, tenantId));
  }

  async function stop() {
    for (const cron of crons.values()) cron.stop();
    stopping.abort();
    await Promise.all(inProgress);
  }

  return { add, remove, stop };
}

function keyOf(name: string, tenantId = '') {
  return JSON.stringify([name, tenantId]);
}
