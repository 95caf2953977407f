/** What a sign-in offers its callers: the wizard, `signet tenant connect`, the directory. Data and functions, no library. */
import type { Failure, Outcome } from '../failure.ts';
import type { Resource } from './application.ts';

/** Every way a sign-in fails; each has a sentence of its own in `refusal.ts`. */
export type SignInReason =
  | 'declined'
  | 'expired'
  | 'cancelled'
  | 'blocked-by-policy'
  | 'factor-needed'
  | 'device-required'
  | 'password-expired'
  | 'wrong-password'
  | 'account-disabled'
  | 'account-locked'
  | 'account-unknown'
  | 'personal-account'
  | 'guest-account'
  | 'wrong-tenant'
  | 'tenant-unknown'
  | 'user-not-assigned'
  | 'consent-needed'
  | 'permission-missing'
  | 'application-unknown'
  | 'application-disabled'
  | 'public-flow-off'
  | 'reply-address'
  | 'certificate-refused'
  | 'clock-wrong'
  | 'exchange-missing'
  | 'session-ended'
  | 'state-mismatch'
  | 'flow-unfit'
  | 'busy'
  | 'unreachable'
  | 'refused';

export type SignInFailure = Failure<SignInReason> & {
  /** `AADSTS53003`, as Microsoft's support wants it. */
  readonly aadsts?: string;
};

/** Gives access tokens of one signed-in administrator or application; they live in memory only. */
export type Access = {
  /** Entra's id of the tenant, from the token itself. */
  readonly tenantId: string;
  /** Who signed in (`upn`); undefined for an application. */
  readonly username: string | undefined;
  /** A token that is valid now; `fresh` asks Microsoft for another one, after a 401 or a new role. */
  readonly token: (
    resource: Resource,
    options?: { readonly fresh?: boolean },
  ) => Promise<Outcome<string, SignInReason> | SignInFailure>;
  /** Wipes all tokens; later calls of `token` fail with `session-ended`. */
  readonly forget: () => void;
};

export type DeviceCode = {
  /** What the administrator types at Microsoft. */
  readonly userCode: string;
  readonly verificationUri: string;
  /** Milliseconds since 1970-01-01 UTC. */
  readonly expiresAt: number;
  /** Settles when the administrator is through; never rejects. */
  readonly result: Promise<Outcome<Access, SignInReason> | SignInFailure>;
  /** `result` becomes `cancelled` at once. */
  readonly cancel: () => void;
};

export type AuthorizationRequest = {
  /** Microsoft's page. */
  readonly url: string;
  /** Comes back beside the code; keep it in the session, it names this request. */
  readonly state: string;
  /** Milliseconds since 1970-01-01 UTC. */
  readonly expiresAt: number;
};

/** The query of `SIGNET_PUBLIC_URL/auth/callback`. */
export type Callback = Readonly<Record<string, string | undefined>>;

export type SignIn = {
  readonly deviceCode: () => Promise<Outcome<DeviceCode, SignInReason> | SignInFailure>;
  /** `redirectUri`: as registered, `https://signet.example/auth/callback`. */
  readonly authorizationCode: (request: {
    readonly redirectUri: string;
    readonly loginHint?: string;
  }) => Promise<Outcome<AuthorizationRequest, SignInReason> | SignInFailure>;
  /** Redeems what came to the callback; a request is good for one redemption. */
  readonly redeem: (callback: Callback) => Promise<Outcome<Access, SignInReason> | SignInFailure>;
  /** Ends what is under way and wipes every token that came of it. */
  readonly forget: () => void;
};

/** The certificate by which an application shows itself, RSA of 2048 bits at least. */
export type ApplicationCertificate = {
  /** PEM. */
  readonly certificate: string;
  /** PEM, PKCS 8. */
  readonly key: string;
};
