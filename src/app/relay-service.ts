/** The relay with everything it stands on: ledger, surgeon, next hops, metrics. */
import { lookup } from 'node:dns';
import { resolveMx } from 'node:dns/promises';
import * as files from 'node:fs/promises';
import { memoryUsage } from 'node:process';
import type { ServerCertificate } from '../certificate.ts';
import type { Clock } from '../clock.ts';
import type { Config } from '../config.ts';
import { keepKey } from '../data-folder.ts';
import { limits } from '../limits.ts';
import type { Log } from '../log.ts';
import { createMetrics, type Metrics } from '../metrics/metrics.ts';
import type { Problem, Result } from '../problem.ts';
import { Budget } from '../relay/budget.ts';
import type { RelayEvent } from '../relay/doorkeeper.ts';
import { createHandBack, type HandBackDependencies } from '../relay/hand-back.ts';
import { openLedger } from '../relay/ledger.ts';
import { createSharedLookup } from '../relay/lookup.ts';
import type { HandBack, HandedBack } from '../relay/message.ts';
import { createProcess } from '../relay/process.ts';
import { countOwnReceived, receivedField } from '../relay/received.ts';
import { createRelay, type Relay } from '../relay/relay.ts';
import type { MessageLine } from '../relay/relay-line.ts';
import { systemTimers } from '../relay/server-deadline.ts';
import { settleLineEnds } from '../relay/settle-line-ends.ts';
import { createSurgeon } from '../relay/surgeon.ts';
import type { Snapshots } from '../snapshot/snapshot.ts';
import { startWorker } from '../start-worker.ts';
import { version } from '../version.ts';
import type { Configuration } from './configuration.ts';

export type RelayServiceNeeds = {
  readonly config: Pick<Config, 'dataFolder' | 'smtpListen'>;
  readonly configuration: Pick<Configuration, 'tenants' | 'holds' | 'warmPhotos'>;
  readonly tls: ServerCertificate | undefined;
  readonly hostname: string;
  readonly addressKey: Uint8Array;
  readonly clock: Clock;
  readonly log: Log;
  readonly random: (bytes: number) => Buffer;
  readonly resolve?: HandBackDependencies['resolve'] | undefined;
  readonly handBack?: HandBack | undefined;
  /** Gets each message's line beside the log. */
  readonly record: (line: MessageLine) => void;
  readonly onEvent: (event: RelayEvent) => void;
  readonly alert: (problem: Problem) => void;
  /** Takes what gives back what was taken. */
  readonly onStop: (give: () => Promise<void> | void) => void;
};

export type RelayService = { readonly relay: Relay; readonly metrics: Metrics };

export async function createRelayService(needs: RelayServiceNeeds): Promise<Result<RelayService>> {
  const { config, configuration, clock, log, random, hostname, onStop } = needs;
  const ledgerSecret = await keepKey(config.dataFolder, 'ledger.key', random);
  if (ledgerSecret.kind === 'problem') return ledgerSecret;
  const ledger = await openLedger({
    folder: config.dataFolder,
    files,
    clock,
    timers: systemTimers,
    log,
    alert: needs.alert,
    limits: limits.handBack,
  });
  onStop(ledger.close);
  const surgeon = createSurgeon({ startWorker, clock, timers: systemTimers, limits: limits.surgery });
  onStop(surgeon.close);
  const service = createHandBack({
    ledger,
    ledgerSecret: ledgerSecret.value,
    clock,
    log,
    random,
    limits: limits.handBack,
    hostname,
    resolve: needs.resolve ?? { mx: resolveMx, lookup: createSharedLookup(lookup) },
  });
  onStop(service.close);
  const metrics = createMetrics({
    version,
    relay: () => relay.state(),
    tenants: () => configuration.tenants().length,
    ledgerEntries: ledger.size,
    residentBytes: () => memoryUsage.rss(),
  });
  onStop(metrics.close);
  const relay = createRelay({
    tenants: configuration.tenants,
    settleLineEnds,
    countOwnReceived,
    process: createProcess({
      surgeon,
      clock,
      traceFields: ({ tenant, incoming, messageId }) =>
        receivedField({ incoming, hostname, messageId, token: tenant.token }),
    }),
    handBack: needs.handBack ?? whenWhole(configuration, service.handBack),
    budget: new Budget(limits.relay.budgetBytes),
    clock,
    timers: systemTimers,
    log,
    random,
    limits: limits.relay,
    listen: config.smtpListen,
    tls: needs.tls,
    hostname,
    onSender: (tenants, address) => {
      configuration.warmPhotos(tenants, address);
      // The handshake with the next hop costs several round trips, which now pass while the message is still to come. Of
      // several tenants it is not known yet whose message it is.
      const [only, ...others] = tenants;
      if (only && others.length === 0 && !configuration.holds(only.id)) service.warm(only);
    },
    record: line => {
      metrics.record(line);
      needs.record(line);
    },
    addressKey: needs.addressKey,
    onEvent: needs.onEvent,
  });
  return { kind: 'ok', value: { relay, metrics } };
}

/** Without the secret that its next hop asks for, a message would be refused there and bounce: it waits instead. */
function whenWhole({ holds }: Pick<Snapshots, 'holds'>, handBack: HandBack): HandBack {
  return job => (holds(job.tenant.id) ? Promise.resolve(needsSecret) : handBack(job));
}

const needsSecret: HandedBack = {
  reply: { code: 451, text: '4.3.5 Not configured completely, try again later' },
  outcome: 'deferred',
  isOriginalInstead: false,
  answers: [],
  stageMs: {},
};
