/**
 * Hands one message to its tenant's next hop and makes one reply of it (README.md of this folder). It never rejects and
 * never says 250 before every recipient is accepted there or covered by a report that is.
 */
import type { LookupFunction } from 'node:net';
import type { Clock } from '../clock.ts';
import type { Log } from '../log.ts';
import type { CommitLimits } from './commit.ts';
import { attemptHandBack } from './hand-back-attempt.ts';
import type { HandBack, HandedBack, NextHop, RelayTenant } from './message.ts';
import { type Exchangers, findExchangers, type MxLookup } from './mx.ts';
import { isFailure, type NextHopLimits, openNextHop } from './next-hop.ts';
import type { Failure, NextHopSession } from './next-hop-session.ts';
import { createPool, type Pool, type PoolLimits } from './pool.ts';
import { systemTimers, type Timers } from './server-deadline.ts';
import { internalReply } from './verdict.ts';

/** What is remembered of recipients that have their mail though the previous hop was told to try again. */
export type Ledger = {
  /** Whether nothing is remembered, so that looking is not worth a digest. */
  readonly isEmpty: () => boolean;
  /** Those of the keys that are remembered. Never rejects, answers within 200 ms. */
  readonly accepted: (keys: readonly string[]) => Promise<ReadonlySet<string>>;
  /** Remembers the keys. Never rejects, ends within 1 s. */
  readonly record: (keys: readonly string[]) => Promise<void>;
};

export type HandBackLimits = NextHopLimits &
  PoolLimits &
  CommitLimits & {
    readonly beforeDotsMs: number;
    /** Added for each MiB of the message. */
    readonly beforeDotsMsPerMiB: number;
    readonly exchangers: number;
    readonly reportHeaderBytes: number;
  };

export type HandBackDependencies = {
  readonly ledger: Ledger;
  /** Key of the ledger's HMACs, 32 bytes or more, the same after a restart. */
  readonly ledgerSecret: Buffer;
  readonly clock: Clock;
  readonly log: Log;
  /** That many random bytes. */
  readonly random: (bytes: number) => Buffer;
  readonly limits: HandBackLimits;
  /** This server's public name, for EHLO and reports. */
  readonly hostname: string;
  readonly resolve: { readonly mx: MxLookup['resolveMx']; readonly lookup?: LookupFunction };
  readonly timers?: Timers;
};

export type HandBackService = {
  readonly handBack: HandBack;
  /** Starts to connect to the tenant's next hop ahead of a message, at MAIL. Costs nothing when a connection is idle. */
  readonly warm: (tenant: Pick<RelayTenant, 'nextHop'>) => void;
  /** For metrics. */
  readonly pool: Pick<Pool, 'idleCount' | 'takenCount' | 'waitingCount'>;
  /** Ends idle connections; hand-backs under way go on until their signals abort. */
  readonly close: () => void;
};

type Job = Parameters<HandBack>[0];

export function createHandBack(dependencies: HandBackDependencies): HandBackService {
  const { clock, log, limits, hostname, random, resolve, timers = systemTimers } = dependencies;
  const pool = createPool({ open, timers, limits });
  return { handBack, warm: tenant => pool.warm(tenant.nextHop), pool, close: pool.close };

  async function handBack(job: Job): Promise<HandedBack> {
    const started = clock.elapsed();
    try {
      return await attemptHandBack(job, { ...dependencies, timers, pool });
    } catch (error) {
      log.error({ id: job.messageId, error }, 'hand-back failed');
      const stageMs = { total: clock.elapsed() - started };
      return { reply: internalReply, outcome: 'deferred', isOriginalInstead: false, answers: [], stageMs };
    }
  }

  /** Tries the exchangers in order until one is ready. */
  async function open(nextHop: NextHop, signal: AbortSignal): Promise<NextHopSession | Failure> {
    const lookup = { resolveMx: resolve.mx, random: () => random(4).readUInt32BE() / 2 ** 32 };
    const found = await findExchangers(nextHop.target, lookup, limits.exchangers);
    if (found.kind !== 'hosts') return unresolved(found);
    let last: NextHopSession | Failure = unresolved({ kind: 'unresolved', cause: 'no hosts' });
    for (const host of found.hosts) {
      last = await openNextHop(
        { host, nextHop, signal },
        { hostname, limits, timers, ...(resolve.lookup && { lookup: resolve.lookup }) },
      );
      if (!isFailure(last) || signal.aborted) return last;
      log.warn({ host, stage: last.stage, reason: last.reason, cause: last.cause }, 'next hop not reached');
    }
    return last;
  }
}

function unresolved(found: Exclude<Exchangers, { kind: 'hosts' }>): Failure {
  return found.kind === 'null-mx'
    ? { kind: 'failure', stage: 'connect', reason: 'no-mail', cause: 'null MX: the domain takes no mail' }
    : { kind: 'failure', stage: 'connect', reason: 'network', cause: `MX lookup: ${found.cause}` };
}
