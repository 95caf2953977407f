/** The fault matrix in short: two variants. All of it is in `npm run proof`. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { faultCases, faultsByName, runFaultCase } from '../support/faults.ts';
import { nextHopStages } from '../support/next-hop.ts';

test('the matrix leaves out no stage but STARTTLS, and no fault', () => {
  const cases = [...faultCases([2])];
  const stages = nextHopStages.filter(stage => stage !== 'starttls');
  assert.deepEqual([...new Set(cases.map(({ stage }) => stage))], stages);
  for (const stage of stages) {
    const faults = new Set(cases.filter(one => one.stage === stage).map(({ fault }) => fault));
    assert.ok(faults.size >= Object.keys(faultsByName).length - 1, `${stage}: ${[...faults]}`);
  }
});

for (const faultCase of faultCases([2])) {
  const { stage, fault, variants, client } = faultCase;
  test(`${fault} at ${stage}, ${variants} variants, the client ${client}`, () => runFaultCase(faultCase));
}
