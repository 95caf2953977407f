/**
 * The sandbox's own time: an hour of Exchange's patience passes in a second, or at once. Only the sandbox lives in it;
 * clients keep their clocks.
 */
import type { Clock } from '../clock.ts';

export type SandboxClock = Clock & {
  /** From now on so many simulated milliseconds pass in a real one. */
  readonly run: (speed: number) => void;
  /** Jumps ahead. */
  readonly advance: (ms: number) => void;
};

export function createSandboxClock(real: Clock): SandboxClock {
  let speed = 1;
  let offset = 0;
  let since = real.elapsed();
  const epoch = real.now();

  const passed = () => offset + (real.elapsed() - since) * speed;

  function run(next: number) {
    offset = passed();
    since = real.elapsed();
    speed = next;
  }

  function advance(ms: number) {
    offset += ms;
  }

  return { now: () => Math.floor(epoch + passed()), elapsed: passed, run, advance };
}
