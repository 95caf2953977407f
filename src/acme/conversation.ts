/**
 * Signed requests to an ACME server (RFC 8555 6): every one carries a fresh nonce and is signed with the account's key;
 * a nonce that has gone stale is an answer to try again with (6.5).
 */
import { calculateJwkThumbprint, exportJWK, FlattenedSign, importPKCS8 } from 'jose';

export type Fetch = (url: string, init?: RequestInit) => Promise<Response>;

/** What the server says about a refusal (RFC 7807), or that it gave no sensible answer. */
export class AcmeRefusal extends Error {
  /** `urn:ietf:params:acme:error:...` without its front, or the HTTP status. */
  readonly type: string;

  constructor(type: string, detail: string) {
    super(detail);
    this.type = type;
  }
}

export type Answer = {
  readonly body: unknown;
  readonly text: string;
  readonly location: string | undefined;
  readonly retryAfterMs: number | undefined;
};

export type Conversation = {
  /** `payload` undefined is POST-as-GET (6.3). Rejects with an `AcmeRefusal`, or as `fetch` does. */
  readonly post: (url: string, payload?: unknown) => Promise<Answer>;
  /** From now on requests name the account instead of showing its key. */
  readonly signIn: (accountUrl: string) => void;
  /** What a challenge's file holds (8.1). */
  readonly keyAuthorization: (token: string) => Promise<string>;
};

/** A server that forgets nonces forgets several in a row; the time of an order is bounded elsewhere. */
const badNonces = 12;

/** `accountKey`: PEM, PKCS #8, P-256. */
export async function startConversation(
  fetch: Fetch,
  newNonceUrl: string,
  accountKey: string,
): Promise<Conversation> {
  const key = await importPKCS8(accountKey, 'ES256', { extractable: true });
  const { kty, crv, x, y } = await exportJWK(key);
  const jwk = { kty: kty ?? '', crv: crv ?? '', x: x ?? '', y: y ?? '' };
  let account: string | undefined;
  let nonce: string | undefined;

  async function takeNonce() {
    const taken = nonce ?? (await fetch(newNonceUrl, { method: 'HEAD' })).headers.get('replay-nonce');
    nonce = undefined;
    if (!taken) throw new AcmeRefusal('malformed', 'the server gives no nonce');
    return taken;
  }

  async function postOnce(url: string, payload: unknown): Promise<Answer> {
    const text = payload === undefined ? '' : JSON.stringify(payload);
    const signed = await new FlattenedSign(Buffer.from(text))
      .setProtectedHeader({
        alg: 'ES256',
        nonce: await takeNonce(),
        url,
        ...(account ? { kid: account } : { jwk }),
      })
      .sign(key);
    const response = await fetch(url, {
      method: 'POST',
      headers: { 'content-type': 'application/jose+json' },
      body: JSON.stringify(signed),
    });
    nonce = response.headers.get('replay-nonce') ?? undefined;
    const body = await response.text();
    if (!response.ok) throw refusalOf(response.status, body);
    return {
      body: parsed(body),
      text: body,
      location: response.headers.get('location') ?? undefined,
      retryAfterMs: secondsOf(response.headers.get('retry-after')),
    };
  }

  async function post(url: string, payload?: unknown): Promise<Answer> {
    for (let attempt = 1; ; attempt++)
      try {
        return await postOnce(url, payload);
      } catch (error) {
        if (!(error instanceof AcmeRefusal) || error.type !== 'badNonce' || attempt >= badNonces) throw error;
      }
  }

  return {
    post,
    signIn: url => {
      account = url;
    },
    keyAuthorization: async token => `${token}.${await calculateJwkThumbprint(jwk)}`,
  };
}

function refusalOf(status: number, body: string): AcmeRefusal {
  const { type, detail } = (parsed(body) ?? {}) as { type?: unknown; detail?: unknown };
  const name = typeof type === 'string' ? type.replace(/^urn:ietf:params:acme:error:/, '') : String(status);
  return new AcmeRefusal(name, typeof detail === 'string' ? detail : `the server answers ${status}`);
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

function secondsOf(retryAfter: string | null): number | undefined {
  const seconds = Number(retryAfter);
  return retryAfter === null || !Number.isFinite(seconds) || seconds < 0 ? undefined : seconds * 1_000;
}
