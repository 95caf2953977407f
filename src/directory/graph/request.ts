/**
 * Requests to Microsoft Graph and their pages (exchange-online.md 10): throttling is obeyed to the second, passing trouble
 * is tried again, a token that is refused is fetched anew once. A token goes to Graph's own origin and nowhere else,
 * whatever a link says.
 */
import { failed, type Result } from '../../problem.ts';

export type GraphNeeds = {
  /** Origin of Graph in the tenant's cloud, `https://graph.microsoft.com`. */
  readonly origin: string;
  /** An app-only token with User.Read.All and GroupMember.Read.All; `fresh` after a 401. */
  readonly token: (options: { readonly fresh: boolean }) => Promise<Result<string>>;
  readonly fetch: (url: string, init: RequestInit) => Promise<Response>;
  /** Rejects with the signal's reason once that is aborted. */
  readonly wait: (ms: number, signal: AbortSignal) => Promise<void>;
  /** From 0 up to but not 1. */
  readonly random: () => number;
};

export type Row = Readonly<Record<string, unknown>>;

export type Page =
  | {
      readonly kind: 'page';
      readonly rows: readonly Row[];
      readonly next: string | undefined;
      /** Behind the last page of a delta query: where the next one begins. */
      readonly deltaLink: string | undefined;
    }
  /** 410: what was being read is gone at Microsoft, and reading starts over. */
  | { readonly kind: 'start-over' };

/** What is asked for, at Graph's origin. */
export type Question = {
  readonly url: string;
  readonly headers?: Readonly<Record<string, string>>;
  /** JSON; makes it a POST. */
  readonly body?: unknown;
};

export type Reply =
  | { readonly kind: 'body'; readonly body: Row }
  /** A status that tells something about what was asked for: it is not tried again. */
  | { readonly kind: 'status'; readonly status: number; readonly said: string };

const ATTEMPTS = 8;
const LONGEST_WAIT_MS = 60_000;
/** Microsoft names seconds to minutes; nobody's sync hangs for hours by a header. */
const LONGEST_RETRY_AFTER_MS = 900_000;
const REQUEST_MS = 60_000;
const passing: ReadonlySet<number> = new Set([408, 429, 500, 502, 503, 504]);

export function isPassing(status: number): boolean {
  return status === 0 || passing.has(status);
}

/** Never throws for what can go wrong outside; an aborted signal rejects with its reason. */
export async function askGraph(
  needs: GraphNeeds,
  question: Question,
  signal: AbortSignal,
): Promise<Result<Reply>> {
  if (URL.parse(question.url)?.origin !== needs.origin)
    return refused(`a page of it lies outside of ${needs.origin}: nothing was read there.`);
  let isFresh = false;
  for (let attempt = 1; ; attempt++) {
    const token = await needs.token({ fresh: isFresh });
    if (token.kind === 'problem') return token;
    const answer = await ask(needs, question, token.value, signal);
    signal.throwIfAborted();
    if (answer.kind === 'body') return { kind: 'ok', value: answer };
    const { status, said, retryAfterMs = backOff(attempt, needs.random()) } = answer;
    if (status === 401 && isFresh) return explain(status, said);
    if (status !== 401 && !isPassing(status)) return { kind: 'ok', value: { kind: 'status', status, said } };
    if (attempt >= ATTEMPTS || retryAfterMs > LONGEST_RETRY_AFTER_MS) return explain(status, said);
    if (status === 401) isFresh = true;
    else await needs.wait(retryAfterMs, signal);
  }
}

/** One page of a list. As `askGraph`; a status that is no page and no 410 is a problem. */
export async function readPage(
  needs: GraphNeeds,
  question: Question,
  signal: AbortSignal,
): Promise<Result<Page>> {
  const reply = await askGraph(needs, question, signal);
  if (reply.kind === 'problem') return reply;
  if (reply.value.kind === 'body') return { kind: 'ok', value: pageOf(reply.value.body, needs.origin) };
  const { status, said } = reply.value;
  return status === 410 ? { kind: 'ok', value: { kind: 'start-over' } } : explain(status, said);
}

type Answer =
  | { readonly kind: 'body'; readonly body: Row }
  | {
      readonly kind: 'failed';
      /** 0 without any answer. */
      readonly status: number;
      readonly said: string;
      readonly retryAfterMs: number | undefined;
    };

async function ask(
  { fetch }: GraphNeeds,
  { url, headers = {}, body }: Question,
  token: string,
  signal: AbortSignal,
): Promise<Answer> {
  try {
    const response = await fetch(url, {
      method: body === undefined ? 'GET' : 'POST',
      headers: {
        ...headers,
        ...(body === undefined ? {} : { 'content-type': 'application/json' }),
        authorization: `Bearer ${token}`,
        accept: 'application/json',
      },
      ...(body === undefined ? {} : { body: JSON.stringify(body) }),
      // A redirect would take the token with it.
      redirect: 'error',
      signal: AbortSignal.any([signal, AbortSignal.timeout(REQUEST_MS)]),
    });
    const said = (await response.json().catch(() => ({}))) as Row;
    if (response.ok && isWhole(said)) return { kind: 'body', body: said };
    return {
      kind: 'failed',
      // JSON is what was asked for: a body cut short is a failure on the way, and so is a redirect that was handed back.
      status: response.status < 400 ? 0 : response.status,
      said: wordsOf(said),
      retryAfterMs: retryAfterMs(response.headers.get('retry-after') ?? ''),
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

/** A list or the answers of a batch; nothing else is asked for here. */
function isWhole(body: Row): boolean {
  return Array.isArray(body.value) || Array.isArray(body.responses);
}

/** Seconds, as Graph sends them (10.4). Undefined for anything else. */
export function retryAfterMs(seconds: string): number | undefined {
  return /^\d{1,9}$/.test(seconds) ? Number(seconds) * 1_000 : undefined;
}

function pageOf(body: Row, origin: string): Page {
  // Some answers name the port, which is the origin's all the same.
  const link = (name: string) => {
    const text = body[name];
    return typeof text === 'string' ? text.replace(`${origin}:443/`, `${origin}/`) : undefined;
  };
  const rows = body.value as readonly Row[];
  return { kind: 'page', rows, next: link('@odata.nextLink'), deltaLink: link('@odata.deltaLink') };
}

export function wordsOf({ error }: Row): string {
  const { code, message } = (error ?? {}) as Row;
  return [code, message]
    .filter(part => typeof part === 'string')
    .join(' ')
    .replace(/[^\x20-\x7e]+/g, ' ')
    .slice(0, 200);
}

/** 1, 2, 4 ... 60 s, give or take a half, so that many do not come back together. */
export function backOff(attempt: number, lot: number): number {
  return Math.min(1_000 * 2 ** (attempt - 1), LONGEST_WAIT_MS) * (0.5 + lot);
}

function refused(sentence: string) {
  return failed('SIGNET_DIRECTORY_REFUSED', `Microsoft Graph cannot be read: ${sentence}`);
}

export function explain(status: number, said: string) {
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
