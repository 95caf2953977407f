/**
 * The composition root: with `app/` the only place that wires the layers. `createApp` does nothing by itself; `start` takes
 * what it needs in the order in which failing is cheapest, and `stop` gives everything back, also after a failed start.
 */
import { randomBytes } from 'node:crypto';
import { hostname as machineName } from 'node:os';
import { type AcmeCertificate, createAcmeCertificate } from './app/acme-certificate.ts';
import { type AlertService, createAlertService } from './app/alerts/service.ts';
import { type Configuration, createConfiguration, readBundleFile } from './app/configuration.ts';
import { syncDirectory } from './app/directory.ts';
import { createEditing } from './app/editing/editing.ts';
import { licensingOf } from './app/licensing.ts';
import { cloudsOr, readClouds } from './app/mail-flow/clouds.ts';
import { makeMailFlow } from './app/mail-flow/make.ts';
import { createRelayEvents } from './app/mail-flow/relay-events.ts';
import { createRelayService } from './app/relay-service.ts';
import { createStandingAccesses } from './app/standing-access.ts';
import { createTakeBackup } from './app/take-backup.ts';
import { serverTimeZone } from './app/time-zone.ts';
import { startWebService, type WebService } from './app/web-service.ts';
import { readServerCertificate, type ServerCertificate } from './certificate.ts';
import { type Clock, systemClock } from './clock.ts';
import type { Config } from './config.ts';
import { createContentTools } from './content/content.ts';
import { keepKey, openDataFolder } from './data-folder.ts';
import { createBackupsJob } from './jobs/backups.ts';
import { createDirectorySync } from './jobs/directory-sync.ts';
import { driftWatchJob } from './jobs/drift-watch.ts';
import { housekeepingJobs } from './jobs/housekeeping.ts';
import { createLeftoversJob } from './jobs/leftovers.ts';
import { createLicenceWarnings } from './jobs/licence-warnings.ts';
import { routeSecretsJob } from './jobs/route-secrets.ts';
import { ruleLeaseJob } from './jobs/rule-lease.ts';
import { createScheduler } from './jobs/scheduler.ts';
import { limits } from './limits.ts';
import { createLog, type Log } from './log.ts';
import type { MailFlowService } from './microsoft/mail-flow-types.ts';
import type { Problem, Result } from './problem.ts';
import { entryOf, seatOf } from './record/message-entry.ts';
import { createSeats, type Seats } from './record/seats.ts';
import type { HandBackDependencies } from './relay/hand-back.ts';
import type { HandBack } from './relay/message.ts';
import type { Relay } from './relay/relay.ts';
import type { MessageLine } from './relay/relay-line.ts';
import { defaultPreferences } from './signature/preferences.ts';
import { type StartWorker, startWorker as startSystemWorker } from './start-worker.ts';
import { createRecorder, type Recorder } from './store/recorder.ts';
import { stampOf } from './store/restore.ts';
import { databaseFile, openStore } from './store/store.ts';
import type { FactorPolicy } from './web/accounts/sign-in.ts';

export type Overrides = {
  readonly log?: Log;
  readonly clock?: Clock;
  readonly random?: (bytes: number) => Buffer;
  readonly resolve?: HandBackDependencies['resolve'];
  /** PEM: who may have issued the certificate by which Exchange Online shows itself. */
  readonly microsoftCa?: string;
  /** The way to Microsoft's services. */
  readonly fetch?: (url: string, init?: RequestInit) => Promise<Response>;
  /** For the threads of database and pictures. */
  readonly startWorker?: StartWorker;
  /** In the place of every next hop. */
  readonly handBack?: HandBack;
  /** Whether every account of the admin pages must have a second factor; without it yes. */
  readonly factorPolicy?: FactorPolicy;
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
  /** Reads bundle and certificate again, once the start is done. What is bad changes nothing and is logged. */
  readonly reload: () => Promise<void>;
  /** The use cases of connected tenants; undefined before the start is done. */
  readonly mailFlow: () => MailFlowService | undefined;
};

