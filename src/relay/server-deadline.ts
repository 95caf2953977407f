/**
 * Time limits of a connection. Each is measured from a moment that the client cannot move: trickled bytes extend
 * nothing (smtp-relay.md 1, fact 5).
 */

/** Runs something later; the answer takes it back. */
export type Timers = { readonly after: (ms: number, run: () => void) => () => void };

/** The machine's own. They do not keep the process alive. */
export const systemTimers: Timers = {
  after: (ms, run) => {
    const timer = setTimeout(run, ms);
    timer.unref();
    return () => clearTimeout(timer);
  },
};

/** One deadline at a time: setting it takes the one before back. */
export type Deadline = { readonly set: (ms: number, expire: () => void) => void; readonly clear: () => void };

export function createDeadline(timers: Timers): Deadline {
  let cancel = () => {};
  return {
    set: (ms, expire) => {
      cancel();
      cancel = timers.after(ms, expire);
    },
    clear: () => cancel(),
  };
}

type DataPace = {
  readonly dataGraceMs: number;
  readonly dataBytesPerSecond: number;
  readonly dataMs: number;
};

/** Milliseconds that a DATA command with so many bytes may have taken: a base, and a second for each second's worth. */
export function allowedDataMs(bytes: number, pace: DataPace): number {
  return Math.min(pace.dataMs, pace.dataGraceMs + (bytes / pace.dataBytesPerSecond) * 1_000);
}
