/**
 * How long a sign-in waits: growing delays in the place of a lock, which would let anybody lock out anybody (ASVS 6.3.1).
 * Failures count by account, and apart from that for each address the account has signed in from before, so that a guesser
 * far away does not slow the owner down; and by address over all accounts. Everything is in memory: a restart forgives.
 */
import type { Clock } from '../../clock.ts';

export type Pace = {
  /** Resolves when the attempt may go on; false: too many wait already. */
  readonly await: (attempt: Attempt) => Promise<boolean>;
  readonly failed: (attempt: Attempt) => void;
  readonly succeeded: (attempt: Attempt) => void;
};

export type Attempt = { readonly account: string; readonly address: string };

export type PaceNeeds = {
  readonly clock: Clock;
  /** Milliseconds. */
  readonly wait: (ms: number) => Promise<void>;
};

/** Failures without a delay: everybody mistypes. */
const free = 3;
const firstMs = 1_000;
const mostMs = 30_000;
/** Attempts of one key that wait at once. */
const mostWaiting = 5;
/** After so long without a failure the count begins anew. */
const forgetMs = 60 * 60_000;
const mostKeys = 20_000;

type Count = { failures: number; last: number; waiting: number };

export function createPace({ clock, wait }: PaceNeeds): Pace {
  const counts = new Map<string, Count>();
  const known = new Set<string>();

  function keysOf({ account, address }: Attempt) {
    const pair = `${account.toLowerCase()} ${address}`;
    return [known.has(pair) ? `known ${pair}` : `account ${account.toLowerCase()}`, `address ${address}`];
  }

  function countOf(key: string): Count {
    const count = counts.get(key);
    if (count && (count.waiting > 0 || clock.elapsed() - count.last < forgetMs)) return count;
    if (counts.size >= mostKeys) counts.clear();
    const fresh = { failures: 0, last: clock.elapsed(), waiting: 0 };
    counts.set(key, fresh);
    return fresh;
  }

  async function waitTurn(attempt: Attempt) {
    const held = keysOf(attempt).map(countOf);
    if (held.some(({ waiting }) => waiting >= mostWaiting)) return false;
    for (const count of held) count.waiting++;
    try {
      const ms = Math.max(...held.map(delayOf));
      if (ms > 0) await wait(ms);
      return true;
    } finally {
      for (const count of held) count.waiting--;
    }
  }

  return {
    await: waitTurn,
    failed(attempt) {
      for (const count of keysOf(attempt).map(countOf)) {
        count.failures++;
        count.last = clock.elapsed();
      }
    },
    succeeded(attempt) {
      for (const key of keysOf(attempt)) counts.delete(key);
      if (known.size > mostKeys) known.clear();
      known.add(`${attempt.account.toLowerCase()} ${attempt.address}`);
    },
  };
}

function delayOf({ failures, waiting }: Count) {
  const over = failures + waiting - 1 - free;
  return over < 0 ? 0 : Math.min(mostMs, firstMs * 2 ** over);
}
