import assert from 'node:assert/strict';
import { constants, createPublicKey, createVerify } from 'node:crypto';
import { test } from 'node:test';
import { makeCertificate } from '../../../src/make-certificate.ts';
import { cloudOf } from '../../../src/microsoft/cloud.ts';
import { createAppAccess } from '../../../src/microsoft/tokens/app-access.ts';
import type { Application } from '../../../src/microsoft/tokens/application.ts';
import { createSignIn, type SignInPorts } from '../../../src/microsoft/tokens/sign-in.ts';
import type { SignInReason } from '../../../src/microsoft/tokens/sign-in-types.ts';
import {
  clientId,
  deviceCodeReply,
  oauthError,
  pending,
  tenantId,
  tokenReply,
} from '../../support/entra-replies.ts';
import { type Asked, networkError, type ScriptedReply, scriptedFetch } from '../../support/scripted-fetch.ts';

const own: Application = { kind: 'single-tenant', clientId };
const now = Date.UTC(2026, 7, 1, 10);
const certificate = await makeCertificate({
  commonName: 'Signet directory',
  keyType: 'rsa',
  validFrom: Date.now() - 3_600_000,
  validUntil: Date.now() + 30 * 86_400_000,
  serial: Buffer.of(1),
});

type Replies = Parameters<typeof scriptedFetch>[0];

function signIn(replies: Replies, options: Partial<SignInPorts> = {}) {
  const { fetch, asked, left } = scriptedFetch(replies);
  const waits: number[] = [];
  const ports: SignInPorts = {
    cloud: cloudOf('worldwide'),
    fetch,
    clock: { now: () => now },
    wait: async ms => {
      waits.push(ms);
    },
    application: own,
    tenant: 'contoso.com',
    ...options,
  };
  return { signIn: createSignIn(ports), asked, waits, left };
}

function form({ body }: Asked) {
  return Object.fromEntries(new URLSearchParams(body));
}

test('a one-time code is shown, polled for, and gives a token', async () => {
  const { signIn: session, asked } = signIn([deviceCodeReply, pending, pending, tokenReply()]);
  const code = await session.deviceCode();
  assert.ok(code.kind === 'ok');
  assert.equal(code.value.userCode, 'ABCD1234');
  assert.equal(code.value.verificationUri, 'https://microsoft.com/devicelogin');
  assert.equal(code.value.expiresAt, now + 900_000);
  assert.doesNotMatch(JSON.stringify(code.value), /DAQABAAEAAA/);
  const access = await code.value.result;
  assert.ok(access.kind === 'ok');
  assert.equal(access.value.tenantId, tenantId);
  assert.equal(access.value.username, 'admin@contoso.com');
  const token = await access.value.token('exchange');
  assert.match(token.kind === 'ok' ? token.value : '', /^ey/);
  assert.equal(asked.length, 4, 'the token is remembered');
  assert.equal(asked[0]?.url, 'https://login.microsoftonline.com/contoso.com/oauth2/v2.0/devicecode');
  assert.deepEqual(form(asked[0] as Asked), {
    client_id: clientId,
    scope: 'https://outlook.office365.com/.default openid profile offline_access',
  });
  assert.match(
    asked[1]?.url ?? '',
    /^https:\/\/login\.microsoftonline\.com\/contoso\.com\/oauth2\/v2\.0\/token/,
  );
});

test("Microsoft's own client signs any organisation in, with no question to a discovery service", async () => {
  const { signIn: session, asked } = signIn([deviceCodeReply, tokenReply()], {
    application: { kind: 'microsoft-exchange' },
    tenant: undefined as never,
  });
  const code = await session.deviceCode();
  assert.ok(code.kind === 'ok' && (await code.value.result).kind === 'ok');
  assert.equal(asked[0]?.url, 'https://login.microsoftonline.com/organizations/oauth2/v2.0/devicecode');
  assert.equal(form(asked[0] as Asked).client_id, 'fb78d390-0c51-40cd-8e17-fdbfab77341b');
});

for (const name of ['worldwide', 'us-government-high', 'us-government-dod', 'china'] as const)
  test(`${name}: the cloud's own addresses and scope, and no others`, async () => {
    const cloud = cloudOf(name);
    const { signIn: session, asked } = signIn([deviceCodeReply, tokenReply()], { cloud });
    const code = await session.deviceCode();
    assert.ok(code.kind === 'ok' && (await code.value.result).kind === 'ok');
    assert.ok(asked.every(({ url }) => url.startsWith(`${cloud.login}/contoso.com/`)));
    assert.ok(form(asked[0] as Asked).scope?.startsWith(`${cloud.exchange}/.default `));
  });

