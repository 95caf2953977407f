/**
 * The vocabulary of the mail surgery: what may be put into a message, and what is told about it afterwards.
 * The reasons are a closed list; the words beside them are what an administrator reads (src/mail/README.md).
 */

/** Where a section stands: above the new text, directly under it, or at the very end (PRODUCT.md 3). */
export type Zone = 'top' | 'signature' | 'bottom';

/** An image that a section's HTML shows with `src="cid:NAME"`. `type` is its media type, such as `image/png`. */
export type InlineImage = { readonly name: string; readonly type: string; readonly bytes: Uint8Array };

/** Content decided for one zone. A part of the message whose form is missing here stays as it is. */
export type Section = {
  readonly zone: Zone;
  readonly html?: string;
  readonly text?: string;
  readonly images?: readonly InlineImage[];
};

/** Why a message, or one text part of it, stays untouched. */
export const reasons = {
  'foreign-sender': 'The From address is outside the domains that are signed here.',
  'already-processed': 'The message carries the processed header of this tenant.',
  'stamped-by-other-product': 'Another signature product has stamped the message.',
  'null-sender': 'The envelope sender is empty: a report or an automatic message.',
  calendar: 'A meeting request, response or other calendar message.',
  automatic: 'An automatic reply or a generated message.',
  'delivery-report': 'A delivery report (bounce) or a feedback report.',
  'read-report': 'A read receipt.',
  smime: 'Signed or encrypted with S/MIME; any change would break it.',
  pgp: 'Signed or encrypted with PGP; any change would break it.',
  protected: 'Protected by rights management (message.rpmsg).',
  tnef: 'Outlook rich text (TNEF, winmail.dat).',
  recall: 'A message recall or a report about one.',
  approval: 'A moderation or approval request.',
  'voice-mail': 'A voice mail message.',
  journal: 'A journal report.',
  'list-mail': 'Mail of a mailing list or bulk mail.',
  'partial-message': 'A fragment of a larger message (message/partial).',
  'no-text-part': 'There is no text to stand under: attachments or scans only.',
  'unsafe-header': 'The header holds a bare CR, a bare LF or a NUL, or a line that is no header field.',
  'broken-structure': 'The MIME structure is too broken to edit safely.',
  'structure-over-limit': 'The MIME structure is beyond a limit (depth, parts, header size).',
  'text-part-too-large': 'The text part is larger than 10 MB.',
  'unknown-transfer-encoding': 'The text part uses a transfer encoding that Signet does not know.',
  'broken-transfer-encoding': 'The text part cannot be decoded in only one way.',
  'unknown-charset': 'The text part uses a charset that Signet does not know.',
  'suppressed-by-code-word': 'The writer asked for no signature with the code word.',
  'nothing-to-add': 'No signature was decided for this message, or none in a form that fits its parts.',
  'too-slow': 'Working on the message took too long, or Signet was too busy with others.',
  'too-many-variants': 'More different results were decided for the recipients than one message may have.',
  'validation-probe': "Exchange Online's own test of the connector.",
  'signing-off': 'Signing is switched off for this tenant.',
  'internal-error': 'Signet failed on this message; the original bytes went on.',
} as const;

export type Reason = keyof typeof reasons;

/** One insertion, or the reason why a text part got none. `offset` and `inserted` count bytes; `offset` is in the input. */
export type PartReport = {
  readonly type: 'text/html' | 'text/plain';
  readonly zone: Zone;
  readonly offset: number;
  readonly inserted: number;
  readonly reason?: Reason;
};

/** The result of stamping one message: the bytes as slices in order, and what was done. */
export type Stamped = {
  readonly outcome: 'stamped' | 'untouched';
  readonly reason?: Reason;
  readonly slices: readonly Uint8Array[];
  readonly parts: readonly PartReport[];
  /** Bare CR and LF in the body that became CRLF. */
  readonly lineEndsMended: number;
  /** True when a mark of ours stands in the quoted history: not the first message of the conversation. */
  readonly markedBefore: boolean;
  /** What was thrown, for the log; only with `internal-error`. */
  readonly cause?: unknown;
};

/** Words by which a writer steers Signet from within the text (PRODUCT.md 3); undefined switches one off. */
export type CodeWords = { readonly place?: string | undefined; readonly suppress?: string | undefined };

export const defaultCodeWords: CodeWords = { place: '*signature*', suppress: '*nosignature*' };

export type StampOptions = {
  /** Value of `X-Signet-Processed`: the tenant's token, 32 hexadecimal digits. */
  readonly token: string;
  /** Value of `X-Signet-Id`, also the stem of Content-IDs: unique for the message, letters and digits. */
  readonly id: string;
  /** Domains whose senders are signed; without it every From counts as the tenant's. */
  readonly domains?: readonly string[];
  /** Envelope sender, '' for the null sender; without it the envelope is unknown. */
  readonly envelopeFrom?: string;
  /** Header fields to put on top, whole and CRLF-ended, such as `Received`. */
  readonly traceFields?: string;
  /** Code words looked for in the new text; `defaultCodeWords` when not given. */
  readonly codeWords?: CodeWords;
  /** Pass mail that CodeTwo, Exclaimer, Templafy or Sigsync has stamped (default true). */
  readonly respectOtherProducts?: boolean;
  /** Take out the mail client's own signature and "Get Outlook for ..." line (default false). */
  readonly removeClientSignature?: boolean;
  /** The caller has looked at all line ends already, and mended or refused the message (default false). */
  readonly hasSoundLines?: boolean;
};
