/**
 * Edits of quoted-printable text (RFC 2045 6.7) made in its encoded bytes. An insertion leaves every other encoded byte in
 * place; a removal takes out just the bytes that its text stands in. The one exception: an edit between the CR and the
 * LF of a line break takes that break along and writes both as escapes, as a bare CR or LF must never reach the wire.
 */
import { Buffer } from 'node:buffer';
import { limits } from '../limits.ts';
import {
  escapedByte,
  hexValue,
  isBlank,
  isBreak,
  lineEndAfterBlanks,
  QuotedPrintableReader,
} from './quoted-printable.ts';
import { QuotedPrintableWriter, SOFT_BREAK } from './quoted-printable-writer.ts';
import { type Edit, mergeSplices, type Splice } from './splice.ts';

const CR = 0x0d;
const EQUALS = 0x3d;
const CRLF = Buffer.from('\r\n');
const LINE = limits.mail.encodedLineBytes;

/**
 * The splices, given in decoded offsets, in encoded ones. `lines` as `decodeQuotedPrintable` gives them save time. Throws
 * RangeError for a splice beyond the decoded bytes.
 */
export function spliceQuotedPrintable(
  body: Buffer,
  splices: readonly Splice[],
  lines: readonly number[] = [],
): Splice[] {
  const result: Splice[] = [];
  let written = { end: 0, column: 0 };
  for (const place of places(body, mergeSplices(splices), lines)) {
    // On a line that the edit before has changed, the column counts from what was written there.
    const isSameLine = place.lineStart <= written.end;
    const column = place.start - (isSameLine ? written.end - written.column : place.lineStart);
    const replaced = replace(body, place, column);
    result.push(...replaced.splices);
    written = { end: place.end, column: replaced.column };
  }
  return result;
}

/** An edit found in the body: `content` stands for the encoded bytes from `start` to `end`. */
type Place = {
  readonly start: number;
  readonly end: number;
  readonly offset: number;
  readonly offsetEnd: number;
  readonly lineStart: number;
  /** Nothing but padding follows on the line; only told where there is no content. */
  readonly isAtLineEnd: boolean;
  readonly content: Buffer;
};

function places(body: Buffer, edits: readonly Edit[], lines: readonly number[]): Place[] {
  const reader = new QuotedPrintableReader(body);
  const found: Place[] = [];
  for (const edit of edits) {
    reader.skipTo(lines, edit.at);
    const place = locate(body, reader, edit);
    const last = found.at(-1);
    // Two edits can come to touch when one of them takes a split line break along.
    if (last && place.offset <= last.offsetEnd) found[found.length - 1] = joined(last, place);
    else found.push(place);
  }
  return found;
}

function joined(one: Place, next: Place): Place {
  const content = Buffer.concat([one.content, next.content]);
  return { ...next, start: one.start, offset: one.offset, lineStart: one.lineStart, content };
}

function locate(body: Buffer, reader: QuotedPrintableReader, edit: Edit): Place {
  const start = reader.startOf(edit.at);
  const { lineStart } = reader;
  const splitBefore = reader.kind === 'line-break' ? edit.at - reader.offset : 0;
  const isInsertion = edit.at === edit.end && splitBefore === 0;
  const end = isInsertion ? start : reader.endOf(edit.end);
  const decodedEnd = reader.offset + reader.size;
  if (edit.end > decodedEnd)
    throw new RangeError(`expected a splice within ${decodedEnd} bytes, got ${edit.end}`);
  const splitAfter = reader.kind === 'line-break' && !isInsertion ? decodedEnd - edit.end : 0;
  const pieces = [CRLF.subarray(0, splitBefore), ...edit.pieces, CRLF.subarray(2 - splitAfter)];
  const content = Buffer.concat(pieces);
  return {
    start,
    end,
    offset: edit.at - splitBefore,
    offsetEnd: edit.end + splitAfter,
    lineStart,
    isAtLineEnd: content.length === 0 && end === reader.end && lineEndAfterBlanks(body, end) >= 0,
    content,
  };
}

/** `column`: encoded bytes on the line before the place; the one returned: those before what follows the place. */
function replace(body: Buffer, place: Place, column: number): { splices: Splice[]; column: number } {
  const { start, end, content } = place;
  const rest = restOfLine(body, end);
  const isGuarded = mustStandApart(body, place);
  const breaksAtOnce = content.length > 0 ? isBreak(content, 0) : rest === 0;
  const splices: Splice[] = [];
  let from = column;
  if (column === LINE && (isGuarded || !breaksAtOnce)) {
    // A full line has no room even for the `=` of a soft break, so the break goes before its last character.
    const at = start - (escapedByte(body, start - 3) >= 0 ? 3 : 1);
    splices.push({ at, remove: 0, insert: SOFT_BREAK });
    from = start - at;
  }
  const writer = new QuotedPrintableWriter(from, content.length);
  if (isGuarded) writer.softBreak();
  writer.write(content, rest);
  splices.push({ at: start, remove: end - start, insert: writer.bytes() });
  return { splices, column: writer.column };
}

/**
 * Whether what stands before the place would change its meaning by what comes after it: a blank would become padding at
 * a line end, a lone `=` the start of an escape or a soft break, a bare CR half of a line end. A soft break between
 * them keeps it what it is.
 */
function mustStandApart(body: Buffer, { start, content, isAtLineEnd }: Place): boolean {
  const before = body[start - 1];
  if (before === EQUALS || before === CR) return true;
  if (body[start - 2] === EQUALS && hexValue(before) >= 0) return true;
  return isBlank(before) && (content.length > 0 ? isBreak(content, 0) : isAtLineEnd);
}

/** Bytes up to the line end; how many exactly matters only up to a full line. */
function restOfLine(body: Buffer, from: number): number {
  const rest = body.subarray(from, from + LINE + CRLF.length);
  const length = rest.indexOf(CRLF);
  return length < 0 ? rest.length : length;
}
