/** The use cases of mail flow for a process that has the store open: the server, or a command beside it. */
import { setTimeout as delay } from 'node:timers/promises';
import type { Clock } from '../../clock.ts';
import type { Config } from '../../config.ts';
import { keepKey } from '../../data-folder.ts';
import type { Log } from '../../log.ts';
import type { MailFlowService } from '../../microsoft/mail-flow-types.ts';
import type { Result } from '../../problem.ts';
import { hashAddress } from '../../relay/relay-line.ts';
import { systemTimers } from '../../relay/server-deadline.ts';
import { version } from '../../version.ts';
import type { Fetch } from '../trusting-fetch.ts';
import { readClouds } from './clouds.ts';
import { systemNames } from './names.ts';
import { createMailFlowService, type MailFlowServiceNeeds } from './service.ts';

export type MakingNeeds = Pick<
  MailFlowServiceNeeds,
  'store' | 'relayFollows' | 'applicationCertificate' | 'standing'
> & {
  readonly config: Pick<Config, 'dataFolder' | 'hostname'>;
  readonly clock: Clock;
  readonly random: (bytes: number) => Buffer;
  readonly log: Log;
  /** PEM of the relay's certificate as it is now. */
  readonly certificate: () => string | undefined;
  /** The way to Microsoft. */
  readonly fetch: Fetch;
};

export async function makeMailFlow(needs: MakingNeeds): Promise<Result<MailFlowService>> {
  const { config, random, certificate, fetch } = needs;
  const clouds = await readClouds(config.dataFolder, fetch);
  if (clouds.kind === 'failed') return { kind: 'problem', problem: clouds.problem };
  const addressKey = await keepKey(config.dataFolder, 'addresses.key', random);
  if (addressKey.kind === 'problem') return addressKey;
  const service = createMailFlowService({
    ...needs,
    timers: systemTimers,
    wait: waitQuietly,
    clouds: clouds.value,
    names: systemNames,
    appliance: { hostname: config.hostname, certificate, version },
    hashAddress: address => hashAddress(address, addressKey.value),
  });
  return { kind: 'ok', value: service };
}

/** Resolves after `ms`, or at once when the signal aborts. */
export async function waitQuietly(ms: number, signal?: AbortSignal): Promise<void> {
  await delay(ms, undefined, signal ? { signal } : {}).catch(() => undefined);
}
