/**
 * The lines of a plain text part: where they start, what kind they are, and their text when it is asked for. Line starts
 * are numbers in one array, because a part may be ten million bytes of line ends.
 */
import type { Range } from './places.ts';
import { type LineSource, readable } from './quoted.ts';

/** Shows as a blank line above our text and as nothing behind its last line; neither flows nor is stuffed (RFC 3676 4.1, 4.4). */
export const PLAIN_MARK = '\t \t';

/** A message carries one mark per zone; more is a trick to make the search slow. */
const MAX_MARKS = 16;
const MAX_LINE = 2000;
/** A colon, an at sign, a character that is not ASCII; a rule of many dashes, words in a rule, a list's footer. */
const CANDIDATE =
  /[:@\u0080-\uffff]|(?:^|\n)[ \t]{0,8}(?:[-_]{20}|[-_=*#]{2,20}[ \t]*[^\s\-_=*#]|[-_]{2,60}\r?\n[^\r\n]{0,80}mailing)/g;
const QUOTED = /\n ?>/g;
/** How many lines' texts are kept: a header block is read again from each of its lines. */
const MAX_KEPT = 64;

export class PlainLines {
  readonly view: string;
  readonly count: number;
  /** Older texts of ours, whole lines, wherever they stand. */
  readonly marks: readonly Range[];
  readonly #starts: Uint32Array;
  readonly #texts = new Map<number, string>();
  readonly #read: (from: number, to: number) => string;

  constructor(view: string, read: (from: number, to: number) => string) {
    this.view = view;
    this.#read = read;
    this.#starts = lineStarts(view);
    this.count = this.#starts.length - 1;
    this.marks = this.#findMarks();
  }

  start(index: number): number {
    return this.#starts[index] ?? this.view.length;
  }

  /** Behind the line end. */
  end(index: number): number {
    return this.#starts[index + 1] ?? this.view.length;
  }

  /** Index of the line that holds the offset. */
  at(offset: number): number {
    let low = 0;
    let high = this.count;
    while (low < high) {
      const middle = (low + high + 1) >> 1;
      if ((this.#starts[middle] as number) <= offset) low = middle;
      else high = middle - 1;
    }
    return low;
  }

  /** The line as it stands in the view, without its line end. */
  source(index: number): string {
    return this.view.slice(this.start(index), this.end(index)).replace(/\r?\n$/, '');
  }

  /** Decoded, trimmed text; '' for a quoted line and for one of ours. */
  text(index: number): string {
    if (index >= this.count || this.isQuoted(index) || this.isMarked(index)) return '';
    const kept = this.#texts.get(index);
    if (kept !== undefined) return kept;
    const start = this.start(index);
    const end = this.end(index);
    const text = end - start > MAX_LINE ? '.' : readable(this.#read(start, end));
    if (this.#texts.size >= MAX_KEPT) this.#texts.clear();
    this.#texts.set(index, text);
    return text;
  }

  isQuoted(index: number): boolean {
    // Blanks may stand before the sign where a flowed line was stuffed (RFC 3676 4.4).
    const start = this.start(index);
    const at = this.view.charCodeAt(start) === 32 ? start + 1 : start;
    if (this.view.charCodeAt(at) !== 62 || at >= this.end(index)) return false;
    // `>:` is the end of an attribution that was wrapped behind an address, no quotation.
    return this.view.charCodeAt(at + 1) !== 58;
  }

  isBlank(index: number): boolean {
    for (let at = this.start(index), end = this.end(index); at < end; at++) {
      const char = this.view.charCodeAt(at);
      if (char !== 32 && (char < 9 || char > 13) && char !== 0xa0) return false;
    }
    return true;
  }

  isMarked(index: number): boolean {
    const start = this.start(index);
    return this.marks.some(mark => start >= mark.from && start < mark.to);
  }

  /** The next quoted line at or behind `index`; `count` when there is none. */
  nextQuoted(index: number): number {
    if (index >= this.count || this.isQuoted(index)) return Math.min(index, this.count);
    QUOTED.lastIndex = this.start(index);
    const match = QUOTED.exec(this.view);
    return match ? this.at(match.index + 1) : this.count;
  }

  /** The next line at or behind `index` that is not blank; `count` when there is none. */
  nextVisible(index: number): number {
    let next = index;
    while (next < this.count && this.isBlank(next)) next++;
    return next;
  }

  /** The last line at or before `index` that is not blank; -1 when there is none. */
  previousVisible(index: number): number {
    let previous = index;
    while (previous >= 0 && this.isBlank(previous)) previous--;
    return previous;
  }

  /** The lines as `quoted.ts` reads them. */
  asSource(): LineSource {
    return {
      count: this.count,
      nextCandidate: index => this.#nextCandidate(index),
      text: index => this.text(index),
      isBeforeQuote: index => {
        const next = this.nextVisible(index + 1);
        return next < this.count && this.isQuoted(next);
      },
    };
  }

  #nextCandidate(index: number): number {
    if (index >= this.count) return this.count;
    // From the line end before, so that a rule at the very start of the line is seen as one.
    CANDIDATE.lastIndex = Math.max(0, this.start(index) - 1);
    for (let match = CANDIDATE.exec(this.view); match; match = CANDIDATE.exec(this.view)) {
      const line = this.at(match[0].startsWith('\n') ? match.index + 1 : match.index);
      if (line >= index) return line;
    }
    return this.count;
  }

  /** From a mark line to the next line that ends in the mark. */
  #findMarks(): Range[] {
    const ranges: Range[] = [];
    let from: number | undefined;
    for (let at = this.view.indexOf(PLAIN_MARK); at >= 0 && ranges.length < MAX_MARKS; ) {
      const line = this.at(at);
      const words = this.source(line);
      if (words === PLAIN_MARK) from = this.start(line);
      else if (from !== undefined && words.endsWith(PLAIN_MARK)) {
        ranges.push({ from, to: this.end(line) });
        from = undefined;
      }
      at = this.view.indexOf(PLAIN_MARK, Math.max(this.end(line), at + 1));
    }
    return ranges;
  }
}

/** Starts of all lines, and the length of the view behind them. */
function lineStarts(view: string): Uint32Array {
  let starts = new Uint32Array(1024);
  let count = 1;
  for (let at = 0; at < view.length; at++) {
    if (view.charCodeAt(at) !== 10) continue;
    if (count + 1 >= starts.length) {
      const larger = new Uint32Array(starts.length * 2);
      larger.set(starts);
      starts = larger;
    }
    starts[count++] = at + 1;
  }
  // A last line without a line end is a line, nothing behind the last line end is none.
  if (view.length === 0 || starts[count - 1] !== view.length) starts[count++] = view.length;
  return starts.subarray(0, view.length === 0 ? 1 : count);
}
