/**
 * The life of a message (README.md beside this file): received into memory, its line ends settled, its tenant chosen,
 * processed, handed back; one reply to the previous hop, one line in the log, and its memory given back whatever happened.
 */
import type { Buffer } from 'node:buffer';
import type { Readable } from 'node:stream';
import type { Clock } from '../clock.ts';
import { limits as allLimits } from '../limits.ts';
import type { Log } from '../log.ts';
import { domainOf } from '../mail/address.ts';
import { fieldValues, firstValue, parseHeaders } from '../mail/headers.ts';
import type { Reason } from '../mail/report.ts';
import type { Result } from '../problem.ts';
import { judgeLoop } from './admission.ts';
import { type Budget, type Reservation, Slots } from './budget.ts';
import { createDoorkeeper, type RelayEvent } from './doorkeeper.ts';
import { createIds } from './ids.ts';
import type {
  Envelope,
  HandBack,
  HandedBack,
  Incoming,
  RelayTenant,
  Reply,
  Session,
  Variant,
} from './message.ts';
import { receive } from './receive.ts';
import { type LineFacts, type MessageLine, messageLine, printable, withoutSeat } from './relay-line.ts';
import { type Listen, type RelayLimits, RelayServer, type ServerTls } from './server.ts';
import type { Mail, Transaction } from './server-connection.ts';
import type { Timers } from './server-deadline.ts';

/** What processing answers. Its `variants` are a partition of the envelope's recipients. */
export type Processed = {
  readonly variants: readonly Variant[];
  /** For the log, in names of a closed list: classification, decision, rules, reasons. Never content. */
  readonly summary: Readonly<Record<string, unknown>>;
};

/** Never rejects: what goes wrong inside passes the original on. */
export type Process = (job: {
  readonly tenant: RelayTenant;
  readonly incoming: Incoming;
  readonly messageId: string;
  /** Hands it on as it came, for this reason. */
  readonly pass?: Reason;
}) => Promise<Processed>;

/** Decides about bare CR, LF and NUL once, before anything is parsed (PRODUCT.md 3, Bytes first). */
export type SettleLineEnds = (
  bytes: Buffer,
) => Promise<
  | { readonly kind: 'settled'; readonly bytes: Buffer; readonly mended: number }
  | { readonly kind: 'refused'; readonly reply: Reply }
>;

export type RelayDependencies = {
  /** The present configuration; the same array for as long as nothing changed. */
  readonly tenants: () => readonly RelayTenant[];
  readonly settleLineEnds: SettleLineEnds;
  /** `Received` lines that this tenant's Signet has written, recognised by its token. */
  readonly countOwnReceived: (bytes: Buffer, token: string) => number;
  readonly process: Process;
  readonly handBack: HandBack;
  readonly budget: Budget;
  readonly clock: Clock;
  readonly timers: Timers;
  readonly log: Log;
  readonly random: (bytes: number) => Buffer;
  readonly limits: RelayLimits;
  readonly listen: Listen;
  readonly tls?: ServerTls | undefined;
  /** In the greeting and in `Received`. */
  readonly hostname: string;
  /** Told who sends, while the message is still to come: what is slow to fetch can be fetched meanwhile. Never waits. */
  readonly onSender?: (candidates: readonly RelayTenant[], address: string) => void;
  /** Gets each message's line beside the log. */
  readonly record?: (line: MessageLine) => void;
  /** Told of what an operator or the store should know. */
  readonly onEvent?: (event: RelayEvent) => void;
  /** Key of hashed addresses, so that they can be found again; without it each start has its own. */
  readonly addressKey?: Uint8Array;
};

export type RelayState = {
  readonly isListening: boolean;
  readonly connections: number;
  /** Messages between MAIL and reply, and those waiting to be. */
  readonly messages: number;
  readonly waiting: number;
  readonly reservedBytes: number;
  readonly budgetBytes: number;
};

export type Relay = {
  /** Answers the address that was taken. */
  readonly listen: () => Promise<Result<Listen>>;
  /** Gives up what can be given up, waits for the rest, at most `limits.stopMs`. */
  readonly close: () => Promise<void>;
  readonly state: () => RelayState;
  readonly updateTls: (tls: ServerTls) => Result<undefined>;
};