test('another resource, and a fresh token, come from the refresh token, at the tenant', async () => {
  const { signIn: session, asked } = signIn([
    deviceCodeReply,
    tokenReply(),
    tokenReply({ name: 'graph' }),
    tokenReply({ name: 'fresh' }),
  ]);
  const code = await session.deviceCode();
  const access = code.kind === 'ok' ? await code.value.result : code;
  assert.ok(access.kind === 'ok');
  assert.equal((await access.value.token('graph')).kind, 'ok');
  assert.equal((await access.value.token('exchange', { fresh: true })).kind, 'ok');
  assert.equal(asked.length, 4);
  for (const one of asked.slice(2)) {
    assert.equal(form(one).grant_type, 'refresh_token');
    assert.ok(one.url.includes(tenantId));
  }
  assert.match(form(asked[2] as Asked).scope ?? '', /https:\/\/graph\.microsoft\.com\/\.default/);
});

test('after forget there is no token, and nothing more is asked', async () => {
  const { signIn: session, asked } = signIn([deviceCodeReply, tokenReply()]);
  const code = await session.deviceCode();
  const access = code.kind === 'ok' ? await code.value.result : code;
  assert.ok(access.kind === 'ok');
  session.forget();
  for (const fresh of [false, true]) {
    const token = await access.value.token('exchange', { fresh });
    assert.ok(token.kind === 'failed' && token.reason === 'session-ended');
  }
  assert.equal(asked.length, 2);
});

test('cancelling ends the sign-in at once, though a poll is under way', async () => {
  const polled = Promise.withResolvers<void>();
  let aborted = false;
  const fetch = async (url: string, init: RequestInit) => {
    if (url.includes('devicecode')) return Response.json(deviceCodeReply.body);
    polled.resolve();
    return await new Promise<Response>((_, reject) =>
      init.signal?.addEventListener('abort', () => {
        aborted = true;
        reject(init.signal?.reason);
      }),
    );
  };
  const { signIn: session } = signIn([], { fetch });
  const code = await session.deviceCode();
  assert.ok(code.kind === 'ok');
  await polled.promise;
  code.value.cancel();
  const result = await code.value.result;
  assert.ok(result.kind === 'failed' && result.reason === 'cancelled');
  assert.ok(aborted);
});

test('slow_down slows the polling down, and failures on the way do not end it', async () => {
  const { signIn: session, waits } = signIn([
    deviceCodeReply,
    pending,
    oauthError('slow_down', 'Polling too often.'),
    { status: 503, headers: { 'retry-after': '7' }, body: '<html>' },
    { error: networkError('ECONNRESET') },
    oauthError('slow_down', 'Polling too often.'),
    tokenReply(),
  ]);
  const code = await session.deviceCode();
  const access = code.kind === 'ok' ? await code.value.result : code;
  assert.equal(access.kind, 'ok');
  // The pause of slow_down before each poll from then on; between them what the failures asked for.
  assert.deepEqual(waits, [5_000, 7_000, 5_000, 5_000, 5_000, 10_000]);
});

test('a code without an interval is polled every five seconds, not without a pause', async () => {
  const { interval: _, ...body } = deviceCodeReply.body as Record<string, unknown>;
  const seen: unknown[] = [];
  const { createNetwork } = await import('../../../src/microsoft/tokens/network.ts');
  const network = createNetwork({ fetch: async () => Response.json(body), wait: async () => {} });
  seen.push(
    (await network.client.sendPostRequestAsync<{ interval: number }>('https://x', { body: '' })).body
      .interval,
  );
  assert.deepEqual(seen, [5]);
});

