/** What an application asks for, checked before any user is involved: who it is, in which tenant, for which resource. */
import { type Application, microsoftExchangeClient, type ResourceName } from '../applications.ts';
import { findResource, type Permission, type Resource, readScopes } from '../resources.ts';
import type { State } from '../state.ts';
import type { Tenant } from '../tenant.ts';
import { type Refusal, refused } from './aadsts.ts';

export type Origins = Readonly<Record<ResourceName, string>> & {
  readonly authority: string;
  readonly pages: string;
};

export type SignInRequest = {
  readonly kind: 'request';
  readonly application: Application;
  /** The path's tenant; none for `organizations` and `common`. */
  readonly tenant?: Tenant;
  readonly resource: Resource;
  /** Delegated permissions, `.default` resolved. */
  readonly permissions: readonly Permission[];
  /** As it was asked for. */
  readonly scope: string;
};

export type Asked = {
  readonly tenantKey: string;
  readonly clientId: string | null;
  readonly scope: string | null;
};

const anyTenant = new Set(['organizations', 'common']);

export function readApplication(
  state: State,
  { tenantKey, clientId }: Pick<Asked, 'tenantKey' | 'clientId'>,
): Refusal | { readonly kind: 'application'; readonly application: Application; readonly tenant?: Tenant } {
  if (!clientId) return refused(900144, 'client_id');
  const isAny = anyTenant.has(tenantKey.toLowerCase());
  const tenant = isAny ? undefined : state.findTenant(tenantKey);
  if (!isAny && !tenant) return refused(90002, tenantKey);
  const application = state.applications.get(clientId.toLowerCase());
  if (!application) return refused(700016, clientId);
  const isOwnOnly = application.signInAudience === 'AzureADMyOrg';
  if (isAny && isOwnOnly) return refused(50194, clientId);
  if (tenant && isOwnOnly && application.homeTenantId !== tenant.id) return refused(700016, clientId);
  return { kind: 'application', application, ...(tenant ? { tenant } : {}) };
}

export function readRequest(state: State, origins: Origins, asked: Asked): Refusal | SignInRequest {
  const known = readApplication(state, asked);
  if (known.kind === 'refused') return known;
  const { application, tenant } = known;
  const found = readPermissions(application, asked.scope, origins);
  if (found.kind === 'refused') return found;
  const { resource, permissions } = found;
  return {
    kind: 'request',
    application,
    ...(tenant ? { tenant } : {}),
    resource,
    permissions,
    scope: asked.scope ?? '',
  };
}

type Permissions = {
  readonly kind: 'permissions';
  readonly resource: Resource;
  readonly permissions: readonly Permission[];
};

/** One token is for one resource (2.2); `.default` stands for all that the registration asks for. */
function readPermissions(
  application: Application,
  scope: string | null,
  origins: Origins,
): Refusal | Permissions {
  if (!scope) return refused(900144, 'scope');
  const asked = readScopes(scope);
  const [first] = asked;
  if (!first) return refused(70011, scope);
  const resource = findResource(first.resource, origins);
  if (!resource) return refused(500011, first.resource);
  if (asked.some(one => findResource(one.resource, origins) !== resource)) return refused(28000);
  const names = asked.map(({ permission }) => permission);
  const listed = application.requires.delegated[resource.name] ?? [];
  const isMicrosofts = application.appId === microsoftExchangeClient.appId;
  if (names.includes('.default')) {
    if (names.length > 1) return refused(70011, scope);
    if (listed.length === 0) return isMicrosofts ? refused(65002, application.appId) : refused(650057);
    return granted(resource, listed, scope);
  }
  if (isMicrosofts && names.some(name => !listed.includes(name))) return refused(65002, application.appId);
  return granted(resource, names, scope);
}

function granted(resource: Resource, names: readonly string[], scope: string): Refusal | Permissions {
  const known = resource.delegated.filter(({ value }) => names.includes(value));
  return known.length === names.length
    ? { kind: 'permissions', resource, permissions: known }
    : refused(70011, scope);
}
