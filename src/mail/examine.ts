/**
 * A message read once, for everything that is asked of it afterwards: whether it must pass untouched, what rules want to
 * know of it, and its stamped forms, one for each set of sections. Pure, and nothing here throws: whatever fails inside
 * becomes `untouched` with a reason and the original bytes (DESIGN.md 1, promises 1 and 4; PRODUCT.md 3).
 */
import { Buffer } from 'node:buffer';
import { classify } from './classify.ts';
import { type FactNeeds, factsOf, type MessageFacts, noFacts } from './facts.ts';
import { endOfHeader, handedOn, untouched, type Work } from './hand-on.ts';
import { firstValue } from './headers.ts';
import { type LetterReader, letterReader } from './letter.ts';
import { bareLineEnd, mendLineEnds } from './lines.ts';
import type { Reason, Section, Stamped, StampOptions } from './report.ts';
import { parseStructure, type Structure } from './structure.ts';
import { stampLetter } from './write-sections.ts';

export type Examined = {
  /** Why the message must pass untouched, whatever is decided for it. More reasons may show when it is stamped. */
  readonly reason: Reason | undefined;
  /** What was thrown, for the log; only with `internal-error`. */
  readonly cause: unknown;
  /** The message with CRLF line ends only: what all slices point into. */
  readonly bytes: Buffer;
  readonly lineEndsMended: number;
  /** Encoded bytes of the text parts: reading those is what takes time. */
  readonly textBytes: number;
  readonly identifiers: () => Identifiers;
  /** What rules and templates may look at; the quoted history and the text are read only as far as needed. */
  readonly facts: (needs: FactNeeds) => MessageFacts;
  /** One stamped form. Several calls share all reading; each result holds its own insertions and views of `bytes`. */
  readonly stamp: (sections: readonly Section[]) => Stamped;
  /** The form without a signature: Signet's header fields only. */
  readonly pass: (reason: Reason) => Stamped;
};

/** Values of header fields, '' where there is none. For a log: bytes as Latin-1, no control characters. */
export type Identifiers = { readonly messageId: string; readonly networkMessageId: string };

/**
 * Reads the structure of one message. `message` holds whole SMTP content without dot-stuffing; it is not changed, and must
 * not be changed as long as the result is in use.
 */
export function examine(message: Uint8Array, options: StampOptions): Examined {
  const original = Buffer.from(message.buffer, message.byteOffset, message.byteLength);
  try {
    return examineChecked(original, options);
  } catch (cause) {
    const { bytes, mended } = mendLineEnds(original, endOfHeader(original));
    return closed(bytes, options, mended, 'internal-error', cause);
  }
}

function examineChecked(original: Buffer, options: StampOptions): Examined {
  const { bytes, mended, isUnsafe } = soundLines(original, options);
  if (isUnsafe) return closed(bytes, options, mended, 'unsafe-header');
  const structure = parseStructure(bytes);
  if (structure.kind !== 'structure') return closed(bytes, options, mended, 'structure-over-limit');
  const work: Work = { bytes, root: structure.root, options, mended };
  return opened(work, refusal(bytes, structure, options));
}

function soundLines(original: Buffer, { hasSoundLines }: StampOptions) {
  if (hasSoundLines === true) return { bytes: original, mended: 0, isUnsafe: false };
  const headerEnd = endOfHeader(original);
  // What a reader takes for a header line must not depend on the reader: CVE-2023-51764 and its kin.
  const bare = bareLineEnd(original.subarray(0, headerEnd), 0);
  if (bare >= 0 || original.subarray(0, headerEnd).includes(0))
    return { bytes: original, mended: 0, isUnsafe: true };
  return { ...mendLineEnds(original, headerEnd), isUnsafe: false };
}

function refusal(bytes: Buffer, structure: Structure, options: StampOptions): Reason | undefined {
  if (structure.kind === 'over-limit') return 'structure-over-limit';
  const { root } = structure;
  if (root.headers.hasJunkLine) return 'unsafe-header';
  return classify(bytes, root, options) ?? (root.isOpaque ? 'broken-structure' : undefined);
}

function opened(work: Work, reason: Reason | undefined): Examined {
  const { bytes, root, options, mended } = work;
  const letter = letterReader(work);
  /** What failed in reading facts: nothing may be decided from half of them. */
  let fault: { readonly cause: unknown } | undefined;
  const failed = (cause: unknown): Stamped => ({
    ...handedOn(bytes, options, 'internal-error', mended),
    cause,
  });
  return {
    reason,
    cause: undefined,
    bytes,
    lineEndsMended: mended,
    textBytes: letter.encodedBytes,
    identifiers: () => ({
      messageId: forLog(firstValue(bytes, root.headers, 'message-id')),
      networkMessageId: forLog(firstValue(bytes, root.headers, NETWORK_MESSAGE_ID)),
    }),
    facts: needs => {
      try {
        return factsOf(work, reason === undefined ? letter : undefined, needs);
      } catch (cause) {
        fault = { cause };
        return noFacts(bytes.length);
      }
    },
    stamp: sections => {
      if (fault) return failed(fault.cause);
      try {
        return reason ? untouched(work, reason) : stampLetter(work, readFor(letter, sections), sections);
      } catch (cause) {
        return failed(cause);
      }
    },
    pass: why => handedOn(bytes, options, why, mended),
  };
}

/** A message of which only the bytes are known. */
function closed(
  bytes: Buffer,
  options: StampOptions,
  mended: number,
  reason: Reason,
  cause?: unknown,
): Examined {
  const pass = (why: Reason): Stamped => ({
    ...handedOn(bytes, options, why, mended),
    ...(cause === undefined ? {} : { cause }),
  });
  return {
    reason,
    cause,
    bytes,
    lineEndsMended: mended,
    textBytes: 0,
    identifiers: () => ({ messageId: '', networkMessageId: '' }),
    facts: () => noFacts(bytes.length),
    stamp: () => pass(reason),
    pass,
  };
}

/** Where a page begins and ends may depend on all of it; the end of the new text mostly does not. */
function readFor(letter: LetterReader, sections: readonly Section[]) {
  const isUnderText = sections.every(section => section.zone === 'signature');
  return letter.read(isUnderText ? 'new-text' : 'whole');
}

const NETWORK_MESSAGE_ID = 'x-ms-exchange-organization-network-message-id';
/** Characters of an identifier that go into a log line; RFC 5322 2.1.1 gives a line no more. */
const MAX_IDENTIFIER = 998;

function forLog(value = ''): string {
  return value.slice(0, MAX_IDENTIFIER).replace(/[\x00-\x1f\x7f-\x9f]/g, '?');
}
