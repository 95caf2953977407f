/** A log entry in the words of its page. What an entry holds was written by the relay of its day: each part may be absent. Pure. */
import type { Decided } from '../../views/log/show.tsx';
import type { Page } from '../../views/page.ts';
import type { Fact } from '../../views/parts/facts.tsx';
import type { Health } from '../../views/parts/state.tsx';
import type { Texts } from '../../views/texts/texts.ts';
import type { MessageEntry } from '../store/messages.ts';

type Detail = Readonly<Record<string, unknown>>;

export function healthOf({ outcome, reason }: Pick<MessageEntry, 'outcome' | 'reason'>): Health {
  if (!outcome.startsWith('delivered')) return outcome === 'refused' ? 'broken' : 'look';
  return reason === 'stamped' ? 'well' : 'unknown';
}

export function decidedOf({ detail }: Pick<MessageEntry, 'detail'>): readonly Decided[] {
  const { decisions } = detailOf(detail);
  return Array.isArray(decisions) ? decisions.map(one => decided(detailOf(one))) : [];
}

function decided({ recipients, outcome, reason, rules, signatures, bytesAdded }: Detail): Decided {
  return {
    recipients: numberOf(recipients),
    isSigned: outcome === 'stamped',
    reason: textOf(reason),
    rules: textsOf(rules),
    signatures: textsOf(signatures),
    bytesAdded: numberOf(bytesAdded),
  };
}

/** Only those that are there. */
export function factsOf({ texts, format }: Page, entry: MessageEntry): readonly Fact[] {
  const { log } = texts;
  const detail = detailOf(entry.detail);
  const isSigned = entry.reason === 'stamped';
  const facts: readonly (readonly [string, string])[] = [
    [log.from, entry.sender || log.nobody],
    [log.to, entry.recipients.join(', ')],
    [log.at, format.dateTime(entry.at)],
    [log.outcome, log.outcomes[entry.outcome] ?? entry.outcome],
    [log.why, isSigned ? '' : reasonOf(texts, entry.reason)],
    [log.cause, textOf(detail.cause)],
    [log.size, format.bytes(entry.sizeBytes)],
    [log.reply, textOf(detail.reply)],
    [log.nextHop, answersOf(detail.nextHop)],
    [log.peer, textOf(detail.peer)],
    [log.id, entry.id],
    [log.headerId, textOf(detail.messageId)],
    [log.networkId, textOf(detail.networkMessageId)],
  ];
  return facts.filter(([, value]) => value !== '').map(([name, value]) => ({ name, value }));
}

/** The words, then the name by which the log can be searched. */
function reasonOf({ reasons }: Texts, reason: string): string {
  const words = (reasons as Readonly<Record<string, string>>)[reason];
  return words === undefined ? reason : `${words} (${reason})`;
}

function answersOf(answers: unknown): string {
  const all = Array.isArray(answers) ? answers.map(detailOf) : [];
  return all.map(({ code, text }) => `${numberOf(code)} ${textOf(text)}`).join('; ');
}

function detailOf(value: unknown): Detail {
  return typeof value === 'object' && value !== null ? (value as Detail) : {};
}

function textOf(value: unknown): string {
  return typeof value === 'string' ? value : '';
}

function textsOf(value: unknown): readonly string[] {
  return Array.isArray(value) ? value.filter(one => typeof one === 'string') : [];
}

function numberOf(value: unknown): number {
  return typeof value === 'number' ? value : 0;
}
