/** The use cases of mail flow on a test's store: waiting takes no time, and the appliance has all that it needs. */
import assert from 'node:assert/strict';
import { randomBytes } from 'node:crypto';
import { readClouds } from '../../src/app/mail-flow/clouds.ts';
import { createMailFlowService, type MailFlowServiceNeeds } from '../../src/app/mail-flow/service.ts';
import type { Clock } from '../../src/clock.ts';
import { createLog } from '../../src/log.ts';
import type { MailFlowService } from '../../src/microsoft/mail-flow-types.ts';
import { systemTimers } from '../../src/relay/server-deadline.ts';
import type { Store } from '../../src/store/store.ts';

/** In a data folder without `sandbox.json` these are Microsoft's clouds, and nothing may ask them. */
export async function mailFlowNeeds(
  store: Store,
  clock: Clock,
  dataFolder: string,
): Promise<MailFlowServiceNeeds> {
  const clouds = await readClouds(dataFolder, () => assert.fail('Microsoft was asked'));
  return {
    store,
    clock,
    random: randomBytes,
    log: createLog('silent'),
    timers: systemTimers,
    wait: () => new Promise(resolve => setImmediate(resolve)),
    clouds: clouds.kind === 'ok' ? clouds.value : assert.fail(clouds.problem.sentence),
    appliance: { hostname: 'signet.contoso.com', certificate: () => 'a certificate', version: '0.1.0' },
    relayFollows: async () => {},
    hashAddress: address => `hash of ${address}`,
  };
}

export async function mailFlowOf(store: Store, clock: Clock): Promise<MailFlowService> {
  return createMailFlowService(await mailFlowNeeds(store, clock, import.meta.dirname));
}
