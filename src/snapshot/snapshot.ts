/**
 * What the relay reads: every tenant of the store, compiled, and kept up with it. A change is noticed by the tenant's
 * revision; changed people are replaced in place, a changed configuration is compiled beside the old one and swapped in
 * when it is whole. What is bad changes nothing, and trouble with the store leaves everything as it is.
 */
import { isDeepStrictEqual } from 'node:util';
import type { BundleTenant } from '../bundle/bundle.ts';
import { lackingForNextHop, lackingSecrets } from '../bundle/secrets.ts';
import type { Clock } from '../clock.ts';
import type { ContentTools } from '../content/content.ts';
import type { Photos } from '../content/photos.ts';
import type { Crowd, UsedValue } from '../directory/completeness.ts';
import { createPace } from '../directory/pace.ts';
import type { Log } from '../log.ts';
import type { NextHop, RelayTenant } from '../relay/message.ts';
import { renderSignature } from '../signature/render.ts';
import type { Configurations } from '../store/configuration.ts';
import type { Tenants } from '../store/tenants.ts';
import { createPopulation, crowdOf, type Population, type PopulationStore } from './population.ts';
import { createCompiler } from './signature.ts';
import { compileTenant, passingTenant } from './tenant.ts';
import { usedValues } from './used-values.ts';

export type SnapshotStore = Pick<Tenants, 'tenantRevisions'> &
  Pick<Configurations, 'readConfiguration'> &
  PopulationStore & {
    /** Another answer after a backup was restored: revisions from before say nothing about the rows of now. */
    readonly readEpoch: () => Promise<unknown>;
  };

export type SnapshotNeeds = {
  readonly store: SnapshotStore;
  readonly content: ContentTools;
  readonly photos?: Pick<Photos, 'get' | 'prepare'>;
  readonly clock: Clock;
  readonly log: Log;
  /** IANA name of the server's own zone. */
  readonly timeZone: string;
  /** Whether the id of a person or group is one that stands in the bundle. */
  readonly isOfBundle: (id: string) => boolean;
  readonly mayBeSigned?: (tenantId: string, seatKey: string, now: number) => boolean;
  /** The appliance's own certificate as it is now. */
  readonly serverCertificate?: () => NextHop['clientCertificate'];
  /** Before a tenant is compiled, each time it changed. */
  readonly onTenant?: (tenant: BundleTenant, timeZone: string) => Promise<void>;
};

export type Snapshots = {
  /** By name. The same array for as long as nothing but people changed. */
  readonly tenants: () => readonly RelayTenant[];
  /** Whether the tenant's mail must wait because a secret for its next hop is missing. */
  readonly holds: (tenantId: string) => boolean;
  /** For the completeness board: everybody, and the values that published signatures use. Undefined: no such tenant. */
  readonly crowd: (
    tenantId: string,
  ) => { readonly crowd: Crowd; readonly used: readonly UsedValue[] } | undefined;
  /** Follows the store. Never rejects; one run after the other. */
  readonly refresh: () => Promise<void>;
};

type Entry = {
  readonly revision: number;
  readonly epoch: unknown;
  readonly tenant: BundleTenant;
  readonly population: Population;
  readonly groups: ReturnType<Population['groups']>;
  readonly isEmpty: boolean;
  readonly serverCertificate: NextHop['clientCertificate'];
  readonly relay: RelayTenant;
};

