/** One tenant of the store, read and compiled as the relay has it: for commands that ask what it would do. */
import type { BundleTenant } from '../bundle/bundle.ts';
import type { Clock } from '../clock.ts';
import type { ContentTools } from '../content/content.ts';
import { createPhotos } from '../content/photos.ts';
import { createPace } from '../directory/pace.ts';
import type { Result } from '../problem.ts';
import { createSeats } from '../record/seats.ts';
import { renderSignature } from '../signature/render.ts';
import type { SigningTenant } from '../signature/tenant.ts';
import { createPopulation, type Population } from '../snapshot/population.ts';
import { createCompiler } from '../snapshot/signature.ts';
import { compileSigning } from '../snapshot/tenant.ts';
import { isBundleId } from '../store/configuration-people.ts';
import type { Store } from '../store/store.ts';
import { serverTimeZone } from './time-zone.ts';

export type StoredTenantNeeds = {
  readonly store: Store;
  readonly clock: Clock;
  readonly content: ContentTools;
};

export type SigningOfStore = {
  readonly signing: SigningTenant;
  /** Fetches the photos that plans asked for and that were not at hand; true when there were any: then plan again. */
  readonly fetchPhotos: () => Promise<boolean>;
};

/** People and groups of the tenant, local overrides applied; 50,000 take some seconds. */
export async function readPopulation(
  { snapshotRows, people }: Pick<Store, 'snapshotRows' | 'people'>,
  tenantId: string,
  clock: Clock,
): Promise<Population> {
  const population = createPopulation({ ...snapshotRows, ...people }, tenantId, {
    now: clock.now,
    isOfBundle: isBundleId,
  });
  await population.update(undefined, createPace(clock.elapsed));
  return population;
}

/** The same plan that the relay makes, seats included. */
export async function readSigning(
  { store, clock, content }: StoredTenantNeeds,
  tenant: BundleTenant,
): Promise<Result<SigningOfStore>> {
  const { id = '', preferences } = tenant;
  const timeZone = serverTimeZone();
  const population = await readPopulation(store, id, clock);
  const seats = createSeats({ licences: store.licences, now: clock.now, onTaken: () => {} });
  await seats.read(id, preferences.timeZone ?? timeZone);
  const photos = createPhotos({ find: store.people.findPhoto });
  const missing = new Set<string>();
  const signing = await compileSigning(tenant, {
    compile: createCompiler(content).compile,
    render: renderSignature,
    qr: content.qr,
    photo: (tenantId, hash) => {
      const photo = photos.get(tenantId, hash);
      if (!photo) missing.add(hash);
      return photo;
    },
    pace: createPace(clock.elapsed),
    timeZone,
    population: { people: population.people, groups: population.groups(), isEmpty: population.isEmpty() },
    mayBeSigned: (key, now) => seats.mayBeSigned(id, key, now),
  });
  if (signing.kind === 'problem') return signing;
  const fetchPhotos = async () => {
    const asked = [...missing];
    missing.clear();
    await photos.prepare(id, asked);
    return asked.length > 0;
  };
  return { kind: 'ok', value: { signing: signing.value, fetchPhotos } };
}
