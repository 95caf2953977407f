/**
 * One HTTPS exchange with Exchange's admin API. The token goes to hosts of this cloud's Exchange and to no other, whatever
 * a page link or a redirect says (exchange-online.md 1.1, 1.6).
 */
import { limits } from '../../limits.ts';
import type { Cloud } from '../cloud.ts';
import type { RawReply } from './reply.ts';

export type Fetch = (url: string, init: RequestInit) => Promise<Response>;

export type Sent =
  | { readonly kind: 'reply'; readonly reply: RawReply }
  /** No answer. `isSent` false: it surely did not reach a server. */
  | { readonly kind: 'silence'; readonly why: string; readonly isSent: boolean };

export async function send(
  { fetch, cloud }: { readonly fetch: Fetch; readonly cloud: Cloud },
  request: {
    readonly url: string;
    readonly method: 'POST' | 'GET';
    readonly headers: Record<string, string>;
    readonly body?: string;
    readonly timeoutMs: number;
    readonly signal: AbortSignal | undefined;
  },
): Promise<Sent> {
  let url = exchangeUrl(request.url, cloud);
  const timeout = AbortSignal.timeout(request.timeoutMs);
  const signal = request.signal ? AbortSignal.any([timeout, request.signal]) : timeout;
  for (let hop = 0; hop <= limits.microsoft.redirects; hop++) {
    if (!url)
      return { kind: 'silence', why: 'an address outside of Exchange Online was named', isSent: false };
    const { method, headers, body } = request;
    try {
      const init = {
        method,
        headers,
        redirect: 'manual' as const,
        signal,
        ...(body === undefined ? {} : { body }),
      };
      const response = await fetch(url, init);
      const location = response.headers.get('location');
      if (response.status >= 300 && response.status < 400 && location) {
        await response.body?.cancel();
        url = exchangeUrl(new URL(location, url).href, cloud);
        continue;
      }
      return {
        kind: 'reply',
        reply: { status: response.status, headers: response.headers, body: await textOf(response) },
      };
    } catch (error) {
      return {
        kind: 'silence',
        why: timeout.aborted ? 'no answer in time' : causeOf(error),
        isSent: !isBeforeSending(error),
      };
    }
  }
  return { kind: 'silence', why: 'too many redirects', isSent: false };
}

/** The address with a plain port, or undefined for one to which no token may go. Regional hosts come with port 446. */
export function exchangeUrl(text: string, cloud: Cloud): string | undefined {
  const url = URL.canParse(text) ? new URL(text) : undefined;
  if (!url || url.username || url.password) return undefined;
  const home = new URL(cloud.exchange);
  if (url.origin === home.origin) return url.href;
  if (url.protocol !== 'https:' || !['', '443', '446'].includes(url.port)) return undefined;
  const isExchange =
    url.hostname === home.hostname || cloud.exchangeHosts.some(suffix => url.hostname.endsWith(suffix));
  if (!isExchange) return undefined;
  url.port = home.hostname === url.hostname ? home.port : '';
  return url.href;
}

async function textOf(response: Response): Promise<string> {
  const reader = response.body?.getReader();
  const chunks: Uint8Array[] = [];
  let bytes = 0;
  for (;;) {
    const next = await reader?.read();
    if (!next || next.done) return Buffer.concat(chunks).toString('utf8');
    chunks.push(next.value);
    bytes += next.value.byteLength;
    if (bytes > limits.microsoft.answerBytes) {
      await reader?.cancel();
      throw new Error('the answer is too large');
    }
  }
}

/** Node's fetch hides the reason in `cause`. */
function causeOf(error: unknown): string {
  const { cause } = error instanceof Error ? error : { cause: undefined };
  const code = codeOf(cause) ?? codeOf(error);
  return code ?? (error instanceof Error ? error.message : String(error));
}

function codeOf(error: unknown): string | undefined {
  const { code } = (error ?? {}) as NodeJS.ErrnoException;
  return typeof code === 'string' ? code : undefined;
}

/** Names that do not resolve, doors that are shut, certificates that are wrong: nothing was said yet. */
function isBeforeSending(error: unknown) {
  const code = causeOf(error);
  return (
    /^(ENOTFOUND|EAI_AGAIN|ECONNREFUSED|EHOSTUNREACH|ENETUNREACH|UND_ERR_CONNECT_TIMEOUT)$/.test(code) ||
    /CERT|SELF_SIGNED|ERR_TLS/.test(code)
  );
}
