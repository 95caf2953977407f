/**
 * PURE. What a refused sign-in means, in one sentence with a way on (exchange-online.md 2.5, 3.3). The number behind AADSTS
 * decides first, then the OAuth word, then what MSAL itself noticed.
 */
import { failed, type ProblemCode } from '../../problem.ts';
import type { SignInFailure, SignInReason } from './sign-in-types.ts';

/** What the token endpoint said last (RFC 6749 5.2, and Entra's own fields). */
export type OAuthError = {
  readonly error: string;
  readonly description: string;
  readonly codes: readonly number[];
};

/** `msalCode`: MSAL's own word where it gave up by itself. */
export function signInRefusal(said: OAuthError | undefined, msalCode = ''): SignInFailure {
  const codes = said ? [...said.codes, ...numbersIn(said.description)] : [];
  const number = codes.find(code => reasonByNumber[code]) ?? codes[0];
  const reason =
    (number !== undefined && reasonByNumber[number]) ||
    reasonByWord[said?.error ?? ''] ||
    reasonByMsal[msalCode] ||
    'refused';
  return signInFailure(reason, {
    ...(number === undefined ? {} : { aadsts: `AADSTS${number}` }),
    detail: detailOf(said, msalCode),
  });
}

export function signInFailure(
  reason: SignInReason,
  { aadsts, detail }: { readonly aadsts?: string; readonly detail?: string } = {},
): SignInFailure {
  const [code, sentence] = words[reason];
  const said = reason === 'refused' && (aadsts ?? detail) ? `${sentence} (${aadsts ?? detail})` : sentence;
  return {
    kind: 'failed',
    reason,
    problem: failed(code, `${said}.`).problem,
    ...(aadsts === undefined ? {} : { aadsts }),
    ...(detail ? { detail } : {}),
  };
}

/** Entra's numbers, from its list of error codes. */
const reasonByNumber: Readonly<Record<number, SignInReason>> = {
  65004: 'declined',
  70000: 'declined',
  70018: 'expired',
  70019: 'expired',
  70020: 'expired',
  53003: 'blocked-by-policy',
  53004: 'blocked-by-policy',
  530033: 'blocked-by-policy',
  530034: 'blocked-by-policy',
  530035: 'blocked-by-policy',
  530036: 'blocked-by-policy',
  50005: 'device-required',
  50097: 'device-required',
  53000: 'device-required',
  53001: 'device-required',
  53002: 'device-required',
  50072: 'factor-needed',
  50074: 'factor-needed',
  50076: 'factor-needed',
  50079: 'factor-needed',
  50158: 'factor-needed',
  53010: 'factor-needed',
  50055: 'password-expired',
  50144: 'password-expired',
  50056: 'wrong-password',
  50126: 'wrong-password',
  50053: 'account-locked',
  50057: 'account-disabled',
  50034: 'account-unknown',
  51004: 'account-unknown',
  50020: 'guest-account',
  50177: 'guest-account',
  90072: 'guest-account',
  16000: 'guest-account',
  500200: 'personal-account',
  500202: 'personal-account',
  9001023: 'personal-account',
  50059: 'tenant-unknown',
  50128: 'tenant-unknown',
  90002: 'tenant-unknown',
  50194: 'wrong-tenant',
  50105: 'user-not-assigned',
  65001: 'consent-needed',
  90094: 'consent-needed',
  900941: 'consent-needed',
  65005: 'permission-missing',
  650053: 'permission-missing',
  650057: 'permission-missing',
  70011: 'permission-missing',
  650052: 'exchange-missing',
  500011: 'exchange-missing',
  500014: 'exchange-missing',
  70001: 'application-unknown',
  700016: 'application-unknown',
  7000112: 'application-disabled',
  7000218: 'public-flow-off',
  700025: 'public-flow-off',
  70002: 'public-flow-off',
  50011: 'reply-address',
  500113: 'reply-address',
  700023: 'certificate-refused',
  700027: 'certificate-refused',
  7000215: 'certificate-refused',
  7000222: 'certificate-refused',
  700024: 'clock-wrong',
  50173: 'session-ended',
  50078: 'session-ended',
  70008: 'session-ended',
  70043: 'session-ended',
  700082: 'session-ended',
  700084: 'session-ended',
  90033: 'busy',
  50196: 'busy',
  90006: 'busy',
};

