/**
 * Quoted-printable written (RFC 2045 6.7): lines of at most 76 characters, no blank before a line end, line ends as they
 * are in the text, and every CR or LF that is no line end as an escape. What is written stands for itself: it ends
 * with neither a blank nor a part of an escape that what follows could change.
 */
import { Buffer } from 'node:buffer';
import { limits } from '../limits.ts';
import { isBlank, isBreak } from './quoted-printable.ts';

const LF = 0x0a;
const CR = 0x0d;
const SPACE = 0x20;
const EQUALS = 0x3d;
const DASH = 0x2d;
const HEX = Buffer.from('0123456789ABCDEF');
const FROM = Buffer.from('From ');
const LINE = limits.mail.encodedLineBytes;

export const SOFT_BREAK = Buffer.from('=\r\n');

export function encodeQuotedPrintable(decoded: Buffer): Buffer {
  const writer = new QuotedPrintableWriter(0, decoded.length);
  writer.write(decoded, 0);
  return writer.bytes();
}

/** Writes decoded bytes from a column on, with soft breaks where a line would get too long. */
export class QuotedPrintableWriter {
  column: number;
  #length = 0;
  readonly #out: Buffer;

  constructor(column: number, size: number) {
    this.column = column;
    // Every byte an escape, a soft break after each 73 characters or more, one before and one behind it all.
    this.#out = Buffer.allocUnsafe(size * 3 + SOFT_BREAK.length * (Math.ceil((size * 3) / 73) + 3));
  }

  bytes(): Buffer {
    return this.#out.subarray(0, this.#length);
  }

  softBreak(): void {
    this.#length += SOFT_BREAK.copy(this.#out, this.#length);
    this.column = 0;
  }

  /** `rest`: how many encoded bytes follow the content on its last line. */
  write(content: Buffer, rest: number): void {
    for (let at = 0; at < content.length; at++) {
      if (isBreak(content, at)) {
        this.#hardBreak();
        at++;
      } else {
        const endsLine = isBreak(content, at + 1) || (at + 1 === content.length && rest === 0);
        this.#writeByte(content, at, endsLine ? LINE : LINE - 1);
      }
    }
    if (this.column > 0 && this.column + rest > LINE) this.softBreak();
  }

  #writeByte(content: Buffer, at: number, limit: number): void {
    const byte = content[at] ?? 0;
    const isLiteral = isBlank(byte)
      ? at + 1 < content.length && !isBreak(content, at + 1)
      : isPrintable(byte);
    if (this.column + (isLiteral ? 1 : 3) > limit) this.softBreak();
    const isRisky = this.column === 0 && (startsFrom(content, at) || startsDelimiter(content, at));
    if (isLiteral && !isRisky) this.#put(byte);
    else {
      this.#put(EQUALS);
      this.#put(HEX[byte >> 4] ?? 0);
      this.#put(HEX[byte & 15] ?? 0);
    }
  }

  #hardBreak(): void {
    this.#put(CR);
    this.#put(LF);
    this.column = 0;
  }

  #put(byte: number): void {
    this.#out[this.#length++] = byte;
    this.column++;
  }
}

/** Some relays still write `>From ` for a line that starts so; this is the usual way to keep them off. */
function startsFrom(content: Buffer, at: number): boolean {
  return content[at] === FROM[0] && content.subarray(at, at + FROM.length).equals(FROM);
}

/** A line that another encoding hid may be the very delimiter of a multipart around it (RFC 2046 5.1.1). */
function startsDelimiter(content: Buffer, at: number): boolean {
  const third = content[at + 2];
  return (
    content[at] === DASH && content[at + 1] === DASH && third !== undefined && !isBlank(third) && third !== CR
  );
}

function isPrintable(byte: number): boolean {
  return byte > SPACE && byte < 0x7f && byte !== EQUALS;
}
