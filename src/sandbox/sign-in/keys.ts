/**
 * The key that signs the sandbox's tokens, made at each start. Whoever takes a token verifies it like a stranger would: the
 * signature, the audience and the times.
 */
import { exportJWK, generateKeyPair, type JWTPayload, jwtVerify, SignJWT } from 'jose';
import type { State } from '../state.ts';

export type Keys = {
  readonly jwks: () => { readonly keys: readonly object[] };
  /** @param seconds from now until the token expires */
  readonly sign: (claims: JWTPayload, seconds: number) => Promise<string>;
  /** The claims of a token of ours for one of these audiences; why not, when it is none. */
  readonly verify: (token: string, audiences: readonly string[]) => Promise<JWTPayload | 'invalid'>;
};

export async function createKeys({ clock, random }: Pick<State, 'clock' | 'random'>): Promise<Keys> {
  const { publicKey, privateKey } = await generateKeyPair('RS256', {
    modulusLength: 2048,
    extractable: true,
  });
  const kid = random(20).toString('base64url');
  const jwk = { ...(await exportJWK(publicKey)), kid, use: 'sig', alg: 'RS256' };

  function sign(claims: JWTPayload, seconds: number) {
    const now = Math.floor(clock.now() / 1000);
    return new SignJWT({ ...claims, uti: random(16).toString('base64url') })
      .setProtectedHeader({ typ: 'JWT', alg: 'RS256', kid, x5t: kid })
      .setIssuedAt(now)
      .setNotBefore(now)
      .setExpirationTime(now + seconds)
      .sign(privateKey);
  }

  async function verify(token: string, audiences: readonly string[]) {
    try {
      const options = { audience: [...audiences], currentDate: new Date(clock.now()), algorithms: ['RS256'] };
      return (await jwtVerify(token, publicKey, options)).payload;
    } catch {
      return 'invalid' as const;
    }
  }

  return { jwks: () => ({ keys: [jwk] }), sign, verify };
}
