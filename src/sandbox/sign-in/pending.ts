/** Device codes, authorisation codes and refresh tokens that are out, each until it expires. */
import type { State } from '../state.ts';
import type { Refusal } from './aadsts.ts';
import type { SignedIn } from './person.ts';
import type { SignInRequest } from './request.ts';

export type DeviceSignIn = {
  readonly userCode: string;
  readonly deviceCode: string;
  readonly request: SignInRequest;
  readonly expiresAt: number;
  lastPoll: number;
  outcome:
    | { readonly kind: 'pending' }
    | { readonly kind: 'signed-in'; readonly signedIn: SignedIn }
    | { readonly kind: 'over'; readonly refusal: Refusal }
    | { readonly kind: 'silent' };
};

export type CodeSignIn = {
  readonly signedIn: SignedIn;
  readonly redirectUri: string;
  readonly isConfidential: boolean;
  readonly challenge?: string;
  readonly nonce?: string;
  readonly expiresAt: number;
  redeemed: boolean;
};

export type Refreshable = {
  readonly appId: string;
  readonly tenantId: string;
  readonly account: string;
  readonly isConfidential: boolean;
  readonly expiresAt: number;
};

export type Pending = {
  readonly devices: Map<string, DeviceSignIn>;
  readonly codes: Map<string, CodeSignIn>;
  readonly refreshTokens: Map<string, Refreshable>;
  readonly findByUserCode: (userCode: string) => DeviceSignIn | undefined;
  readonly issueRefresh: (signedIn: SignedIn, isConfidential: boolean) => string;
};

export const deviceSeconds = 900;
export const codeSeconds = 600;
const refreshMs = 90 * 86_400_000;

export function createPending({ clock, random }: State): Pending {
  const devices = new Map<string, DeviceSignIn>();
  const codes = new Map<string, CodeSignIn>();
  const refreshTokens = new Map<string, Refreshable>();

  function findByUserCode(userCode: string) {
    const wanted = userCode.replaceAll(/[\s-]/g, '').toUpperCase();
    return [...devices.values()].find(one => one.userCode === wanted);
  }

  function issueRefresh({ request, tenant, person }: SignedIn, isConfidential: boolean) {
    const token = `1.A${random(48).toString('base64url')}`;
    refreshTokens.set(token, {
      appId: request.application.appId,
      tenantId: tenant.id,
      account: person.id,
      isConfidential,
      expiresAt: clock.now() + refreshMs,
    });
    return token;
  }

  return { devices, codes, refreshTokens, findByUserCode, issueRefresh };
}
