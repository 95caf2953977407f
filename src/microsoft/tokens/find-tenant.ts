/**
 * Entra's id of the organisation that a domain belongs to, as everybody may ask it (exchange-online.md 3.4: the discovery
 * document names the issuer, which holds the id). For the manual method, where nobody signs in.
 */
import { limits } from '../../limits.ts';
import type { Cloud } from '../cloud.ts';
import { done, type Outcome } from '../failure.ts';
import type { NetworkPorts } from './network.ts';
import { signInFailure } from './refusal.ts';
import type { SignInFailure, SignInReason } from './sign-in-types.ts';

export const entraId = /^[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}$/i;

/** The GUID in lower case. */
export async function findEntraTenant(
  { cloud, fetch }: Pick<NetworkPorts, 'fetch'> & { readonly cloud: Cloud },
  domain: string,
): Promise<Outcome<string, SignInReason> | SignInFailure> {
  const url = `${cloud.login}/${encodeURIComponent(domain)}/v2.0/.well-known/openid-configuration`;
  try {
    const signal = AbortSignal.timeout(limits.microsoft.signInRequestMs);
    const response = await fetch(url, { method: 'GET', redirect: 'manual', signal });
    const found = issuerIn(await response.text());
    return found === undefined ? signInFailure('tenant-unknown') : done(found);
  } catch {
    return signInFailure('unreachable');
  }
}

function issuerIn(text: string): string | undefined {
  try {
    const { issuer } = JSON.parse(text) as { readonly issuer?: unknown };
    const id = typeof issuer === 'string' ? URL.parse(issuer)?.pathname.split('/')[1] : undefined;
    return id !== undefined && entraId.test(id) ? id.toLowerCase() : undefined;
  } catch {
    return undefined;
  }
}
