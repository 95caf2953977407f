/** The simulated cloud: its tenants, the applications registered in it, its faults and its time. */
import type { Clock } from '../clock.ts';
import { type Application, microsoftExchangeClient, type ServicePrincipal } from './applications.ts';
import { createSandboxClock, type SandboxClock } from './clock.ts';
import type { Person } from './directory.ts';
import type { OutboundConnector } from './exchange-objects.ts';
import { createFaults, type Faults } from './faults.ts';
import { createTenant, type Tenant } from './tenant.ts';

export type Random = (bytes: number) => Buffer;

/** Steps of `Validate-OutboundConnector`: a connection to each smart host, a mail to each recipient (reference 4.1). */
export type ValidationTask = {
  readonly TaskName: string;
  readonly IsTaskSuccessful: boolean;
  readonly TaskDetail: string;
  readonly SmartHost?: string;
};

export type Hooks = {
  /** Set by mail flow; without it every connector validates well. */
  validateConnector?: (
    tenant: Tenant,
    connector: OutboundConnector,
    recipients: readonly string[],
  ) => Promise<readonly ValidationTask[]>;
};

export type State = {
  readonly hooks: Hooks;
  /** Sign-in and tokens live in the clients' time. */
  readonly clock: Clock;
  /** Exchange's delays and mail flow live in simulated time. */
  readonly time: SandboxClock;
  readonly random: Random;
  readonly newGuid: () => string;
  readonly faults: Faults;
  /** Seconds between two polls of a device code (reference 3.1: usually five). */
  pollSeconds: number;
  readonly tenants: Map<string, Tenant>;
  readonly applications: Map<string, Application>;
  readonly addTenant: (about: { id?: string; displayName: string; initialDomain: string }) => Tenant;
  /** By id or by any accepted domain. */
  readonly findTenant: (key: string) => Tenant | undefined;
  readonly register: (application: Application) => void;
  /** Grants a tenant's consent, on top of what it granted before. */
  readonly consent: (tenant: Tenant, appId: string, grant: Grant) => ServicePrincipal;
  readonly findPerson: (key: string) => { readonly tenant: Tenant; readonly person: Person } | undefined;
};

export type Grant = Partial<Pick<ServicePrincipal, 'delegated' | 'application' | 'roles'>>;

export function createState({ clock, random }: { clock: Clock; random: Random }): State {
  const time = createSandboxClock(clock);
  const tenants = new Map<string, Tenant>();
  const applications = new Map([[microsoftExchangeClient.appId, microsoftExchangeClient]]);
  const newGuid = () => guidOf(random(16));

  function addTenant({ id = newGuid(), displayName, initialDomain }: Parameters<State['addTenant']>[0]) {
    const tenant = createTenant({ id, displayName, initialDomain, now: time.now, newGuid });
    tenants.set(id, tenant);
    return tenant;
  }

  function findTenant(key: string) {
    const wanted = key.toLowerCase();
    const has = (tenant: Tenant) =>
      tenant.acceptedDomains.latest().some(({ DomainName }) => DomainName.toLowerCase() === wanted);
    return tenants.get(wanted) ?? [...tenants.values()].find(has);
  }

  function consent(tenant: Tenant, appId: string, grant: Grant) {
    const before = tenant.servicePrincipals.get(appId);
    const principal = {
      id: before?.id ?? newGuid(),
      appId,
      delegated: joined(before?.delegated, grant.delegated),
      application: joined(before?.application, grant.application),
      roles: joined(before?.roles, grant.roles),
    };
    tenant.servicePrincipals.set(appId, principal);
    return principal;
  }

  function findPerson(key: string) {
    for (const tenant of tenants.values()) {
      const person = tenant.directory.findPerson(key);
      if (person) return { tenant, person };
    }
    return undefined;
  }

  return {
    hooks: {},
    clock,
    time,
    random,
    newGuid,
    faults: createFaults(),
    pollSeconds: 5,
    tenants,
    applications,
    addTenant,
    findTenant,
    register: application => applications.set(application.appId, application),
    consent,
    findPerson,
  };
}

function joined(before: readonly string[] = [], more: readonly string[] = []) {
  return [...new Set([...before, ...more])];
}

/** RFC 9562 5.4, from 16 random bytes. */
function guidOf(bytes: Buffer) {
  const hex = bytes.toString('hex');
  return [
    hex.slice(0, 8),
    hex.slice(8, 12),
    `4${hex.slice(13, 16)}`,
    `8${hex.slice(17, 20)}`,
    hex.slice(20),
  ].join('-');
}