export function createRelay(dependencies: RelayDependencies): Relay {
  const { budget, clock, limits, log, timers } = dependencies;
  const slots = new Slots(limits.transactions);
  const addressKey = dependencies.addressKey ?? dependencies.random(32);
  const doorkeeper = createDoorkeeper({ tenants: dependencies.tenants, log, onEvent: tell });
  const nextId = createIds(dependencies.random);
  const server = new RelayServer({
    hostname: dependencies.hostname,
    limits,
    clock,
    timers,
    log,
    nextId,
    begin,
    hasUsers: doorkeeper.hasUsers,
    authenticate: doorkeeper.authenticate,
  });

  /** Whoever listens has no part in a message's fate. */
  function tell(event: RelayEvent): void {
    try {
      dependencies.onEvent?.(event);
    } catch (error) {
      log.error({ err: error, event: event.kind }, 'an event of the relay was lost');
    }
  }

  async function begin(session: Session, mail: Mail, signal: AbortSignal): Promise<Reply | Transaction> {
    const begun = doorkeeper.begin(session);
    if (begun.kind === 'refused') return begun.reply;
    dependencies.onSender?.(begun.concerned, mail.from);
    if (!(await takeSlot(signal))) return tooMuchWork;
    const reservation = budget.reserve(Math.min(mail.sizeBytes ?? 1, limits.messageBytes));
    if (!reservation) {
      slots.give();
      return noMemory;
    }
    return {
      receive: (envelope, content, gone) =>
        take({ ...begun, session, mail, envelope, content, signal: gone, reservation }),
      end: () => {
        reservation.release();
        slots.give();
      },
    };
  }

  async function takeSlot(signal: AbortSignal): Promise<boolean> {
    if (!signal.aborted && slots.takeNow()) return true;
    const patience = new AbortController();
    const cancel = timers.after(limits.transactionWaitMs, () => patience.abort());
    try {
      return await slots.take(AbortSignal.any([signal, patience.signal]));
    } finally {
      cancel();
    }
  }

  async function take(job: Job): Promise<Reply> {
    const id = nextId();
    const note = createNote(id, job);
    const startedAt = clock.elapsed();
    let facts: LineFacts;
    try {
      facts = await carry(id, job, note);
    } catch (error) {
      log.error({ err: error, id }, 'a message failed');
      facts = note.end(internalError, 'failed');
    }
    write({ ...facts, stageMs: { ...facts.stageMs, total: clock.elapsed() - startedAt } });
    return facts.reply;
  }

  /** Once the next hop has the message, no trouble with a log may turn its reply into another. */
  function write(facts: LineFacts): void {
    try {
      const line = messageLine(facts, addressKey);
      log.info(withoutSeat(line), 'message');
      dependencies.record?.(line);
    } catch (error) {
      log.error({ err: error, id: facts.id }, 'a message could not be recorded');
    }
  }

  /** The stages in order; each may end the message with a reply. */
  async function carry(id: string, job: Job, note: Note): Promise<LineFacts> {
    const { envelope, session, signal, reservation } = job;
    const received = await note.time('receive', clock, () =>
      receive(job.content, {
        reservation,
        sizeBytes: job.mail.sizeBytes,
        maxBytes: limits.messageBytes,
        signal,
      }),
    );
    if (received.kind !== 'whole') return note.end(notReceived[received.kind], received.kind);
    const receivedAt = clock.now();
    note.set({ sizeBytes: received.bytes.length });

    const settled = await note.time('lineEnds', clock, () => dependencies.settleLineEnds(received.bytes));
    if (settled.kind === 'refused') return note.end(settled.reply, 'refused-bytes');
    const { bytes } = settled;
    if (settled.mended > 0) {
      note.add('line-ends-mended');
      if (!reservation.growTo(received.bytes.length + bytes.length)) return note.end(noMemory, 'no-memory');
    }

    const { names, marks, processed: tokens } = readHeader(bytes);
    note.set({ names });
    const { candidates } = job;
    const decided = doorkeeper.decide({ id, session, candidates, envelope, marks, now: receivedAt });
    if (decided.tenant) note.set({ tenant: decided.tenant });
    if (decided.kind === 'out') {
      if (decided.note !== undefined) note.add(decided.note);
      return note.end(decided.reply, decided.stopped);
    }
    const { tenant, pass } = decided;
    const ownReceived = dependencies.countOwnReceived(bytes, tenant.token);
    const loop = judgeLoop({ token: tenant.token, processed: tokens, ownReceived });
    if (loop !== 'none') {
      note.add(loop);
      log.warn({ id, tenant: tenant.id, loop, peer: session.address }, 'a message came back to this server');
    }
    if (loop === 'too-many-hops') return note.end(tooManyHops, 'loop');

    const incoming: Incoming = { session, envelope, bytes, receivedAt, signal };
    const processed = await note.time('process', clock, () =>
      dependencies.process({ tenant, incoming, messageId: id, ...(pass !== undefined && { pass }) }),
    );
    note.set({ summary: processed.summary, variants: processed.variants });
    const handedBack = await note.time('handBack', clock, () =>
      dependencies.handBack({ tenant, incoming, messageId: id, variants: processed.variants }),
    );
    const { alarm } = handedBack;
    if (alarm) {
      log.error({ id, tenant: tenant.id, problem: alarm }, 'the hand-back needs attention');
      tell({ kind: 'alarm', tenantId: tenant.id, problem: alarm });
    }
    return note.handedBack(handedBack);
  }

  async function listen(): Promise<Result<Listen>> {
    if (dependencies.tls) {
      const secured = server.updateTls(dependencies.tls);
      if (secured.kind === 'problem') return secured;
    }
    return server.open(dependencies.listen);
  }

  return {
    listen,
    close: () => server.stop(),
    updateTls: tls => server.updateTls(tls),
    state: () => ({
      isListening: server.server.listening,
      connections: server.connections.size,
      messages: slots.taken,
      waiting: slots.waiting,
      reservedBytes: budget.reservedBytes,
      budgetBytes: budget.capacityBytes,
    }),
  };
}

