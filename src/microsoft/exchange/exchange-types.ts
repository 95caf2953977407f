/** What the client of Exchange's admin API offers, and how its calls fail (exchange-online.md 1.7). */
import type { Failure, Outcome } from '../failure.ts';
import type { Command, Row } from './command.ts';

export type ExchangeReason =
  /** The session is over: sign in again. */
  | 'sign-in'
  /** The signed-in account may not do this. */
  | 'rights'
  /** A role that was given moments ago, or a token of the wrong kind. */
  | 'stale-token'
  | 'not-found'
  | 'already-exists'
  /** The tenant must be hydrated first (`Enable-OrganizationCustomization`). */
  | 'dehydrated'
  /** A developer or trial subscription may not create inbound connectors. */
  | 'developer-tenant'
  /** An object that this one refers to is not there yet, or is still in use. */
  | 'not-yet'
  | 'invalid'
  | 'busy'
  | 'unreachable'
  | 'cancelled'
  /** A write of which nobody knows whether it happened: look before doing it again. */
  | 'unknown'
  | 'refused';

export type ExchangeFailure = Failure<ExchangeReason>;

export type Answer = { readonly rows: readonly Row[]; readonly warnings: readonly string[] };

export type RunOptions = {
  /** Properties to return; all by default. */
  readonly select?: readonly string[];
  readonly signal?: AbortSignal;
  /** Milliseconds for each request; `Validate-OutboundConnector` takes minutes. */
  readonly timeoutMs?: number;
};

/** One tenant's Exchange. One call at a time; reads are retried, writes only where it is certain that nothing happened. */
export type Exchange = {
  readonly run: (command: Command, options?: RunOptions) => Promise<Outcome<Answer, ExchangeReason>>;
  /** Names of cmdlets that the signed-in account may run. */
  readonly availableCmdlets: (options?: RunOptions) => Promise<Outcome<readonly string[], ExchangeReason>>;
};
