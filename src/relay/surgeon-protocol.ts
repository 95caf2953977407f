/**
 * What the main thread and a surgeon's thread say to each other. The thread reads a copy in shared memory, and its results
 * name ranges of the message, which the main thread applies to the bytes it has kept: a thread can be ended at any moment
 * and nothing is lost.
 */
import { Buffer } from 'node:buffer';
import type { FactNeeds, MessageFacts } from '../mail/facts.ts';
import type { PartReport, Reason, StampOptions } from '../mail/report.ts';
import { isWithin, type SectionPlan, type StampedForm } from './surgery.ts';

/** Given to the thread at its start; the message lies at the beginning of it. */
export type ThreadData = { readonly memory: SharedArrayBuffer };

/** A thread has one message at a time: `examine`, then `stamp` unless there was a reason. */
export type Request =
  | {
      readonly kind: 'examine';
      readonly length: number;
      readonly options: StampOptions;
      readonly needs: FactNeeds;
    }
  | { readonly kind: 'stamp'; readonly plans: readonly SectionPlan[] };

export type Answer =
  | {
      readonly kind: 'examined';
      readonly reason: Reason | undefined;
      readonly cause: string | undefined;
      readonly facts: MessageFacts;
    }
  | { readonly kind: 'stamped'; readonly forms: readonly PackedForm[] }
  | { readonly kind: 'over-limit'; readonly cause: string }
  | { readonly kind: 'failed'; readonly cause: string };

export type PackedForm = {
  readonly outcome: StampedForm['outcome'];
  readonly reason: Reason | undefined;
  readonly cause: string | undefined;
  readonly parts: readonly PartReport[];
  /** Three numbers for each slice: 0 for a range of the message or 1 for one of `inserted`, its start, its end. */
  readonly ranges: readonly number[];
  /** Has a buffer of its own, to be transferred. */
  readonly inserted: Uint8Array<ArrayBuffer>;
};

export function packForm(form: StampedForm, message: Buffer): PackedForm {
  const ranges: number[] = [];
  const pieces: Uint8Array[] = [];
  let length = 0;
  for (const slice of form.slices) {
    if (isWithin(slice, message)) {
      const from = slice.byteOffset - message.byteOffset;
      ranges.push(0, from, from + slice.length);
    } else {
      ranges.push(1, length, length + slice.length);
      pieces.push(slice);
      length += slice.length;
    }
  }
  const inserted = new Uint8Array(length);
  let at = 0;
  for (const piece of pieces) {
    inserted.set(piece, at);
    at += piece.length;
  }
  const { outcome, reason, parts } = form;
  return { outcome, reason, cause: causeText(form.cause), parts, ranges, inserted };
}

/** The slices again, over the receiver's own view of the message. */
export function unpackForm(packed: PackedForm, message: Buffer): StampedForm {
  const { outcome, reason, cause, parts, ranges } = packed;
  const inserted = Buffer.from(packed.inserted.buffer, packed.inserted.byteOffset, packed.inserted.length);
  const slices: Uint8Array[] = [];
  for (let index = 0; index < ranges.length; index += 3) {
    const source = ranges[index] === 0 ? message : inserted;
    slices.push(source.subarray(ranges[index + 1], ranges[index + 2]));
  }
  return { outcome, reason, cause, parts, slices };
}

/** Characters of a cause: what failed, and the first places in our code. */
const MAX_CAUSE = 600;

/** What was thrown, as text that a log can hold. */
export function causeText(cause: unknown): string | undefined {
  if (cause === undefined) return undefined;
  const text = cause instanceof Error ? (cause.stack ?? cause.message) : String(cause);
  return text.slice(0, MAX_CAUSE);
}
