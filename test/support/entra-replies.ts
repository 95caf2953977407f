/** Answers of Entra's token endpoint (exchange-online.md 3, examples 14 and 15), for scripted sign-ins. */
import type { ScriptedReply } from './scripted-fetch.ts';

export const tenantId = '11111111-1111-1111-1111-111111111111';
export const clientId = '99999999-9999-9999-9999-999999999999';

export const deviceCodeReply: ScriptedReply = {
  body: {
    user_code: 'ABCD1234',
    device_code: 'DAQABAAEAAA',
    verification_uri: 'https://microsoft.com/devicelogin',
    expires_in: 900,
    // Seconds: polls of the tests do not wait.
    interval: 0.01,
    message: 'To sign in, use a web browser to open the page ...',
  },
};

export function oauthError(
  error: string,
  description: string,
  codes: readonly number[] = [],
  status = 400,
): ScriptedReply {
  return { status, body: { error, error_description: description, error_codes: codes, correlation_id: 'c' } };
}

export const pending = oauthError('authorization_pending', 'AADSTS70016: Authorization is pending.', [70016]);

export function tokenReply({ name = 'first', tid = tenantId, nonce = '' } = {}): ScriptedReply {
  const claims = { tid, upn: 'admin@contoso.com', aud: 'https://outlook.office365.com', jti: name };
  return {
    body: {
      token_type: 'Bearer',
      scope: 'https://outlook.office365.com/Exchange.Manage https://outlook.office365.com/.default',
      expires_in: 4799,
      ext_expires_in: 4799,
      access_token: jwt(claims),
      refresh_token: `refresh-${name}`,
      id_token: jwt({
        aud: clientId,
        iss: `https://login.microsoftonline.com/${tid}/v2.0`,
        exp: 4102444800,
        iat: 1700000000,
        tid,
        oid: 'oid-1',
        sub: 'sub-1',
        preferred_username: 'admin@contoso.com',
        name: 'Admin',
        ...(nonce ? { nonce } : {}),
      }),
      client_info: base64url({ uid: 'oid-1', utid: tid }),
    },
  };
}

export function jwt(claims: object) {
  return `${base64url({ alg: 'RS256', typ: 'JWT' })}.${base64url(claims)}.c2lnbmF0dXJl`;
}

function base64url(value: object) {
  return Buffer.from(JSON.stringify(value)).toString('base64url');
}
