/**
 * What waits to be tried again (exchange-online.md 7.3): soon at first, then every quarter of an hour, for 24 hours from
 * the submission. There are no timers in here: time is asked, and whoever owns the simulated time calls `runDue`.
 */
export type Work = {
  readonly label: string;
  /** When the message was submitted, in simulated milliseconds. */
  readonly since: number;
  /** Undefined when nothing is left to do, else the status to be told should time run out. Never rejects. */
  readonly attempt: () => Promise<string | undefined>;
  readonly expire: (lastStatus: string) => void;
};

export type Waiting = { readonly label: string; readonly status: string; readonly nextAt: number };

export type Queue = {
  /** Resolves behind the first attempt. */
  readonly add: (work: Work) => Promise<void>;
  /** Attempts everything whose time has come. */
  readonly runDue: () => Promise<void>;
  readonly waiting: () => readonly Waiting[];
};

const expiryMs = 24 * 3_600_000;
const minuteMs = 60_000;
const pausesMs = [minuteMs, minuteMs, 5 * minuteMs, 5 * minuteMs];
const laterMs = 15 * minuteMs;

type Entry = { readonly work: Work; attempts: number; status: string; nextAt: number; isRunning: boolean };

export function createQueue(now: () => number): Queue {
  const entries = new Set<Entry>();

  async function run(entry: Entry): Promise<void> {
    if (entry.isRunning) return;
    entry.isRunning = true;
    const status = await entry.work.attempt();
    entry.isRunning = false;
    if (status === undefined) return void entries.delete(entry);
    entry.status = status;
    if (now() - entry.work.since < expiryMs) {
      entry.nextAt = now() + (pausesMs[entry.attempts] ?? laterMs);
      entry.attempts += 1;
      return;
    }
    entries.delete(entry);
    entry.work.expire(status);
  }

  return {
    add: work => {
      const entry: Entry = { work, attempts: 0, status: '', nextAt: now(), isRunning: false };
      entries.add(entry);
      return run(entry);
    },
    runDue: async () => {
      const due = [...entries].filter(({ nextAt, isRunning }) => !isRunning && nextAt <= now());
      await Promise.all(due.map(run));
    },
    waiting: () => [...entries].map(({ work, status, nextAt }) => ({ label: work.label, status, nextAt })),
  };
}

/** At most so many at a time, first come first served. */
export function createGate(most: number): <Value>(job: () => Promise<Value>) => Promise<Value> {
  const waiting: (() => void)[] = [];
  let taken = 0;
  return async job => {
    if (taken >= most) await new Promise<void>(go => waiting.push(go));
    taken += 1;
    try {
      return await job();
    } finally {
      taken -= 1;
      waiting.shift()?.();
    }
  };
}
