/** A hand-back towards a scripted next hop, with a ledger in memory and time that passes when told. */
import { Buffer } from 'node:buffer';
import { randomBytes } from 'node:crypto';
import { limits } from '../../src/limits.ts';
import type { Log } from '../../src/log.ts';
import { createHandBack, type HandBackDependencies, type Ledger } from '../../src/relay/hand-back.ts';
import type { HandBack, RelayTenant, Variant } from '../../src/relay/message.ts';
import { createHandTime, makeTenant, systemClock } from './relay.ts';

export type Job = Parameters<HandBack>[0];

export const silentLog: Log = { debug: () => {}, info: () => {}, warn: () => {}, error: () => {} };

export function memoryLedger(): Ledger & { readonly keys: ReadonlySet<string> } {
  const keys = new Set<string>();
  return {
    keys,
    isEmpty: () => keys.size === 0,
    accepted: asked => Promise.resolve(new Set(asked.filter(key => keys.has(key)))),
    record: more => {
      for (const key of more) keys.add(key);
      return Promise.resolve();
    },
  };
}

export function startHandBack(port: number, overrides: Partial<HandBackDependencies> = {}) {
  const ledger = memoryLedger();
  const time = createHandTime();
  const service = createHandBack({
    ledger,
    ledgerSecret: Buffer.alloc(32, 7),
    clock: systemClock,
    timers: time.timers,
    log: silentLog,
    random: size => randomBytes(size),
    limits: limits.handBack,
    hostname: 'relay.example',
    resolve: { mx: () => Promise.resolve([]) },
    ...overrides,
  });
  const tenant = makeTenant({ nextHop: { target: { kind: 'host', host: '127.0.0.1' }, port, tls: 'off' } });
  return { ...service, ledger, time, tenant };
}

export const letter = Buffer.from(
  'Message-ID: <1@contoso.com>\r\nX-Signet-Route: secret\r\nSubject: Offer\r\n\r\nHello,\r\n.\r\nAda\r\n',
);

export const stampedLetter = Buffer.concat([letter, Buffer.from('-- \r\nContoso Ltd\r\n')]);

/** One recipient list for each variant; `!` in front of a list means that the variant is stamped. */
export function makeVariants(lists: readonly string[], bytes: Buffer = letter): readonly Variant[] {
  return lists.map(list => {
    const isStamped = list.startsWith('!');
    const recipients = list.replace('!', '').split(' ');
    const stamped = Buffer.concat([bytes, Buffer.from('-- \r\nContoso Ltd\r\n')]);
    return { recipients, slices: isStamped ? [stamped] : [bytes], original: [bytes], isStamped };
  });
}

export function makeJob(
  tenant: RelayTenant,
  variants: readonly Variant[],
  more: {
    readonly from?: string;
    readonly bytes?: Buffer;
    readonly signal?: AbortSignal;
    readonly is8bit?: boolean;
    readonly isUtf8?: boolean;
  } = {},
): Job {
  const { from = 'ada@contoso.com', bytes = letter, is8bit = false, isUtf8 = false } = more;
  return {
    tenant,
    messageId: 'm1',
    variants,
    incoming: {
      session: {
        id: 's1',
        address: '127.0.0.1',
        helo: 'client',
        isSecure: false,
        user: undefined,
        certificateNames: [],
      },
      envelope: { from, recipients: variants.flatMap(({ recipients }) => recipients), is8bit, isUtf8 },
      bytes,
      receivedAt: Date.UTC(2026, 10, 25),
      signal: more.signal ?? new AbortController().signal,
    },
  };
}
