/**
 * What the next hop's answers mean, and what the previous hop is told: the two tables of the hand-back (README.md of this
 * folder), as pure functions. Words are our own constants; of the next hop's answer only the numbers go upstream.
 *
 * In doubt the answer is 4xx: the previous hop keeps the message and tries again. A refusal that is about us (our
 * connector, our certificate, our address) never becomes a bounce of a user's mail.
 */
import type { Reply } from './message.ts';
import type { NextHopReply } from './next-hop-reply.ts';
import type { Failure } from './next-hop-session.ts';

/** The step that was answered; `connection` is everything up to the end of AUTH. */
export type Step = 'connection' | 'mail' | 'recipient' | 'data' | 'dot';

export type Meaning =
  | 'accepted'
  /** Any 4xx, and an answer of no known class. */
  | 'deferred'
  /** A 5xx about Signet, not about the mail. */
  | 'about-us'
  /** A 5xx about the message's size or content: without our change it may pass. */
  | 'about-content'
  /** Any other 5xx: about the recipient. */
  | 'about-recipient';

/** Before the dot every 5.7.x is about us; behind it a bare policy refusal (5.7.0, 5.7.1) is about the content. */
export function meaningOf(reply: NextHopReply, step: Step): Meaning {
  if (step === 'data' ? reply.code === 354 : reply.code < 300) return 'accepted';
  if (reply.code < 500) return 'deferred';
  if (step === 'connection') return 'about-us';
  if (/^5\.(?:3\.4|6\.\d+)$/.test(reply.enhanced)) return 'about-content';
  if (reply.enhanced.startsWith('5.7.'))
    return step === 'dot' && /^5\.7\.[01]$/.test(reply.enhanced) ? 'about-content' : 'about-us';
  if (step === 'mail') return reply.code === 552 ? 'about-content' : 'about-us';
  if (step === 'recipient') return 'about-recipient';
  return reply.code === 552 || reply.code === 554 ? 'about-content' : 'about-recipient';
}

/** How some recipients stand. */
export type Standing =
  /** Envelope accepted, dot not sent. */
  | { readonly kind: 'ready' }
  /** Accepted by the next hop now or on an earlier try, or covered by a report that it accepted. */
  | { readonly kind: 'accepted' }
  | { readonly kind: 'accepted-before' }
  | { readonly kind: 'reported' }
  | { readonly kind: 'refused'; readonly reply: NextHopReply; readonly isAboutContent: boolean }
  | { readonly kind: 'deferred'; readonly because: Deferral }
  /** The dot has gone and no answer came. */
  | { readonly kind: 'unknown' };

export type Deferral = 'unreachable' | 'timeout' | 'answer' | 'about-us' | 'tls' | 'cancelled' | 'no-mail';

export type BeforeDots =
  /** Those that are refused need a report in the same barrier. */
  { readonly kind: 'release' } | { readonly kind: 'abandon'; readonly reply: Reply };

/** Table 1: all envelopes are answered, no dot has gone. */
export function verdictBeforeDots(standings: readonly Standing[]): BeforeDots {
  const deferral = worstDeferral(standings);
  if (deferral) return { kind: 'abandon', reply: deferredReplies[deferral] };
  const refused = standings.flatMap(standing => (standing.kind === 'refused' ? [standing.reply] : []));
  const [first] = refused;
  if (first && refused.length === standings.length) return { kind: 'abandon', reply: refusalOf(first) };
  return { kind: 'release' };
}

export type AfterDots = {
  readonly reply: Reply;
  readonly outcome: 'delivered' | 'delivered-with-report' | 'delivered-before' | 'refused' | 'deferred';
  /** Accepted recipients must be remembered, because the previous hop will send the message again. */
  readonly isLedgerNeeded: boolean;
};

/** Whether a report for the refused recipients would turn the answer into a 250. */
export function isReportMissing(standings: readonly Standing[]): boolean {
  const has = (kind: Standing['kind']) => standings.some(standing => standing.kind === kind);
  return has('refused') && standings.some(isSettled) && !has('deferred') && !has('unknown');
}

