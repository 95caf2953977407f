/** The standing accesses of a data folder, for a command. */
import { randomBytes } from 'node:crypto';
import { cloudsOr, readClouds } from '../../app/mail-flow/clouds.ts';
import { createStandingAccesses, type StandingAccesses } from '../../app/standing-access.ts';
import { systemClock } from '../../clock.ts';
import type { Config } from '../../config.ts';
import type { Store } from '../../store/store.ts';

export function standingAccesses(store: Store, { dataFolder }: Pick<Config, 'dataFolder'>): StandingAccesses {
  return createStandingAccesses({
    store,
    clouds: async () => cloudsOr(await readClouds(dataFolder, fetch)),
    clock: systemClock,
    random: randomBytes,
  });
}
