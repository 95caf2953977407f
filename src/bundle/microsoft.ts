/**
 * The Microsoft 365 part of a tenant, and the next hop that follows from it where none is written: the MX records of a domain
 * that Microsoft keeps, within Microsoft's own hosts (exchange-online.md 6).
 */
import { cloudOf } from '../microsoft/cloud.ts';
import type { BundleMicrosoft, BundleNextHop, BundleTenant } from './bundle.ts';

/** Exchangers of domains with DNSSEC (exchange-online.md 6). */
const signedHosts = '.mx.microsoft';

/**
 * The initial domain's records are Microsoft's whatever filter the others point to. Nobody's DNS may lead the mail to another
 * host than Microsoft's: a certificate would fit any name.
 */
export function exchangeHop(
  domains: readonly string[],
  cloud: BundleMicrosoft['cloud'] = 'worldwide',
): BundleNextHop {
  const initial = domains.find(domain =>
    /\.onmicrosoft\.(?:com|us|cn)$|\.partner\.onmschina\.cn$/.test(domain),
  );
  // A simulated tenant's next hop is stored, not made.
  const within = [cloudOf(cloud === 'sandbox' ? 'worldwide' : cloud).mailHosts, signedHosts];
  const target = { kind: 'mx', domain: initial ?? domains[0] ?? '', within } as const;
  return { target, port: 25, tls: 'required', isDefault: true };
}

/** Whether the tenant's mail waits because this appliance lacks its secret, as behind an import. */
export function lacksRouteSecret({ kind, microsoft }: Pick<BundleTenant, 'kind' | 'microsoft'>): boolean {
  return kind === 'exchange-online' && microsoft !== undefined && microsoft.routeSecrets.length === 0;
}
