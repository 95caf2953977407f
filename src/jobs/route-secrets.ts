/** Route secrets that were replaced are taken for another day, and then no more (PRODUCT.md 7). */
import type { MicrosoftStore } from '../store/microsoft.ts';
import type { Tenants } from '../store/tenants.ts';
import type { Job } from './scheduler.ts';

export type RouteSecretsNeeds = {
  readonly tenants: Pick<Tenants, 'listTenants'>;
  readonly microsoft: Pick<MicrosoftStore, 'findMicrosoft' | 'changeMicrosoft'>;
  readonly now: () => number;
};

export function routeSecretsJob({ tenants, microsoft, now }: RouteSecretsNeeds): Job {
  return {
    name: 'route-secrets',
    schedule: '*/10 * * * *',
    runsAtStart: true,
    run: async () => {
      const dropped: string[] = [];
      for (const { id } of await tenants.listTenants()) {
        const until = (await microsoft.findMicrosoft(id))?.state.routeSecretBeforeUntil;
        if (until === undefined || until > now()) continue;
        await microsoft.changeMicrosoft(id, ({ routeSecretBeforeUntil: _, ...state }) => state, {
          'route-secret-before': null,
        });
        dropped.push(id);
      }
      return { dropped };
    },
  };
}
