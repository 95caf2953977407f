/**
 * What is done to one message between its examination and its results, on whichever thread: every plan stamped, every
 * result checked before anybody sends it.
 */
import { Buffer } from 'node:buffer';
import { limits } from '../limits.ts';
import type { Examined } from '../mail/examine.ts';
import { bareLineEnd } from '../mail/lines.ts';
import type { PartReport, Reason, Section } from '../mail/report.ts';

/** The sections of one result, in rule order. */
export type SectionPlan = readonly Section[];

/** One result. With `internal-error` its slices are of no use. */
export type StampedForm = {
  readonly outcome: 'stamped' | 'untouched';
  readonly reason: Reason | undefined;
  readonly cause: unknown;
  readonly slices: readonly Uint8Array[];
  readonly parts: readonly PartReport[];
};

export type Results =
  | { readonly kind: 'stamped'; readonly forms: readonly StampedForm[] }
  | { readonly kind: 'over-limit'; readonly cause: string };

/** One form for each plan, in order. Never throws. */
export function stampAll(examined: Examined, plans: readonly SectionPlan[]): Results {
  const forms: StampedForm[] = [];
  let inserted = 0;
  for (const plan of plans) {
    const { outcome, reason, cause, slices, parts } = examined.stamp(plan);
    for (const slice of slices) if (!isWithin(slice, examined.bytes)) inserted += slice.length;
    if (inserted > limits.surgery.insertedBytes)
      return { kind: 'over-limit', cause: `the results would add ${inserted} bytes to the message` };
    forms.push(checked({ outcome, reason, cause, slices, parts }, examined.bytes));
  }
  return { kind: 'stamped', forms };
}

/** Bytes that are mail to the next hop, whatever our code made of them. */
function checked(form: StampedForm, message: Buffer): StampedForm {
  if (hasSoundLineEnds(form.slices, message)) return form;
  const cause = new Error('expected CRLF line ends only, got a bare CR or LF in a stamped form');
  return { outcome: 'untouched', reason: 'internal-error', cause, slices: [], parts: [] };
}

/**
 * True when no CR and no LF stands alone in the slices joined. `message` has only CRLF, so what is a view of it needs to be
 * looked at only where it was cut.
 */
export function hasSoundLineEnds(slices: readonly Uint8Array[], message: Buffer): boolean {
  let last = 0;
  for (const slice of slices) {
    if (slice.length === 0) continue;
    // A slice may begin with the second half of a CRLF, and end in the first, if its neighbour has the other.
    if ((last === CR) !== (slice[0] === LF)) return false;
    if (!isWithin(slice, message) && !isSoundInside(slice)) return false;
    last = slice[slice.length - 1] as number;
  }
  return last !== CR;
}

const CR = 13;
const LF = 10;

function isSoundInside(slice: Uint8Array): boolean {
  const from = slice[0] === LF ? 1 : 0;
  const to = slice[slice.length - 1] === CR ? slice.length - 1 : slice.length;
  return bareLineEnd(Buffer.from(slice.buffer, slice.byteOffset, slice.length), from, to) < 0;
}

export function isWithin(slice: Uint8Array, message: Buffer): boolean {
  const from = slice.byteOffset - message.byteOffset;
  return slice.buffer === message.buffer && from >= 0 && from + slice.length <= message.length;
}
