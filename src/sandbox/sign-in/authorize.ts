/**
 * The authorisation code flow in the browser (reference 3.2) and the page of admin consent (2.3). Nothing is sent to an address that
 * the registration does not list.
 */
import type { Application } from '../applications.ts';
import { type Answer, formOf, type Request } from '../http.ts';
import { consentingRoles } from '../roles.ts';
import { type AadstsCode, type Refusal, refused, sentenceOf, wordOf } from './aadsts.ts';
import type { GrantNeeds } from './device.ts';
import { codeSeconds } from './pending.ts';
import { giveConsent, mayConsent, type SignedIn, signIn } from './person.ts';
import { readApplication, readRequest, type SignInRequest } from './request.ts';
import { accountScreen, consentScreen, postScreen, refusalScreen } from './screens.ts';

type Redirect = { readonly uri: string; readonly isConfidential: boolean };

export function answerAuthorize(needs: GrantNeeds, tenantKey: string, request: Request): Answer {
  const asked = request.method === 'GET' ? request.url.searchParams : formOf(request);
  const known = readApplication(needs.state, { tenantKey, clientId: asked.get('client_id') });
  if (known.kind === 'refused') return refusalScreen(known);
  const redirect = findRedirect(known.application, asked.get('redirect_uri') ?? '');
  if (!redirect) return refusalScreen(refused(50011, asked.get('redirect_uri') ?? ''));
  const type = asked.get('response_type') ?? '';
  if (type !== 'code') return back(asked, redirect, failure(refused(700054, type)));
  const signInRequest = readRequest(needs.state, needs.origins, {
    tenantKey,
    clientId: asked.get('client_id'),
    scope: asked.get('scope'),
  });
  if (signInRequest.kind === 'refused') return back(asked, redirect, failure(signInRequest));
  if (asked.has('code_challenge') && asked.get('code_challenge_method') !== 'S256') {
    return back(asked, redirect, failure(refused(900144, 'code_challenge_method')));
  }
  return takeStep(needs, { asked, redirect, request: signInRequest });
}

type Step = { readonly asked: URLSearchParams; readonly redirect: Redirect; readonly request: SignInRequest };

function takeStep(needs: GrantNeeds, step: Step): Answer {
  const { state } = needs;
  const { asked, redirect, request } = step;
  const choice = asked.get('choice');
  const form = { action: '', fields: carried(asked) };
  if (choice === 'cancel') return back(asked, redirect, failure(refused(65004)));
  if (choice === null) return accountScreen(state, request, form);
  const attempt = signIn(state, { request, account: asked.get('account') ?? '', flow: 'code' });
  if (attempt.kind === 'refused') return refusedInBrowser(step, attempt);
  if (attempt.kind === 'signed-in') return giveCode(needs, step, attempt);
  if (!mayConsent(attempt)) return refusalScreen(refused(90094));
  if (choice === 'accept') return giveCode(needs, step, giveConsent(state, attempt));
  return consentScreen(attempt, form);
}

/** Policy goes back to the application; a wrong account can be changed on the spot. */
function refusedInBrowser({ asked, redirect }: Step, refusal: Refusal) {
  return refusal.code === 53003
    ? back(asked, redirect, failure(refused(53003, undefined, 'access_denied')))
    : refusalScreen(refusal);
}

function giveCode({ state, pending }: GrantNeeds, { asked, redirect }: Step, signedIn: SignedIn): Answer {
  const code = `1.A${state.random(48).toString('base64url')}`;
  const [challenge, nonce] = [asked.get('code_challenge'), asked.get('nonce')];
  pending.codes.set(code, {
    signedIn,
    redirectUri: redirect.uri,
    isConfidential: redirect.isConfidential,
    ...(challenge ? { challenge } : {}),
    ...(nonce ? { nonce } : {}),
    expiresAt: state.clock.now() + codeSeconds * 1000,
    redeemed: false,
  });
  const info = { uid: signedIn.person.id, utid: signedIn.tenant.id };
  return back(asked, redirect, {
    code,
    client_info: Buffer.from(JSON.stringify(info)).toString('base64url'),
  });
}