export function createSnapshots(needs: SnapshotNeeds): Snapshots {
  const { store, content, photos, clock, log, timeZone, isOfBundle, mayBeSigned, onTenant } = needs;
  const compiler = createCompiler(content);
  const entries = new Map<string, Entry>();
  let tenants: readonly RelayTenant[] = [];
  let running: Promise<void> = Promise.resolve();
  let isFailing = false;

  async function refreshOnce() {
    try {
      const epoch = await store.readEpoch();
      const isReplaced = [...entries.values()].some(entry => !isDeepStrictEqual(entry.epoch, epoch));
      const revisions = await store.tenantRevisions();
      for (const id of [...entries.keys()]) if (!revisions.has(id)) entries.delete(id);
      for (const [id, revision] of revisions)
        if (!isCurrent(entries.get(id), { revision, epoch }) || isCertificateOld(id))
          await refreshTenant(id, { revision, epoch });
      publish();
      if (isReplaced) log.info({ epoch }, 'a backup was restored, and everything in it was read');
      if (isFailing) log.info('the database can be read again');
      isFailing = false;
    } catch (error) {
      publish();
      // Once, not every second: mail flows on with what is known.
      if (!isFailing)
        log.error({ err: error }, 'the database cannot be read; mail flows on as configured before');
      isFailing = true;
    }
  }

  function isCurrent(entry: Entry | undefined, { revision, epoch }: Pick<Entry, 'revision' | 'epoch'>) {
    return entry?.revision === revision && isDeepStrictEqual(entry.epoch, epoch);
  }

  function isCertificateOld(id: string): boolean {
    const entry = entries.get(id);
    return entry !== undefined && !isDeepStrictEqual(entry.serverCertificate, shownBy(entry.tenant));
  }

  /** Only for those who show it: others do not change with it. */
  function shownBy({ nextHop }: BundleTenant) {
    return nextHop.serverCertificate ? needs.serverCertificate?.() : undefined;
  }

  /** The revision was read first: what changes meanwhile has a higher one and is read again. */
  async function refreshTenant(id: string, state: Pick<Entry, 'revision' | 'epoch'>) {
    const before = entries.get(id);
    const stored = await store.readConfiguration(id);
    if (!stored) return;
    const known = isDeepStrictEqual(before?.epoch, state.epoch) ? before : undefined;
    const population = known?.population ?? createPopulation(store, id, populationNeeds(id));
    await population.update(known?.revision, createPace(clock.elapsed));
    await onTenant?.(stored.tenant, stored.tenant.preferences.timeZone ?? timeZone);
    const groups = population.groups();
    const isEmpty = population.isEmpty();
    const { tenant } = stored;
    const serverCertificate = shownBy(tenant);
    const isSame =
      before?.population === population &&
      before.groups === groups &&
      before.isEmpty === isEmpty &&
      isDeepStrictEqual(before.serverCertificate, serverCertificate) &&
      isDeepStrictEqual(before.tenant, tenant);
    const relay = isSame ? before.relay : await compile(tenant, population, before?.relay);
    entries.set(id, { ...state, tenant, population, groups, isEmpty, serverCertificate, relay });
    if (!isSame) tell(tenant, relay);
  }

  /** People who are new or changed are likely to write: their photos come into memory, as far as they fit. */
  function populationNeeds(id: string) {
    const onPhoto = (hash: string) => void photos?.prepare(id, [hash]);
    return { now: clock.now, isOfBundle, onPhoto };
  }

  async function compile(tenant: BundleTenant, population: Population, before: RelayTenant | undefined) {
    const { id = '', name } = tenant;
    const serverCertificate = shownBy(tenant);
    const compiled = await compileTenant(tenant, {
      compile: compiler.compile,
      render: renderSignature,
      qr: content.qr,
      ...(photos && { photo: photos.get }),
      timeZone,
      ...(serverCertificate && { serverCertificate }),
      population: { people: population.people, groups: population.groups(), isEmpty: population.isEmpty() },
      pace: createPace(clock.elapsed),
      ...(mayBeSigned && { mayBeSigned: (key: string, now: number) => mayBeSigned(id, key, now) }),
    });
    if (compiled.kind === 'ok') return compiled.value;
    const what = before
      ? 'a tenant has a bad configuration: the old one stays'
      : 'a tenant has a bad configuration: its mail passes unsigned';
    log.error({ tenant: id, name, ...compiled.problem }, what);
    return before ?? passingTenant(tenant, timeZone, serverCertificate);
  }

  function tell(tenant: BundleTenant, { id, name, mode }: RelayTenant) {
    const lacking = lackingSecrets(tenant);
    if (lacking.length === 0) log.info({ tenant: id, name, mode }, 'a tenant is configured');
    else
      log.warn({ tenant: id, name, lacking }, 'a tenant needs a secret: until then its mail is not signed');
  }

  function publish() {
    const now = [...entries.values()].map(({ relay }) => relay).sort((a, b) => (a.name < b.name ? -1 : 1));
    if (now.length === tenants.length && now.every((relay, index) => relay === tenants[index])) return;
    tenants = Object.freeze(now);
  }

  return {
    tenants: () => tenants,
    holds: id => {
      const tenant = entries.get(id)?.tenant;
      return tenant !== undefined && lackingForNextHop(tenant).length > 0;
    },
    crowd: id => {
      const entry = entries.get(id);
      return entry && { crowd: crowdOf(entry.population), used: usedValues(entry.tenant, compiler) };
    },
    refresh: () => {
      running = running.then(refreshOnce);
      return running;
    },
  };
}
