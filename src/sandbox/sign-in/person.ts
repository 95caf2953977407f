/** A person signs in: may they, in this tenant, with this application? */
import type { Application } from '../applications.ts';
import type { Person } from '../directory.ts';
import type { Permission } from '../resources.ts';
import { consentingRoles } from '../roles.ts';
import type { State } from '../state.ts';
import type { Tenant } from '../tenant.ts';
import { type Refusal, refused } from './aadsts.ts';
import type { SignInRequest } from './request.ts';

export type Flow = 'device' | 'code' | 'refresh';

export type SignedIn = {
  readonly kind: 'signed-in';
  readonly request: SignInRequest;
  /** The tenant that the tokens are for. */
  readonly tenant: Tenant;
  readonly person: Person;
  /** In that tenant: a partner's people have others than at home (GDAP). */
  readonly roles: readonly string[];
};

export type ConsentNeeded = Omit<SignedIn, 'kind'> & {
  readonly kind: 'consent-needed';
  readonly missing: readonly Permission[];
};

export type SignInAttempt = {
  readonly request: SignInRequest;
  readonly account: string;
  readonly flow: Flow;
};

export function signIn(state: State, attempt: SignInAttempt): Refusal | ConsentNeeded | SignedIn {
  const { request, account, flow } = attempt;
  const found = state.findPerson(account);
  if (!found) return refused(50020, account);
  const { tenant: home, person } = found;
  const tenant = request.tenant ?? home;
  const roles = tenant === home ? person.roles : tenant.partners.get(home.id);
  if (!roles || !isOpenTo(request.application, tenant)) return refused(50020, person.userPrincipalName);
  if (!person.accountEnabled) return refused(50057);
  if (isBlocked(state, flow)) return refused(53003);
  const missing = missingConsent(request, tenant);
  const signedIn = { request, tenant, person, roles };
  return missing.length > 0
    ? { ...signedIn, kind: 'consent-needed', missing }
    : { ...signedIn, kind: 'signed-in' };
}

function isOpenTo({ signInAudience, homeTenantId }: Application, { id }: Tenant) {
  return signInAudience === 'AzureADMultipleOrgs' || homeTenantId === id;
}

function isBlocked({ faults }: State, flow: Flow) {
  if (faults.strikes('conditional-access')) return true;
  return flow === 'device' && faults.strikes('device-code-blocked') !== undefined;
}

/** Microsoft's own client is preauthorised (2.1). */
export function missingConsent({ application, permissions }: SignInRequest, tenant: Tenant) {
  if (application.homeTenantId === undefined) return [];
  const given = tenant.servicePrincipals.get(application.appId)?.delegated ?? [];
  return permissions.filter(({ value }) => !given.includes(value));
}

export function mayConsent({ roles, missing }: ConsentNeeded): boolean {
  return roles.some(role => consentingRoles.includes(role)) || missing.every(({ needsAdmin }) => !needsAdmin);
}

export function giveConsent(
  state: State,
  { request, tenant, missing, person, roles }: ConsentNeeded,
): SignedIn {
  state.consent(tenant, request.application.appId, { delegated: missing.map(({ value }) => value) });
  return { kind: 'signed-in', request, tenant, person, roles };
}
