/**
 * Proves that 50,000 people and 5,000 groups come from a CSV file into memory in under 60 s and under 150 MiB more memory,
 * without holding the main loop longer than 10 ms. Run it with `--expose-gc --max-semi-space-size=4`: with V8's usual
 * 16 MiB for young objects, single collections of them take longer than that. The first run only warms up.
 */
import { loadDirectory } from '../../test/support/directory-load.ts';

const size = { people: 50_000, groups: 5_000 };
const { gc } = globalThis;
if (!gc) throw new Error('expected --expose-gc');
await loadDirectory({ people: 2_000, groups: 500 }, gc);
const load = await loadDirectory(size, gc);
const say = (text: string) => process.stdout.write(`${text}\n`);
say(`${load.index.size()} people in ${(load.tookMs / 1000).toFixed(1)} s`);
say(`memory: heap +${load.heapMiB.toFixed(0)} MiB, resident +${load.rssMiB.toFixed(0)} MiB`);
say(`main loop held at most ${load.longestCpuMs.toFixed(1)} ms of its own time`);
say(
  `(${load.longestWallMs.toFixed(1)} ms by the clock; ${load.beatsOver10Ms} of ${load.beats} beats over 10 ms)`,
);
const isProven =
  load.index.size() === size.people &&
  load.tookMs < 60_000 &&
  Math.max(load.heapMiB, load.rssMiB) < 150 &&
  load.longestCpuMs < 10;
say(isProven ? 'proven' : 'NOT proven');
process.exitCode = isProven ? 0 : 1;
