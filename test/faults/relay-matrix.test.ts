/** The fault matrix through the whole relay in short: two variants. All of it is in `npm run proof`. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { faultCases } from '../support/faults.ts';
import { runRelayFaultCase } from '../support/relay-faults.ts';

test('each case comes with a client that waits and one that vanishes', () => {
  const count = (client: string) => [...faultCases([2])].filter(one => one.client === client).length;
  assert.ok(count('waits') > 100, `${count('waits')} cases`);
  assert.equal(count('vanishes'), count('waits'));
});

for (const faultCase of faultCases([2])) {
  const { stage, fault, variants, client } = faultCase;
  test(`${fault} at ${stage}, ${variants} variants, the client over TCP ${client}`, () =>
    runRelayFaultCase(faultCase));
}
