/**
 * What rules and templates may look at of a message: its header fields decoded, whether it is a reply, and on demand the
 * newest text. Values are what a reader would see, never trusted, never logged.
 */
import { type Mailbox, mailboxOf } from './address.ts';
import { decodeWords, utf8OrLatin1 } from './encoded-words.ts';
import type { Work } from './hand-on.ts';
import { firstValue } from './headers.ts';
import type { LetterReader } from './letter.ts';
import { newTextOf } from './new-text.ts';
import { isReplySubject } from './reply-subject.ts';

export type MessageFacts = {
  readonly from: Mailbox | undefined;
  /** The Sender field, for delegates; undefined without one. */
  readonly sender: Mailbox | undefined;
  readonly subject: string;
  /** A reply or a forward: the conversation is older than this message, so the reader has met its writer before. */
  readonly isReply: boolean;
  readonly importance: 'low' | 'normal' | 'high';
  readonly sizeBytes: number;
  /** A mark of ours in the quoted history; absent unless asked for. */
  readonly isMarkedBefore?: boolean;
  /** The newest text, decoded, its words one blank apart; absent unless asked for. */
  readonly newText?: string;
};

/** What beyond the header is wanted, so that nothing else is read. */
export type FactNeeds = { readonly isMarkedBefore: boolean; readonly newText: boolean };

/** Without a letter (mail that passes untouched in any case) only the header is read. May throw when our code fails. */
export function factsOf(
  { bytes, root }: Work,
  letter: LetterReader | undefined,
  needs: FactNeeds,
): MessageFacts {
  const value = (name: string): string | undefined => firstValue(bytes, root.headers, name);
  const mailbox = (name: string): Mailbox | undefined => mailboxOf(utf8OrLatin1(value(name) ?? ''));
  const subject = decodeWords(value('subject') ?? '');
  const isAnswering = Boolean(value('in-reply-to') || value('references')) || isReplySubject(subject);
  const texts = () => letter?.read('new-text').texts ?? { html: [], plain: [] };
  const places = () => [...texts().html, ...texts().plain].map(text => text.places);
  return {
    from: mailbox('from'),
    sender: mailbox('sender'),
    subject,
    isReply: isAnswering || places().some(({ hasQuote }) => hasQuote),
    importance: importanceOf(value),
    sizeBytes: bytes.length,
    ...(needs.isMarkedBefore
      ? { isMarkedBefore: places().some(({ isMarkedBefore }) => isMarkedBefore) }
      : {}),
    ...(needs.newText ? { newText: newTextOf(texts()) } : {}),
  };
}

/** Of a message that could not be read. */
export function noFacts(sizeBytes: number): MessageFacts {
  return {
    from: undefined,
    sender: undefined,
    subject: '',
    isReply: false,
    importance: 'normal',
    sizeBytes,
    isMarkedBefore: false,
    newText: '',
  };
}

const importances: Readonly<Record<string, 'low' | 'normal' | 'high'>> = {
  high: 'high',
  urgent: 'high',
  '1': 'high',
  '2': 'high',
  normal: 'normal',
  '3': 'normal',
  low: 'low',
  'non-urgent': 'low',
  '4': 'low',
  '5': 'low',
};

/** Importance (RFC 4021 2.1.54) before X-Priority before X-MSMail-Priority, as Outlook reads them. */
function importanceOf(value: (name: string) => string | undefined): 'low' | 'normal' | 'high' {
  for (const name of ['importance', 'x-priority', 'x-msmail-priority']) {
    // `X-Priority: 1 (Highest)`
    const word = /^[\w-]+/.exec(value(name) ?? '')?.[0].toLowerCase();
    const importance = word === undefined ? undefined : importances[word];
    if (importance) return importance;
  }
  return 'normal';
}
