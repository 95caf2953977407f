/**
 * Quoted-printable bodies read (RFC 2045 6.7), with the offset of every decoded byte in the encoded ones. Nothing is
 * refused; what is malformed is read as most readers do:
 * - lower-case hex digits count;
 * - `=` before anything else than two hex digits or a line end is itself, and so is every raw byte, CR or LF alone too;
 * - white space between `=` and the line end is transport padding, the two are a soft break;
 * - white space at the end of a line, and of the body, is transport padding and no text (rule 3);
 * - `=` at the very end of the body is a soft break.
 */
import { Buffer } from 'node:buffer';

const TAB = 0x09;
const LF = 0x0a;
const CR = 0x0d;
const SPACE = 0x20;
const EQUALS = 0x3d;

/** `line-break` is a hard one, its padding included; `trailer` is what stands at the end of the body and is no text. */
type Kind = 'text' | 'escape' | 'soft-break' | 'line-break' | 'trailer';

const hexValues = new Int8Array(256).fill(-1);
for (let value = 0; value < 16; value++) {
  hexValues[value.toString(16).charCodeAt(0)] = value;
  hexValues[value.toString(16).toUpperCase().charCodeAt(0)] = value;
}

const isText = new Uint8Array(256).fill(1);
for (const byte of [TAB, CR, SPACE, EQUALS]) isText[byte] = 0;

/**
 * One flat loop, as every mail goes through it whole. QuotedPrintableReader reads the same, and where it is. `lines` takes
 * the starts of all encoded lines but the first: two numbers each, in the encoded and in the decoded bytes.
 */
export function decodeQuotedPrintable(body: Buffer, lines?: number[]): Buffer {
  const { length } = body;
  const decoded = Buffer.allocUnsafe(length);
  let size = 0;
  let at = 0;
  while (at < length) {
    const byte = body[at] ?? 0;
    if (isText[byte] === 1) {
      decoded[size++] = byte;
      at++;
      continue;
    }
    const next = body[at + 1] ?? SPACE;
    // This only saves time: most blanks stand between words.
    if (byte === SPACE && isText[next] === 1) {
      decoded[size++] = byte;
      decoded[size++] = next;
      at += 2;
      continue;
    }
    const escaped = byte === EQUALS ? escapedByte(body, at) : -1;
    if (escaped >= 0) {
      decoded[size++] = escaped;
      at += 3;
      continue;
    }
    const from = byte === EQUALS ? at + 1 : at;
    const blanks = blanksEnd(body, from);
    if (blanks === length) break;
    if (isBreak(body, blanks)) {
      if (byte !== EQUALS) {
        decoded[size++] = CR;
        decoded[size++] = LF;
      }
      at = blanks + 2;
      lines?.push(at, size);
    } else {
      // Text after all. A run of blanks is taken as a whole, or it would be looked at again from each of them.
      const end = Math.max(at + 1, blanks);
      while (at < end) decoded[size++] = body[at++] ?? 0;
    }
  }
  return decoded.subarray(0, size);
}

/**
 * Walks a body unit by unit. The unit's encoded bytes lie from `start` to `end`; they decode to `size` bytes at `offset`.
 * Every `=` starts a unit or is text, so a unit's start is a place where bytes can go in without breaking an escape.
 */
export class QuotedPrintableReader {
  kind: Kind = 'text';
  start = 0;
  end = 0;
  offset = 0;
  size = 0;
  /** Start of the encoded line in which the unit starts. */
  lineStart = 0;
  readonly #body: Buffer;

  constructor(body: Buffer) {
    this.#body = body;
  }

  /** Goes on to the last of the `lines` that starts at or before the decoded `offset`, unless it has passed that already. */
  skipTo(lines: readonly number[], offset: number): void {
    let low = 0;
    let high = lines.length / 2;
    while (low < high) {
      const middle = (low + high) >> 1;
      if ((lines[2 * middle + 1] as number) <= offset) low = middle + 1;
      else high = middle;
    }
    const at = lines[2 * low - 2] ?? 0;
    if (at <= this.end) return;
    this.kind = 'text';
    this.start = at;
    this.end = at;
    this.lineStart = at;
    this.offset = lines[2 * low - 1] as number;
    this.size = 0;
  }

