/** The token endpoint: authorisation code with PKCE, refresh token, client credentials; device codes have a file of their own. */
import { createHash } from 'node:crypto';
import { type Answer, formOf, json, type Request } from '../http.ts';
import { findResource, readScopes } from '../resources.ts';
import { answerRefusal, type Refusal, refused } from './aadsts.ts';
import { checkConfidential, presentsSomething } from './client.ts';
import { type GrantCall, type GrantNeeds, redeemDevice } from './device.ts';
import type { CodeSignIn } from './pending.ts';
import { missingConsent, signIn } from './person.ts';
import { readApplication, readRequest } from './request.ts';
import { answerApplicationToken, answerUserTokens } from './tokens.ts';

type Grant = (needs: GrantNeeds, call: GrantCall) => Promise<Answer | Refusal>;

const grants: Readonly<Record<string, Grant>> = {
  device_code: redeemDevice,
  'urn:ietf:params:oauth:grant-type:device_code': redeemDevice,
  authorization_code: redeemCode,
  refresh_token: redeemRefresh,
  client_credentials: redeemCredentials,
};

export async function answerToken(needs: GrantNeeds, tenantKey: string, request: Request): Promise<Answer> {
  const { state } = needs;
  const throttled = state.faults.strikes('sign-in-throttled');
  if (throttled) return json(429, {}, { 'retry-after': String(throttled.retryAfterSeconds ?? 10) });
  if (state.faults.strikes('sign-in-unavailable')) return { status: 503, body: 'Service Unavailable' };
  const form = formOf(request);
  const type = form.get('grant_type');
  if (!type) return answerRefusal(state, refused(900144, 'grant_type'));
  const grant = Object.hasOwn(grants, type) ? grants[type] : undefined;
  if (!grant) return answerRefusal(state, refused(70003, type));
  const answer = await grant(needs, { tenantKey, form });
  return 'kind' in answer ? answerRefusal(state, answer) : answer;
}

async function redeemCode(needs: GrantNeeds, { tenantKey, form }: GrantCall): Promise<Answer | Refusal> {
  const { state, pending, origins } = needs;
  const known = readApplication(state, { tenantKey, clientId: form.get('client_id') });
  if (known.kind === 'refused') return known;
  const code = form.get('code');
  if (!code) return refused(900144, 'code');
  const kept = pending.codes.get(code);
  if (!kept) return refused(9002313);
  if (kept.signedIn.request.application.appId !== known.application.appId) return refused(700005);
  const audiences = audiencesOf(needs, tenantKey);
  const unproven = kept.isConfidential
    ? await checkConfidential(state, { form, application: known.application, audiences })
    : presentsSomething(form)
      ? refused(700025)
      : undefined;
  const refusal = unproven ?? checkCode(kept, form, state.clock.now());
  if (refusal) return refusal;
  kept.redeemed = true;
  const { signedIn, nonce, isConfidential } = kept;
  const scope = form.get('scope') ?? signedIn.request.scope;
  const request = readRequest(state, origins, { tenantKey, clientId: form.get('client_id'), scope });
  if (request.kind === 'refused') return request;
  // The token request may name another scope than the one that was consented to on the page.
  if (missingConsent(request, signedIn.tenant).length > 0) return refused(65001, request.application.appId);
  const refreshToken = pending.issueRefresh(signedIn, isConfidential);
  const tokens = { signedIn: { ...signedIn, request }, refreshToken };
  return answerUserTokens(needs, nonce ? { ...tokens, nonce } : tokens);
}

function checkCode(kept: CodeSignIn, form: URLSearchParams, now: number): Refusal | undefined {
  if (kept.redeemed) return refused(54005);
  if (kept.expiresAt <= now) return refused(70008);
  const redirectUri = form.get('redirect_uri');
  if (redirectUri !== kept.redirectUri) return refused(500112, redirectUri ?? '');
  const verifier = form.get('code_verifier');
  if (kept.challenge === undefined) return verifier === null ? undefined : refused(50148);
  if (verifier === null) return refused(50148);
  const challenge = createHash('sha256').update(verifier).digest('base64url');
  return challenge === kept.challenge ? undefined : refused(501481);
}

/** Silent: a new resource of the same registration, the same person, as long as they may still sign in. */
async function redeemRefresh(needs: GrantNeeds, { tenantKey, form }: GrantCall): Promise<Answer | Refusal> {
  const { state, pending, origins } = needs;
  const token = form.get('refresh_token');
  if (!token) return refused(900144, 'refresh_token');
  const asked = { tenantKey, clientId: form.get('client_id'), scope: form.get('scope') };
  const request = readRequest(state, origins, asked);
  if (request.kind === 'refused') return request;
  const kept = pending.refreshTokens.get(token);
  if (!kept) return refused(9002313);
  const { application } = request;
  if (kept.appId !== application.appId) return refused(700005);
  const proof = { form, application, audiences: audiencesOf(needs, tenantKey) };
  const refusal = kept.isConfidential ? await checkConfidential(state, proof) : undefined;
  if (refusal) return refusal;
  if (state.faults.strikes('refresh-revoked')) return refused(50173);
  if (kept.expiresAt <= state.clock.now()) return refused(70008);
  const tenant = request.tenant ?? state.tenants.get(kept.tenantId);
  const inTenant = tenant ? { ...request, tenant } : request;
  const signedIn = signIn(state, { request: inTenant, account: kept.account, flow: 'refresh' });
  if (signedIn.kind === 'refused') return signedIn;
  if (signedIn.kind === 'consent-needed') return refused(65001, application.appId);
  return answerUserTokens(needs, {
    signedIn,
    refreshToken: pending.issueRefresh(signedIn, kept.isConfidential),
  });
}

async function redeemCredentials(
  needs: GrantNeeds,
  { tenantKey, form }: GrantCall,
): Promise<Answer | Refusal> {
  const { state, origins } = needs;
  const known = readApplication(state, { tenantKey, clientId: form.get('client_id') });
  if (known.kind === 'refused') return known;
  const { application, tenant } = known;
  if (!tenant) return refused(50059);
  const proof = { form, application, audiences: audiencesOf(needs, tenantKey) };
  const refusal = await checkConfidential(state, proof);
  if (refusal) return refusal;
  const scope = form.get('scope') ?? '';
  const [asked, ...more] = readScopes(scope);
  if (!asked || more.length > 0 || asked.permission !== '.default') return refused(1002012, scope);
  const resource = findResource(asked.resource, origins);
  if (!resource) return refused(500011, asked.resource);
  const principal = tenant.servicePrincipals.get(application.appId);
  if (!principal) return refused(7000229, application.appId);
  return answerApplicationToken(needs, { application, principal, tenant, resource });
}

/** The token endpoint or the issuer, by the tenant's name in the path or by its id. */
function audiencesOf({ origins, state }: GrantNeeds, tenantKey: string) {
  const keys = [tenantKey, state.findTenant(tenantKey)?.id ?? tenantKey];
  return keys.flatMap(key => [
    `${origins.authority}/${key}/oauth2/v2.0/token`,
    `${origins.authority}/${key}/v2.0`,
  ]);
}
