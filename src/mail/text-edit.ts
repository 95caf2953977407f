/**
 * Turns insertions and removals in a text part into splices of the message. The part's own charset and transfer encoding
 * are kept; where they cannot carry the insertion the part is written anew (PRODUCT.md 3): HTML falls back to character
 * references first, plain text to UTF-8, and lines too long for 7bit and 8bit to quoted-printable.
 */
import { Buffer, isUtf8 } from 'node:buffer';
import { limits } from '../limits.ts';
import { encodeHtml } from './charset.ts';
import { endOfLine } from './headers.ts';
import { foldHtml } from './html-fold.ts';
import { type Insertion, onOwnLines } from './insertion.ts';
import { contentTypeSplice, type HeaderChange } from './part-header.ts';
import type { Range } from './places.ts';
import type { PartReport, Zone } from './report.ts';
import { applySplices, type Splice } from './splice.ts';
import type { Part } from './structure.ts';
import { type TextPart, wholeOf } from './text-part.ts';
import { encodeBody, encodeSplices } from './transfer.ts';

const LF_BYTE = 10;
const LF = Buffer.of(LF_BYTE);
/** A delimiter may have blanks behind it; a line with more is none that any reader takes for one. */
const MAX_BLANKS = 256;

export type TextEdit = {
  /** Offsets in the whole message. */
  readonly splices: readonly Splice[];
  /** Set when the body was written anew. */
  readonly header: HeaderChange | undefined;
  readonly reports: readonly PartReport[];
};

type Written = {
  readonly zone: Zone | undefined;
  readonly at: number;
  readonly remove: number;
  readonly text: string;
};

/** undefined when the part cannot take the text without risk to its own: the caller then leaves it untouched. */
export function editText(
  text: TextPart,
  insertions: readonly Insertion[],
  removals: readonly Range[],
): TextEdit | undefined {
  const writes = arrange(text, insertions, merged(removals));
  return splicedInPlace(text, writes) ?? writtenAnew(wholeOf(text), writes);
}

/** Removals in order without overlaps, insertions at their places; none of them inside a removal. */
function arrange(text: TextPart, insertions: readonly Insertion[], removals: readonly Range[]): Written[] {
  const writes: Written[] = removals.map(({ from, to }) => ({
    zone: undefined,
    at: from,
    remove: to - from,
    text: '',
  }));
  const placed = insertions.map(insertion => {
    const around = removals.find(({ from, to }) => from < insertion.at && insertion.at < to);
    return around ? { ...insertion, at: around.to } : insertion;
  });
  for (const [index, insertion] of placed.entries()) {
    const isFollowing = index > 0 && placed[index - 1]?.at === insertion.at;
    const isLast = placed[index + 1]?.at !== insertion.at;
    const startsLine = isFollowing || insertion.at === 0 || text.view[insertion.at - 1] === '\n';
    const next = removals.find(({ from }) => from === insertion.at)?.to ?? insertion.at;
    const written = onOwnLines(text, insertion, { startsLine, isLast, next });
    writes.push({ zone: insertion.zone, at: insertion.at, remove: 0, text: written });
  }
  // Insertions before the removal that begins at the same place: the order in which they are read.
  return writes.sort((one, other) => one.at - other.at || one.remove - other.remove);
}

function merged(ranges: readonly Range[]): Range[] {
  const result: Range[] = [];
  for (const range of [...ranges].sort((one, other) => one.from - other.from)) {
    const last = result.at(-1);
    if (last && range.from < last.to)
      result[result.length - 1] = { from: last.from, to: Math.max(last.to, range.to) };
    else result.push(range);
  }
  return result;
}

function splicedInPlace(text: TextPart, writes: readonly Written[]): TextEdit | undefined {
  const decoded = encodeWrites(text, writes);
  if (!decoded || !isSound(text, writes, decoded)) return undefined;
  const encoded = encodeSplices(text.encoding, text.body, decoded, text.lines);
  if (makesDelimiter(text, encoded)) return undefined;
  const start = text.part.bodyStart;
  const inserting = writes.flatMap((write, index) =>
    write.zone === undefined ? [] : [{ zone: write.zone, splice: decoded[index] as Splice }],
  );
  const reports = inserting.map(({ zone, splice }) =>
    report(
      text,
      zone,
      start + encodedOffset(text, splice, decoded.length === 1 ? encoded : undefined),
      splice.insert.length,
    ),
  );
  return {
    splices: encoded.map(splice => ({ ...splice, at: splice.at + start })),
    header: undefined,
    reports,
  };
}

/** Splices of the decoded bytes; undefined when charset, transfer encoding or line length forbid it. */
function encodeWrites(text: TextPart, writes: readonly Written[]): Splice[] | undefined {
  const unit = text.charset.unitBytes;
  const isIdentity = text.encoding !== 'quoted-printable' && text.encoding !== 'base64';
  const isSevenBit =
    isIdentity && text.encoding !== 'binary' && !/[\x80-\uffff]/.test(text.view) && text.encoding === '7bit';
  const splices: Splice[] = [];
  for (const write of writes) {
    const insert = encodeText(text, write.text, isSevenBit, isIdentity);
    if (!insert || (isIdentity && !fitsLines(insert))) return undefined;
    splices.push({ at: write.at * unit, remove: write.remove * unit, insert });
  }
  return splices;
}

function encodeText(
  text: TextPart,
  content: string,
  isSevenBit: boolean,
  isIdentity: boolean,
): Buffer | undefined {
  if (text.form === 'html') {
    return encodeHtml(
      text.charset,
      isIdentity ? foldHtml(content, limits.mail.lineBytes) : content,
      isSevenBit || !text.isCharsetDeclared,
    );
  }
  const bytes = text.charset.encode(content);
  return bytes && isSevenBit && /[\x80-\xff]/.test(bytes.toString('latin1')) ? undefined : bytes;
}

