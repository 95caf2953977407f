/** The time, as an argument: tests hand in another, and pure layers take none at all. */
export type Clock = {
  /** Milliseconds since 1970-01-01 UTC; may jump when the machine's clock is set. */
  readonly now: () => number;
  /** Milliseconds that only go forward, for durations. */
  readonly elapsed: () => number;
};

export const systemClock: Clock = { now: () => Date.now(), elapsed: () => performance.now() };
