/**
 * An application's own access, with its certificate and without a person: for the directory, the watch over the rules and
 * the lease, each switched on by itself (PRODUCT.md 7). Which of them it may is decided by its roles at Microsoft.
 */
import type { Cloud } from '../cloud.ts';
import { attempt, createAccess, scopeOf, tokenOf } from './access.ts';
import { authorityOf, confidentialClient } from './msal.ts';
import type { NetworkPorts } from './network.ts';
import type { Access, ApplicationCertificate } from './sign-in-types.ts';

/** `tenantId`: Entra's GUID of the tenant whose data is read, also where the registration is a provider's. */
export function createAppAccess(
  setup: NetworkPorts & {
    readonly cloud: Cloud;
    readonly clientId: string;
    readonly tenantId: string;
    readonly certificate: ApplicationCertificate;
  },
): Access {
  const { cloud, tenantId } = setup;
  const { app, network } = confidentialClient({ ...setup, tenant: tenantId });
  return createAccess({
    who: { tenantId, username: undefined },
    ask: async (resource, isFresh) =>
      tokenOf(
        await attempt(network, () =>
          app.acquireTokenByClientCredential({
            scopes: [scopeOf(cloud, resource)],
            authority: authorityOf(cloud, tenantId),
            skipCache: isFresh,
          }),
        ),
      ),
    wipe: () => {
      network.abort();
      app.clearCache();
    },
  });
}
