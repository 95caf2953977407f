/**
 * A header block as offsets into the message (RFC 5322 2.2, 3.6). Fields keep their place and their bytes; values are
 * read as Latin-1, so that one character is one byte. Input has CRLF line ends only.
 */
import type { Buffer } from 'node:buffer';
import { limits } from '../limits.ts';

export type Field = {
  /** Field name, lower case. */
  readonly name: string;
  readonly start: number;
  readonly valueStart: number;
  /** Behind the CRLF of the field's last line. */
  end: number;
};

export type HeaderBlock = {
  readonly start: number;
  /** Where the first real field stands: behind whole lines that are an mbox `From ` line or continue nothing. */
  readonly firstField: number;
  readonly fields: readonly Field[];
  /** Behind the last header line: the start of the blank line, or of what ended the header instead. */
  readonly end: number;
  /** Where the body starts: behind the blank line. */
  readonly bodyStart: number;
  /** False when no blank line ends the header, but the end of the message or a boundary. */
  readonly hasBlankLine: boolean;
  /** A line that is neither field nor continuation: readers disagree whether the header ends there. */
  readonly hasJunkLine: boolean;
  readonly lineCount: number;
};

const COLON = 0x3a;
/** Names come from strangers, so what is remembered of them is bounded. */
const MAX_NAMES = 1000;
const MAX_NAME = 80;
const lowerNames = new Map<string, string>();
const LEADING_JUNK = /^(?:>?From |[ \t])/;
/** A header is read as one string; most end within this, and a longer one is read in whole at the second try. */
const FIRST_LOOK = 16 * 1024;

/**
 * Reads the header block at `start`. `isEnd` may end it early at a line, given the line's start: a multipart
 * delimiter does, blank line or not. Header lines beyond `maxBytes` are not read; the block then has a junk line.
 */
export function parseHeaders(
  bytes: Buffer,
  start: number,
  maxBytes: number,
  isEnd: (lineStart: number) => boolean = () => false,
): HeaderBlock {
  const blank = bytes.subarray(start, start + FIRST_LOOK).indexOf('\r\n\r\n', 0, 'latin1');
  const look = Math.min(blank < 0 ? FIRST_LOOK : blank + 4, maxBytes);
  const block = readBlock(bytes, start, look, isEnd);
  return block ?? readBlock(bytes, start, maxBytes, isEnd) ?? cutOff(start);
}

/** The block if it ends within `reach` bytes. */
function readBlock(
  bytes: Buffer,
  start: number,
  reach: number,
  isEnd: (lineStart: number) => boolean,
): HeaderBlock | undefined {
  const source = bytes.toString('latin1', start, Math.min(bytes.length, start + reach));
  const isWhole = start + reach >= bytes.length;
  const fields: Field[] = [];
  let firstField = start;
  let hasJunkLine = false;
  let isBehindJunk = false;
  let lineCount = 0;
  for (let at = 0; ; lineCount++) {
    const lf = source.indexOf('\n', at);
    if (lf < 0 && !isWhole) return undefined;
    const next = lf < 0 ? source.length : lf + 1;
    if (lineCount > limits.mail.headerLines) return cutOff(start);
    const isBlank = lf === at + 1 && source[at] === '\r';
    if (isBlank || at >= source.length || (source[at] === '-' && isEnd(start + at))) {
      const end = start + at;
      const bodyStart = isBlank ? end + 2 : end;
      return { start, firstField, fields, end, bodyStart, hasBlankLine: isBlank, hasJunkLine, lineCount };
    }
    const last = fields.at(-1);
    const isContinuation = source[at] === ' ' || source[at] === '\t';
    const nameEnd = isContinuation ? at : endOfName(source, at);
    const colon = nameEnd === at ? -1 : colonBehind(source, nameEnd);
    if (isContinuation && last) {
      // What continues a junk line is junk too, not a part of the field before.
      if (!isBehindJunk) last.end = start + next;
    } else if (colon >= 0) {
      const name = lowerCased(source.slice(at, nameEnd));
      fields.push({ name, start: start + at, valueStart: start + colon + 1, end: start + next });
      isBehindJunk = false;
    } else if (lf >= 0 && fields.length === 0 && LEADING_JUNK.test(source.slice(at, at + 6)))
      firstField = start + next;
    else {
      hasJunkLine = true;
      isBehindJunk = true;
    }
    at = next;
  }
}

/** Behind the characters at `at` that a field name may hold (RFC 5322 2.2). */
function endOfName(source: string, at: number): number {
  let end = at;
  for (let char = source.charCodeAt(end); char > 32 && char < 127 && char !== COLON; )
    char = source.charCodeAt(++end);
  return end;
}

/** Blanks may stand before it (RFC 5322 4.5); -1 when something else follows. */
function colonBehind(source: string, nameEnd: number): number {
  let at = nameEnd;
  while (source[at] === ' ' || source[at] === '\t') at++;
  return source.charCodeAt(at) === COLON ? at : -1;
}

function lowerCased(name: string): string {
  const known = lowerNames.get(name);
  if (known !== undefined) return known;
  const lower = name.toLowerCase();
  if (lowerNames.size >= MAX_NAMES) lowerNames.clear();
  if (name.length <= MAX_NAME) lowerNames.set(name, lower);
  return lower;
}

/** A header that has no end within the limits. */
function cutOff(start: number): HeaderBlock {
  return {
    start,
    firstField: start,
    fields: [],
    end: start,
    bodyStart: start,
    hasBlankLine: false,
    hasJunkLine: true,
    lineCount: Number.POSITIVE_INFINITY,
  };
}

/** Offset behind the CRLF that ends the line at `at`, or the end of the message. */
export function endOfLine(bytes: Buffer, at: number): number {
  const lf = bytes.indexOf(10, at);
  return lf < 0 ? bytes.length : lf + 1;
}

/** The unfolded, trimmed value of a field, as Latin-1. */
export function fieldValue(bytes: Buffer, field: Field): string {
  const value = bytes.toString('latin1', field.valueStart, field.end).trim();
  return value.includes('\n') ? value.replace(/\r\n/g, '') : value;
}

/** Values of all fields of that lower-case name, in order. */
export function fieldValues(bytes: Buffer, block: HeaderBlock, name: string): string[] {
  const values: string[] = [];
  for (const field of block.fields) if (field.name === name) values.push(fieldValue(bytes, field));
  return values;
}

/** Value of the first field of that lower-case name. */
export function firstValue(bytes: Buffer, block: HeaderBlock, name: string): string | undefined {
  const field = block.fields.find(candidate => candidate.name === name);
  return field && fieldValue(bytes, field);
}
