/**
 * Message content as it goes over the wire behind DATA (RFC 5321 4.5.2): every dot at the start of a line doubled, and
 * no CR or LF that is not part of a CRLF, whatever comes in. Admission has refused bare line ends in the header and
 * mended those of the body before anything was parsed; this is the second lock on the same door, because a single
 * `LF.LF` that slips out is a second, forged message at the next hop (smtp-relay.md 2).
 */
import { Buffer } from 'node:buffer';
import { bareLineEnd } from '../mail/lines.ts';

export type DataWriter = {
  /** `chunk` as it is to be sent; the very same bytes when nothing needs a change. */
  readonly encode: (chunk: Uint8Array) => Buffer;
  /** The end of data: closes an open line first. */
  readonly end: () => Buffer;
};

const CR = 13;
const LF = 10;
const DOT = 46;

export function createDataWriter(): DataWriter {
  // The byte before the next one; the start of the data counts as the start of a line.
  let last = LF;
  return { encode, end };

  function encode(bytes: Uint8Array): Buffer {
    const chunk = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.length);
    if (chunk.length === 0) return chunk;
    const encoded = isPlain(chunk) ? chunk : rewrite(chunk);
    last = chunk[chunk.length - 1] as number;
    return encoded;
  }

  function end(): Buffer {
    if (last === LF) return Buffer.from('.\r\n');
    return Buffer.from(last === CR ? '\n.\r\n' : '\r\n.\r\n');
  }

  /** True when no byte needs another beside it. Half a CRLF at either end belongs to the chunk beside. */
  function isPlain(chunk: Buffer): boolean {
    const first = chunk[0];
    if (last === CR ? first !== LF : first === LF || (last === LF && first === DOT)) return false;
    if (chunk.includes('\n.', 0, 'latin1')) return false;
    const whole = chunk[chunk.length - 1] === CR ? chunk.subarray(0, -1) : chunk;
    return bareLineEnd(whole, first === LF ? 1 : 0) < 0;
  }

  /** One pass, whatever the chunk holds: a body of nothing but dots costs no more than any other. */
  function rewrite(chunk: Buffer): Buffer {
    const out = Buffer.allocUnsafe(chunk.length * 3);
    let size = 0;
    let previous = last;
    for (let at = 0; at < chunk.length; at++) {
      const byte = chunk[at] as number;
      const opensLine = previous === LF || (previous === CR && byte !== LF);
      if (previous === CR && byte !== LF) out[size++] = LF;
      if (byte === LF && previous !== CR) out[size++] = CR;
      if (byte === DOT && opensLine) out[size++] = DOT;
      out[size++] = byte;
      previous = byte;
    }
    return out.subarray(0, size);
  }
}
