/** The fault matrix in short: two variants. All of it is in `npm run proof`. */
import { test } from 'node:test';
import { faultCases, runFaultCase } from '../support/faults.ts';

for (const faultCase of faultCases([2])) {
  const { stage, fault, variants, client } = faultCase;
  test(`${fault} at ${stage}, ${variants} variants, the client ${client}`, () => runFaultCase(faultCase));
}
