/**
 * Line ends. Everything behind this file sees CRLF only: a bare CR or LF is read as a line end by some servers and
 * not by others, which is how headers are injected and messages smuggled (smtp-relay.md 1, facts 2 and 3).
 */
import { Buffer } from 'node:buffer';

const CR = 13;
const LF = 10;

/** Offset of the first CR without LF or LF without CR in `bytes` from `from` on; -1 when there is none. */
export function bareLineEnd(bytes: Buffer, from: number): number {
  let before = from > 0 ? bytes[from - 1] : 0;
  for (let at = from; at < bytes.length; at++) {
    const byte = bytes[at] as number;
    if (byte <= CR) {
      if (byte === LF && before !== CR) return at;
      if (byte === CR && bytes[at + 1] !== LF) return at;
    }
    before = byte;
  }
  return -1;
}

/** `bytes` with every bare CR and bare LF from `from` on made CRLF, and how many those were. */
export function mendLineEnds(
  bytes: Buffer,
  from: number,
): { readonly bytes: Buffer; readonly mended: number } {
  let at = bareLineEnd(bytes, from);
  if (at < 0) return { bytes, mended: 0 };
  const pieces: Buffer[] = [];
  let mended = 0;
  let kept = 0;
  while (at >= 0) {
    pieces.push(bytes.subarray(kept, at), CRLF);
    mended++;
    kept = at + 1;
    at = bareLineEnd(bytes, kept);
  }
  pieces.push(bytes.subarray(kept));
  return { bytes: Buffer.concat(pieces), mended };
}

export const CRLF = Buffer.from('\r\n');

/** `text` with every kind of line end made CRLF. */
export function withCrlf(text: string): string {
  return text.replace(/\r\n|\r|\n/g, '\r\n');
}
