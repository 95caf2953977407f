/**
 * The sign-in of an administrator: by one-time code, or by code and PKCE with a redirect to Signet (exchange-online.md 3;
 * PRODUCT.md 7, step 2). No password and no token is ever written anywhere; `forget` wipes what is in memory.
 */
import { createHash, randomBytes } from 'node:crypto';
import type { AuthenticationResult, DeviceCodeRequest } from '@azure/msal-node';
import type { Clock } from '../../clock.ts';
import { limits } from '../../limits.ts';
import type { Cloud } from '../cloud.ts';
import { done, type Outcome } from '../failure.ts';
import { attempt, createAccess, scopeOf, tokenOf } from './access.ts';
import { type Application, applications, clientIdOf, type Flow, supports } from './application.ts';
import { authorityOf, confidentialClient, type Msal, publicClient } from './msal.ts';
import type { NetworkPorts } from './network.ts';
import { type OAuthError, signInFailure, signInRefusal } from './refusal.ts';
import type {
  Access,
  ApplicationCertificate,
  Callback,
  DeviceCode,
  SignIn,
  SignInFailure,
  SignInReason,
} from './sign-in-types.ts';

export type SignInPorts = NetworkPorts & {
  readonly cloud: Cloud;
  readonly clock: Pick<Clock, 'now'>;
  readonly application: Application;
  /** GUID or domain of the tenant to sign in to: a customer's, where a provider signs in. */
  readonly tenant?: string;
  /** The tenant that is being connected, where it is known already: another one is refused. */
  readonly expectedTenantId?: string;
  /** For code and PKCE: with what Signet shows itself as the application. */
  readonly certificate?: ApplicationCertificate;
};

export function createSignIn(ports: SignInPorts): SignIn {
  const running = new Set<{ readonly end: () => void }>();
  const pending = new Map<string, PendingCode>();
  const keep = (access: Access) => {
    running.add({ end: access.forget });
    return done(access);
  };
  return {
    deviceCode: () => deviceCode(ports, { keep, running }),
    authorizationCode: request => authorizationCode(ports, request, pending),
    redeem: callback => redeem(ports, callback, { pending, keep }),
    forget: () => {
      for (const one of running) one.end();
      running.clear();
      pending.clear();
    },
  };
}

type Shown = {
  readonly code: Parameters<DeviceCodeRequest['deviceCodeCallback']>[0];
  readonly said: OAuthError | undefined;
};

type Signed = Outcome<Access, SignInReason> | SignInFailure;
type Keep = (access: Access) => Signed;

function unfit({ application, tenant }: SignInPorts, flow: Flow): SignInFailure | undefined {
  if (!supports(application, flow, 'connectors')) return signInFailure('flow-unfit');
  return applications[application.kind].needsTenant && !tenant ? signInFailure('tenant-unknown') : undefined;
}

async function deviceCode(
  ports: SignInPorts,
  { keep, running }: { readonly keep: Keep; readonly running: Set<{ readonly end: () => void }> },
): Promise<Outcome<DeviceCode, SignInReason> | SignInFailure> {
  const refusal = unfit(ports, 'device-code');
  if (refusal) return refusal;
  const msal = publicClient({ ...ports, clientId: clientIdOf(ports.application), tenant: ports.tenant });
  const shown = Promise.withResolvers<Shown>();
  const cancelled = Promise.withResolvers<SignInFailure>();
  const request: DeviceCodeRequest = {
    scopes: [scopeOf(ports.cloud, 'exchange')],
    // A refusal comes this way as well, without a code, and MSAL polls on: what was said must be kept now.
    deviceCodeCallback: code => shown.resolve({ code, said: msal.network.lastError() }),
  };
  const signed = attempt(msal.network, () => msal.app.acquireTokenByDeviceCode(request));
  const first = await Promise.race([shown.promise, signed]);
  if ('kind' in first) return first.kind === 'failed' ? first : signInFailure('refused');
  const cancel = () => {
    // MSAL looks at this between two polls; the page does not have to wait for it.
    request.cancel = true;
    msal.network.abort();
    cancelled.resolve(signInFailure('cancelled'));
  };
  const { code, said } = first;
  if (!code.userCode) {
    cancel();
    return signInRefusal(said);
  }
  running.add({ end: cancel });
  const result = Promise.race([
    cancelled.promise,
    signed.then(outcome => finish(ports, { msal, outcome, keep })),
  ]);
  return done({
    userCode: code.userCode,
    verificationUri: code.verificationUri,
    expiresAt: ports.clock.now() + code.expiresIn * 1_000,
    result,
    cancel,
  });
}

type PendingCode = {
  readonly msal: Msal<ReturnType<typeof confidentialClient>['app']>;
  readonly verifier: string;
  readonly nonce: string;
  readonly redirectUri: string;
  readonly expiresAt: number;
};

