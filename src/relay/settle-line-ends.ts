/**
 * Line ends, settled once and before anything is parsed (PRODUCT.md 3, "Bytes first"): behind this file there is no bare CR
 * and no bare LF. In a header they are refused, with NUL: the next hop would read other header lines than Signet did. In a
 * body they become CRLF. Large messages are looked at step by step, so that others get their turn.
 */
import { Buffer } from 'node:buffer';
import { setImmediate as othersTurn } from 'node:timers/promises';
import { limits } from '../limits.ts';
import { endOfHeader } from '../mail/hand-on.ts';
import { bareLineEnd, copyMended, countBare } from '../mail/lines.ts';
import type { Reply } from './message.ts';

export type SettledLineEnds =
  /** `bytes` are those that were given unless some were mended. */
  | { readonly kind: 'settled'; readonly bytes: Buffer; readonly mended: number }
  | { readonly kind: 'refused'; readonly reply: Reply };

const refused: SettledLineEnds = {
  kind: 'refused',
  reply: { code: 550, text: '5.6.0 Bare CR, bare LF or NUL in the header' },
};

export async function settleLineEnds(bytes: Buffer): Promise<SettledLineEnds> {
  const headerEnd = endOfHeader(bytes);
  let first = -1;
  await inSteps(0, bytes.length, (from, to) => {
    first = bareLineEnd(bytes, from, to);
    return first < 0 ? 'go on' : 'enough';
  });
  if (first >= 0 && first < headerEnd) return refused;
  if (bytes.subarray(0, headerEnd).includes(0)) return refused;
  return first < 0 ? { kind: 'settled', bytes, mended: 0 } : mend(bytes, first);
}

async function mend(bytes: Buffer, first: number): Promise<SettledLineEnds> {
  let mended = 0;
  await inSteps(first, bytes.length, (from, to) => {
    mended += countBare(bytes, from, to);
    return 'go on';
  });
  // Of its own, not of Node's pool: nobody else's bytes lie beside a message.
  const target = Buffer.allocUnsafeSlow(bytes.length + mended);
  let end = 0;
  await inSteps(0, first, (from, to) => {
    end += bytes.copy(target, from, from, to);
    return 'go on';
  });
  await inSteps(first, bytes.length, (from, to) => {
    end = copyMended(bytes, from, to, target, end);
    return 'go on';
  });
  return { kind: 'settled', bytes: target, mended };
}

/** Byte by byte a step takes four times as long as word by word: still a few milliseconds. */
async function inSteps(
  start: number,
  end: number,
  step: (from: number, to: number) => 'go on' | 'enough',
): Promise<void> {
  const { stepBytes } = limits.surgery;
  for (let from = start; from < end; from += stepBytes) {
    if (from > start) await othersTurn();
    if (step(from, Math.min(end, from + stepBytes)) === 'enough') return;
  }
}
