/**
 * The fault matrix at length: every stage and fault for 1, 2 and 5 variants, with a client that waits and one that vanishes;
 * the hand-back alone, and the whole relay over TCP, whose heap must be back where it was.
 */
import { type FaultCase, faultCases, runFaultCase } from '../../test/support/faults.ts';
import { runRelayFaultCase } from '../../test/support/relay-faults.ts';

async function runAll(name: string, run: (faultCase: FaultCase) => Promise<void>): Promise<number> {
  let count = 0;
  const failures: string[] = [];
  for (const faultCase of faultCases([1, 2, 5])) {
    count += 1;
    try {
      await run(faultCase);
    } catch (error) {
      failures.push(`${JSON.stringify(faultCase)}: ${error instanceof Error ? error.message : error}`);
    }
  }
  process.stdout.write(
    `faults: ${name}: ${count} cases, ${failures.length} broken promises\n${failures.map(line => `${line}\n`).join('')}`,
  );
  return failures.length;
}

function heapMiB(): number {
  globalThis.gc?.();
  return process.memoryUsage().heapUsed / 2 ** 20;
}

let warnings = 0;
// Node's word for listeners that nobody takes off.
process.on('warning', warning => {
  warnings += 1;
  process.stdout.write(`faults: ${warning.message}\n`);
});
let broken = await runAll('hand-back', runFaultCase);
broken += await runAll('relay', runRelayFaultCase);
const before = heapMiB();
broken += await runAll('relay again', runRelayFaultCase);
const after = heapMiB();
process.stdout.write(
  `faults: heap after one run ${before.toFixed(1)} MiB, after two ${after.toFixed(1)} MiB\n`,
);
process.exitCode = broken + warnings > 0 || after > before + 5 ? 1 : 0;
