/**
 * Where the tags of a template stand. The source is masked for the HTML tokenizer: a tag becomes private characters of the
 * same length, so that quotes and angle brackets inside of it cannot disturb the HTML, and offsets stay true.
 */
import { limits } from '../limits.ts';
import type { Fault, PlacedTag, Tag } from './template.ts';
import type { KnownFields } from './template-fields.ts';
import { parseTag } from './template-tag.ts';

export type Scanned = {
  readonly tags: readonly PlacedTag[];
  readonly faults: readonly Fault[];
  /** The source, as long as it was, each tag replaced by its mask. */
  readonly masked: string;
};

/** Noncharacters (Unicode 23.7): they mean nothing in any text, so a source loses nothing without them. */
const FIRST = '\uFDD0';
const FILL = '\uFDD1';
const BASE = 0xe000;
const DIGITS = 0x1900;

/** Finds and parses every tag. A tag that is not closed, or not understood, is a fault. */
export function scanTemplate(written: string, fields: KnownFields): Scanned {
  const source = written.replace(/[\uFDD0\uFDD1\uE000-\uF8FF]/g, '\uFFFD');
  const tags: PlacedTag[] = [];
  const faults: Fault[] = [];
  let masked = '';
  let copied = 0;
  for (let start = source.indexOf('{{'); start !== -1; start = source.indexOf('{{', copied)) {
    const close = source.indexOf('}}', start + 2);
    const nested = source.indexOf('{{', start + 2);
    if (close === -1 || (nested !== -1 && nested < close)) {
      faults.push({ at: start, sentence: 'The tag that begins here is not closed with "}}".' });
      masked += source.slice(copied, start + 2);
      copied = start + 2;
      continue;
    }
    const end = close + 2;
    const parsed = parseTag(source, start + 2, close, fields);
    if (parsed.kind === 'fault') faults.push(parsed.fault);
    const tag = parsed.kind === 'tag' ? parsed.tag : frameOf(source.slice(start + 2, close));
    if (tag) tags.push({ tag, start, end });
    masked += source.slice(copied, start);
    masked += tag ? maskOf(tags.length - 1).padEnd(end - start, FILL) : '\uFFFD'.repeat(end - start);
    copied = end;
    if (faults.length >= limits.signature.reportedFaults) break;
  }
  return { tags, faults, masked: masked + source.slice(copied) };
}

/** A condition that is not understood still has its end: that one is not wrong, too. */
function frameOf(inside: string): Tag | undefined {
  if (/^\s*#if\b/.test(inside)) return { kind: 'if', test: { kind: 'all', tests: [] } };
  return /^\s*#line\b/.test(inside) ? { kind: 'line' } : undefined;
}

/** What stands for the tag of an index in masked text. */
export function maskOf(index: number): string {
  return FIRST + String.fromCharCode(BASE + Math.floor(index / DIGITS), BASE + (index % DIGITS)) + FILL;
}

export type Piece =
  | { readonly kind: 'text'; readonly value: string; readonly at: number }
  | { readonly kind: 'tag'; readonly index: number; readonly at: number };

const MASK = /\uFDD0([\uE000-\uF8FF])([\uE000-\uF8FF])\uFDD1+/g;

/** Masked text as text and tags; `at` is the offset of its beginning. */
export function piecesOf(masked: string, at: number): Piece[] {
  const pieces: Piece[] = [];
  let copied = 0;
  for (const found of masked.matchAll(MASK)) {
    if (found.index > copied)
      pieces.push({ kind: 'text', value: masked.slice(copied, found.index), at: at + copied });
    pieces.push({ kind: 'tag', index: indexOf(found[1], found[2]), at: at + found.index });
    copied = found.index + found[0].length;
  }
  if (copied < masked.length) pieces.push({ kind: 'text', value: masked.slice(copied), at: at + copied });
  return pieces;
}

export function holdsTag(masked: string): boolean {
  return masked.includes(FIRST);
}

function indexOf(high = '', low = '') {
  return (high.charCodeAt(0) - BASE) * DIGITS + (low.charCodeAt(0) - BASE);
}
