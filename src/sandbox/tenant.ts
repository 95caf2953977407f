/**
 * A simulated Microsoft 365 tenant: everything that sign-in, the Exchange admin API, Graph and mail flow read and change.
 * Exchange objects have Exchange's own property names. Nothing here judges; whoever writes has checked before.
 */
import type { ServicePrincipal } from './applications.ts';
import { createDirectory, type Directory } from './directory.ts';
import type {
  AcceptedDomain,
  InboundConnector,
  OrganizationConfig,
  OutboundConnector,
  TransportRule,
} from './exchange-objects.ts';
import { createHistory, type History } from './history.ts';

/** Milliseconds of simulated time until a write is seen. */
export type Delays = {
  /** By `Get-*` and by checks of references, such as a rule's connector. */
  readonly readMs: number;
  /** By mail flow (reference 4.4.8: up to 30 minutes and more). */
  readonly mailFlowMs: number;
};

/** An Exchange role group: who may run what (reference 2.2). */
export type RoleGroup = {
  readonly Name: string;
  readonly Roles: readonly string[];
  /** Ids of people and of service principals. */
  readonly Members: readonly string[];
};

export type Tenant = {
  readonly id: string;
  readonly organization: () => OrganizationConfig;
  readonly setOrganization: (changes: Partial<OrganizationConfig>) => void;
  readonly directory: Directory;
  readonly acceptedDomains: History<AcceptedDomain>;
  readonly inboundConnectors: History<InboundConnector>;
  readonly outboundConnectors: History<OutboundConnector>;
  readonly transportRules: History<TransportRule>;
  readonly servicePrincipals: Map<string, ServicePrincipal>;
  readonly roleGroups: Map<string, RoleGroup>;
  /** Tenants whose people may sign in here (GDAP), with the Entra roles that this gives them. */
  readonly partners: Map<string, readonly string[]>;
  /** `IPAllowList` of the default connection filter policy. */
  readonly ipAllowList: { addresses: readonly string[] };
  delays: Delays;
  /** E5 developer and new trial tenants cannot make inbound connectors (reference 4.2). */
  kind: 'paid' | 'developer';
  /** What `Get-*` shows now. */
  readonly visible: <Item>(history: History<Item>) => readonly Item[];
  /** What mail flow obeys now: rules enabled or not, in the order of their priority. */
  readonly inForce: () => MailFlow;
};

export type MailFlow = {
  readonly acceptedDomains: readonly AcceptedDomain[];
  readonly inboundConnectors: readonly InboundConnector[];
  readonly outboundConnectors: readonly OutboundConnector[];
  readonly transportRules: readonly TransportRule[];
};

export type TenantNeeds = {
  readonly id: string;
  readonly displayName: string;
  /** `contoso.onmicrosoft.com`. */
  readonly initialDomain: string;
  readonly now: () => number;
  readonly newGuid: () => string;
};

/** At once: a test that wants Exchange's slowness sets it. */
export const noDelays: Delays = { readMs: 0, mailFlowMs: 0 };
const rememberedMs = 26 * 3_600_000;

export function createTenant({ id, displayName, initialDomain, now, newGuid }: TenantNeeds): Tenant {
  const organization = createHistory<OrganizationConfig>(rememberedMs, [
    {
      Name: initialDomain,
      Identity: initialDomain,
      DisplayName: displayName,
      Guid: newGuid(),
      IsDehydrated: false,
    },
  ]);
  const tenant: Tenant = {
    id,
    organization: () => only(tenant.visible(organization)),
    setOrganization: changes => organization.put([{ ...only(organization.latest()), ...changes }], now()),
    directory: createDirectory(now),
    acceptedDomains: createHistory<AcceptedDomain>(rememberedMs, [initial(initialDomain, newGuid())]),
    inboundConnectors: createHistory<InboundConnector>(rememberedMs),
    outboundConnectors: createHistory<OutboundConnector>(rememberedMs),
    transportRules: createHistory<TransportRule>(rememberedMs),
    servicePrincipals: new Map(),
    roleGroups: new Map(),
    partners: new Map(),
    ipAllowList: { addresses: [] },
    delays: noDelays,
    kind: 'paid',
    visible: history => history.asOf(now() - tenant.delays.readMs),
    inForce: () => mailFlowOf(tenant, now() - tenant.delays.mailFlowMs),
  };
  return tenant;
}

function mailFlowOf(tenant: Tenant, moment: number): MailFlow {
  return {
    acceptedDomains: tenant.acceptedDomains.asOf(moment),
    inboundConnectors: tenant.inboundConnectors.asOf(moment),
    outboundConnectors: tenant.outboundConnectors.asOf(moment),
    transportRules: tenant.transportRules.asOf(moment).toSorted((a, b) => a.Priority - b.Priority),
  };
}

function only(configurations: readonly OrganizationConfig[]): OrganizationConfig {
  const [one] = configurations;
  if (!one) throw new Error('expected one organization, got none');
  return one;
}

function initial(domain: string, Guid: string): AcceptedDomain {
  return { ...acceptedDomain(domain, Guid), Default: true, InitialDomain: true };
}

/** A verified domain of which Exchange knows every recipient. */
export function acceptedDomain(domain: string, Guid: string): AcceptedDomain {
  return {
    DomainName: domain,
    DomainType: 'Authoritative',
    Default: false,
    InitialDomain: false,
    MatchSubDomains: false,
    Name: domain,
    Guid,
  };
}

/** True when a name is one of the domains or below one that matches subdomains. */
export function isAccepted(domains: readonly AcceptedDomain[], name: string): boolean {
  const wanted = name.toLowerCase();
  return domains.some(({ DomainName, MatchSubDomains }) => {
    const own = DomainName.toLowerCase();
    return wanted === own || (MatchSubDomains && wanted.endsWith(`.${own}`));
  });
}
