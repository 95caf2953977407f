/**
 * The composition root: the only file that wires the layers. `createApp` does nothing by itself; `start` takes what
 * it needs in the order in which failing is cheapest, and `stop` gives everything back, also after a failed start.
 */
import { randomBytes } from 'node:crypto';
import { lookup } from 'node:dns';
import { resolveMx } from 'node:dns/promises';
import * as files from 'node:fs/promises';
import { hostname as machineName } from 'node:os';
import { memoryUsage } from 'node:process';
import type { Bundle } from './bundle/bundle.ts';
import { difference } from './bundle/difference.ts';
import { readServerCertificate, type ServerCertificate } from './certificate.ts';
import { type Clock, systemClock } from './clock.ts';
import type { Config } from './config.ts';
import { createContentTools } from './content/content.ts';
import { keepKey, openDataFolder } from './data-folder.ts';
import { limits } from './limits.ts';
import { createLog, type Log } from './log.ts';
import { createMetrics } from './metrics/metrics.ts';
import type { Result } from './problem.ts';
import { Budget } from './relay/budget.ts';
import { createHandBack, type HandBackDependencies } from './relay/hand-back.ts';
import { openLedger } from './relay/ledger.ts';
import { createSharedLookup } from './relay/lookup.ts';
import type { HandBack } from './relay/message.ts';
import { createProcess } from './relay/process.ts';
import { countOwnReceived, receivedField } from './relay/received.ts';
import { createRelay, type Relay } from './relay/relay.ts';
import { systemTimers } from './relay/server-deadline.ts';
import { settleLineEnds } from './relay/settle-line-ends.ts';
import { createSurgeon } from './relay/surgeon.ts';
import { createSnapshots, emptySnapshot, type Snapshot } from './snapshot/snapshot.ts';
import { startWorker } from './start-worker.ts';
import { version } from './version.ts';
import { createWebServer } from './web/server.ts';

export type Overrides = {
  readonly log?: Log;
  readonly clock?: Clock;
  readonly random?: (bytes: number) => Buffer;
  readonly resolve?: HandBackDependencies['resolve'];
  /** In the place of every next hop. */
  readonly handBack?: HandBack;
};

export type Started = {
  readonly healthUrl: string;
  readonly dataFolder: string;
  /** Address and port of the relay, as taken. */
  readonly smtp: string;
};

export type App = {
  readonly start: () => Promise<Result<Started>>;
  readonly stop: () => Promise<void>;
  /** Reads bundle and certificate again. What is bad changes nothing and is logged. */
  readonly reload: () => Promise<void>;
};

type Configuration = { readonly bundle: Bundle; readonly certificate: ServerCertificate | undefined };

