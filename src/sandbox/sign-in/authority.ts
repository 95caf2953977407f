/** The sign-in service: discovery, device code, authorisation code and tokens (reference 2 and 3). */
import type { Answer, Request, Service } from '../http.ts';
import { json } from '../http.ts';
import { html, page } from '../page.ts';
import { answerRefusal, refused } from './aadsts.ts';
import { answerAdminConsent, answerAuthorize } from './authorize.ts';
import { type GrantNeeds, startDevice } from './device.ts';
import { answerDevicePage } from './device-pages.ts';
import { answerToken } from './grants.ts';

type Route = readonly [
  string,
  RegExp,
  (needs: GrantNeeds, tenantKey: string, request: Request) => Answer | Promise<Answer>,
];

/** The first group is the tenant's name. */
const routes: readonly Route[] = [
  ['POST', /^\/([^/]+)\/oauth2\/v2\.0\/devicecode$/, startDevice],
  ['POST', /^\/([^/]+)\/oauth2\/v2\.0\/token$/, answerToken],
  ['GET', /^\/([^/]+)\/oauth2\/v2\.0\/authorize$/, answerAuthorize],
  ['POST', /^\/([^/]+)\/oauth2\/v2\.0\/authorize$/, answerAuthorize],
  ['GET', /^\/([^/]+)\/(?:v2\.0\/)?adminconsent$/, answerAdminConsent],
  ['POST', /^\/([^/]+)\/(?:v2\.0\/)?adminconsent$/, answerAdminConsent],
  ['GET', /^\/([^/]+)\/v2\.0\/\.well-known\/openid-configuration$/, discovery],
  ['GET', /^\/([^/]+)\/discovery\/v2\.0\/keys$/, ({ keys }) => json(200, keys.jwks())],
  ['GET', /^\/([^/]+)\/discovery\/instance$/, instanceDiscovery],
  ['GET', /^\/([^/]+)\/oauth2\/nativeclient$/, nativeClient],
];

/** The page of device codes, also reached over plain HTTP so that a browser shows no warning. */
export function createAuthority(needs: GrantNeeds): Service {
  return request => {
    const path = request.url.pathname;
    if (/^\/devicelogin(\/(account|consent))?$/.test(path)) return answerDevicePage(needs, request);
    for (const [method, pattern, answer] of routes) {
      const tenantKey = method === request.method ? pattern.exec(path)?.[1] : undefined;
      if (tenantKey !== undefined) return answer(needs, decodeURIComponent(tenantKey), request);
    }
    return { status: 404 };
  };
}

/** OpenID Connect Discovery 1.0, with the claims that Entra's has. */
function discovery({ origins, state }: GrantNeeds, tenantKey: string): Answer {
  const isAny = tenantKey === 'organizations' || tenantKey === 'common';
  const tenant = state.findTenant(tenantKey);
  if (!isAny && !tenant) return answerRefusal(state, refused(90002, tenantKey));
  const base = `${origins.authority}/${tenantKey}`;
  return json(200, {
    issuer: `${origins.authority}/${isAny ? '{tenantid}' : tenant?.id}/v2.0`,
    authorization_endpoint: `${base}/oauth2/v2.0/authorize`,
    token_endpoint: `${base}/oauth2/v2.0/token`,
    device_authorization_endpoint: `${base}/oauth2/v2.0/devicecode`,
    jwks_uri: `${base}/discovery/v2.0/keys`,
    response_types_supported: ['code'],
    response_modes_supported: ['query', 'fragment', 'form_post'],
    subject_types_supported: ['pairwise'],
    id_token_signing_alg_values_supported: ['RS256'],
    scopes_supported: ['openid', 'profile', 'email', 'offline_access'],
    token_endpoint_auth_methods_supported: ['client_secret_post', 'private_key_jwt'],
    tenant_region_scope: 'EU',
  });
}

function instanceDiscovery({ origins }: GrantNeeds, tenantKey: string): Answer {
  const { host } = new URL(origins.authority);
  return json(200, {
    tenant_discovery_endpoint: `${origins.authority}/${tenantKey}/v2.0/.well-known/openid-configuration`,
    'api-version': '1.1',
    metadata: [{ preferred_network: host, preferred_cache: host, aliases: [host] }],
  });
}

function nativeClient(): Answer {
  return page(200, 'Signed in', html`<p>Copy the address of this page into the application.</p>`);
}
