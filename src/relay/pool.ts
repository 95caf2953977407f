/**
 * Connections to next hops: a bounded number at a time, kept for the next message when nothing went wrong.
 *
 * A message takes permission for all the connections it can need in one grant or waits with none; otherwise a few
 * messages of many variants would each hold some and wait for each other for ever. Grants go first come, first served;
 * a next hop that has used up its share does not hold back the others.
 */
import { createHash } from 'node:crypto';
import type { NextHop } from './message.ts';
import { isFailure } from './next-hop.ts';
import type { Failure, NextHopSession } from './next-hop-session.ts';
import type { Timers } from './server-deadline.ts';

export type PoolLimits = {
  readonly connections: number;
  readonly connectionsPerHop: number;
  readonly idlePerHop: number;
  readonly idleMs: number;
  readonly messagesPerConnection: number;
};

export type PoolDependencies = {
  readonly open: (nextHop: NextHop, signal: AbortSignal) => Promise<NextHopSession | Failure>;
  readonly timers: Timers;
  readonly limits: PoolLimits;
};

/** Permission to have `count` connections at a time. */
export type Grant = {
  /** An idle connection; undefined when there is none. It may have died in its sleep. */
  readonly reuse: () => NextHopSession | undefined;
  readonly open: (signal: AbortSignal) => Promise<NextHopSession | Failure>;
  /** Gives a connection back; it is kept if it can carry another message, else ended. */
  readonly putBack: (session: NextHopSession) => void;
  /** Gives the permission back, once. */
  readonly release: () => void;
};

export type Pool = {
  /** Undefined when `signal` aborts first. `count` above the share of one next hop is cut to it. */
  readonly take: (nextHop: NextHop, count: number, signal: AbortSignal) => Promise<Grant | undefined>;
  /** Starts to connect ahead of a message, unless a connection is idle or on its way already. */
  readonly warm: (nextHop: NextHop) => void;
  readonly idleCount: () => number;
  readonly takenCount: () => number;
  readonly waitingCount: () => number;
  /** Ends idle connections and those on their way; grants that are out stay good. */
  readonly close: () => void;
};

type Hop = {
  readonly key: string;
  readonly idle: { readonly session: NextHopSession; readonly disarm: () => void }[];
  warming: Promise<NextHopSession | Failure> | undefined;
  taken: number;
};

type Waiter = { readonly hop: Hop; readonly count: number; readonly go: () => void };

