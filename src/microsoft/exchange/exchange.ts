/**
 * One tenant's Exchange: cmdlets one after another, pages put together, reads repeated when something on the way failed,
 * writes only where it is certain that nothing happened. Whatever fails is a value; nothing here throws for a reason that
 * lies outside. No token, header or parameter appears in a failure.
 */

import type { Clock } from '../../clock.ts';
import { limits } from '../../limits.ts';
import type { Cloud } from '../cloud.ts';
import { done, type Outcome } from '../failure.ts';
import type { Access } from '../tokens/sign-in-types.ts';
import type { Command, Row } from './command.ts';
import type { Answer, Exchange, ExchangeFailure, ExchangeReason, RunOptions } from './exchange-types.ts';
import { exchangeFailure, refusalOf } from './refusal.ts';
import { type Page, type RawReply, readReply } from './reply.ts';
import { type Anchor, invokeUrl, moduleUrl, requestBody, requestHeaders } from './request.ts';
import { exchangeUrl, type Fetch, type Sent, send } from './transport.ts';

export type ExchangePorts = {
  readonly cloud: Cloud;
  readonly fetch: Fetch;
  readonly access: Pick<Access, 'tenantId' | 'username' | 'token'>;
  readonly clock: Pick<Clock, 'now'>;
  /** Resolves after `ms`, or at once when the signal aborts. */
  readonly wait: (ms: number, signal?: AbortSignal) => Promise<void>;
  /** Fresh GUIDs, for the ids that Microsoft's support asks for. */
  readonly newId: () => string;
  /** The queue of this tenant, where several clients share one; its own without it. */
  readonly turn?: Turn;
};

export type Turn = <Value>(work: () => Promise<Value>) => Promise<Value>;

export function createExchange(ports: ExchangePorts): Exchange {
  const turn = ports.turn ?? createTurn();
  const session = {
    connection: ports.newId(),
    anchor: (ports.access.username ? 'user' : 'system') as Anchor,
  };
  return {
    run: (command, options = {}) => turn(() => run({ ports, session, command, options })),
    availableCmdlets: (options = {}) => turn(() => availableCmdlets({ ports, session, options })),
  };
}

/** One at a time, in the order of asking (exchange-online.md 1.7: a tenant has few concurrent requests). */
export function createTurn(): Turn {
  let last: Promise<unknown> = Promise.resolve();
  return work => {
    const mine = last.then(work, work);
    last = mine.catch(() => {});
    return mine;
  };
}

type Session = { readonly connection: string; anchor: Anchor };
type Call = { readonly ports: ExchangePorts; readonly session: Session; readonly options: RunOptions };

async function run(call: Call & { readonly command: Command }): Promise<Outcome<Answer, ExchangeReason>> {
  const { ports, command, options } = call;
  const rows: Row[] = [];
  const warnings: string[] = [];
  const body = requestBody(command);
  let url: string | undefined = invokeUrl(ports.cloud, ports.access.tenantId, options.select);
  for (let pages = 0; url !== undefined; pages++) {
    const page = await ask(call, { url, cmdlet: command.cmdlet, body });
    if (page.kind === 'failed') return page;
    rows.push(...page.value.rows);
    warnings.push(...page.value.warnings);
    // The next page is the same request to another address (1.6).
    url = page.value.nextLink;
    const isFaulty =
      url !== undefined && (exchangeUrl(url, ports.cloud) === undefined || pages >= limits.microsoft.pages);
    if (isFaulty) return silence(command.cmdlet, 'a page link that leads nowhere');
  }
  return done({ rows, warnings });
}

async function availableCmdlets(call: Call): Promise<Outcome<readonly string[], ExchangeReason>> {
  const { cloud, access } = call.ports;
  const page = await ask(call, { url: moduleUrl(cloud, access.tenantId), cmdlet: '*' });
  if (page.kind === 'failed') return page;
  const names = page.value.rows.flatMap(({ exportedCmdlets, ExportedCmdlets }) =>
    [exportedCmdlets ?? ExportedCmdlets]
      .flat()
      .flatMap(list => (typeof list === 'string' ? list.split(',') : [])),
  );
  return done(names.map(name => name.trim()).filter(name => name !== ''));
}

type Request = { readonly url: string; readonly cmdlet: string; readonly body?: string };