async function authorizationCode(
  ports: SignInPorts,
  { redirectUri, loginHint }: Parameters<SignIn['authorizationCode']>[0],
  pending: Map<string, PendingCode>,
): ReturnType<SignIn['authorizationCode']> {
  const refusal = unfit(ports, 'authorization-code');
  if (refusal) return refusal;
  const { certificate, clock, cloud, tenant } = ports;
  if (!certificate) return signInFailure('certificate-refused');
  const msal = confidentialClient({ ...ports, certificate, clientId: clientIdOf(ports.application), tenant });
  const [state, verifier, nonce] = [token(), token(), token()];
  const url = await attempt(msal.network, () =>
    msal.app.getAuthCodeUrl({
      scopes: [scopeOf(cloud, 'exchange')],
      redirectUri,
      state,
      nonce,
      codeChallenge: createHash('sha256').update(verifier).digest('base64url'),
      codeChallengeMethod: 'S256',
      responseMode: 'query',
      // The browser may be signed in as somebody else; MSAL sends a hint or this.
      ...(loginHint === undefined ? { prompt: 'select_account' } : { loginHint }),
    }),
  );
  if (url.kind === 'failed') return url;
  const expiresAt = clock.now() + limits.microsoft.authorizationMs;
  for (const [key, one] of pending) if (one.expiresAt <= clock.now()) pending.delete(key);
  pending.set(state, { msal, verifier, nonce, redirectUri, expiresAt });
  return done({ url: url.value, state, expiresAt });
}

/** The state names the request and dies with the first answer, so that an answer counts once. */
async function redeem(
  ports: SignInPorts,
  { state = '', code, error, error_description: description = '' }: Callback,
  { pending, keep }: { readonly pending: Map<string, PendingCode>; readonly keep: Keep },
): Promise<Signed> {
  const request = pending.get(state);
  pending.delete(state);
  if (!request || request.expiresAt <= ports.clock.now()) return signInFailure('state-mismatch');
  if (error !== undefined) return signInRefusal({ error, description: description.slice(0, 600), codes: [] });
  if (!code) return signInFailure('state-mismatch');
  const { msal, verifier, nonce, redirectUri } = request;
  const outcome = await attempt(msal.network, () =>
    msal.app.acquireTokenByCode(
      { code, codeVerifier: verifier, redirectUri, scopes: [scopeOf(ports.cloud, 'exchange')], nonce },
      { code, nonce },
    ),
  );
  return finish(ports, { msal, outcome, keep });
}

/** 256 bits, in characters that a URL and a PKCE verifier may hold (RFC 7636 4.1). */
function token() {
  return randomBytes(32).toString('base64url');
}

function finish(
  ports: SignInPorts,
  {
    msal,
    outcome,
    keep,
  }: {
    readonly msal: Pick<Msal<Silent>, 'app' | 'network'>;
    readonly outcome: Outcome<AuthenticationResult, SignInReason> | SignInFailure;
    readonly keep: Keep;
  },
): Signed {
  if (outcome.kind === 'failed') return outcome;
  const { account, tenantId, accessToken } = outcome.value;
  const wipe = () => {
    msal.network.abort();
    msal.app.clearCache();
  };
  const tenant = claim(accessToken, 'tid') ?? tenantId;
  if (!account || !isExpected(tenant, ports)) {
    wipe();
    return signInFailure('wrong-tenant');
  }
  return keep(
    createAccess({
      who: { tenantId: tenant, username: claim(accessToken, 'upn') ?? account.username },
      ask: async (resource, isFresh) =>
        tokenOf(
          await attempt(msal.network, () =>
            msal.app.acquireTokenSilent({
              account,
              scopes: [scopeOf(ports.cloud, resource)],
              authority: authorityOf(ports.cloud, tenant),
              forceRefresh: isFresh,
            }),
          ),
        ),
      wipe,
    }),
  );
}

type Silent = Pick<ReturnType<typeof publicClient>['app'], 'acquireTokenSilent' | 'clearCache'>;

function isExpected(tenantId: string, { expectedTenantId }: SignInPorts) {
  return expectedTenantId === undefined || tenantId.toLowerCase() === expectedTenantId.toLowerCase();
}

/** Of a token that came over TLS from Microsoft; undefined for one that is opaque. */
function claim(accessToken: string, name: 'tid' | 'upn'): string | undefined {
  try {
    const payload: unknown = JSON.parse(Buffer.from(accessToken.split('.')[1] ?? '', 'base64url').toString());
    const value = (payload as Readonly<Record<string, unknown>>)[name];
    return typeof value === 'string' && value !== '' ? value : undefined;
  } catch {
    return undefined;
  }
}
