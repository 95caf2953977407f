/**
 * The line that the log gets for each message: what came, what was decided, what became of it. Never content, never a
 * subject, and addresses only as the tenant wants them logged.
 */
import { createHmac } from 'node:crypto';
import type { HandedBack, Incoming, RelayTenant, Reply, Variant } from './message.ts';

export type MessageLine = Readonly<Record<string, unknown>>;

/** From the header; both are the sender's words, cut and without control characters. */
export type MessageNames = {
  readonly messageId: string | undefined;
  readonly networkMessageId: string | undefined;
};

export type LineFacts = {
  readonly id: string;
  readonly incoming: Pick<Incoming, 'session' | 'envelope'>;
  readonly sizeBytes: number;
  readonly tenant: RelayTenant | undefined;
  /** Those it could have been, before it was known. */
  readonly candidates: readonly RelayTenant[];
  readonly names: MessageNames | undefined;
  /** What processing says of itself: classification, decision, reasons. */
  readonly summary: Readonly<Record<string, unknown>> | undefined;
  readonly variants: readonly Variant[];
  readonly handedBack: HandedBack | undefined;
  readonly reply: Reply;
  /** Why it ended where it did, when it never came to the hand-back. */
  readonly stopped: string | undefined;
  readonly notes: readonly string[];
  readonly stageMs: Readonly<Record<string, number>>;
};

export function messageLine(facts: LineFacts, addressKey: Uint8Array): MessageLine {
  const { incoming, tenant, handedBack } = facts;
  const isHashed = (tenant ? [tenant] : facts.candidates).some(
    ({ signing }) => signing.preferences.logAddresses === 'hashed',
  );
  const show = (address: string) => (isHashed ? hashAddress(address, addressKey) : address);
  return {
    id: facts.id,
    session: incoming.session.id,
    peer: incoming.session.address,
    ...(incoming.session.user === undefined ? {} : { user: incoming.session.user }),
    tls: incoming.session.isSecure,
    tenant: tenant?.id,
    messageId: facts.names?.messageId,
    networkMessageId: facts.names?.networkMessageId,
    from: show(incoming.envelope.from),
    recipients: incoming.envelope.recipients.map(show),
    bytes: facts.sizeBytes,
    ...facts.summary,
    ...personShown(facts.summary, show),
    variants: facts.variants.map(({ recipients, isStamped, slices }) => ({
      recipients: recipients.length,
      stamped: isStamped,
      bytes: slices.reduce((sum, slice) => sum + slice.length, 0),
    })),
    outcome: facts.stopped ?? handedBack?.outcome,
    ...(handedBack?.isOriginalInstead ? { originalInstead: true } : {}),
    ...(facts.notes.length > 0 ? { notes: facts.notes } : {}),
    ...(handedBack?.alarm ? { alarm: handedBack.alarm.code } : {}),
    reply: `${facts.reply.code} ${facts.reply.text}`,
    nextHop: handedBack?.answers,
    ms: rounded({ ...facts.stageMs, ...handedBack?.stageMs }),
  };
}

/** A person without an id of a directory's is known by address. */
function personShown(summary: LineFacts['summary'], show: (address: string) => string): MessageLine {
  const person = summary?.person;
  return typeof person === 'string' && person.includes('@') ? { person: show(person) } : {};
}

/** The line without the seat, which names a person however addresses are to be logged: seats are counted by it. */
export function withoutSeat({ seat: _, ...line }: MessageLine): MessageLine {
  return line;
}

/** The same address gives the same word under one key, and none leads back without it. '' stays: it is nobody's. */
export function hashAddress(address: string, key: Uint8Array): string {
  if (address === '') return '';
  return createHmac('sha256', key).update(address.toLowerCase()).digest('hex').slice(0, 32);
}

/** A name from the header as the log may show it. */
export function printable(value: string | undefined): string | undefined {
  const MAX = 250;
  return value?.replace(/[^\x21-\x7e]+/g, '').slice(0, MAX);
}

function rounded(stageMs: Readonly<Record<string, number>>): Readonly<Record<string, number>> {
  return Object.fromEntries(Object.entries(stageMs).map(([stage, ms]) => [stage, Math.round(ms * 10) / 10]));
}
