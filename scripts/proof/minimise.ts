/** Cuts a message down to what still shows a fault: pieces are left out, half the message first, single bytes last. */
import { Buffer } from 'node:buffer';

/** The smallest found before the time is over; the message itself when it does not show the fault. */
export function cutDown(message: Buffer, isFaulty: (candidate: Buffer) => boolean, limitMs: number): Buffer {
  if (!isFaulty(message)) return message;
  const end = performance.now() + limitMs;
  let small = byPieces(message, piecesOfLines, isFaulty, end);
  for (let before = -1; before !== small.length && performance.now() < end; ) {
    before = small.length;
    small = byPieces(small, piecesOfBytes, isFaulty, end);
  }
  return small;
}

type Pieces = (message: Buffer) => Buffer[];

function byPieces(
  message: Buffer,
  pieces: Pieces,
  isFaulty: (candidate: Buffer) => boolean,
  end: number,
): Buffer {
  let kept = pieces(message);
  for (let size = kept.length >> 1; size >= 1; size >>= 1) {
    for (let at = 0; at < kept.length && performance.now() < end; ) {
      const candidate = [...kept.slice(0, at), ...kept.slice(at + size)];
      if (isFaulty(Buffer.concat(candidate))) kept = candidate;
      else at += size;
    }
  }
  return Buffer.concat(kept);
}

function piecesOfLines(message: Buffer): Buffer[] {
  const lines = message.toString('latin1').split(/(?<=\n)/);
  return lines.map(line => Buffer.from(line, 'latin1'));
}

function piecesOfBytes(message: Buffer): Buffer[] {
  return Array.from(message, (_, at) => message.subarray(at, at + 1));
}