function failure(refusal: Refusal): Record<string, string> {
  return { error: wordOf(refusal), error_description: sentenceOf(refusal) };
}

function back(asked: URLSearchParams, { uri }: Redirect, fields: Record<string, string>): Answer {
  const state = asked.get('state');
  const all = { ...fields, ...(state === null ? {} : { state }) };
  if (asked.get('response_mode') === 'form_post') return postScreen(uri, all);
  const target = new URL(uri);
  if (asked.get('response_mode') === 'fragment') target.hash = new URLSearchParams(all).toString();
  else for (const [name, value] of Object.entries(all)) target.searchParams.set(name, value);
  return { status: 302, headers: { location: target.href, 'cache-control': 'no-store' } };
}

/** Exactly as registered; `http://localhost` of a native client with any port (2.5). */
function findRedirect({ redirectUris }: Application, uri: string): Redirect | undefined {
  if (redirectUris.web.includes(uri)) return { uri, isConfidential: true };
  if (redirectUris.publicClient.includes(uri)) return { uri, isConfidential: false };
  const parsed = URL.parse(uri);
  const isLoopback = parsed?.protocol === 'http:' && parsed.hostname === 'localhost';
  const isListed =
    isLoopback && redirectUris.publicClient.some(one => URL.parse(one)?.origin === 'http://localhost');
  return isListed ? { uri, isConfidential: false } : undefined;
}

function carried(asked: URLSearchParams) {
  return Object.fromEntries([...asked].filter(([name]) => name !== 'choice'));
}

/** `GET /{tenant}/adminconsent` and its version 2; grants all that the registration asks for, application permissions too. */
export function answerAdminConsent(needs: GrantNeeds, tenantKey: string, request: Request): Answer {
  const { state } = needs;
  const asked = request.method === 'GET' ? request.url.searchParams : formOf(request);
  const known = readApplication(state, { tenantKey, clientId: asked.get('client_id') });
  if (known.kind === 'refused') return refusalScreen(known);
  const { application } = known;
  const redirect = findRedirect(application, asked.get('redirect_uri') ?? '');
  if (!redirect) return refusalScreen(refused(50011, asked.get('redirect_uri') ?? ''));
  const choice = asked.get('choice');
  if (choice === 'cancel') return back(asked, redirect, failure(refused(65004)));
  const placeholder = adminRequest(needs, known);
  if (choice === null) return accountScreen(state, placeholder, { action: '', fields: carried(asked) });
  const attempt = signIn(state, { request: placeholder, account: asked.get('account') ?? '', flow: 'code' });
  if (attempt.kind === 'refused') return refusalScreen(attempt);
  if (!attempt.roles.some(role => consentingRoles.includes(role)))
    return refusalScreen(refused(90094 satisfies AadstsCode));
  const { delegated, application: roles } = application.requires;
  state.consent(attempt.tenant, application.appId, {
    delegated: Object.values(delegated).flat(),
    application: Object.values(roles).flat(),
  });
  return back(asked, redirect, { admin_consent: 'True', tenant: attempt.tenant.id });
}

/** Admin consent is not for one resource: nothing is missing that a person would be asked for first. */
function adminRequest(
  { origins, state }: GrantNeeds,
  known: { readonly application: Application },
): SignInRequest {
  const { application } = known;
  const tenant = application.homeTenantId ? state.tenants.get(application.homeTenantId) : undefined;
  const exchange = {
    name: 'exchange' as const,
    appId: '',
    uri: origins.exchange,
    aliases: [],
    delegated: [],
    application: [],
  };
  return {
    kind: 'request',
    application,
    ...(tenant && application.signInAudience === 'AzureADMyOrg' ? { tenant } : {}),
    resource: exchange,
    permissions: [],
    scope: '',
  };
}
