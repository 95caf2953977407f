/**
 * From the file of SIGNET_BUNDLE and the store to what the relay reads. The store is the truth; the file is imported into it
 * when it changed. A bad file ends a first start with its mistakes; later it changes nothing, since mail must not wait for
 * somebody to mend it.
 */
import type { Bundle, BundleTenant } from '../bundle/bundle.ts';
import { importKeptFile, wasImported } from '../bundle/kept-file.ts';
import { loadBundle } from '../bundle/load.ts';
import type { Clock } from '../clock.ts';
import type { Config } from '../config.ts';
import type { ContentTools } from '../content/content.ts';
import { createPhotos } from '../content/photos.ts';
import { limits } from '../limits.ts';
import type { Log } from '../log.ts';
import type { Result } from '../problem.ts';
import type { Seats } from '../record/seats.ts';
import type { RelayTenant } from '../relay/message.ts';
import { createCompiler } from '../snapshot/signature.ts';
import { createSnapshots, type Snapshots } from '../snapshot/snapshot.ts';
import { takeTokens } from '../snapshot/tokens.ts';
import type { StartWorker } from '../start-worker.ts';
import { isBundleId } from '../store/configuration-people.ts';
import type { Store } from '../store/store.ts';
import { importInThread } from './import-thread.ts';
import { serverTimeZone } from './time-zone.ts';

export type ConfigurationNeeds = {
  readonly config: Pick<Config, 'bundleFile' | 'dataFolder' | 'masterKeyFile'>;
  /** For the import while mail flows. */
  readonly startWorker: StartWorker;
  readonly store: Store;
  readonly clock: Clock;
  readonly log: Log;
  readonly random: (bytes: number) => Buffer;
  readonly digestKey: Uint8Array;
  readonly content: ContentTools;
  readonly seats: Pick<Seats, 'read' | 'mayBeSigned'>;
  /** The appliance's own certificate as it is now. */
  readonly serverCertificate: () => { readonly certificate: string; readonly key: string } | undefined;
  /** Told of each tenant that changed. */
  readonly onTenant: (tenant: BundleTenant) => void;
};

export type Configuration = Pick<Snapshots, 'tenants' | 'holds' | 'crowd'> & {
  /** Photos of this sender and their manager come into memory before their message is there. Never waits. */
  readonly warmPhotos: (tenants: readonly RelayTenant[], address: string) => void;
  /** The file imported when it says something new, the store read, and followed from then on. */
  readonly start: (bundle: Result<Bundle | undefined>) => Promise<Result<void>>;
  /** The file read again and imported, in a thread. What is bad changes nothing, and is logged. */
  readonly reload: () => Promise<void>;
  /** The store read now: what was written before is in force when this resolves. */
  readonly refresh: () => Promise<void>;
  readonly stop: () => Promise<void>;
};

/** Undefined without SIGNET_BUNDLE. */
export async function readBundleFile(
  { bundleFile }: Pick<Config, 'bundleFile'>,
  content: ContentTools,
): Promise<Result<Bundle | undefined>> {
  return bundleFile === undefined
    ? { kind: 'ok', value: undefined }
    : loadBundle(bundleFile, createCompiler(content).check, content.fit);
}

type ImportedCount = { readonly count: number; readonly changes: readonly string[] };

export function createConfiguration(needs: ConfigurationNeeds): Configuration {
  const { config, store, clock, log, random, digestKey, content, seats, startWorker } = needs;
  const { tenants, configurations, settings, people, snapshotRows } = store;
  const photos = createPhotos({ find: people.findPhoto });
  const snapshots = createSnapshots({
    store: {
      ...snapshotRows,
      ...people,
      ...configurations,
      ...tenants,
      readEpoch: () => settings.readSetting('restored'),
    },
    content,
    photos,
    clock,
    log,
    timeZone: serverTimeZone(),
    isOfBundle: isBundleId,
    mayBeSigned: seats.mayBeSigned,
    serverCertificate: needs.serverCertificate,
    onTenant: async (tenant, timeZone) => {
      await seats.read(tenant.id ?? '', timeZone);
      needs.onTenant(tenant);
    },
  });
  let timer: NodeJS.Timeout | undefined;
  let following: Promise<void> = Promise.resolve();
  let isStopped = false;

  async function start(bundle: Result<Bundle | undefined>): Promise<Result<void>> {
    const file = config.bundleFile;
    if (bundle.kind === 'problem') {
      if (file === undefined || !(await wasImported(settings, file))) return bundle;
      log.error(bundle.problem, 'the bundle is bad: what it said at its last import stays');
    } else {
      const imported = await take(bundle.value);
      if (imported.kind === 'problem') return imported;
    }
    await snapshots.refresh();
    follow();
    return { kind: 'ok', value: undefined };
  }

  /** On this loop: nobody is served before the start is done. */
  async function take(bundle: Bundle | undefined): Promise<Result<void>> {
    const tokens = await takeTokens(config.dataFolder, settings);
    if (tokens.kind === 'problem') return tokens;
    const file = config.bundleFile;
    if (file === undefined || bundle === undefined) return { kind: 'ok', value: undefined };
    const imported = await importKeptFile(
      { configurations, settings, random, digestKey, tokens: tokens.value },
      file,
      bundle,
    );
    if (imported.kind === 'problem') return imported;
    const changes = imported.value?.changes ?? [];
    tell({ count: changes.length, changes: changes.slice(0, limits.bundle.changesTold) });
    return { kind: 'ok', value: undefined };
  }

  function tell({ count, changes }: ImportedCount) {
    for (const change of changes) log.info({ change }, 'the configuration changed');
    const more = count - changes.length;
    if (more > 0) log.info({ more }, 'the configuration changed in more places');
  }

  async function importChanged(): Promise<Result<ImportedCount>> {
    const { bundleFile: file, dataFolder, masterKeyFile } = config;
    if (file === undefined) return { kind: 'ok', value: { count: 0, changes: [] } };
    const key = masterKeyFile === undefined ? {} : { masterKeyFile };
    return importInThread(startWorker, { file, dataFolder, ...key, digestKey });
  }

  async function reload() {
    const imported = await importChanged();
    if (imported.kind === 'problem')
      return log.error(imported.problem, 'the configuration was read again and is bad: the old one stays');
    tell(imported.value);
    await snapshots.refresh();
    log.info({ changes: imported.value.count }, 'the configuration was read again');
  }

  /** Other processes change the store too: `signet import`, `signet sync`. */
  function follow() {
    if (isStopped) return;
    timer = setTimeout(() => {
      following = snapshots.refresh().then(follow);
    }, limits.snapshot.followMs);
  }

  function warmPhotos(candidates: readonly RelayTenant[], address: string) {
    for (const { id, signing } of candidates) {
      const person = signing.people.byAddress(address);
      const manager = person?.managerId === undefined ? undefined : signing.people.byId(person.managerId);
      const hashes = [person?.photo, manager?.photo].filter(hash => hash !== undefined);
      if (hashes.length > 0) void photos.prepare(id, hashes);
    }
  }

  async function stop() {
    isStopped = true;
    clearTimeout(timer);
    await following;
  }

  const { tenants: current, holds, crowd, refresh } = snapshots;
  return { tenants: current, holds, crowd, warmPhotos, start, reload, refresh, stop };
}
