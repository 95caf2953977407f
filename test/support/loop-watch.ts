/** How long the main loop was held while something ran: in its own processor time, and by the clock of its timers. */
import { monitorEventLoopDelay } from 'node:perf_hooks';
import process from 'node:process';

export type LoopFigures = {
  /** The longest stretch of the main thread's own work between two turns of its loop, in processor time. */
  readonly longestTurnMs: number;
  /** Lateness of timers, which other programs on the machine add to. */
  readonly delayP99Ms: number;
  readonly delayMaxMs: number;
  readonly rssMostMb: number;
};

/** Counts the main thread's processor time between two turns: what other programs take does not count. */
export function watchLoop(): { readonly stop: () => LoopFigures } {
  const delay = monitorEventLoopDelay({ resolution: 1 });
  delay.enable();
  let longest = 0;
  let rssMost = 0;
  let turns = 0;
  let before = cpuOfThread();
  let isOn = true;
  const turn = () => {
    const now = cpuOfThread();
    longest = Math.max(longest, now - before);
    if (turns++ % 1_000 === 0) rssMost = Math.max(rssMost, process.memoryUsage.rss());
    before = cpuOfThread();
    if (isOn) setImmediate(turn);
  };
  setImmediate(turn);
  return {
    stop() {
      isOn = false;
      delay.disable();
      return {
        longestTurnMs: Math.round(longest / 100) / 10,
        delayP99Ms: Math.round(delay.percentile(99) / 1e5) / 10,
        delayMaxMs: Math.round(delay.max / 1e5) / 10,
        rssMostMb: Math.round(rssMost / 1e6),
      };
    },
  };
}

/** Microseconds. */
function cpuOfThread() {
  const { user, system } = process.threadCpuUsage();
  return user + system;
}
