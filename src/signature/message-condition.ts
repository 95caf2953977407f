/** The message of a rule: its place in the conversation, its words, size and importance (PRODUCT.md 5). */
import type { Condition, Seen } from './condition.ts';
import type { MessageCondition } from './rule.ts';
import { foldText, holdsWord } from './word-search.ts';

export function messageConditions(message: MessageCondition): Condition<Seen>[] {
  return [
    ...conversation(message),
    ...words(message),
    ...size(message),
    ...(message.importance === 'any' ? [] : [importance(message.importance)]),
  ];
}

function conversation({ conversation: wanted }: MessageCondition): Condition<Seen>[] {
  switch (wanted) {
    case 'any':
      return [];
    case 'new':
    case 'reply':
      return [
        {
          describe: () => (wanted === 'new' ? 'message is new' : 'message is a reply or forward'),
          holds: ({ facts }) => facts.isReply === (wanted === 'reply'),
          saw: ({ facts }) => (facts.isReply ? 'a reply or forward' : 'a new message'),
        },
      ];
    case 'first':
      return [
        {
          describe: () => 'message is our first in the conversation',
          holds: ({ facts }) => !facts.isMarkedBefore,
          saw: ({ facts }) =>
            facts.isMarkedBefore
              ? 'a signature of ours in the history'
              : 'no signature of ours in the history',
        },
      ];
  }
}

/**
 * "Words in subject or new text": one condition with two lists, so either list's word will do. What was seen is
 * content of the message and is never told; the words asked for are the rule's own.
 */
function words({ subjectWords, textWords }: MessageCondition): Condition<Seen>[] {
  if (subjectWords.length + textWords.length === 0) return [];
  const inSubject = subjectWords.map(word => foldText(word).trim());
  const inText = textWords.map(word => foldText(word).trim());
  const places = [...(inSubject.length > 0 ? ['subject'] : []), ...(inText.length > 0 ? ['new text'] : [])];
  return [
    {
      describe: () => `a word of the rule is in the ${places.join(' or ')}`,
      holds: seen =>
        (inSubject.length > 0 && holdsWord(seen.subject(), inSubject)) ||
        (inText.length > 0 && holdsWord(seen.newText(), inText)),
      saw: () => '',
    },
  ];
}

function size({ minBytes, maxBytes }: MessageCondition): Condition<Seen>[] {
  if (minBytes === undefined && maxBytes === undefined) return [];
  const least = minBytes === undefined ? [] : [`at least ${bytesInWords(minBytes)}`];
  const most = maxBytes === undefined ? [] : [`at most ${bytesInWords(maxBytes)}`];
  return [
    {
      describe: () => `message has ${[...least, ...most].join(' and ')}`,
      holds: ({ facts: { sizeBytes } }) =>
        (minBytes === undefined || sizeBytes >= minBytes) &&
        (maxBytes === undefined || sizeBytes <= maxBytes),
      saw: ({ facts }) => bytesInWords(facts.sizeBytes),
    },
  ];
}

function importance(wanted: 'low' | 'normal' | 'high'): Condition<Seen> {
  return {
    describe: () => `importance is ${wanted}`,
    holds: ({ facts }) => facts.importance === wanted,
    saw: ({ facts }) => facts.importance,
  };
}

/** `10 MB` only where it is exactly that. */
export function bytesInWords(bytes: number): string {
  if (bytes > 0 && bytes % 1_048_576 === 0) return `${bytes / 1_048_576} MB`;
  if (bytes > 0 && bytes % 1_024 === 0) return `${bytes / 1_024} KB`;
  return bytes === 1 ? '1 byte' : `${bytes} bytes`;
}
