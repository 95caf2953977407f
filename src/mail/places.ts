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
  /** Older marks of ours in the new text: replaced by what is inserted now. */
  readonly marks: readonly Range[];
  /** Code words in the new text. */
  readonly words: readonly Range[];
  /** The mail client's own signature, when it is to be taken out. */
  readonly clientSignatures: readonly Range[];
  readonly isSuppressed: boolean;
  readonly isMarkedBefore: boolean;
  readonly hasQuote: boolean;
  /** Nothing to see in the part at all. */
  readonly isBlank: boolean;
};