export function createApp(config: Config, overrides: Overrides = {}): App {
  const log = overrides.log ?? createLog(config.logLevel);
  const clock = overrides.clock ?? systemClock;
  const random = overrides.random ?? randomBytes;
  const hostname = config.hostname ?? machineName().toLowerCase();
  const { timeZone } = Intl.DateTimeFormat().resolvedOptions();
  const snapshots = createSnapshots({
    bundleFile: config.bundleFile,
    timeZone,
    random,
    content: createContentTools(),
  });
  /** What gives back what was taken, the last first. */
  const givers: (() => Promise<void> | void)[] = [];
  let snapshot: Snapshot = emptySnapshot;
  let relay: Relay | undefined;
  let reloading: Promise<void> = Promise.resolve();

  async function start(): Promise<Result<Started>> {
    const started = await open();
    if (started.kind === 'problem') await giveBack();
    return started;
  }

  async function open(): Promise<Result<Started>> {
    const read = await readConfiguration();
    if (read.kind === 'problem') return read;
    const folder = await openDataFolder(config.dataFolder);
    if (folder.kind === 'problem') return folder;
    const compiled = await snapshots.compile(read.value.bundle, folder.value);
    if (compiled.kind === 'problem') return compiled;
    snapshot = compiled.value;
    const service = await createRelayService(read.value.certificate);
    if (service.kind === 'problem') return service;
    const web = createWebServer({ log, health, metrics: service.value.metrics });
    const url = await web.listen(config.httpListen);
    if (url.kind === 'problem') return url;
    givers.push(web.close);
    relay = service.value.relay;
    const listening = await relay.listen();
    if (listening.kind === 'problem') return listening;
    givers.push(relay.close);
    const smtp = addressText(listening.value);
    log.info(
      { smtp, url: url.value, hostname, tenants: snapshot.tenants.map(({ id, name }) => ({ id, name })) },
      'started',
    );
    return { kind: 'ok', value: { healthUrl: `${url.value}/healthz`, dataFolder: folder.value, smtp } };
  }

  async function readConfiguration(): Promise<Result<Configuration>> {
    const bundle = await snapshots.read();
    if (bundle.kind === 'problem') return bundle;
    if (!config.tls) return { kind: 'ok', value: { bundle: bundle.value, certificate: undefined } };
    const certificate = await readServerCertificate(config.tls);
    if (certificate.kind === 'problem') return certificate;
    return { kind: 'ok', value: { bundle: bundle.value, certificate: certificate.value } };
  }

  async function createRelayService(tls: ServerCertificate | undefined) {
    const ledgerSecret = await keepKey(config.dataFolder, 'ledger.key', random);
    if (ledgerSecret.kind === 'problem') return ledgerSecret;
    const addressKey = await keepKey(config.dataFolder, 'addresses.key', random);
    if (addressKey.kind === 'problem') return addressKey;
    const ledger = await openLedger({
      folder: config.dataFolder,
      files,
      clock,
      timers: systemTimers,
      log,
      alert: problem => log.error(problem, 'the ledger needs attention'),
      limits: limits.handBack,
    });
    givers.push(ledger.close);
    const surgeon = createSurgeon({ startWorker, clock, timers: systemTimers, limits: limits.surgery });
    givers.push(surgeon.close);
    const service = createHandBack({
      ledger,
      ledgerSecret: ledgerSecret.value,
      clock,
      log,
      random,
      limits: limits.handBack,
      hostname,
      resolve: overrides.resolve ?? { mx: resolveMx, lookup: createSharedLookup(lookup) },
    });
    givers.push(service.close);
    const metrics = createMetrics({
      version,
      relay: health,
      tenants: () => snapshot.tenants.length,
      ledgerEntries: ledger.size,
      residentBytes: () => memoryUsage.rss(),
    });
    givers.push(metrics.close);
    const created = createRelay({
      tenants: () => snapshot.tenants,
      settleLineEnds,
      countOwnReceived,
      process: createProcess({
        surgeon,
        clock,
        traceFields: ({ tenant, incoming, messageId }) =>
          receivedField({ incoming, hostname, messageId, token: tenant.token }),
      }),
      handBack: overrides.handBack ?? service.handBack,
      budget: new Budget(limits.relay.budgetBytes),
      clock,
      timers: systemTimers,
      log,
      random,
      limits: limits.relay,
      listen: config.smtpListen,
      tls,
      hostname,
      record: metrics.record,
      addressKey: addressKey.value,
    });
    return { kind: 'ok', value: { relay: created, metrics } } as const;
  }

  function health() {
    const idle = {
      isListening: false,
      connections: 0,
      messages: 0,
      waiting: 0,
      reservedBytes: 0,
      budgetBytes: 0,
    };
    return { ...(relay?.state() ?? idle), tenants: snapshot.tenants.length };
  }

  /** One after the other: two signals in a row must not let the older reading win. */
  function reload() {
    reloading = reloading.then(reloadOnce);
    return reloading;
  }

  async function reloadOnce() {
    const read = await readConfiguration();
    if (read.kind === 'problem') return keepOld(read);
    const changes = difference(snapshot.bundle, read.value.bundle);
    // The old snapshot stays when nothing changed: whatever hangs on it stays warm.
    if (changes.length > 0) {
      const compiled = await snapshots.compile(read.value.bundle, config.dataFolder);
      if (compiled.kind === 'problem') return keepOld(compiled);
      snapshot = compiled.value;
    }
    if (read.value.certificate) {
      const secured = relay?.updateTls(read.value.certificate);
      if (secured?.kind === 'problem') return keepOld(secured);
    }
    for (const change of changes) log.info({ change }, 'the configuration changed');
    log.info({ changes: changes.length }, 'the configuration was read again');
  }

  function keepOld({ problem }: Extract<Result<unknown>, { kind: 'problem' }>) {
    log.error(problem, 'the configuration was read again and is bad: the old one stays');
  }

  async function stop() {
    await giveBack();
    log.info('stopped');
  }

  async function giveBack() {
    for (const give of givers.splice(0).reverse()) await give();
  }

  return { start, stop, reload };
}

function addressText({ host, port }: { readonly host: string; readonly port: number }) {
  return `${host.includes(':') ? `[${host}]` : host}:${port}`;
}