function fitsLines(bytes: Buffer): boolean {
  let start = 0;
  for (let at = bytes.indexOf(10); at >= 0; at = bytes.indexOf(10, start)) {
    if (at - start > limits.mail.lineBytes + 1) return false;
    start = at + 1;
  }
  return bytes.length - start <= limits.mail.lineBytes;
}

/**
 * True when the edit makes a line that is a delimiter of a multipart around the part (RFC 2046 5.1.1): by what it inserts,
 * by the line end behind it, or by what it takes out of a line.
 */
function makesDelimiter(text: TextPart, encoded: readonly Splice[]): boolean {
  if (!text.part.parent) return false;
  const body = Buffer.concat([LF, ...editedLines(text.body, encoded), LF]);
  for (let part = text.part.parent as Part | undefined; part; part = part.parent) {
    const needle = `\n--${part.boundary ?? ''}`;
    for (let at = body.indexOf(needle, 0, 'latin1'); at >= 0; at = body.indexOf(needle, at + 1, 'latin1')) {
      const rest = at + needle.length;
      if (/^(?:--)?[ \t]*\r?\n/.test(body.toString('latin1', rest, rest + MAX_BLANKS))) return true;
    }
  }
  return false;
}

/** The lines of the body that the splices touch, as they are afterwards. */
function editedLines(body: Buffer, splices: readonly Splice[]): Buffer[] {
  let first = body.length;
  let last = 0;
  for (const { at, remove } of splices) {
    first = Math.min(first, at);
    last = Math.max(last, at + remove);
  }
  const start = first === 0 ? 0 : body.lastIndexOf(LF_BYTE, first - 1) + 1;
  const lines = body.subarray(start, endOfLine(body, last));
  return applySplices(
    lines,
    splices.map(splice => ({ ...splice, at: splice.at - start })),
  );
}

/** In a charset with shift states the insertion must neither change how the rest reads nor be read in a shifted state. */
function isSound(text: TextPart, writes: readonly Written[], splices: readonly Splice[]): boolean {
  if (!text.charset.stateful) return true;
  const pieces = pieceTexts(text, writes);
  return text.charset.decode(Buffer.concat(applySplices(text.decoded, splices))) === pieces.join('');
}

/** The text with the writes applied, decoded piece by piece. */
function pieceTexts(text: TextPart, writes: readonly Written[]): string[] {
  const unit = text.charset.unitBytes;
  const pieces: string[] = [];
  let kept = 0;
  for (const write of writes) {
    pieces.push(text.charset.decode(text.decoded.subarray(kept * unit, write.at * unit)), write.text);
    kept = write.at + write.remove;
  }
  pieces.push(text.charset.decode(text.decoded.subarray(kept * unit)));
  return pieces;
}

/** Plain text as UTF-8; HTML in its own charset, whose declaration may also stand inside it. Both quoted-printable or base64. */
function writtenAnew(text: TextPart, writes: readonly Written[]): TextEdit | undefined {
  const isHtml = text.form === 'html';
  const keepsCharset = isHtml || text.charset.name === 'utf-8';
  const decoded = keepsCharset ? spliceDecoded(text, writes) : inUtf8(text, writes);
  if (!decoded) return undefined;
  const encoding = isMostlyAscii(decoded) ? 'quoted-printable' : 'base64';
  const namesCharset = isHtml || (keepsCharset && text.isCharsetDeclared);
  const start = text.part.bodyStart;
  return {
    splices: [{ at: start, remove: text.body.length, insert: encodeBody(encoding, decoded) }],
    header: { contentType: namesCharset ? undefined : contentTypeSplice('utf-8'), encoding },
    reports: writes.flatMap(write =>
      write.zone === undefined ? [] : [report(text, write.zone, start, Buffer.byteLength(write.text))],
    ),
  };
}

/**
 * A character that was lost in reading would be lost for good in writing; and what bytes above 127 mean in a part that
 * says it is ASCII is only known when they are UTF-8.
 */
function inUtf8(text: TextPart, writes: readonly Written[]): Buffer | undefined {
  if (text.charset.name === 'us-ascii' && !isUtf8(text.decoded)) return undefined;
  const whole = pieceTexts(text, writes).join('');
  return whole.includes('\ufffd') ? undefined : Buffer.from(whole, 'utf8');
}

function spliceDecoded(text: TextPart, writes: readonly Written[]): Buffer | undefined {
  const unit = text.charset.unitBytes;
  const splices: Splice[] = [];
  for (const write of writes) {
    const insert =
      text.form === 'html'
        ? encodeHtml(text.charset, write.text, !text.isCharsetDeclared)
        : text.charset.encode(write.text);
    if (!insert) return undefined;
    splices.push({ at: write.at * unit, remove: write.remove * unit, insert });
  }
  return Buffer.concat(applySplices(text.decoded, splices));
}

function isMostlyAscii(bytes: Buffer): boolean {
  let others = 0;
  for (const byte of bytes) if (byte > 126) others++;
  return others * 3 < bytes.length;
}

function encodedOffset(text: TextPart, splice: Splice, encoded: readonly Splice[] | undefined): number {
  if (text.encoding !== 'quoted-printable' && text.encoding !== 'base64') return splice.at;
  const found = encoded ?? encodeSplices(text.encoding, text.body, [splice], text.lines);
  return found[0]?.at ?? 0;
}

function report(text: TextPart, zone: Zone, offset: number, inserted: number): PartReport {
  return { type: text.form === 'html' ? 'text/html' : 'text/plain', zone, offset, inserted };
}