const failures: readonly (readonly [ScriptedReply, SignInReason, string | undefined, RegExp])[] = [
  [
    oauthError('authorization_declined', 'AADSTS70000: declined', [70000]),
    'declined',
    'AADSTS70000',
    /start it again/,
  ],
  [oauthError('authorization_declined', ''), 'declined', undefined, /declined/],
  [
    oauthError('expired_token', 'AADSTS70020: This device code has expired.', [70020]),
    'expired',
    'AADSTS70020',
    /15 minutes/,
  ],
  [
    oauthError(
      'invalid_grant',
      'AADSTS53003: Access has been blocked by Conditional Access policies.',
      [53003],
    ),
    'blocked-by-policy',
    'AADSTS53003',
    /Block device code flow.*PowerShell/,
  ],
  [
    oauthError('invalid_grant', 'AADSTS530036: blocked.', []),
    'blocked-by-policy',
    'AADSTS530036',
    /Conditional Access/,
  ],
  [
    oauthError('access_denied', 'AADSTS53000: Device is not compliant', [53000]),
    'device-required',
    'AADSTS53000',
    /managed device/,
  ],
  [
    oauthError('interaction_required', 'AADSTS50076: MFA', [50076]),
    'factor-needed',
    'AADSTS50076',
    /another factor/,
  ],
  [
    oauthError('invalid_grant', 'AADSTS50055', [50055]),
    'password-expired',
    'AADSTS50055',
    /password has expired/,
  ],
  [oauthError('invalid_grant', 'AADSTS50057', [50057]), 'account-disabled', 'AADSTS50057', /disabled/],
  [oauthError('invalid_grant', 'AADSTS50053', [50053]), 'account-locked', 'AADSTS50053', /locked/],
  [
    oauthError('invalid_grant', 'AADSTS50034', [50034]),
    'account-unknown',
    'AADSTS50034',
    /does not know this account/,
  ],
  [
    oauthError('invalid_grant', 'AADSTS50020', [50020]),
    'guest-account',
    'AADSTS50020',
    /another organisation/,
  ],
  [oauthError('invalid_grant', 'AADSTS500200', [500200]), 'personal-account', 'AADSTS500200', /personal/],
  [oauthError('invalid_grant', 'AADSTS50105', [50105]), 'user-not-assigned', 'AADSTS50105', /assigned/],
  [
    oauthError('invalid_grant', 'AADSTS65001: consent', [65001]),
    'consent-needed',
    'AADSTS65001',
    /admin consent/,
  ],
  [oauthError('invalid_grant', 'AADSTS50194', [50194]), 'wrong-tenant', 'AADSTS50194', /another tenant/],
  [
    oauthError(
      'invalid_client',
      "AADSTS7000218: The request body must contain 'client_assertion'.",
      [7000218],
      401,
    ),
    'public-flow-off',
    'AADSTS7000218',
    /Allow public client flows/,
  ],
  [oauthError('server_said', 'AADSTS99999: new', [99999]), 'refused', 'AADSTS99999', /AADSTS99999/],
];

for (const [reply, reason, aadsts, sentence] of failures)
  test(`${JSON.stringify((reply.body as { error: string }).error)} ${aadsts ?? ''} is "${reason}", with a way on`, async () => {
    const { signIn: session } = signIn([deviceCodeReply, pending, reply]);
    const code = await session.deviceCode();
    const result = code.kind === 'ok' ? await code.value.result : code;
    assert.ok(result.kind === 'failed');
    assert.equal(result.reason, reason);
    assert.equal('aadsts' in result ? result.aadsts : undefined, aadsts);
    assert.match(result.problem.sentence, sentence);
    assert.match(result.problem.sentence, /^[A-Z][^\n]*\.$/);
  });

const atOnce: readonly (readonly [ScriptedReply, SignInReason, RegExp])[] = [
  [
    oauthError('invalid_request', 'AADSTS90002: Tenant not found.', [90002]),
    'tenant-unknown',
    /no tenant of that name/,
  ],
  [oauthError('unauthorized_client', 'AADSTS700016', [700016]), 'application-unknown', /client id/],
  [oauthError('unauthorized_client', 'AADSTS7000112', [7000112]), 'application-disabled', /disabled/],
  [oauthError('invalid_request', 'AADSTS650057', [650057]), 'permission-missing', /Exchange\.Manage/],
  [oauthError('invalid_resource', 'AADSTS500011', [500011]), 'exchange-missing', /no Exchange Online/],
  [{ status: 503, body: '<html>' }, 'busy', /busy/],
  [{ error: networkError('ENOTFOUND') }, 'unreachable', /proxy and DNS/],
  [{ status: 200, body: {} }, 'refused', /refused/],
];

