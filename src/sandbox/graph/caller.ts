/**
 * Who calls Graph, and what that may read (exchange-online.md 10; 2.2). An application's permissions are the `roles` of its
 * token, a person's the `scp`: what was granted after the token was issued does not count until there is a new one (2.3).
 */
import type { ResourceName } from '../applications.ts';
import { findResource } from '../resources.ts';
import type { Keys } from '../sign-in/keys.ts';
import type { State } from '../state.ts';
import type { Tenant } from '../tenant.ts';

export type GraphNeeds = {
  readonly state: State;
  readonly keys: Keys;
  readonly origins: Readonly<Record<ResourceName, string>>;
};

export type GraphCaller = {
  readonly tenant: Tenant;
  /** Whether any of the permissions was granted. */
  readonly may: (...permissions: readonly string[]) => boolean;
};

/** Undefined: no token of ours for Graph. */
export async function identifyGraphCaller(
  { state, keys, origins }: GraphNeeds,
  authorization: string,
): Promise<GraphCaller | undefined> {
  const token = /^Bearer (\S+)$/i.exec(authorization)?.[1];
  const graph = findResource(origins.graph, origins);
  if (!token || !graph) return undefined;
  const claims = await keys.verify(token, [graph.uri]);
  const tenant = claims === 'invalid' ? undefined : state.tenants.get(String(claims.tid));
  if (claims === 'invalid' || !tenant) return undefined;
  const granted: readonly unknown[] =
    claims.idtyp === 'app' ? [claims.roles].flat() : String(claims.scp ?? '').split(' ');
  return { tenant, may: (...permissions) => permissions.some(one => granted.includes(one)) };
}

/** Job data of users; `User.ReadBasic.All` lacks it (10.1). */
export function mayReadUsers({ may }: GraphCaller): boolean {
  return may('User.Read.All');
}

export function mayReadGroups({ may }: GraphCaller): boolean {
  return may('GroupMember.Read.All', 'Group.Read.All');
}

/** 10.2. */
export function mayReadPhotos({ may }: GraphCaller): boolean {
  return may('User.Read.All', 'ProfilePhoto.Read.All');
}

/** 10.3. */
export function maySeeMembersOf({ may }: GraphCaller, { hidden }: { readonly hidden?: boolean }): boolean {
  return hidden !== true || may('Member.Read.Hidden');
}