const reasonByWord: Readonly<Record<string, SignInReason>> = {
  authorization_declined: 'declined',
  access_denied: 'declined',
  expired_token: 'expired',
  code_expired: 'expired',
  bad_verification_code: 'expired',
  consent_required: 'consent-needed',
  interaction_required: 'factor-needed',
  login_required: 'session-ended',
  unauthorized_client: 'application-unknown',
  temporarily_unavailable: 'busy',
  service_unavailable: 'busy',
};

const reasonByMsal: Readonly<Record<string, SignInReason>> = {
  device_code_expired: 'expired',
  user_timeout_reached: 'expired',
  device_code_polling_cancelled: 'cancelled',
  network_error: 'unreachable',
  no_network_connectivity: 'unreachable',
  endpoints_resolution_error: 'unreachable',
  no_tokens_found: 'session-ended',
  no_account_found: 'session-ended',
  refresh_token_expired: 'session-ended',
  native_account_unavailable: 'session-ended',
  interaction_required: 'session-ended',
  state_mismatch: 'state-mismatch',
  nonce_mismatch: 'state-mismatch',
};

const otherWay =
  'sign in with code and redirect from your own registration instead, or run the PowerShell script of the manual way';

const words: Readonly<Record<SignInReason, readonly [ProblemCode, string]>> = {
  declined: ['SIGNET_SIGN_IN_ENDED', 'The sign-in was declined at Microsoft: start it again and allow it'],
  expired: [
    'SIGNET_SIGN_IN_ENDED',
    'The one-time code ran out, as it does after 15 minutes: start again for a new one',
  ],
  cancelled: ['SIGNET_SIGN_IN_ENDED', 'The sign-in was cancelled: start it again'],
  'blocked-by-policy': [
    'SIGNET_SIGN_IN_BLOCKED',
    `A Conditional Access policy of the organisation blocks this sign-in, often the one named "Block device code flow": ${otherWay}`,
  ],
  'device-required': [
    'SIGNET_SIGN_IN_BLOCKED',
    `A Conditional Access policy asks for a managed device, which a one-time code cannot prove: ${otherWay}`,
  ],
  'factor-needed': [
    'SIGNET_SIGN_IN_BLOCKED',
    'Microsoft asks for another factor: start again and complete it on the page, or register one for the account first',
  ],
  'password-expired': [
    'SIGNET_SIGN_IN_ACCOUNT',
    "The account's password has expired: change it at Microsoft, then start again",
  ],
  'wrong-password': ['SIGNET_SIGN_IN_ACCOUNT', 'Microsoft did not take the name or password: start again'],
  'account-disabled': [
    'SIGNET_SIGN_IN_ACCOUNT',
    'The account is disabled: use another one, or have it enabled in the Entra admin centre',
  ],
  'account-locked': [
    'SIGNET_SIGN_IN_ACCOUNT',
    'The account is locked after too many attempts: wait, or use another one',
  ],
  'account-unknown': [
    'SIGNET_SIGN_IN_ACCOUNT',
    'Microsoft does not know this account in the tenant: check its name, or use another one',
  ],
  'personal-account': [
    'SIGNET_SIGN_IN_ACCOUNT',
    "This is a personal Microsoft account: sign in with the organisation's administrator account",
  ],
  'guest-account': [
    'SIGNET_SIGN_IN_ACCOUNT',
    "The account belongs to another organisation: sign in with an administrator of this tenant, in a private window if the browser insists on the other one; a provider needs GDAP with the customer's tenant",
  ],
  'wrong-tenant': [
    'SIGNET_SIGN_IN_TENANT',
    'The sign-in was for another tenant than the one being connected: sign in with an administrator of that one',
  ],
  'tenant-unknown': [
    'SIGNET_SIGN_IN_TENANT',
    'Microsoft knows no tenant of that name in this cloud: check the domain, and whether the tenant is in a national cloud',
  ],
  'user-not-assigned': [
    'SIGNET_SIGN_IN_ACCOUNT',
    'The application is open to assigned users only: assign this account to it in the Entra admin centre, under Enterprise applications',
  ],
  'consent-needed': [
    'SIGNET_SIGN_IN_CONSENT',
    "Nobody has consented to the application's permissions yet: have a Global Administrator grant admin consent, or run the registration script again",
  ],
  'permission-missing': [
    'SIGNET_SIGN_IN_CONSENT',
    'The app registration lacks the permission for Exchange (Exchange.Manage) or Graph: run the registration script again',
  ],
  'exchange-missing': [
    'SIGNET_SIGN_IN_TENANT',
    'The tenant has no Exchange Online: it needs a subscription that includes it',
  ],
  'application-unknown': [
    'SIGNET_SIGN_IN_APPLICATION',
    'Microsoft does not know this application in the tenant: check the client id and the tenant, or run the registration script',
  ],
  'application-disabled': [
    'SIGNET_SIGN_IN_APPLICATION',
    'The application is disabled in the tenant: enable it in the Entra admin centre, under Enterprise applications',
  ],
  'public-flow-off': [
    'SIGNET_SIGN_IN_APPLICATION',
    'The app registration does not allow public client flows, which a one-time code needs: set "Allow public client flows" to yes, or sign in with code and redirect',
  ],
  'reply-address': [
    'SIGNET_SIGN_IN_APPLICATION',
    "The app registration does not list Signet's redirect address: add SIGNET_PUBLIC_URL/auth/callback to it as a web platform",
  ],
  'certificate-refused': [
    'SIGNET_SIGN_IN_APPLICATION',
    "Microsoft did not take the application's certificate: upload the one that Signet shows to the app registration, or check whether it has expired",
  ],
  'clock-wrong': [
    'SIGNET_SIGN_IN_APPLICATION',
    "The clock of this server is wrong, so Microsoft does not take the application's proof: set it, then start again",
  ],
  'session-ended': ['SIGNET_SIGN_IN_ENDED', 'The session at Microsoft is over: sign in again'],
  'state-mismatch': [
    'SIGNET_SIGN_IN_ENDED',
    'The answer does not belong to a sign-in of this session, or was used before: start it again from here',
  ],
  'flow-unfit': [
    'SIGNET_SIGN_IN_APPLICATION',
    "This application cannot sign in this way: choose another way, or the organisation's own registration",
  ],
  busy: ['SIGNET_SIGN_IN_REFUSED', 'Microsoft is busy: wait a minute and start again'],
  unreachable: [
    'SIGNET_SIGN_IN_UNREACHABLE',
    "Microsoft's sign-in cannot be reached: check network, proxy and DNS of this server, then start again",
  ],
  refused: [
    'SIGNET_SIGN_IN_REFUSED',
    'Microsoft refused the sign-in: start again, or look the number up at Microsoft',
  ],
};

function numbersIn(description: string) {
  return [...description.matchAll(/AADSTS(\d{5,8})/g)].map(([, number]) => Number(number));
}

/** Entra adds lines with trace ids and a timestamp: its support asks for them, and nothing in them is secret. */
function detailOf(said: OAuthError | undefined, msalCode: string) {
  const text = said ? [said.error, said.description].filter(Boolean).join(': ') : msalCode;
  return text
    .replace(/[\u0000-\u001f\u007f\s]+/g, ' ')
    .trim()
    .slice(0, 600);
}
