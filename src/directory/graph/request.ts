/**
 * GET requests to Microsoft Graph and their pages (exchange-online.md 10): throttling is obeyed to the second, passing
 * trouble is tried again, a token that is refused is fetched anew once. A token goes to Graph's own origin and nowhere else,
 * whatever a `nextLink` says.
 */
import { failed, type Result } from '../../problem.ts';

export type GraphNeeds = {
  /** Origin of Graph in the tenant's cloud, `https://graph.microsoft.com`. */
  readonly origin: string;
  /** An app-only token with User.Read.All and GroupMember.Read.All; `fresh` after a 401. */
  readonly token: (options: { readonly fresh: boolean }) => Promise<Result<string>>;
  readonly fetch: typeof fetch;
  /** Rejects with the signal's reason once that is aborted. */
  readonly wait: (ms: number, signal: AbortSignal) => Promise<void>;
  /** From 0 up to but not 1. */
  readonly random: () => number;
};

export type Row = Readonly<Record<string, unknown>>;

export type Page =
  | { readonly kind: 'page'; readonly rows: readonly Row[]; readonly next: string | undefined }
  /** 410: what was being read is gone at Microsoft, and reading starts over. */
  | { readonly kind: 'start-over' };

const ATTEMPTS = 8;
const LONGEST_WAIT_MS = 60_000;
const REQUEST_MS = 60_000;
const passing: ReadonlySet<number> = new Set([408, 429, 500, 502, 503, 504]);

/** Never throws for what can go wrong outside; an aborted signal rejects with its reason. */
export async function readPage(needs: GraphNeeds, url: string, signal: AbortSignal): Promise<Result<Page>> {
  if (URL.parse(url)?.origin !== needs.origin)
    return refused(`a page of it lies outside of ${needs.origin}: nothing was read there.`);
  let isFresh = false;
  for (let attempt = 1; ; attempt++) {
    const token = await needs.token({ fresh: isFresh });
    if (token.kind === 'problem') return token;
    const answer = await ask(needs, url, token.value, signal);
    signal.throwIfAborted();
    if (answer.kind === 'rows') return { kind: 'ok', value: answer.page };
    if (answer.status === 410) return { kind: 'ok', value: { kind: 'start-over' } };
    const isRetried = answer.status === 401 ? !isFresh : answer.status === 0 || passing.has(answer.status);
    if (!isRetried || attempt >= ATTEMPTS) return explain(answer.status, answer.said);
    if (answer.status === 401) isFresh = true;
    else await needs.wait(answer.retryAfterMs ?? backOff(attempt, needs.random()), signal);
  }
}

type Answer =
  | { readonly kind: 'rows'; readonly page: Page }
  | {
      readonly kind: 'failed';
      /** 0 without any answer. */
      readonly status: number;
      readonly said: string;
      readonly retryAfterMs: number | undefined;
    };

async function ask(
  { fetch, origin }: GraphNeeds,
  url: string,
  token: string,
  signal: AbortSignal,
): Promise<Answer> {
  try {
    const response = await fetch(url, {
      headers: { authorization: `Bearer ${token}`, accept: 'application/json' },
      // A redirect would take the token with it.
      redirect: 'error',
      signal: AbortSignal.any([signal, AbortSignal.timeout(REQUEST_MS)]),
    });
    const body = (await response.json().catch(() => ({}))) as Row;
    if (response.ok && Array.isArray(body.value)) return { kind: 'rows', page: pageOf(body, origin) };
    const seconds = Number(response.headers.get('retry-after') ?? Number.NaN);
    return {
      kind: 'failed',
      // Rows are what was asked for: a body cut short is a failure on the way.
      status: response.ok ? 0 : response.status,
      said: wordsOf(body),
      retryAfterMs: Number.isFinite(seconds) ? Math.max(0, seconds) * 1_000 : undefined,
    };
  } catch (error) {
    return {
      kind: 'failed',
      status: 0,
      said: error instanceof Error ? error.message : String(error),
      retryAfterMs: undefined,
    };
  }
}

function pageOf(body: Row, origin: string): Page {
  const link = body['@odata.nextLink'];
  // Some answers name the port, which is the origin's all the same.
  const next = typeof link === 'string' ? link.replace(`${origin}:443/`, `${origin}/`) : undefined;
  return { kind: 'page', rows: body.value as readonly Row[], next };
}

function wordsOf({ error }: Row): string {
  const { code, message } = (error ?? {}) as Row;
  return [code, message]
    .filter(part => typeof part === 'string')
    .join(' ')
    .replace(/[^\x20-\x7e]+/g, ' ')
    .slice(0, 200);
}

/** 1, 2, 4 ... 60 s, give or take a half, so that many do not come back together. */
function backOff(attempt: number, lot: number): number {
  return Math.min(1_000 * 2 ** (attempt - 1), LONGEST_WAIT_MS) * (0.5 + lot);
}

function refused(sentence: string) {
  return failed('SIGNET_DIRECTORY_REFUSED', `Microsoft Graph cannot be read: ${sentence}`);
}

function explain(status: number, said: string) {
  if (status === 401)
    return failed(
      'SIGNET_DIRECTORY_CREDENTIALS',
      `Microsoft Graph does not accept the application's token (${said}): check the registration and its certificate.`,
    );
  if (status === 403)
    return failed(
      'SIGNET_DIRECTORY_CREDENTIALS',
      `Microsoft Graph does not let the application read people and groups (${said}): grant it User.Read.All and GroupMember.Read.All, with admin consent.`,
    );
  if (status === 0)
    return failed(
      'SIGNET_DIRECTORY_UNREACHABLE',
      `Microsoft Graph cannot be reached (${said}): check the way out to it, a proxy, and the machine's clock.`,
    );
  if (status === 429)
    return failed(
      'SIGNET_DIRECTORY_LIMIT',
      'Microsoft Graph limits this tenant and did not lift that in time: the next sync tries again.',
    );
  return refused(`it answered ${status} (${said}); the next sync tries again.`);
}
