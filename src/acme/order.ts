/**
 * One certificate from an ACME server (RFC 8555 7.1 to 7.5) by its HTTP challenge (8.3): account, order, the challenge of
 * each name, the request, the chain. Written on a JWS library and `fetch`, since the npm client of this protocol brings 50
 * packages and has rested for two years.
 */
import { type MadeRequest, makeCertificateRequest } from '../make-certificate.ts';
import { AcmeRefusal, type Conversation, type Fetch, startConversation } from './conversation.ts';

export type AcmeOrder = {
  /** HTTPS; of Let's Encrypt or a private authority. */
  readonly directoryUrl: string;
  /** PEM, PKCS #8, P-256; the account is made with it where there is none. */
  readonly accountKey: string;
  /** Mail address for the authority's warnings. */
  readonly contact?: string;
  /** DNS names; the first one is the certificate's common name. */
  readonly names: readonly [string, ...string[]];
};

export type AcmeWays = {
  readonly fetch: Fetch;
  readonly wait: (ms: number) => Promise<void>;
  /** Served at `http://NAME/.well-known/acme-challenge/TOKEN` until taken back. */
  readonly serve: (token: string, content: string) => () => void;
};

/** PEM: the certificate and its chain, and the key, which was never anywhere else. */
export type Ordered = { readonly certificate: string; readonly key: string };

const [pollMs, polls] = [1_000, 120];

/** Rejects with an `AcmeRefusal` that tells the authority's own words, or as `fetch` does. */
export async function orderCertificate(order: AcmeOrder, ways: AcmeWays): Promise<Ordered> {
  const directory = await readDirectory(order.directoryUrl, ways.fetch);
  const talk = await startConversation(ways.fetch, directory.newNonce, order.accountKey);
  const account = await talk.post(directory.newAccount, {
    termsOfServiceAgreed: true,
    ...(order.contact === undefined ? {} : { contact: [`mailto:${order.contact}`] }),
  });
  talk.signIn(account.location ?? missing('the account'));
  const identifiers = order.names.map(value => ({ type: 'dns', value }));
  const placed = await talk.post(directory.newOrder, { identifiers });
  const orderUrl = placed.location ?? missing('the order');
  for (const url of listOf(placed.body, 'authorizations')) await prove(talk, url, ways);
  const request = await makeCertificateRequest(order.names);
  await talk.post(textOf(placed.body, 'finalize'), { csr: request.request.toString('base64url') });
  return {
    certificate: await fetchCertificate(talk, orderUrl, ways),
    key: (request satisfies MadeRequest).key,
  };
}

type Directory = { readonly newNonce: string; readonly newAccount: string; readonly newOrder: string };

async function readDirectory(url: string, fetch: Fetch): Promise<Directory> {
  const response = await fetch(url);
  if (!response.ok) throw new AcmeRefusal(String(response.status), `${url} answers ${response.status}`);
  const body: unknown = await response.json();
  return {
    newNonce: textOf(body, 'newNonce'),
    newAccount: textOf(body, 'newAccount'),
    newOrder: textOf(body, 'newOrder'),
  };
}

/** An authorization that is still good from an earlier order needs no new proof. */
async function prove(talk: Conversation, url: string, { serve, wait }: AcmeWays) {
  const { body } = await talk.post(url);
  if (statusOf(body) === 'valid') return;
  const challenge = challengesOf(body).find(({ type }) => type === 'http-01');
  if (!challenge)
    throw new AcmeRefusal('unsupported', 'the authority offers no HTTP challenge for this name');
  const takeBack = serve(challenge.token, await talk.keyAuthorization(challenge.token));
  try {
    await talk.post(challenge.url, {});
    await settled(talk, url, wait, ['valid']);
  } finally {
    takeBack();
  }
}

async function fetchCertificate(talk: Conversation, orderUrl: string, { wait }: AcmeWays) {
  const body = await settled(talk, orderUrl, wait, ['valid']);
  const { text } = await talk.post(textOf(body, 'certificate'));
  if (!text.includes('-----BEGIN CERTIFICATE-----')) missing('the certificate');
  return text;
}

async function settled(talk: Conversation, url: string, wait: AcmeWays['wait'], wanted: readonly string[]) {
  for (let poll = 0; poll < polls; poll++) {
    const { body, retryAfterMs } = await talk.post(url);
    const status = statusOf(body);
    if (wanted.includes(status)) return body;
    if (status === 'invalid') throw failureOf(body);
    await wait(Math.min(retryAfterMs ?? pollMs, 10 * pollMs));
  }
  throw new AcmeRefusal('timeout', 'the authority took too long');
}

/** The reason stands in the challenge that failed, or in the order. */
function failureOf(body: unknown): AcmeRefusal {
  const errors = [...challengesOf(body).map(({ error }) => error), (body as { error?: unknown }).error];
  const error = errors.find(one => typeof one === 'object' && one !== null) as
    | { type?: string; detail?: string }
    | undefined;
  const type = String(error?.type ?? 'invalid').replace(/^urn:ietf:params:acme:error:/, '');
  return new AcmeRefusal(type, error?.detail ?? 'the authority refused it without a reason');
}

type Challenge = {
  readonly type: string;
  readonly url: string;
  readonly token: string;
  readonly error?: unknown;
};

/** A token becomes a path of ours: nothing but base64url (8.3). */
function challengesOf(body: unknown): readonly Challenge[] {
  const { challenges } = (body ?? {}) as { challenges?: unknown };
  const list = Array.isArray(challenges) ? (challenges as readonly Challenge[]) : [];
  return list.filter(({ token }) => typeof token === 'string' && /^[\w-]+$/.test(token));
}

function statusOf(body: unknown): string {
  return textOf(body, 'status');
}

function textOf(body: unknown, name: string): string {
  const value = (body as Readonly<Record<string, unknown>> | undefined)?.[name];
  return typeof value === 'string' ? value : missing(name);
}

function listOf(body: unknown, name: string): readonly string[] {
  const value = (body as Readonly<Record<string, unknown>> | undefined)?.[name];
  return Array.isArray(value) ? value.map(String) : missing(name);
}

function missing(what: string): never {
  throw new AcmeRefusal('malformed', `${what} is missing in the authority's answer`);
}
