/**
 * Names for messages and connections in the log and in `Received`: 80 random bits in hex, which nobody guesses and no two
 * share. The system's generator is asked for many at a time: a call costs far more than the bits.
 */
import { Buffer } from 'node:buffer';

const ID_BYTES = 10;
const IDS_AT_ONCE = 100;

/** Each call gives another id of 20 hex digits. `random` gives that many random bytes. */
export function createIds(random: (bytes: number) => Buffer): () => string {
  let bytes: Buffer = Buffer.alloc(0);
  let at = 0;
  return () => {
    if (at === bytes.length) {
      bytes = random(ID_BYTES * IDS_AT_ONCE);
      at = 0;
    }
    at += ID_BYTES;
    return bytes.toString('hex', at - ID_BYTES, at);
  };
}