for (const [reply, reason, sentence] of atOnce)
  test(`no code comes: ${reason}`, async () => {
    const { signIn: session } = signIn([
      reply,
      oauthError('invalid_grant', ''),
      oauthError('invalid_grant', ''),
    ]);
    const code = await session.deviceCode();
    assert.ok(code.kind === 'failed');
    assert.equal(code.reason, reason);
    assert.match(code.problem.sentence, sentence);
  });

test('who signs in to another tenant than the one being connected is refused, and the tokens are gone', async () => {
  const other = '22222222-2222-2222-2222-222222222222';
  const { signIn: session } = signIn([deviceCodeReply, tokenReply({ tid: other })], {
    expectedTenantId: tenantId,
  });
  const code = await session.deviceCode();
  const result = code.kind === 'ok' ? await code.value.result : code;
  assert.ok(result.kind === 'failed' && result.reason === 'wrong-tenant');
});

for (const [application, tenant, flow, reason] of [
  [{ kind: 'microsoft-exchange' }, 'contoso.com', 'authorizationCode', 'flow-unfit'],
  [own, undefined, 'deviceCode', 'tenant-unknown'],
  [{ kind: 'multi-tenant', clientId }, undefined, 'authorizationCode', 'tenant-unknown'],
  [own, 'contoso.com', 'authorizationCode', 'certificate-refused'],
] as const)
  test(`${application.kind} for ${tenant ?? 'no tenant'} by ${flow}: ${reason}, before anything is asked`, async () => {
    const { signIn: session, asked } = signIn([], {
      application,
      ...(tenant ? { tenant } : { tenant: undefined as never }),
    });
    const outcome =
      flow === 'deviceCode'
        ? await session.deviceCode()
        : await session.authorizationCode({ redirectUri: 'https://s/auth/callback' });
    assert.ok(outcome.kind === 'failed' && outcome.reason === reason);
    assert.equal(asked.length, 0);
  });

const redirectUri = 'https://signet.contoso.com/auth/callback';

test('code and PKCE: challenge, state and nonce go out, verifier and a signed assertion come with the code', async () => {
  let nonce = '';
  const { signIn: session, asked } = signIn([() => tokenReply({ nonce })], { certificate });
  const request = await session.authorizationCode({ redirectUri, loginHint: 'admin@contoso.com' });
  assert.ok(request.kind === 'ok');
  const url = new URL(request.value.url);
  assert.equal(
    `${url.origin}${url.pathname}`,
    'https://login.microsoftonline.com/contoso.com/oauth2/v2.0/authorize',
  );
  const query = Object.fromEntries(url.searchParams);
  assert.equal(query.redirect_uri, redirectUri);
  assert.equal(query.code_challenge_method, 'S256');
  assert.equal(query.response_type, 'code');
  assert.equal(query.state, request.value.state);
  assert.equal(query.login_hint, 'admin@contoso.com');
  nonce = query.nonce ?? '';
  const access = await session.redeem({ code: 'the-code', state: request.value.state });
  assert.equal(access.kind, 'ok', JSON.stringify(access));
  const sent = form(asked[0] as Asked);
  assert.equal(sent.grant_type, 'authorization_code');
  assert.equal(sent.code, 'the-code');
  assert.equal(
    Buffer.from(await crypto.subtle.digest('SHA-256', Buffer.from(sent.code_verifier ?? ''))).toString(
      'base64url',
    ),
    query.code_challenge,
  );
  assertSigned(sent.client_assertion ?? '');
});

/** PS256 over the first two parts, with the certificate's key (RFC 7518 3.5). */
function assertSigned(assertion: string) {
  const [head = '', payload = '', signature = ''] = assertion.split('.');
  const verify = createVerify('sha256').update(`${head}.${payload}`);
  const key = createPublicKey(certificate.certificate);
  const pss = { key, padding: constants.RSA_PKCS1_PSS_PADDING, saltLength: constants.RSA_PSS_SALTLEN_DIGEST };
  assert.ok(verify.verify(pss, signature, 'base64url'));
  const claims = JSON.parse(Buffer.from(payload, 'base64url').toString());
  assert.equal(claims.iss, clientId);
  assert.match(claims.aud, /^https:\/\/login\.microsoftonline\.com\/.+\/oauth2\/v2\.0\/token$/);
}