type Job = {
  readonly session: Session;
  readonly mail: Mail;
  readonly envelope: Envelope;
  readonly content: Readable;
  readonly signal: AbortSignal;
  readonly candidates: readonly RelayTenant[];
  readonly concerned: readonly RelayTenant[];
  readonly reservation: Reservation;
};

const noMemory: Reply = { code: 452, text: '4.3.1 Insufficient memory, try again later' };
const tooMuchWork: Reply = { code: 451, text: '4.3.2 Too many messages at work, try again later' };
const internalError: Reply = { code: 451, text: '4.3.0 Internal error, try again later' };
const tooManyHops: Reply = { code: 554, text: '5.4.6 Mail loop: this server has handled the message before' };
const notReceived = {
  'too-large': { code: 552, text: '5.3.4 Message too large' },
  'no-memory': noMemory,
  gone: { code: 451, text: '4.4.2 Connection lost' },
} as const;

/** What admission and the log want to know of the header. */
function readHeader(bytes: Buffer) {
  const block = parseHeaders(bytes, 0, allLimits.mail.headerBlockBytes);
  const from = firstValue(bytes, block, 'from');
  const network = [
    'x-ms-exchange-organization-network-message-id',
    'x-ms-exchange-crosstenant-network-message-id',
  ];
  return {
    marks: {
      fromDomain: from === undefined ? undefined : domainOf(from),
      tenantIds: fieldValues(bytes, block, 'x-ms-exchange-crosstenant-id'),
      routes: fieldValues(bytes, block, 'x-signet-route'),
    },
    processed: fieldValues(bytes, block, 'x-signet-processed'),
    names: {
      messageId: printable(firstValue(bytes, block, 'message-id')),
      networkMessageId: printable(
        network.map(name => firstValue(bytes, block, name)).find(value => value !== undefined),
      ),
    },
  };
}

/** Gathers the log line on the way, so that it is whole wherever the message ends. */
type Note = {
  readonly set: (facts: Partial<LineFacts>) => void;
  readonly add: (note: string) => void;
  readonly time: <Value>(stage: string, clock: Clock, run: () => Promise<Value>) => Promise<Value>;
  readonly end: (reply: Reply, stopped: string) => LineFacts;
  readonly handedBack: (handedBack: HandedBack) => LineFacts;
};

function createNote(id: string, { session, envelope, concerned }: Job): Note {
  const notes: string[] = [];
  const stageMs: Record<string, number> = {};
  let facts: LineFacts = {
    id,
    incoming: { session, envelope },
    sizeBytes: 0,
    tenant: undefined,
    candidates: concerned,
    names: undefined,
    summary: undefined,
    variants: [],
    handedBack: undefined,
    reply: internalError,
    stopped: undefined,
    notes,
    stageMs,
  };
  return {
    set: more => {
      facts = { ...facts, ...more };
    },
    add: note => notes.push(note),
    time: async (stage, clock, run) => {
      const startedAt = clock.elapsed();
      try {
        return await run();
      } finally {
        stageMs[stage] = clock.elapsed() - startedAt;
      }
    },
    end: (reply, stopped) => ({ ...facts, reply, stopped }),
    handedBack: handedBack => ({ ...facts, handedBack, reply: handedBack.reply }),
  };
}
