/**
 * Long work on the main loop in slices: SMTP sessions share that loop, and nothing may hold it longer than 10 ms
 * (DESIGN.md 6). Work asks after every small step whether its slice is over, and if so lets the others go first.
 */
import { setImmediate } from 'node:timers/promises';
import { limits } from '../limits.ts';

export type Pace = {
  /** True when the slice is used up; cheap enough for every record. */
  readonly isDue: () => boolean;
  /** Lets everything else run once, then starts a new slice. Rejects with the signal's reason once that is aborted. */
  readonly pause: () => Promise<void>;
};

/** `elapsed`: milliseconds that only go forward. */
export function createPace(elapsed: () => number, signal?: AbortSignal): Pace {
  let began = elapsed();
  return {
    isDue: () => elapsed() - began >= limits.directory.sliceMs,
    pause: async () => {
      await setImmediate();
      signal?.throwIfAborted();
      began = elapsed();
    },
  };
}
