/**
 * Line ends. Everything behind this file sees CRLF only: a bare CR or LF is read as a line end by some servers and
 * not by others, which is how headers are injected and messages smuggled (smtp-relay.md 1, facts 2 and 3).
 */
import { Buffer } from 'node:buffer';

const CR = 13;
const LF = 10;

/** Offset of the first CR without LF or LF without CR in `[from, to)` of `bytes`; -1 when there is none. */
export function bareLineEnd(bytes: Buffer, from: number, to = bytes.length): number {
  const head = Math.min(to, from + ((4 - ((bytes.byteOffset + from) & 3)) & 3));
  const early = bareIn(bytes, from, head);
  if (early >= 0 || head === to) return early;
  // Four bytes at a time: a word without a byte below 14 holds no line end. Attachments make this the dearest loop of all.
  const words = new Int32Array(bytes.buffer, bytes.byteOffset + head, (to - head) >> 2);
  for (let index = 0; index < words.length; index++) {
    const word = words[index] as number;
    if (((word - 0x0e0e0e0e) & ~word & 0x80808080) === 0) continue;
    const found = bareIn(bytes, head + index * 4, head + index * 4 + 4);
    if (found >= 0) return found;
  }
  return bareIn(bytes, head + words.length * 4, to);
}

function bareIn(bytes: Buffer, from: number, to: number): number {
  for (let at = from; at < to; at++) if (isBare(bytes, at)) return at;
  return -1;
}

/** `bytes` with every bare CR and bare LF from `from` on made CRLF, and how many those were. */
export function mendLineEnds(
  bytes: Buffer,
  from: number,
): { readonly bytes: Buffer; readonly mended: number } {
  const first = bareLineEnd(bytes, from);
  if (first < 0) return { bytes, mended: 0 };
  const bare = countBare(bytes, first, bytes.length);
  const mended = Buffer.allocUnsafe(bytes.length + bare);
  bytes.copy(mended, 0, 0, first);
  copyMended(bytes, first, bytes.length, mended, first);
  return { bytes: mended, mended: bare };
}

/** How many bare CR and LF stand in `[from, to)`. */
export function countBare(bytes: Buffer, from: number, to: number): number {
  let bare = 0;
  for (let at = from; at < to; at++) if (isBare(bytes, at)) bare++;
  return bare;
}

/** Writes `[from, to)` with its line ends mended to `target` at `at`; answers where it ends there. */
export function copyMended(bytes: Buffer, from: number, to: number, target: Buffer, at: number): number {
  let end = at;
  for (let next = from; next < to; next++) {
    if (isBare(bytes, next)) {
      target[end++] = CR;
      target[end++] = LF;
    } else target[end++] = bytes[next] as number;
  }
  return end;
}

function isBare(bytes: Buffer, at: number): boolean {
  const byte = bytes[at];
  return (byte === LF && (at === 0 || bytes[at - 1] !== CR)) || (byte === CR && bytes[at + 1] !== LF);
}

export const CRLF = Buffer.from('\r\n');

/** `text` with every kind of line end made CRLF. */
export function withCrlf(text: string): string {
  return text.replace(/\r\n|\r|\n/g, '\r\n');
}
