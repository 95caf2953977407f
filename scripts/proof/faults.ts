/** The fault matrix at length: every stage and fault for 1, 2 and 5 variants, with a client that waits and one that vanishes. */
import { faultCases, runFaultCase } from '../../test/support/faults.ts';

let count = 0;
const failures: string[] = [];
for (const faultCase of faultCases([1, 2, 5])) {
  count += 1;
  try {
    await runFaultCase(faultCase);
  } catch (error) {
    failures.push(`${JSON.stringify(faultCase)}: ${error instanceof Error ? error.message : error}`);
  }
}
process.stdout.write(
  `faults: ${count} cases, ${failures.length} broken promises\n${failures.map(line => `${line}\n`).join('')}`,
);
process.exitCode = failures.length > 0 ? 1 : 0;
