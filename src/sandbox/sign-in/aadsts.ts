/**
 * Errors of the sign-in service, in the shape and with the words of Entra (reference 2.4, 2.5, 3.3, example 14). Numbers that the
 * reference does not name are from Microsoft's public list of AADSTS codes.
 */
import { type Answer, json } from '../http.ts';
import type { State } from '../state.ts';

/** code: status, OAuth error, sentence, suberror. `{}` is filled in. */
const table = {
  7000218: [
    401,
    'invalid_client',
    "The request body must contain the following parameter: 'client_assertion' or 'client_secret'.",
  ],
  700016: [
    400,
    'unauthorized_client',
    "Application with identifier '{}' was not found in the directory. This can happen if the application has not been installed by the administrator of the tenant or consented to by any user in the tenant.",
  ],
  700025: [
    401,
    'invalid_client',
    "Client is public so neither 'client_assertion' nor 'client_secret' should be presented.",
  ],
  7000215: [401, 'invalid_client', 'Invalid client secret provided.'],
  7000229: [401, 'invalid_client', "The client application '{}' is missing service principal in the tenant."],
  700021: [
    401,
    'invalid_client',
    "Client assertion application identifier doesn't match 'client_id' parameter.",
  ],
  700023: [401, 'invalid_client', 'Client assertion audience claim does not match Realm issuer.'],
  700024: [401, 'invalid_client', 'Client assertion is not within its valid time range.'],
  700027: [401, 'invalid_client', 'Client assertion failed signature validation. [Reason - {}]'],
  900144: [400, 'invalid_request', "The request body must contain the following parameter: '{}'."],
  90002: [
    400,
    'invalid_request',
    "Tenant '{}' not found. Check to make sure you have the correct tenant ID and are signing into the correct cloud.",
  ],
  50059: [
    400,
    'invalid_request',
    'No tenant-identifying information found in either the request or implied by any provided credentials.',
  ],
  50194: [
    400,
    'invalid_request',
    "Application '{}' is not configured as a multi-tenant application. Usage of the /common endpoint is not supported for such apps.",
  ],
  50011: [
    400,
    'invalid_request',
    "The redirect URI '{}' specified in the request does not match the redirect URIs configured for the application.",
  ],
  500112: [
    400,
    'invalid_client',
    "The reply address '{}' does not match the reply address provided when requesting Authorization code.",
  ],
  28000: [
    400,
    'invalid_scope',
    'Provided value for the input parameter scope is not valid because it contains more than one resource.',
  ],
  70011: [
    400,
    'invalid_scope',
    "The provided value for the input parameter 'scope' is not valid. The scope '{}' is not valid.",
  ],
  1002012: [
    400,
    'invalid_scope',
    "The provided value for scope '{}' is not valid. Client credential flows must have a scope value with /.default suffixed to the resource identifier (application ID URI).",
  ],
  500011: [400, 'invalid_resource', "The resource principal named '{}' was not found in the tenant."],
  650057: [
    400,
    'invalid_resource',
    "Invalid resource. The client has requested access to a resource which is not listed in the requested permissions in the client's application registration.",
  ],
  65001: [
    400,
    'invalid_grant',
    "The user or administrator has not consented to use the application with ID '{}'. Send an interactive authorization request for this user and resource.",
    'consent_required',
  ],
  65002: [
    400,
    'invalid_grant',
    "Consent between first party application '{}' and first party resource must be configured via preauthorization.",
  ],
  65004: [400, 'access_denied', 'User declined to consent to access the app.'],
  90094: [
    400,
    'access_denied',
    'Admin consent is required for the permissions requested by this application.',
  ],
  50020: [
    400,
    'access_denied',
    "User account '{}' from a different identity provider does not exist in the tenant and cannot access the application in that tenant.",
  ],
  50057: [400, 'invalid_grant', 'The user account is disabled.'],
  50173: [
    400,
    'invalid_grant',
    'The provided grant has expired due to it being revoked, a fresh auth token is needed.',
    'bad_token',
  ],
  53003: [
    400,
    'invalid_grant',
    'Access has been blocked by Conditional Access policies. The access policy does not allow token issuance.',
    'message_only',
  ],
  54005: [
    400,
    'invalid_grant',
    'OAuth2 Authorization code was already redeemed, please retry with a new valid code or use an existing refresh token.',
  ],
  70008: [
    400,
    'invalid_grant',
    'The provided authorization code or refresh token has expired due to inactivity. Send a new interactive authorization request for this user and resource.',
  ],
  501481: [
    400,
    'invalid_grant',
    'The Code_Verifier does not match the code_challenge supplied in the authorization request.',
  ],
  50148: [
    400,
    'invalid_grant',
    'The code_verifier does not match the code_challenge supplied in the authorization request for PKCE.',
  ],
  9002313: [400, 'invalid_grant', 'Invalid request. Request is malformed or invalid.'],
  700005: [
    400,
    'invalid_grant',
    'Provided Authorization Code is intended to use against other tenant or application, thus rejected.',
  ],
  70003: [400, 'unsupported_grant_type', "The app requested an unsupported grant type '{}'."],
  700054: [400, 'unsupported_response_type', "response_type '{}' is not enabled for the application."],
  70016: [
    400,
    'authorization_pending',
    'OAuth 2.0 device flow error. Authorization is pending. Continue polling.',
  ],
  70000: [
    400,
    'authorization_declined',
    'The provided authorization grant was declined: authorization was declined by the user.',
  ],
  70018: [400, 'bad_verification_code', 'Invalid verification code.'],
  70020: [
    400,
    'expired_token',
    "The provided value for the input parameter 'device_code' is not valid. This device code has expired.",
  ],
} as const satisfies Record<number, readonly [number, string, string, string?]>;

export type AadstsCode = keyof typeof table;

/** What went wrong; `about` fills in the sentence, `error` replaces the OAuth word where the flow has its own. */
export type Refusal = {
  readonly kind: 'refused';
  readonly code: AadstsCode;
  readonly about?: string;
  readonly error?: string;
};

export function refused(code: AadstsCode, about?: string, error?: string): Refusal {
  return { kind: 'refused', code, ...(about === undefined ? {} : { about }), ...(error ? { error } : {}) };
}

export function sentenceOf({ code, about = '' }: Refusal): string {
  return `AADSTS${code}: ${table[code][2].replace('{}', about)}`;
}

export function wordOf({ code, error }: Refusal): string {
  return error ?? table[code][1];
}

/** As the device and token endpoints answer it. */
export function answerRefusal(
  { clock, newGuid }: Pick<State, 'clock' | 'newGuid'>,
  refusal: Refusal,
): Answer {
  const [status, , , suberror] = table[refusal.code];
  const [trace, correlation] = [newGuid(), newGuid()];
  const timestamp = new Date(clock.now())
    .toISOString()
    .replace('T', ' ')
    .replace(/\.\d+Z/, 'Z');
  return json(status, {
    error: wordOf(refusal),
    error_description: `${sentenceOf(refusal)} Trace ID: ${trace} Correlation ID: ${correlation} Timestamp: ${timestamp}`,
    error_codes: [refusal.code],
    timestamp,
    trace_id: trace,
    correlation_id: correlation,
    error_uri: `https://login.microsoftonline.com/error?code=${refusal.code}`,
    ...(suberror ? { suberror } : {}),
  });
}