/** Table 2: everything that could be done is done. `report` tells of one that was refused in every form. */
export function verdictAfterDots({
  standings,
  messageId,
  report,
}: {
  readonly standings: readonly Standing[];
  readonly messageId: string;
  readonly report: 'none' | 'refused';
}): AfterDots {
  if (standings.every(isSettled))
    return { reply: acceptedReply(messageId), outcome: settledOutcome(standings), isLedgerNeeded: false };
  const isLedgerNeeded = standings.some(({ kind }) => kind === 'accepted' || kind === 'reported');
  const deferral = worstDeferral(standings);
  const isOpen =
    deferral !== undefined || standings.some(({ kind }) => kind === 'unknown' || kind === 'ready');
  const [first] = standings.flatMap(standing => (standing.kind === 'refused' ? [standing.reply] : []));
  // With no other way to tell the sender of the refused recipients, the previous hop does it.
  if (first && !isOpen && (report === 'refused' || !standings.some(isSettled)))
    return { reply: refusalOf(first), outcome: 'refused', isLedgerNeeded };
  return { reply: deferredReplies[deferral ?? 'answer'], outcome: 'deferred', isLedgerNeeded };
}

function settledOutcome(standings: readonly Standing[]) {
  if (standings.some(({ kind }) => kind === 'reported')) return 'delivered-with-report';
  return standings.some(({ kind }) => kind === 'accepted') ? 'delivered' : 'delivered-before';
}

export function isSettled({ kind }: Standing): boolean {
  return kind === 'accepted' || kind === 'accepted-before' || kind === 'reported';
}

/** The first of the list is the one an operator must hear of. */
const gravity: readonly Deferral[] = [
  'about-us',
  'tls',
  'no-mail',
  'answer',
  'unreachable',
  'timeout',
  'cancelled',
];

export function worstDeferral(standings: readonly Standing[]): Deferral | undefined {
  const seen = new Set<Deferral>();
  for (const standing of standings) if (standing.kind === 'deferred') seen.add(standing.because);
  return gravity.find(deferral => seen.has(deferral));
}

/** A step that failed without an answer of its own, or with one that ended the connection, before the dot. */
export function deferralOf({ reason, reply, stage }: Failure): Deferral {
  const step = stage === 'envelope' || stage === 'body' ? 'data' : 'connection';
  if (reason === 'tls' || reason === 'no-mail') return reason;
  if (reply) return meaningOf(reply, step) === 'about-us' ? 'about-us' : 'answer';
  if (reason === 'timeout') return 'timeout';
  return reason === 'cancelled' ? 'cancelled' : 'unreachable';
}

export const deferredReplies: Readonly<Record<Deferral, Reply>> = {
  'about-us': { code: 451, text: '4.7.0 The next mail server does not take mail from here at the moment' },
  tls: { code: 451, text: '4.7.0 No secure connection to the next mail server' },
  'no-mail': { code: 451, text: '4.3.5 The next mail server takes no mail at all' },
  answer: { code: 451, text: '4.3.0 The next mail server does not take this message at the moment' },
  unreachable: { code: 451, text: '4.4.1 The next mail server cannot be reached' },
  timeout: { code: 451, text: '4.4.2 The next mail server does not answer in time' },
  cancelled: { code: 451, text: '4.3.0 Given up, try again later' },
};

export const internalReply: Reply = { code: 451, text: '4.3.0 Internal error, try again later' };
export const clientGoneReply: Reply = { code: 421, text: '4.3.2 Given up, try again later' };

export function acceptedReply(messageId: string): Reply {
  return { code: 250, text: `2.0.0 Accepted by the next mail server as ${messageId}` };
}

/** A 5xx with the next hop's numbers in our words. */
export function refusalOf({ code, enhanced }: NextHopReply): Reply {
  const status = enhanced || defaultStatus[code] || '5.0.0';
  const [, subject = '0'] = status.split('.');
  return { code, text: `${status} ${refusalTexts[subject] ?? refusalTexts['0']}` };
}

const defaultStatus: Readonly<Record<number, string>> = { 551: '5.1.6', 552: '5.3.4', 553: '5.1.3' };

/** By the subject of the enhanced status code (RFC 3463 3). */
const refusalTexts: Readonly<Record<string, string>> = {
  '0': 'The next mail server refused the message',
  '1': 'The next mail server refused the address',
  '2': 'The next mail server refused the mailbox',
  '3': 'The next mail server refused the message: too big, or not possible there',
  '4': 'The next mail server cannot route the message',
  '5': 'The next mail server refused the message for a protocol reason',
  '6': 'The next mail server refused the content',
  '7': 'The next mail server refused the message by its policy',
};
