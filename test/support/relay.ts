/** A relay on a port of its own, with processing that passes everything and a next hop that remembers what it got. */
import { Buffer } from 'node:buffer';
import { randomBytes } from 'node:crypto';
import type { TestContext } from 'node:test';
import type { Clock } from '../../src/clock.ts';
import { limits } from '../../src/limits.ts';
import type { Log } from '../../src/log.ts';
import { Budget } from '../../src/relay/budget.ts';
import type { HandBack, RelayTenant } from '../../src/relay/message.ts';
import { countOwnReceived } from '../../src/relay/received.ts';
import { createRelay, type Process, type RelayDependencies } from '../../src/relay/relay.ts';
import type { MessageLine } from '../../src/relay/relay-line.ts';
import { systemTimers, type Timers } from '../../src/relay/server-deadline.ts';
import { settleLineEnds } from '../../src/relay/settle-line-ends.ts';
import { nobody } from '../../src/signature/person.ts';
import { defaultPreferences } from '../../src/signature/preferences.ts';
import type { Preferences } from '../../src/signature/tenant.ts';

export type TenantFacts = Partial<Omit<RelayTenant, 'signing'>> & {
  readonly domains?: readonly string[];
  readonly preferences?: Partial<Preferences>;
};

export function makeTenant({ domains = ['contoso.com'], ...facts }: TenantFacts = {}): RelayTenant {
  return {
    id: 't_01',
    name: 'contoso',
    kind: 'smtp',
    mode: 'on',
    peers: [{ kind: 'address', block: '127.0.0.0/8' }],
    nextHop: { target: { kind: 'host', host: 'mail.contoso.com' }, port: 25, tls: 'required' },
    token: '0123456789abcdef0123456789abcdef',
    ...facts,
    signing: {
      domains,
      preferences: { ...defaultPreferences, ...facts.preferences },
      people: nobody,
      needs: { isMarkedBefore: false, newText: false },
      plan: () => ({ personId: undefined, variants: [] }),
    },
  };
}

/** Everybody gets the bytes as they came. */
export const passThrough: Process = ({ incoming }) =>
  Promise.resolve({
    variants: [
      {
        recipients: incoming.envelope.recipients,
        slices: [incoming.bytes],
        original: [incoming.bytes],
        isStamped: false,
      },
    ],
    summary: {},
  });

export type Handed = {
  readonly tenant: string;
  readonly from: string;
  readonly recipients: readonly string[];
  readonly bytes: Buffer;
};

const silent: Log = { debug: () => {}, info: () => {}, warn: () => {}, error: () => {} };

export const systemClock: Clock = { now: () => Date.now(), elapsed: () => performance.now() };

/** Time that passes when told. */
export function createHandTime(): {
  readonly clock: Clock;
  readonly timers: Timers;
  readonly pass: (ms: number) => void;
} {
  let now = 1_000_000;
  let waiting: { readonly at: number; readonly run: () => void }[] = [];
  return {
    clock: { now: () => now, elapsed: () => now },
    timers: {
      after: (ms, run) => {
        const entry = { at: now + ms, run };
        waiting.push(entry);
        return () => {
          waiting = waiting.filter(other => other !== entry);
        };
      },
    },
    pass: ms => {
      const end = now + ms;
      for (;;) {
        const next = waiting.filter(({ at }) => at <= end).sort((one, other) => one.at - other.at)[0];
        if (!next) break;
        waiting = waiting.filter(other => other !== next);
        now = next.at;
        next.run();
      }
      now = end;
    },
  };
}

export type TestRelay = Awaited<ReturnType<typeof startRelay>>;

/** Starts a relay, which is closed behind the test; `handed` and `lines` fill as messages pass. */
export async function startRelay(
  context: Pick<TestContext, 'after'>,
  overrides: Partial<RelayDependencies> = {},
) {
  const handed: Handed[] = [];
  const lines: MessageLine[] = [];
  const accept: HandBack = ({ tenant, incoming, variants }) => {
    for (const { recipients, slices } of variants) {
      handed.push({
        tenant: tenant.id,
        from: incoming.envelope.from,
        recipients,
        bytes: Buffer.concat(slices),
      });
    }
    const reply = { code: 250, text: '2.0.0 Taken' };
    return Promise.resolve({
      reply,
      outcome: 'delivered',
      isOriginalInstead: false,
      answers: [],
      stageMs: {},
    });
  };
  const tenants = [makeTenant()];
  const relay = createRelay({
    tenants: () => tenants,
    settleLineEnds,
    countOwnReceived,
    process: passThrough,
    handBack: accept,
    budget: new Budget(limits.relay.budgetBytes),
    clock: systemClock,
    timers: systemTimers,
    log: silent,
    random: size => randomBytes(size),
    limits: limits.relay,
    listen: { host: '127.0.0.1', port: 0 },
    hostname: 'relay.example',
    record: line => lines.push(line),
    ...overrides,
  });
  context.after(() => relay.close());
  const listening = await relay.listen();
  if (listening.kind === 'problem') throw new Error(listening.problem.sentence);
  return { relay, handed, lines, port: listening.value.port };
}