export function createApp(config: Config, overrides: Overrides = {}): App {
  const log = overrides.log ?? createLog(config.logLevel);
  const clock = overrides.clock ?? systemClock;
  const random = overrides.random ?? randomBytes;
  const startWorker = overrides.startWorker ?? startSystemWorker;
  const content = createContentTools(startWorker);
  const hostname = config.hostname ?? machineName().toLowerCase();
  /** What gives back what was taken, the last first. */
  const givers: (() => Promise<void> | void)[] = [];
  let configuration: Configuration | undefined;
  let relay: Relay | undefined;
  let web: WebService | undefined;
  let alerts: AlertService | undefined;
  let acme: AcmeCertificate | undefined;
  let mailFlow: MailFlowService | undefined;
  let serverCertificate: ServerCertificate | undefined;
  let starting: Promise<Result<Started>> | undefined;
  let reloading: Promise<void> = Promise.resolve();

  async function start(): Promise<Result<Started>> {
    starting = open();
    const started = await starting;
    if (started.kind === 'problem') await giveBack();
    return started;
  }

  async function open(): Promise<Result<Started>> {
    // A file that is bad ends the start before anything else is taken.
    const ofFiles = await readCertificate();
    if (ofFiles.kind === 'problem') return ofFiles;
    const bundle = await readBundleFile(config, content);
    const folder = await openDataFolder(config.dataFolder);
    if (folder.kind === 'problem') return folder;
    const { dataFolder, masterKeyFile } = config;
    const store = await openStore({
      dataFolder,
      ...(masterKeyFile === undefined ? {} : { masterKeyFile }),
      startWorker,
      clock,
      random,
      log,
    });
    if (store.kind === 'problem') return store;
    givers.push(store.value.close);
    const addressKey = await keepKey(dataFolder, 'addresses.key', random);
    if (addressKey.kind === 'problem') return addressKey;
    const recorder = createRecorder({ database: store.value.database, clock, log });
    givers.push(async () => {
      const lost = await recorder.close();
      if (lost > 0) log.error({ lost }, 'log entries could not be written before the stop');
    });
    const seats = createSeats({
      licences: store.value.licences,
      now: clock.now,
      onTaken: recorder.recordSeat,
    });
    const scheduler = createScheduler({ settings: store.value.settings, clock, log });
    givers.push(scheduler.stop);
    if (config.acme) {
      const opened = await createAcmeCertificate({
        settings: config.acme,
        ...(config.publicUrl === undefined ? {} : { publicUrl: config.publicUrl }),
        store: store.value,
        clock,
        log,
        alert,
        fetch: overrides.fetch ?? fetch,
        ...(overrides.microsoftCa === undefined ? {} : { microsoftCa: overrides.microsoftCa }),
        onCertificate: renewCertificate,
        onStop: give => givers.push(give),
      });
      if (opened.kind === 'problem') return opened;
      acme = opened.value;
    }
    const certificate = await readCertificate();
    if (certificate.kind === 'problem') return certificate;
    serverCertificate = certificate.value;
    const way = overrides.fetch ?? fetch;
    const standing = createStandingAccesses({
      store: store.value,
      clouds: async () => cloudsOr(await readClouds(dataFolder, way)),
      clock,
      random,
    });
    const directories = createDirectorySync({
      scheduler,
      find: async id => (await store.value.configurations.readConfiguration(id))?.tenant.directory,
      sync: (tenantId, directory, signal) =>
        syncDirectory(
          { store: store.value, clock, log, fit: content.fit, standing },
          { tenantId, directory, signal },
        ),
    });
    configuration = createConfiguration({
      config,
      startWorker,
      store: store.value,
      clock,
      log,
      random,
      digestKey: addressKey.value,
      content,
      seats,
      serverCertificate: shownCertificate,
      onTenant: directories.follow,
    });
    givers.push(configuration.stop);
    const configured = await configuration.start(bundle);
    if (configured.kind === 'problem') return configured;
    const { tenants } = configuration;
    alerts = await createAlertService({
      store: store.value,
      clock,
      log,
      random,
      hostname,
      ...(config.publicUrl === undefined ? {} : { url: config.publicUrl }),
      dataFolder,
      startedAt: clock.now(),
      isListening: () => relay?.state().isListening ?? false,
      recorder: recorder.state,
      certificateUntil: () => serverCertificate?.validUntil,
      tenants,
      directories: directories.followed,
      fetch: overrides.fetch ?? fetch,
    });
    const service = await createRelayService({
      config,
      configuration,
      tls: certificate.value,
      hostname,
      addressKey: addressKey.value,
      clock,
      log,
      random,
      resolve: overrides.resolve,
      handBack: overrides.handBack,
      record: line => record(line, { recorder, seats, clock }),
      onEvent: createRelayEvents({
        microsoft: store.value.microsoft,
        clock,
        log,
        alert,
      }),
      alert,
      onStop: give => givers.push(give),
    });
    if (service.kind === 'problem') return service;
    const { logRetentionDays: retentionDays } = defaultPreferences;
    for (const job of housekeepingJobs({ ...store.value, now: clock.now, retentionDays })) scheduler.add(job);
    scheduler.add(routeSecretsJob({ ...store.value, now: clock.now }));
    const { warnings } = licensingOf(store.value, clock);
    scheduler.add(createLeftoversJob(store.value));
    scheduler.add(alerts.job);
    scheduler.add(
      createBackupsJob({
        ...store.value,
        dataFolder,
        databaseFile: databaseFile(dataFolder),
        stamp: () => stampOf(clock.now()),
        keepByDefault: limits.store.nightlyBackups,
      }),
    );
    scheduler.add(createLicenceWarnings({ ...store.value, warnings, log }));
    const made = await makeMailFlow({
      config,
      store: store.value,
      clock,
      random,
      log,
      certificate: () => serverCertificate?.certificate,
      fetch: way,
      relayFollows: configuration.refresh,
      standing: async (tenantId, purpose) => (await standing.open(tenantId, purpose))?.access,
    });
    if (made.kind === 'problem') return made;
    mailFlow = made.value;
    givers.push(mailFlow.close);
    scheduler.add(driftWatchJob(mailFlow));
    scheduler.add(
      ruleLeaseJob({ ...mailFlow, isWell: () => relay?.state().isListening === true, now: clock.now }),
    );
    const pages = await startWebService({
      config,
      log,
      clock,
      random,
      store: store.value,
      mailFlow,
      editing: createEditing({ store: store.value, clock, content, timeZone: serverTimeZone() }),
      health,
      metrics: service.value.metrics,
      recorder: recorder.state,
      startedAt: clock.now(),
      factorPolicy: overrides.factorPolicy ?? 'required',
      relayCertificate: () => serverCertificate?.certificate,
      takeBackup: createTakeBackup({ ...store.value, dataFolder, stamp: () => stampOf(clock.now()), random }),
      hostname,
      certificateUntil: () => serverCertificate?.validUntil,
      certificate: certificate.value,
      onStop: give => givers.push(give),
    });
    if (pages.kind === 'problem') return pages;
    web = pages.value;
    relay = service.value.relay;
    const listening = await relay.listen();
    if (listening.kind === 'problem') return listening;
    givers.push(relay.close);
    if (acme) scheduler.add(acme.job);
    const smtp = addressText(listening.value);
    log.info(
      {
        smtp,
        url: web.url,
        hostname,
        tenants: configuration.tenants().map(({ id, name }) => ({ id, name })),
      },
      'started',
    );
    web.announce();
    return { kind: 'ok', value: { healthUrl: `${web.url}/healthz`, dataFolder, smtp } };
  }

  async function readCertificate(): Promise<Result<ServerCertificate | undefined>> {
    return config.tls
      ? readServerCertificate(config.tls, overrides.microsoftCa)
      : { kind: 'ok', value: await acme?.read() };
  }

  function alert(problem: Problem, tenant?: string) {
    log.error({ tenant, ...problem }, 'the mail flow needs attention');
    alerts?.raise(problem, tenant);
  }

  /** What tenants show to their next hop that have no certificate of their own. */
  function shownCertificate() {
    return serverCertificate && { certificate: serverCertificate.certificate, key: serverCertificate.key };
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
    return { ...(relay?.state() ?? idle), tenants: configuration?.tenants().length ?? 0 };
  }

  /** One after the other: two signals in a row must not let the older reading win. */
  function reload() {
    reloading = reloading.then(reloadOnce);
    return reloading;
  }

  async function reloadOnce() {
    // What was changed while the start was reading it is read behind the start.
    if ((await starting)?.kind !== 'ok') return;
    await renewCertificate();
    await configuration?.reload();
  }

  /** Connections that are open keep theirs; the next ones get the new one. What is bad changes nothing. */
  async function renewCertificate() {
    const certificate = await readCertificate();
    const secured =
      certificate.kind === 'ok' && certificate.value ? relay?.updateTls(certificate.value) : certificate;
    if (certificate.kind === 'ok' && secured?.kind !== 'problem') serverCertificate = certificate.value;
    if (secured?.kind === 'problem')
      log.error(secured.problem, 'the certificate was read again and is bad: the old one stays');
    else if (certificate.kind === 'ok') {
      const pages = await web?.reload(certificate.value);
      if (pages?.kind === 'problem')
        log.error(
          pages.problem,
          'the certificate of the admin pages was read again and is bad: the old one stays',
        );
    }
  }

  async function stop() {
    await reloading;
    await giveBack();
    log.info('stopped');
  }

  async function giveBack() {
    for (const give of givers.splice(0).reverse()) await give();
  }

  return { start, stop, reload, mailFlow: () => mailFlow };
}

type Recording = { readonly recorder: Recorder; readonly seats: Seats; readonly clock: Clock };

function record(line: MessageLine, { recorder, seats, clock }: Recording) {
  const now = clock.now();
  const entry = entryOf(line, now);
  if (!entry) return;
  recorder.recordMessage(entry);
  const seat = seatOf(line);
  if (seat !== undefined) seats.take(entry.tenantId, seat, now);
}

function addressText({ host, port }: { readonly host: string; readonly port: number }) {
  return `${host.includes(':') ? `[${host}]` : host}:${port}`;
}