  /** Goes to the next unit; false behind the last one. */
  step(): boolean {
    const body = this.#body;
    if (this.kind === 'soft-break' || this.kind === 'line-break') this.lineStart = this.end;
    this.offset += this.size;
    this.start = this.end;
    if (this.start === body.length) return this.#become('trailer', this.start, 0);
    const first = body[this.start] ?? 0;
    if (isText[first] === 0) {
      if (escapedByte(body, this.start) >= 0) return this.#become('escape', this.start + 3, 1);
      const end = lineEndAfterBlanks(body, first === EQUALS ? this.start + 1 : this.start);
      if (end >= 0) return this.#breakLine(first, end);
    }
    const end = textEnd(body, this.start);
    return this.#become('text', end, end - this.start);
  }

  /**
   * Goes on to the unit in which the decoded byte at `offset` starts, or to what ends the body; the place in the encoded
   * bytes before it. Soft breaks before that byte are passed, padding is not: text that goes in here comes before it.
   */
  startOf(offset: number): number {
    while (this.offset + this.size <= offset && this.kind !== 'trailer') this.step();
    return this.kind === 'text' ? this.start + offset - this.offset : this.start;
  }

  /** Goes on to the unit that holds the last decoded byte before `offset`; the place in the encoded bytes behind it. */
  endOf(offset: number): number {
    while (this.offset + this.size < offset && this.kind !== 'trailer') this.step();
    return this.kind === 'text' ? this.start + offset - this.offset : this.end;
  }

  #breakLine(first: number, end: number): boolean {
    if (this.#body[end - 1] !== LF) return this.#become('trailer', end, 0);
    return first === EQUALS ? this.#become('soft-break', end, 0) : this.#become('line-break', end, 2);
  }

  #become(kind: Kind, end: number, size: number): boolean {
    this.kind = kind;
    this.end = end;
    this.size = size;
    return this.start < end;
  }
}

/** The byte that the escape at `at` stands for, or -1 if there is none. */
export function escapedByte(body: Buffer, at: number): number {
  if (body[at] !== EQUALS) return -1;
  const high = hexValue(body[at + 1]);
  const low = hexValue(body[at + 2]);
  return high < 0 || low < 0 ? -1 : high * 16 + low;
}

/** -1 for what is no hex digit. */
export function hexValue(byte: number | undefined): number {
  return hexValues[byte ?? 0] ?? -1;
}

/** Where the line ends (behind its CRLF, or at the end of the body) if nothing but blanks comes from `from` on; else -1. */
export function lineEndAfterBlanks(body: Buffer, from: number): number {
  const at = blanksEnd(body, from);
  if (at >= body.length) return at;
  return isBreak(body, at) ? at + 2 : -1;
}

/** The first byte from `from` on is known to be text: even if it is `=`, a blank, or a CR. */
function textEnd(body: Buffer, from: number): number {
  // A run of blanks is looked at once as a whole, or a line of nothing else would take quadratic time.
  let at = Math.max(from + 1, blanksEnd(body, from));
  const { length } = body;
  while (at < length) {
    const byte = body[at] ?? 0;
    if (isText[byte] === 1) {
      at++;
    } else if (byte === SPACE && isText[body[at + 1] ?? SPACE] === 1) {
      // This only saves time: most blanks stand between words.
      at += 2;
    } else if (byte === EQUALS) {
      if (escapedByte(body, at) >= 0 || lineEndAfterBlanks(body, at + 1) >= 0) return at;
      at++;
    } else {
      if (lineEndAfterBlanks(body, at) >= 0) return at;
      at = Math.max(at + 1, blanksEnd(body, at));
    }
  }
  return at;
}

function blanksEnd(body: Buffer, from: number): number {
  let at = from;
  while (isBlank(body[at])) at++;
  return at;
}

export function isBreak(bytes: Buffer, at: number): boolean {
  return bytes[at] === CR && bytes[at + 1] === LF;
}

export function isBlank(byte: number | undefined): boolean {
  return byte === SPACE || byte === TAB;
}
