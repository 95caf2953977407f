/** What placement in HTML and in plain text have in common. Offsets count units of the part's view (charset.ts). */

import type { Zone } from './report.ts';

export type Range = { readonly from: number; readonly to: number };

export type PlaceOptions = {
  readonly token: string;
  /** Code words as they stand in the view; undefined when switched off or not writable in the charset. */
  readonly placeWord: string | undefined;
  readonly suppressWord: string | undefined;
  readonly removeClientSignature: boolean;
};

/** Whether an empty line is wanted between an insertion and what a reader sees next to it. */
export type Air = { readonly above: boolean; readonly below: boolean };

export type Places = {
  readonly top: number;
  readonly signature: number;
  readonly bottom: number;
  /** HTML only: plain text always stands between blank lines. */
  readonly air: Readonly<Record<Zone, Air>>;
  /** Nothing to see stands between the two places. */
  readonly isBottomUnderSignature: boolean;
  /** Older marks of ours in the new text: replaced by what is inserted now. */
  readonly marks: readonly Range[];
  /** A bottom text of ours at the very end, behind quoted history: replaced by another bottom text, else left. */
  readonly endMark: Range | undefined;
  /** Code words in the new text. */
  readonly words: readonly Range[];
  /** The mail client's own signature, when it is to be taken out. */
  readonly clientSignatures: readonly Range[];
  readonly isSuppressed: boolean;
  readonly isMarkedBefore: boolean;
  readonly hasQuote: boolean;
  /** The writer's own text: above the quoted history, and below or between it where they answer there. */
  readonly newest: readonly Range[];
  /** The quoted history that was found has no end of its own. */
  readonly isQuotedToTheEnd: boolean;
  /** Nothing to see in the part at all. */
  readonly isBlank: boolean;
};

/** More code words than this are left standing: no writer needs them. */
export const MAX_WORDS = 16;

const patterns = new Map<string, RegExp>();
const MAX_PATTERNS = 200;

/** Finds a code word in any case, from the start on. Patterns are kept, since every message looks for the same words. */
export function codeWordPattern(word: string): RegExp {
  const known = patterns.get(word);
  if (known) {
    known.lastIndex = 0;
    return known;
  }
  const pattern = new RegExp(word.replace(/[.*+?^${}()|[\]\\]/g, '\\$&'), 'gi');
  if (patterns.size >= MAX_PATTERNS) patterns.clear();
  patterns.set(word, pattern);
  return pattern;
}
