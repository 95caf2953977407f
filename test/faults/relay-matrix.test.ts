/** The fault matrix through the whole relay in short: two variants. All of it is in `npm run proof`. */
import { test } from 'node:test';
import { faultCases } from '../support/faults.ts';
import { runRelayFaultCase } from '../support/relay-faults.ts';

for (const faultCase of faultCases([2])) {
  const { stage, fault, variants, client } = faultCase;
  test(`${fault} at ${stage}, ${variants} variants, the client over TCP ${client}`, () =>
    runRelayFaultCase(faultCase));
}
