/**
 * The end of a message and the dots in it (RFC 5321 4.5.2): the lines on which smuggling is decided. A line starts behind
 * CRLF and nowhere else; a bare CR or LF, a NUL, anything is passed as it came. `CRLF . CRLF` ends the message, a dot at
 * the start of any other line is taken out, and every other byte goes through, whatever the segments it arrives in.
 *
 * Time is linear: up to the first dot behind CRLF a chunk is passed as it is after one native search; from there on it is
 * read byte by byte and copied once.
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
    // From a place in a line, or from a line's start that is no dot, nothing happens before the next dot behind CRLF.
    const first = chunk[0];
    const isPlain = this.#place === 'line-start' ? first !== DOT : isInLine(this.#place) && first !== LF;
    if (!isPlain) return this.#takeByByte(chunk, 0);
    const dot = chunk.indexOf(DOT_AT_LINE_START);
    if (dot >= 0) return this.#takeByByte(chunk, dot + 2);
    this.#place = placeAfter(chunk);
    return { kind: 'more', content: chunk };
  }

  /** What stands before `from` goes through as it is; behind it a line starts, unless it is 0. */
  #takeByByte(chunk: Buffer, from: number): DataPiece {
    let place: Place = from > 0 ? 'line-start' : this.#place;
    if (from > 0 && chunk.length === from + 3 && chunk[from + 1] === CR && chunk[from + 2] === LF) {
      // Most messages end with the chunk that ends them: nothing of it needs a copy.
      this.#place = 'line-start';
      return { kind: 'end', content: chunk.subarray(0, from), rest: nothing };
    }
    // One more than the chunk: the CR that was kept back when a line began with dot and CR.
    const content = Buffer.allocUnsafe(chunk.length + 1);
    let length = chunk.copy(content, 0, 0, from);
    for (let at = from; at < chunk.length; at++) {
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

/** Not at a line's start and not behind a dot that may be the last one. */
function isInLine(place: Place): boolean {
  return place === 'in-line' || place === 'cr';
}

function placeAfter(chunk: Buffer): Place {
  const last = chunk[chunk.length - 1];
  if (last === CR) return 'cr';
  return last === LF && chunk[chunk.length - 2] === CR ? 'line-start' : 'in-line';
}
