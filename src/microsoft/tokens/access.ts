/** Tokens of one signed-in administrator or application: asked for silently, kept by MSAL in memory, wiped on `forget`. */
import { AuthError, type AuthenticationResult } from '@azure/msal-node';
import type { Cloud } from '../cloud.ts';
import { done, type Outcome } from '../failure.ts';
import type { Resource } from './application.ts';
import type { Network } from './network.ts';
import { signInFailure, signInRefusal } from './refusal.ts';
import type { Access, SignInFailure, SignInReason } from './sign-in-types.ts';

export function scopeOf(cloud: Cloud, resource: Resource): string {
  return `${cloud[resource]}/.default`;
}

export function createAccess({
  who,
  ask,
  wipe,
}: {
  readonly who: Pick<Access, 'tenantId' | 'username'>;
  readonly ask: (
    resource: Resource,
    isFresh: boolean,
  ) => Promise<Outcome<string, SignInReason> | SignInFailure>;
  readonly wipe: () => void;
}): Access {
  let isForgotten = false;
  return {
    ...who,
    token: async (resource, { fresh = false } = {}) => {
      if (isForgotten) return signInFailure('session-ended');
      const token = await ask(resource, fresh);
      return isForgotten ? signInFailure('session-ended') : token;
    },
    forget: () => {
      isForgotten = true;
      wipe();
    },
  };
}

/** Runs one call of MSAL; whatever it throws for a reason of Microsoft's or the network's is a failure with a sentence. */
export async function attempt<Value>(
  network: Network,
  call: () => Promise<Value | null>,
): Promise<Outcome<Value, SignInReason> | SignInFailure> {
  try {
    const value = await call();
    return value === null ? signInRefusal(network.lastError()) : done(value);
  } catch (error) {
    const said = network.lastError();
    if (said) return signInRefusal(said, error instanceof AuthError ? error.errorCode : '');
    if (network.wasSilent()) return signInFailure('unreachable');
    if (error instanceof AuthError) return signInRefusal(undefined, error.errorCode);
    throw error;
  }
}

export function tokenOf(
  result: Outcome<AuthenticationResult, SignInReason> | SignInFailure,
): Outcome<string, SignInReason> | SignInFailure {
  return result.kind === 'ok' ? done(result.value.accessToken) : result;
}
