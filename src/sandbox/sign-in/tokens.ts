/** Tokens and what is in them (reference 3.1, examples 14 and 15). Access tokens have Entra's version 1 claims, as Exchange's have. */
import type { Application, ServicePrincipal } from '../applications.ts';
import { type Answer, json } from '../http.ts';
import type { Resource } from '../resources.ts';
import { templatesOf } from '../roles.ts';
import type { State } from '../state.ts';
import type { Tenant } from '../tenant.ts';
import type { Keys } from './keys.ts';
import type { SignedIn } from './person.ts';
import type { Origins } from './request.ts';

export type TokenNeeds = { readonly state: State; readonly keys: Keys; readonly origins: Origins };

const userSeconds = 4799;
const applicationSeconds = 3599;

export type UserTokens = {
  readonly signedIn: SignedIn;
  readonly refreshToken?: string;
  readonly nonce?: string;
};

export async function answerUserTokens(
  needs: TokenNeeds,
  { signedIn, refreshToken, nonce }: UserTokens,
): Promise<Answer> {
  const { request, person, tenant } = signedIn;
  const { resource, permissions } = request;
  const asked = request.scope.split(/\s+/);
  const scopes = permissions.map(({ value }) => `${resource.uri}/${value}`);
  return json(200, {
    token_type: 'Bearer',
    scope: [...new Set([...scopes, ...asked.filter(one => one.endsWith('/.default'))])].join(' '),
    expires_in: userSeconds,
    ext_expires_in: userSeconds,
    access_token: await needs.keys.sign(userClaims(signedIn), userSeconds),
    ...(refreshToken && asked.includes('offline_access') ? { refresh_token: refreshToken } : {}),
    ...(asked.includes('openid')
      ? { id_token: await needs.keys.sign(idClaims(needs, signedIn, nonce), userSeconds) }
      : {}),
    client_info: Buffer.from(JSON.stringify({ uid: person.id, utid: tenant.id })).toString('base64url'),
  });
}

function userClaims({ request, tenant, person, roles }: SignedIn) {
  return {
    aud: request.resource.uri,
    iss: `https://sts.windows.net/${tenant.id}/`,
    tid: tenant.id,
    oid: person.id,
    sub: person.id,
    appid: request.application.appId,
    name: person.displayName,
    upn: person.userPrincipalName,
    unique_name: person.userPrincipalName,
    scp: request.permissions.map(({ value }) => value).join(' '),
    wids: templatesOf(roles),
    idtyp: 'user',
    ver: '1.0',
  };
}

function idClaims({ origins }: TokenNeeds, { request, tenant, person }: SignedIn, nonce: string | undefined) {
  return {
    aud: request.application.appId,
    iss: `${origins.authority}/${tenant.id}/v2.0`,
    tid: tenant.id,
    oid: person.id,
    sub: person.id,
    name: person.displayName,
    preferred_username: person.userPrincipalName,
    ver: '2.0',
    ...(nonce ? { nonce } : {}),
  };
}

export type ApplicationToken = {
  readonly application: Application;
  readonly principal: ServicePrincipal;
  readonly tenant: Tenant;
  readonly resource: Resource;
};

/** Without any permission a token comes all the same, with no roles in it. */
export async function answerApplicationToken({ keys }: TokenNeeds, token: ApplicationToken): Promise<Answer> {
  const { application, principal, tenant, resource } = token;
  const roles = resource.application
    .map(({ value }) => value)
    .filter(value => principal.application.includes(value));
  const claims = {
    aud: resource.uri,
    iss: `https://sts.windows.net/${tenant.id}/`,
    tid: tenant.id,
    oid: principal.id,
    sub: principal.id,
    appid: application.appId,
    app_displayname: application.displayName,
    ...(roles.length > 0 ? { roles } : {}),
    wids: templatesOf(principal.roles),
    idtyp: 'app',
    ver: '1.0',
  };
  return json(200, {
    token_type: 'Bearer',
    expires_in: applicationSeconds,
    ext_expires_in: applicationSeconds,
    access_token: await keys.sign(claims, applicationSeconds),
  });
}