test('an answer counts once, and only for a state of this session and in time', async () => {
  let time = now;
  const { signIn: session } = signIn([oauthError('invalid_grant', 'AADSTS70008', [70008])], {
    certificate,
    clock: { now: () => time },
  });
  const mismatch = async (callback: Record<string, string>) => {
    const outcome = await session.redeem(callback);
    return outcome.kind === 'failed' && outcome.reason === 'state-mismatch';
  };
  assert.ok(await mismatch({ code: 'c', state: 'guessed' }));
  assert.ok(await mismatch({ code: 'c' }));
  const first = await session.authorizationCode({ redirectUri });
  assert.ok(first.kind === 'ok');
  await session.redeem({ code: 'c', state: first.value.state });
  assert.ok(await mismatch({ code: 'c', state: first.value.state }));
  const late = await session.authorizationCode({ redirectUri });
  assert.ok(late.kind === 'ok');
  time += 15 * 60_000;
  assert.ok(await mismatch({ code: 'c', state: late.value.state }));
});

test('what Microsoft says on the way back has its sentence, and another nonce is no sign-in', async () => {
  const { signIn: session } = signIn([tokenReply({ nonce: 'another' })], { certificate });
  const denied = await session.authorizationCode({ redirectUri });
  assert.ok(denied.kind === 'ok');
  const refusal = await session.redeem({
    state: denied.value.state,
    error: 'access_denied',
    error_description: 'AADSTS65004: User declined to consent.',
  });
  assert.ok(refusal.kind === 'failed' && refusal.reason === 'declined');
  const replayed = await session.authorizationCode({ redirectUri });
  assert.ok(replayed.kind === 'ok');
  const outcome = await session.redeem({ state: replayed.value.state, code: 'c' });
  assert.ok(outcome.kind === 'failed' && outcome.reason === 'state-mismatch');
});

function appAccess(replies: Replies) {
  const { fetch, asked } = scriptedFetch(replies);
  const access = createAppAccess({
    cloud: cloudOf('worldwide'),
    fetch,
    wait: async () => {},
    clientId,
    tenantId,
    certificate,
  });
  return { access, asked };
}

const appToken: ScriptedReply = {
  body: { token_type: 'Bearer', expires_in: 3599, ext_expires_in: 3599, access_token: 'app-token' },
};

test('an application shows its certificate and gets one token for each resource, remembered until fresh is asked for', async () => {
  const { access, asked } = appAccess([appToken, appToken, appToken]);
  assert.equal((await access.token('graph')).kind, 'ok');
  assert.equal((await access.token('graph')).kind, 'ok');
  assert.equal(asked.length, 1);
  assert.equal((await access.token('exchange')).kind, 'ok');
  assert.equal((await access.token('graph', { fresh: true })).kind, 'ok');
  assert.equal(asked.length, 3);
  const sent = form(asked[0] as Asked);
  assert.equal(sent.grant_type, 'client_credentials');
  assert.equal(sent.scope, 'https://graph.microsoft.com/.default');
  assert.equal(sent.client_assertion_type, 'urn:ietf:params:oauth:client-assertion-type:jwt-bearer');
  assertSigned(sent.client_assertion ?? '');
  assert.ok(asked[0]?.url.startsWith(`https://login.microsoftonline.com/${tenantId}/oauth2/v2.0/token`));
});

for (const [reply, reason] of [
  [
    oauthError('invalid_client', 'AADSTS700027: certificate not registered', [700027], 401),
    'certificate-refused',
  ],
  [
    oauthError('invalid_client', 'AADSTS700024: assertion is not within its valid time range', [700024], 401),
    'clock-wrong',
  ],
  [{ error: networkError('ECONNREFUSED') }, 'unreachable'],
] as const)
  test(`an application's refusal: ${reason}`, async () => {
    const { access } = appAccess([reply]);
    const token = await access.token('graph');
    assert.ok(token.kind === 'failed' && token.reason === reason);
  });

test('no sentence, detail or code of a failure holds a token, a device code or a secret', async () => {
  for (const [reply] of failures) {
    const { signIn: session } = signIn([deviceCodeReply, reply]);
    const code = await session.deviceCode();
    const result = code.kind === 'ok' ? await code.value.result : code;
    assert.doesNotMatch(JSON.stringify(result), /DAQABAAEAAA|refresh-|eyJ/);
  }
});
