/** Who calls the Exchange admin API and which cmdlets that makes available (reference 1.7, 1.9, 2.2). */
import type { JWTPayload } from 'jose';
import type { ResourceName } from '../applications.ts';
import { findResource } from '../resources.ts';
import { templatesOf } from '../roles.ts';
import type { Keys } from '../sign-in/keys.ts';
import type { State } from '../state.ts';
import type { Tenant } from '../tenant.ts';
import type { Cmdlet } from './cmdlet.ts';

export type ExchangeNeeds = {
  readonly state: State;
  readonly keys: Keys;
  readonly origins: Readonly<Record<ResourceName, string>> & {
    readonly authority: string;
    readonly pages: string;
  };
};

export type Caller = {
  readonly kind: 'caller';
  readonly tenant: Tenant;
  /** Management roles as they are now. */
  readonly roles: readonly string[];
  /** The token was issued before a role came: Exchange does not know of it yet. */
  readonly isStale: boolean;
};

/** `unauthorized`: no token of ours for Exchange. `wrong-scope`: a valid one that does not open this API. */
export type NoCaller = { readonly kind: 'unauthorized' } | { readonly kind: 'wrong-scope' };

const every = [
  ...[
    'Transport Rules',
    'Remote and Accepted Domains',
    'Organization Transport Settings',
    'Organization Configuration',
  ],
  ...[
    'Transport Hygiene',
    'View-Only Configuration',
    'View-Only Recipients',
    'Mail Recipients',
    'Distribution Groups',
  ],
];
const viewOnly = ['View-Only Configuration', 'View-Only Recipients'];

/** What Entra's roles are worth in Exchange. */
const byEntraRole: Readonly<Record<string, readonly string[]>> = {
  'Global Administrator': every,
  'Exchange Administrator': every,
  'Exchange Recipient Administrator': ['View-Only Recipients', 'Mail Recipients', 'Distribution Groups'],
  'Global Reader': viewOnly,
  'Security Reader': viewOnly,
};

export async function identifyCaller(
  needs: ExchangeNeeds,
  authorization: string,
  tenantKey: string,
): Promise<Caller | NoCaller> {
  const { state, keys, origins } = needs;
  const token = /^Bearer (\S+)$/i.exec(authorization)?.[1];
  const exchange = findResource(origins.exchange, origins);
  if (!token || !exchange) return { kind: 'unauthorized' };
  const claims = await keys.verify(token, [exchange.uri]);
  const tenant = state.findTenant(tenantKey);
  if (claims === 'invalid' || !tenant || claims.tid !== tenant.id) return { kind: 'unauthorized' };
  return opens(claims) ? callerOf(state, tenant, claims) : { kind: 'wrong-scope' };
}

/** Classic permissions only: a token of `Exchange.ManageV2` is for another API (reference 1.9). */
function opens({ scp, roles, idtyp }: JWTPayload) {
  if (idtyp === 'app') return Array.isArray(roles) && roles.includes('Exchange.ManageAsApp');
  const scopes = String(scp ?? '').split(' ');
  return scopes.includes('Exchange.Manage') || scopes.includes('AdminApi.AccessAsUser.All');
}

function callerOf(state: State, tenant: Tenant, claims: JWTPayload): Caller {
  const id = String(claims.oid);
  const entraRoles = entraRolesOf(state, tenant, claims);
  const groups = [...tenant.roleGroups.values()].filter(({ Members }) => Members.includes(id));
  const roles = [
    ...entraRoles.flatMap(role => byEntraRole[role] ?? []),
    ...groups.flatMap(({ Roles }) => Roles),
  ];
  const known = Array.isArray(claims.wids) ? claims.wids : [];
  const isStale = groups.length === 0 && templatesOf(entraRoles).some(template => !known.includes(template));
  return { kind: 'caller', tenant, roles, isStale };
}

function entraRolesOf(state: State, tenant: Tenant, { oid, appid, idtyp }: JWTPayload): readonly string[] {
  if (idtyp === 'app') return tenant.servicePrincipals.get(String(appid))?.roles ?? [];
  const own = tenant.directory.person(String(oid));
  if (own) return own.accountEnabled ? own.roles : [];
  const home = state.findPerson(String(oid))?.tenant;
  return (home && tenant.partners.get(home.id)) ?? [];
}

export function mayRun({ roles }: Caller, cmdlet: Cmdlet): boolean {
  return cmdlet.roles.some(role => roles.includes(role));
}
