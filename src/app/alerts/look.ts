/** The minute's look: facts from store, relay, disk and certificates. */
import { X509Certificate } from 'node:crypto';
import { statfs } from 'node:fs/promises';
import type { Facts, TenantFacts } from '../../alerts/conditions.ts';
import type { BundleDirectory } from '../../bundle/bundle.ts';
import type { Clock } from '../../clock.ts';
import { directorySync } from '../../jobs/directory-sync.ts';
import type { NextHop } from '../../relay/message.ts';
import type { RecorderState } from '../../store/recorder.ts';
import type { JobState } from '../../store/settings.ts';
import type { Store } from '../../store/store.ts';
import type { StoredTenant } from '../../store/tenants.ts';
import { syncResult } from '../directory.ts';
import { licensingOf } from '../licensing.ts';

export type LookNeeds = {
  readonly store: Store;
  readonly clock: Clock;
  readonly dataFolder: string;
  readonly startedAt: number;
  readonly isListening: () => boolean;
  readonly recorder: () => RecorderState;
  /** Of the appliance's own certificate, milliseconds since 1970. */
  readonly certificateUntil: () => number | undefined;
  readonly nextHops: () => readonly { readonly tenantId: string; readonly nextHop: NextHop }[];
  readonly directories: () => ReadonlyMap<string, BundleDirectory>;
};

/** What a next hop did in this time tells whether it is in trouble. */
const recentMs = 10 * 60_000;

export async function lookAround(needs: LookNeeds): Promise<Facts> {
  const { store, clock, dataFolder } = needs;
  const [tenants, jobs, disk] = await Promise.all([
    store.tenants.listTenants(),
    store.settings.listJobs(),
    statfs(dataFolder).then(
      ({ bavail, bsize }) => ({ folder: dataFolder, freeBytes: bavail * bsize }),
      () => undefined,
    ),
  ]);
  const facts: TenantFacts[] = [];
  // One after the other: a provider's two hundred tenants must not fill the queue of the store's threads.
  for (const tenant of tenants)
    if (tenant.retiredAt === undefined) facts.push(await factsOf(tenant, jobs, needs));
  return {
    now: clock.now(),
    isListening: needs.isListening(),
    disk,
    certificates: certificatesOf(needs),
    tenants: facts,
    isRecorderFailing: needs.recorder().failingSince !== undefined,
  };
}

function certificatesOf({ certificateUntil, nextHops }: LookNeeds): Facts['certificates'] {
  const own = certificateUntil();
  return [
    ...(own === undefined ? [] : [{ name: 'of the relay', validUntil: own }]),
    ...nextHops().flatMap(({ tenantId, nextHop }) =>
      nextHop.clientCertificate
        ? [
            {
              name: 'shown to the next hop',
              tenantId,
              validUntil: endOf(nextHop.clientCertificate.certificate),
            },
          ]
        : [],
    ),
  ];
}

function endOf(pem: string) {
  return new X509Certificate(pem).validToDate.getTime();
}

async function factsOf(
  tenant: StoredTenant,
  jobs: readonly JobState[],
  needs: LookNeeds,
): Promise<TenantFacts> {
  const { store, clock } = needs;
  const { id, name, kind } = tenant;
  const outcomes = await store.messages.countOutcomes(id, clock.now() - recentMs);
  const microsoft = kind === 'exchange-online' ? await store.microsoft.findMicrosoft(id) : undefined;
  const directory = needs.directories().get(id);
  return {
    id,
    name,
    deferred: outcomes.deferred ?? 0,
    delivered: (outcomes.delivered ?? 0) + (outcomes['delivered-with-report'] ?? 0),
    ...(directory && { directory: directoryFacts(id, directory, jobs, needs.startedAt) }),
    licenceProblems: await licensingOf(store, clock).warnings(id),
    drift: microsoft?.state.status === 'drifted' ? (microsoft.state.drift ?? []) : [],
  };
}

function directoryFacts(
  tenantId: string,
  { everyMinutes }: BundleDirectory,
  jobs: readonly JobState[],
  startedAt: number,
) {
  const of = (name: string) => jobs.find(job => job.name === name && job.tenantId === tenantId);
  const [run, last] = [of(directorySync), of(syncResult)];
  const lastSuccessAt = last?.outcome === 'success' ? last.finishedAt : undefined;
  return {
    everyMinutes,
    ...(lastSuccessAt === undefined ? {} : { lastSuccessAt }),
    ...(run?.outcome === 'failure' ? { failure: String(run.result) } : {}),
    knownSince: startedAt,
  };
}
