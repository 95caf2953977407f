/**
 * A message on its way out: Signet's header fields on top, the route secret out, the edits in; everything else as it came.
 * `handedOn` needs nothing but the bytes, so that it also serves messages whose structure was not read.
 */
import { Buffer } from 'node:buffer';
import { limits } from '../limits.ts';
import { senderDomain } from './classify.ts';
import { parseHeaders } from './headers.ts';
import type { Reason, Stamped, StampOptions } from './report.ts';
import { applySplices, type Splice } from './splice.ts';
import type { Part } from './structure.ts';
import { brokenSignatureSplices, processedFields, processedSplice, routeSplices } from './trace.ts';

/** One message whose structure was read. */
export type Work = {
  /** CRLF line ends only. */
  readonly bytes: Buffer;
  readonly root: Part;
  readonly options: StampOptions;
  /** Bare CR and LF that became CRLF. */
  readonly mended: number;
};

/** Behind the blank line, or the end of a message that is all header. */
export function endOfHeader(bytes: Buffer): number {
  if (bytes[0] === 13 && bytes[1] === 10) return 2;
  const blank = bytes.indexOf('\r\n\r\n', 0, 'latin1');
  return blank < 0 ? bytes.length : blank + 4;
}

/** The message without a signature; `edits` take out what the writer did not mean to send, such as a code word. */
export function untouched(work: Work, reason: Reason, edits: readonly Splice[] = []): Stamped {
  return { ...finished(work, edits, edits.length > 0), outcome: 'untouched', reason, parts: [] };
}

export function finished(work: Work, edits: readonly Splice[], isChanged: boolean): Omit<Stamped, 'outcome'> {
  const { bytes, root, options } = work;
  const domains = options.domains ?? [senderDomain(bytes, root) ?? ''].filter(Boolean);
  const splices = [
    processedSplice(root.headers, options),
    ...routeSplices(root.headers),
    ...(isChanged ? brokenSignatureSplices(bytes, root.headers, domains) : []),
    ...edits,
  ];
  return {
    slices: applySplices(bytes, splices),
    parts: [],
    lineEndsMended: work.mended,
    markedBefore: false,
  };
}

/** The way out that needs nothing but the bytes. Never throws; costs no more than reading the header. */
export function handedOn(bytes: Buffer, options: StampOptions, reason: Reason, mended = 0): Stamped {
  const splices = [insertion(firstFieldOf(bytes), processedFields(options)), ...unreadRouteSplices(bytes)];
  const slices = applySplices(bytes, splices);
  return { outcome: 'untouched', reason, slices, parts: [], lineEndsMended: mended, markedBefore: false };
}

/** A splice that only puts text in. */
export function insertion(at: number, text: string): Splice {
  return { at, remove: 0, insert: Buffer.from(text, 'latin1') };
}

function firstFieldOf(bytes: Buffer): number {
  const { firstField, fields } = parseHeaders(bytes, 0, limits.mail.headerBlockBytes);
  return fields.length > 0 ? firstField : 0;
}

/** The route secret in a header that readers may cut into lines in different ways: it goes out by any of them. */
function unreadRouteSplices(bytes: Buffer): Splice[] {
  const source = bytes.toString('latin1', 0, Math.min(endOfHeader(bytes), limits.mail.headerBlockBytes));
  const lines = source.matchAll(
    /(?<=^|[\r\n])x-signet-route[ \t]*:[^\r\n]*(?:(?:\r\n|\r|\n)[ \t][^\r\n]*)*(?:\r\n|\r|\n|$)/gi,
  );
  return [...lines].map(line => ({ at: line.index, remove: line[0].length, insert: Buffer.alloc(0) }));
}
