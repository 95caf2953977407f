/**
 * The end of a message and the dots in it (RFC 5321 4.5.2): the lines on which smuggling is decided. A line starts behind
 * CRLF and nowhere else; a bare CR or LF, a NUL, anything is passed as it came. `CRLF . CRLF` ends the message, a dot at
 * the start of any other line is taken out, and every other byte goes through, whatever the segments it arrives in.
 *
 * Time is linear: a chunk without a dot behind CRLF is passed as it is after one native search; any other is copied once.
 */
import { Buffer } from 'node:buffer';

export type DataPiece =
  | { readonly kind: 'more'; readonly content: Buffer }
  /** `rest` stands behind the final dot's CRLF: commands that the client sent ahead. */
  | { readonly kind: 'end'; readonly content: Buffer; readonly rest: Buffer };

/** Where the last byte left us. A dot that starts a line, and the CR behind it, wait for what follows. */
type Place = 'in-line' | 'cr' | 'line-start' | 'dot' | 'dot-cr';

const CR = 13;
const LF = 10;
const DOT = 46;
const DOT_AT_LINE_START = Buffer.from('\r\n.');
const nothing = Buffer.alloc(0);

/** Life-long state of one DATA command. */
export class DataMode {
  #place: Place = 'line-start';

  /** Takes the next bytes from the client; must not be called again after `end`. */
  take(chunk: Buffer): DataPiece {
    if (chunk.length === 0) return { kind: 'more', content: nothing };
    const isWhole = this.#place === 'in-line' || this.#place === 'cr' ? chunk[0] !== LF : false;
    if (isWhole && !chunk.includes(DOT_AT_LINE_START)) {
      this.#place = placeAfter(chunk);
      return { kind: 'more', content: chunk };
    }
    return this.#takeByByte(chunk);
  }

  #takeByByte(chunk: Buffer): DataPiece {
    // One more than the chunk: the CR that was kept back when a line began with dot and CR.
    const content = Buffer.allocUnsafe(chunk.length + 1);
    let place = this.#place;
    let length = 0;
    for (let at = 0; at < chunk.length; at++) {
      const byte = chunk[at] as number;
      if (place === 'line-start' && byte === DOT) {
        place = 'dot';
        continue;
      }
      if (place === 'dot' && byte === CR) {
        place = 'dot-cr';
        continue;
      }
      if (place === 'dot-cr') {
        if (byte === LF) {
          this.#place = 'line-start';
          return { kind: 'end', content: content.subarray(0, length), rest: chunk.subarray(at + 1) };
        }
        // No end after all: the dot is gone, and its line goes on with the CR that was kept back.
        content[length++] = CR;
        place = 'cr';
      }
      content[length++] = byte;
      place = byte === CR ? 'cr' : byte === LF && place === 'cr' ? 'line-start' : 'in-line';
    }
    this.#place = place;
    return { kind: 'more', content: content.subarray(0, length) };
  }
}

function placeAfter(chunk: Buffer): Place {
  const last = chunk[chunk.length - 1];
  if (last === CR) return 'cr';
  return last === LF && chunk[chunk.length - 2] === CR ? 'line-start' : 'in-line';
}
