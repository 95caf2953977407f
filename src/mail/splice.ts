/**
 * Edits as splices at byte offsets. What no splice removes comes out as slices over the very buffer that came in, so
 * untouched bytes are identical by construction (DESIGN.md 1.4). Splices that contradict each other are refused.
 */
import type { Buffer } from 'node:buffer';

/** Replaces `remove` bytes at byte offset `at` by `insert`. */
export type Splice = { readonly at: number; readonly remove: number; readonly insert: Buffer };

/** Splices with no byte kept between them, as one: `pieces` replace the bytes from `at` up to `end`. */
export type Edit = { readonly at: number; readonly end: number; readonly pieces: readonly Buffer[] };

/**
 * The bytes with the splices applied, as slices over the one buffer plus the insertions. Splices may come unsorted; at
 * equal offsets their order is kept. Empty slices are left out. Throws RangeError when removals overlap, when an
 * insertion lies inside a removal, or when a splice reaches beyond the bytes.
 */
export function applySplices(bytes: Buffer, splices: readonly Splice[]): Buffer[] {
  if (splices.length === 0) return [bytes];
  const slices: Buffer[] = [];
  let from = 0;
  for (const { at, end, pieces } of mergeSplices(splices)) {
    if (end > bytes.length)
      throw new RangeError(`expected a splice within ${bytes.length} bytes, got ${end}`);
    slices.push(bytes.subarray(from, at), ...pieces);
    from = end;
  }
  slices.push(bytes.subarray(from));
  return slices.filter(slice => slice.length > 0);
}

/** The splices in order, those that touch joined to one edit, those that change nothing left out. */
export function mergeSplices(splices: readonly Splice[]): Edit[] {
  const edits: (Edit & { end: number; pieces: Buffer[] })[] = [];
  let removalStart = -1;
  for (const { at, remove, insert } of inOrder(splices)) {
    const last = edits.at(-1);
    const end = at + remove;
    if (last && at < last.end && (remove > 0 || at > removalStart)) {
      throw new RangeError(`expected splices that do not overlap, got one at ${at} before ${last.end}`);
    }
    if (remove > 0) removalStart = at;
    if (last && at <= last.end) {
      last.pieces.push(insert);
      last.end = Math.max(last.end, end);
    } else {
      edits.push({ at, end, pieces: [insert] });
    }
  }
  return edits;
}

function inOrder(splices: readonly Splice[]): Splice[] {
  for (const { at, remove } of splices) {
    if (!isCount(at) || !isCount(remove))
      throw new RangeError(`expected byte counts, got ${at} and ${remove}`);
  }
  const effective = splices.filter(({ remove, insert }) => remove > 0 || insert.length > 0);
  return effective.sort((one, other) => one.at - other.at);
}

function isCount(value: number): boolean {
  return Number.isSafeInteger(value) && value >= 0;
}
