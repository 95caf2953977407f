/**
 * A header block as offsets into the message (RFC 5322 2.2, 3.6). Fields keep their place and their bytes; values are
 * read as Latin-1, so that one character is one byte. Input has CRLF line ends only.
 */
import type { Buffer } from 'node:buffer';

export type Field = {
  /** Field name, lower case. */
  readonly name: string;
  readonly start: number;
  readonly valueStart: number;
  /** Behind the CRLF of the field's last line. */
  readonly end: number;
};

export type HeaderBlock = {
  readonly start: number;
  /** Where the first real field stands: behind an mbox `From ` line or continuation lines that continue nothing. */
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

const FIELD = /^([!-9;-~]+)[ \t]*:/;
const LEADING_JUNK = /^(?:>?From |[ \t])/;

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
  const fields: Field[] = [];
  let firstField = start;
  let hasJunkLine = false;
  let hasBlankLine = false;
  let lineCount = 0;
  let at = start;
  while (at < bytes.length) {
    const lineEnd = endOfLine(bytes, at);
    if (lineEnd === at + 2 && bytes[at] === 13) {
      hasBlankLine = true;
      break;
    }
    if (bytes[at] === 45 && isEnd(at)) break;
    if (lineEnd - start > maxBytes) {
      hasJunkLine = true;
      break;
    }
    lineCount++;
    const isContinuation = bytes[at] === 32 || bytes[at] === 9;
    const last = fields.at(-1);
    const name = isContinuation ? undefined : fieldName(bytes, at, lineEnd);
    if (isContinuation && last) fields[fields.length - 1] = { ...last, end: lineEnd };
    else if (name !== undefined)
      fields.push({ name: name.name, start: at, valueStart: at + name.length, end: lineEnd });
    else if (fields.length === 0 && LEADING_JUNK.test(bytes.toString('latin1', at, at + 6)))
      firstField = lineEnd;
    else hasJunkLine = true;
    at = lineEnd;
  }
  return {
    start,
    firstField,
    fields,
    end: at,
    bodyStart: hasBlankLine ? at + 2 : at,
    hasBlankLine,
    hasJunkLine,
    lineCount,
  };
}

/** Offset behind the CRLF that ends the line at `at`, or the end of the message. */
export function endOfLine(bytes: Buffer, at: number): number {
  const lf = bytes.indexOf(10, at);
  return lf < 0 ? bytes.length : lf + 1;
}

function fieldName(bytes: Buffer, at: number, lineEnd: number): { name: string; length: number } | undefined {
  const match = FIELD.exec(bytes.toString('latin1', at, Math.min(lineEnd, at + 256)));
  return match ? { name: (match[1] as string).toLowerCase(), length: match[0].length } : undefined;
}

/** The unfolded, trimmed value of a field, as Latin-1. */
export function fieldValue(bytes: Buffer, field: Field): string {
  return bytes.toString('latin1', field.valueStart, field.end).replace(/\r\n/g, '').trim();
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
