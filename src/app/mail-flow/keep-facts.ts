/**
 * What a tenant's first look brought, kept before any mail can come: by which id Exchange names it, which domains are its own,
 * and where its mail is handed back. A bundle that keeps the tenant stays the truth of what it says.
 */
import { exchangeHop } from '../../bundle/microsoft.ts';
import type { StoredCloudName } from '../../microsoft/cloud.ts';
import { done } from '../../microsoft/failure.ts';
import type { MailFlowResult } from '../../microsoft/mail-flow-types.ts';
import type { Access } from '../../microsoft/tokens/sign-in-types.ts';
import type { Store } from '../../store/store.ts';
import type { StoredTenant, Tenant, TenantNextHop } from '../../store/tenants.ts';
import type { CloudAccess } from './clouds.ts';
import type { Context } from './context.ts';
import { refused } from './refused.ts';
import { isExchangeTenant } from './stored-setup.ts';
import type { TenantFacts } from './tenant-facts.ts';

export type KeepNeeds = { readonly store: Pick<Store, 'tenants'> };

/** Notes for the administrator, whole sentences. */
export async function keepFacts(
  { store: { tenants } }: KeepNeeds,
  context: Context,
  {
    access,
    facts,
  }: {
    readonly access: Pick<Access, 'tenantId'>;
    readonly facts: Pick<TenantFacts, 'domains'>;
  },
): Promise<MailFlowResult<readonly string[]>> {
  const tenantId = access.tenantId.toLowerCase();
  const others = (await tenants.listTenants()).filter(
    other => other.id !== context.tenant.id && isExchangeTenant(other),
  );
  const same = others.find(other => other.connection.microsoft?.tenantId === tenantId);
  if (same)
    return refused(
      'already-connected',
      'SIGNET_TENANT_CONNECTED',
      `This organisation is connected as the tenant "${same.name}" already: use that one.`,
    );
  const shared = sharedCertificate(context, others);
  if (shared) return shared;
  // Read anew: what a person changed while they signed in must not be undone.
  const {
    revision: _,
    createdAt: __,
    retiredAt: ___,
    ...tenant
  } = (await tenants.findTenant(context.tenant.id)) ?? context.tenant;
  const { domains, notes } = domainsOf(tenant, facts.domains);
  const cloud = context.access.cloud.name;
  const nextHop = nextHopOf(tenant, { domains, cloud, access: context.access });
  const connection = { ...tenant.connection, nextHop, microsoft: { tenantId, cloud } };
  await tenants.saveTenant({ ...tenant, domains, connection });
  return done(notes);
}

/** Two customers of Microsoft with one certificate: Exchange could take the mail of the one for the other's. */
function sharedCertificate({ tenant, choices }: Context, others: readonly StoredTenant[]) {
  const isOwn = tenant.connection.nextHop.certificate !== undefined;
  if (isOwn || choices.identification?.kind === 'addresses') return undefined;
  const other = others.find(
    ({ connection: { nextHop, microsoft } }) =>
      microsoft && nextHop.serverCertificate && !nextHop.certificate,
  );
  return (
    other &&
    refused(
      'appliance',
      'SIGNET_CONNECTOR_APPLIANCE',
      `The tenant "${other.name}" is known to Exchange by this appliance's certificate: give this tenant a certificate of its own (nextHop.clientCertificate in its bundle), since no two may share one.`,
    )
  );
}

function domainsOf(tenant: Tenant, accepted: readonly string[]) {
  if (tenant.managedBy === undefined)
    return { domains: accepted.length > 0 ? accepted : tenant.domains, notes: [] };
  const missing = accepted.filter(domain => !tenant.domains.includes(domain));
  const notes =
    missing.length === 0
      ? []
      : [
          `The bundle does not name these domains of the tenant, whose mail passes unsigned: ${missing.join(', ')}.`,
        ];
  return { domains: tenant.domains, notes };
}

function nextHopOf(
  { connection: { nextHop } }: Tenant,
  {
    domains,
    cloud,
    access,
  }: { readonly domains: readonly string[]; readonly cloud: StoredCloudName; readonly access: CloudAccess },
): TenantNextHop {
  const { certificate, user } = nextHop;
  const own = certificate === undefined ? ({ serverCertificate: true } as const) : { certificate };
  if (access.nextHop) {
    const { serverCertificate: _, ...hop } = access.nextHop;
    return { ...hop, ...own };
  }
  // What a person wrote themselves stays.
  if (nextHop.target.kind === 'host') return { ...nextHop, ...own };
  const { isDefault: _, auth: __, clientCertificate: ___, ...hop } = exchangeHop(domains, cloud);
  return { ...hop, ...own, ...(user === undefined ? {} : { user }) };
}