export function createPool({ open, timers, limits }: PoolDependencies): Pool {
  const hops = new Map<string, Hop>();
  const waiters: Waiter[] = [];
  const closing = new AbortController();
  let taken = 0;
  return {
    take,
    warm,
    idleCount: () => sum(hop => hop.idle.length),
    takenCount: () => taken,
    waitingCount: () => waiters.length,
    close,
  };

  async function take(nextHop: NextHop, wanted: number, signal: AbortSignal): Promise<Grant | undefined> {
    const hop = hopOf(nextHop);
    const count = Math.min(wanted, limits.connectionsPerHop, limits.connections);
    if (signal.aborted) return undefined;
    if (waiters.length === 0 && fits(hop, count)) claim(hop, count);
    else if (!(await queue({ hop, count }, signal))) return undefined;
    return grant(hop, nextHop, count);
  }

  function fits(hop: Hop, count: number): boolean {
    return hop.taken + count <= limits.connectionsPerHop && taken + count <= limits.connections;
  }

  function claim(hop: Hop, count: number) {
    hop.taken += count;
    taken += count;
  }

  /** False when `signal` aborted first; else the place is claimed already. */
  function queue(wanted: Omit<Waiter, 'go'>, signal: AbortSignal): Promise<boolean> {
    return new Promise(done => {
      const waiter: Waiter = {
        ...wanted,
        go: () => {
          signal.removeEventListener('abort', giveUp);
          done(true);
        },
      };
      const giveUp = () => {
        waiters.splice(waiters.indexOf(waiter), 1);
        done(false);
        serveWaiters();
      };
      signal.addEventListener('abort', giveUp, { once: true });
      waiters.push(waiter);
      serveWaiters();
    });
  }

  /** In order of arrival. Who waits for the common share lets nobody past, who waits for its next hop only its own. */
  function serveWaiters() {
    const held = new Set<Hop>();
    for (const waiter of [...waiters]) {
      if (held.has(waiter.hop)) continue;
      if (fits(waiter.hop, waiter.count)) {
        claim(waiter.hop, waiter.count);
        waiters.splice(waiters.indexOf(waiter), 1);
        waiter.go();
      } else if (waiter.hop.taken + waiter.count > limits.connectionsPerHop) held.add(waiter.hop);
      else return;
    }
  }

  function grant(hop: Hop, nextHop: NextHop, count: number): Grant {
    let isOut = true;
    return {
      reuse: () => wake(hop),
      open: signal => takeWarm(hop, signal) ?? open(nextHop, signal),
      putBack: session => keep(hop, session),
      release() {
        if (!isOut) return;
        isOut = false;
        claim(hop, -count);
        if (waiters.length > 0) serveWaiters();
        else forget(hop);
      },
    };
  }

  /** The youngest first, so that the others can grow old and go. */
  function wake(hop: Hop): NextHopSession | undefined {
    const found = hop.idle.pop();
    found?.disarm();
    found?.session.onLost(() => undefined);
    return found?.session;
  }

  function keep(hop: Hop, session: NextHopSession) {
    // In the midst of a message a QUIT would be taken for a line of it.
    if (!session.isReusable()) return session.destroy('cancelled');
    const isFit =
      session.messages() < limits.messagesPerConnection &&
      hop.idle.length < limits.idlePerHop &&
      !closing.signal.aborted;
    if (!isFit) return session.quit();
    const entry = {
      session,
      disarm: timers.after(limits.idleMs, () => {
        drop();
        session.quit();
      }),
    };
    session.onLost(drop);
    hop.idle.push(entry);

    function drop() {
      entry.disarm();
      const at = hop.idle.indexOf(entry);
      if (at >= 0) hop.idle.splice(at, 1);
      forget(hop);
    }
  }

  function warm(nextHop: NextHop) {
    const hop = hopOf(nextHop);
    if (hop.idle.length > 0 || hop.warming || closing.signal.aborted || !fits(hop, 1)) return;
    const warming = open(nextHop, closing.signal);
    hop.warming = warming;
    void warming.then(session => {
      if (hop.warming !== warming) return;
      hop.warming = undefined;
      if (!isFailure(session)) keep(hop, session);
    });
  }

  /** The connection on its way, now this message's. When the message is given up, the connection is not. */
  function takeWarm(hop: Hop, signal: AbortSignal): Promise<NextHopSession | Failure> | undefined {
    const { warming } = hop;
    if (!warming) return undefined;
    hop.warming = undefined;
    return new Promise(done => {
      const giveUp = () => {
        done({ kind: 'failure', stage: 'connect', reason: 'cancelled', cause: 'given up by Signet' });
        void warming.then(session => isFailure(session) || keep(hop, session));
      };
      signal.addEventListener('abort', giveUp, { once: true });
      void warming.then(session => {
        if (signal.aborted) return;
        signal.removeEventListener('abort', giveUp);
        done(session);
      });
    });
  }

  function hopOf(nextHop: NextHop): Hop {
    const key = keyOf(nextHop);
    const known = hops.get(key);
    if (known) return known;
    const made: Hop = { key, idle: [], warming: undefined, taken: 0 };
    hops.set(key, made);
    return made;
  }

  function forget(hop: Hop) {
    if (hop.taken === 0 && hop.idle.length === 0 && !hop.warming && hops.get(hop.key) === hop)
      hops.delete(hop.key);
  }

  function sum(count: (hop: Hop) => number): number {
    return [...hops.values()].reduce((total, hop) => total + count(hop), 0);
  }

  function close() {
    closing.abort();
    for (const hop of hops.values()) {
      for (const { session, disarm } of hop.idle.splice(0)) {
        disarm();
        session.quit();
      }
    }
  }
}

/** One key for each next hop, identity and TLS mode. A new snapshot with the same content keeps its connections. */
const keys = new WeakMap<NextHop, string>();

function keyOf(nextHop: NextHop): string {
  const known = keys.get(nextHop);
  if (known !== undefined) return known;
  // Hashed: it holds a password and a private key.
  const key = createHash('sha256').update(JSON.stringify(nextHop)).digest('base64');
  keys.set(nextHop, key);
  return key;
}