/** Asks until there is an answer that counts. */
async function ask(call: Call, request: Request): Promise<Outcome<Page, ExchangeReason>> {
  const { ports, session, options } = call;
  const isRead = request.body === undefined || request.cmdlet.startsWith('Get-');
  let fresh = false;
  for (let attempt = 1; ; attempt++) {
    if (options.signal?.aborted) return cancelled(request.cmdlet);
    const token = await ports.access.token('exchange', { fresh });
    if (token.kind === 'failed') return signInFailure(token);
    const sent = await sendOnce(call, request, token.value);
    if (options.signal?.aborted) return cancelled(request.cmdlet, isRead);
    const reply = sent.kind === 'reply' ? readReply(sent.reply) : undefined;
    if (reply?.kind === 'page') return done(reply.page);
    const failure = failureOf(sent, request.cmdlet, isRead);
    const isLast = attempt >= limits.microsoft.attempts;
    // A token can be stale once: after that it is the role that is missing.
    if (failure.reason === 'sign-in' || failure.reason === 'stale-token') {
      if (fresh) return failure;
      fresh = true;
      continue;
    }
    fresh = false;
    const waitMs =
      isLast || !isRepeatable(failure.reason, isRead) ? undefined : pauseOf(sent, attempt, ports.clock.now());
    if (waitMs === undefined) return failure;
    if (isRead && sent.kind === 'reply' && failure.reason === 'unreachable') session.anchor = 'system';
    await ports.wait(waitMs, options.signal);
  }
}

async function sendOnce({ ports, session, options }: Call, request: Request, token: string): Promise<Sent> {
  const { cloud, fetch, access, newId } = ports;
  const headers = requestHeaders({
    cmdlet: request.cmdlet,
    caller: access,
    anchor: session.anchor,
    token,
    ids: { connection: session.connection, request: newId() },
  });
  const { url, body } = request;
  const timeoutMs = options.timeoutMs ?? limits.microsoft.requestMs;
  const rest = { url, headers, timeoutMs, signal: options.signal };
  if (body !== undefined) return await send({ cloud, fetch }, { ...rest, method: 'POST', body });
  return await send({ cloud, fetch }, { ...rest, headers: { ...headers, CommandName: '*' }, method: 'GET' });
}

function failureOf(sent: Sent, cmdlet: string, isRead: boolean): ExchangeFailure {
  if (sent.kind === 'silence')
    return exchangeFailure(isRead || !sent.isSent ? 'unreachable' : 'unknown', { cmdlet, said: sent.why });
  const read = readReply(sent.reply);
  const error = read.kind === 'error' ? read.error : { exception: '', text: '', isCmdlets: false };
  const failure = refusalOf(sent.reply, error, cmdlet);
  // A gateway that gave up waiting says nothing about what the cmdlet did.
  const isUnsure = !isRead && failure.reason === 'unreachable' && sent.reply.status !== 404;
  if (isUnsure)
    return exchangeFailure('unknown', { cmdlet, said: error.text || `HTTP ${sent.reply.status}` });
  return failure;
}

/** Refusals for being busy happen before the cmdlet; a read may be repeated whatever happened. */
function isRepeatable(reason: ExchangeReason, isRead: boolean) {
  return reason === 'busy' || (isRead && (reason === 'unreachable' || reason === 'unknown'));
}

/** Undefined when Microsoft asks for more patience than a person at the wizard has. */
function pauseOf(sent: Sent, attempt: number, now: number): number | undefined {
  const asked = sent.kind === 'reply' ? retryAfterMs(sent.reply, now) : undefined;
  if (asked === undefined) return limits.microsoft.retryMs * attempt;
  return asked <= limits.microsoft.retryAfterMs ? asked : undefined;
}

/** Seconds or a date (RFC 9110 10.2.3). */
function retryAfterMs({ headers }: RawReply, now: number): number | undefined {
  const text = headers.get('retry-after')?.trim() ?? '';
  if (/^\d{1,9}$/.test(text)) return Number(text) * 1_000;
  const time = text === '' ? Number.NaN : Date.parse(text);
  return Number.isNaN(time) ? undefined : Math.max(0, time - now);
}

function signInFailure({ problem, detail }: Omit<ExchangeFailure, 'reason'>): ExchangeFailure {
  return { kind: 'failed', reason: 'sign-in', problem, ...(detail === undefined ? {} : { detail }) };
}

function cancelled(cmdlet: string, isCertain = true) {
  return exchangeFailure(isCertain ? 'cancelled' : 'unknown', { cmdlet, said: 'stopped on request' });
}

function silence(cmdlet: string, said: string) {
  return exchangeFailure('unreachable', { cmdlet, said });
}
