/**
 * Decides where sections go in a plain text part (outlook-html.md 3, RFC 3676). Lines are read in the part's charset,
 * offsets are those of its view. An earlier text of ours is known by what nobody types: it begins behind a line of
 * TAB SPACE TAB and its last line ends in the same.
 */
import type { PlaceOptions, Places, Range } from './places.ts';
import { attributionEndingAt, findQuoteStart, isMobileLine, type LineSource } from './quoted.ts';

/** Shows as a blank line above our text and as nothing behind its last line; neither flows nor is stuffed (RFC 3676 4.1, 4.4). */
export const PLAIN_MARK = '\t \t';

/** Fewer quoted lines than this are the writer quoting a phrase. */
const MIN_QUOTED_LINES = 3;
/** A message carries one mark per zone; more is a trick to make the search slow. */
const MAX_MARKS = 16;

type Line = { readonly at: number; readonly end: number };
type Text = {
  readonly view: string;
  readonly lines: readonly Line[];
  readonly read: (from: number, to: number) => string;
  readonly marks: readonly Range[];
};
type Quote = { readonly at: number; readonly lastLine: number; readonly isOpenEnded: boolean };

/** Reads a plain part's view (CRLF line ends) and says where things go. */
export function placeInPlain(
  view: string,
  read: (from: number, to: number) => string,
  options: PlaceOptions,
): Places {
  const lines = linesOf(view);
  const text: Text = { view, lines, read, marks: marksOfOurs(view, lines) };
  const quote = findQuote(text);
  const isBelow = quote !== undefined && hasTextBelow(text, quote);
  const quoteEnd =
    quote === undefined || quote.isOpenEnded ? view.length : (lines[quote.lastLine] as Line).end;
  const isNew = (at: number): boolean => quote === undefined || at < quote.at || (isBelow && at >= quoteEnd);
  const end = view.length;
  const word = findWord(view, options.placeWord, isNew);
  const suppress = findWord(view, options.suppressWord, isNew);
  const natural = quote !== undefined && !isBelow ? underText(text, quote.at) : underText(text, end);
  const oldMark = text.marks.find(mark => mark.from > 0 && isNew(mark.from));
  return {
    top: 0,
    signature: word ? besideWord(text, word) : (oldMark?.from ?? natural),
    bottom: end,
    marks: text.marks.filter(mark => isNew(mark.from)),
    words: [word, suppress].flatMap(found => (found ? [found] : [])),
    clientSignatures: options.removeClientSignature ? clientSignature(text, quote?.at ?? end, isNew) : [],
    isSuppressed: suppress !== undefined,
    isMarkedBefore: quote !== undefined && view.indexOf(`> ${PLAIN_MARK}`, quote.at) >= 0,
    hasQuote: quote !== undefined,
    isBlank: view.trim() === '',
  };
}

function linesOf(view: string): Line[] {
  const lines: Line[] = [];
  for (let at = 0; at < view.length; ) {
    const lf = view.indexOf('\n', at);
    const end = lf < 0 ? view.length : lf + 1;
    lines.push({ at, end });
    at = end;
  }
  return lines;
}

/** Ranges from a mark line to the next line that ends in the mark, both whole. */
function marksOfOurs(view: string, lines: readonly Line[]): Range[] {
  if (!view.includes(PLAIN_MARK)) return [];
  const ranges: Range[] = [];
  let from: number | undefined;
  for (const line of lines) {
    const words = view.slice(line.at, line.end).replace(/\r?\n$/, '');
    if (words === PLAIN_MARK) from = line.at;
    else if (from !== undefined && words.endsWith(PLAIN_MARK)) {
      ranges.push({ from, to: line.end });
      from = undefined;
      if (ranges.length === MAX_MARKS) break;
    }
  }
  return ranges;
}

function isMarked(text: Text, line: Line): boolean {
  return text.marks.some(mark => line.at >= mark.from && line.at < mark.to);
}

function isQuoted(text: Text, line: Line): boolean {
  // Blanks may stand before the sign where a flowed line was stuffed (RFC 3676 4.4).
  const start = text.view.charCodeAt(line.at) === 32 ? line.at + 1 : line.at;
  return text.view.charCodeAt(start) === 62;
}

function isBlank(text: Text, line: Line): boolean {
  return (
    text.view.slice(line.at, Math.min(line.end, line.at + 200)).trim() === '' && line.end - line.at < 200
  );
}

function findQuote(text: Text): Quote | undefined {
  const block = firstQuotedBlock(text);
  const source = lineSource(text);
  const spoken = findQuoteStart(source, 0, block ? block.first : text.lines.length);
  if (spoken) {
    const at = (text.lines[spoken.index] as Line).at;
    const quoted = nextVisible(text, spoken.lastIndex + 1);
    const isClosed = quoted !== undefined && isQuoted(text, text.lines[quoted] as Line);
    return { at, lastLine: isClosed ? lastQuotedLine(text) : text.lines.length - 1, isOpenEnded: !isClosed };
  }
  if (!block) return undefined;
  const above = previousVisible(text, block.first - 1);
  const attribution = above === undefined ? undefined : attributionEndingAt(source, above);
  if (!attribution && block.count < MIN_QUOTED_LINES) return undefined;
  const first = attribution ? attribution.index : block.first;
  return { at: (text.lines[first] as Line).at, lastLine: lastQuotedLine(text), isOpenEnded: false };
}

/** The first run of quoted lines that is an answered message: three lines or more, or one with an attribution above. */
function firstQuotedBlock(text: Text): { first: number; count: number } | undefined {
  let small: { first: number; count: number } | undefined;
  for (let index = 0; index < text.lines.length; index++) {
    if (!isQuoted(text, text.lines[index] as Line)) continue;
    let count = 1;
    while (index + count < text.lines.length && isQuoted(text, text.lines[index + count] as Line)) count++;
    const block = { first: index, count };
    const above = previousVisible(text, index - 1);
    const isAttributed = above !== undefined && attributionEndingAt(lineSource(text), above) !== undefined;
    if (count >= MIN_QUOTED_LINES || isAttributed) return block;
    small ??= block;
    index += count;
  }
  return small;
}

function lastQuotedLine(text: Text): number {
  let index = text.lines.length - 1;
  while (index > 0 && !isQuoted(text, text.lines[index] as Line)) index--;
  return index;
}

function nextVisible(text: Text, from: number): number | undefined {
  for (let index = from; index < text.lines.length; index++)
    if (!isBlank(text, text.lines[index] as Line)) return index;
  return undefined;
}

function previousVisible(text: Text, from: number): number | undefined {
  for (let index = from; index >= 0; index--) if (!isBlank(text, text.lines[index] as Line)) return index;
  return undefined;
}

function lineSource(text: Text): LineSource {
  return {
    count: text.lines.length,
    text(index) {
      const line = text.lines[index];
      if (!line || isQuoted(text, line) || isMarked(text, line)) return '';
      if (line.end - line.at > 2000) return '.';
      return text
        .read(line.at, line.end)
        .replace(/[\s\u00a0]+/g, ' ')
        .trim();
    },
    isBeforeQuote(index) {
      const next = nextVisible(text, index + 1);
      return next !== undefined && isQuoted(text, text.lines[next] as Line);
    },
  };
}

/** Text of the writer's own behind the last quoted line; a signature or a list's footer is none. */
function hasTextBelow(text: Text, quote: Quote): boolean {
  if (quote.isOpenEnded) return false;
  for (let index = quote.lastLine + 1; index < text.lines.length; index++) {
    const line = text.lines[index] as Line;
    const words = text.view.slice(line.at, line.end).trim();
    if (words === '' || isMarked(text, line)) continue;
    if (/^(?:--|__|_{5,}|-{5,}|={5,}|\*{5,})/.test(words)) return false;
    if (!isMobileLine(text.read(line.at, line.end).trim())) return true;
  }
  return false;
}

/** Directly under the last line of text before `limit`; blank lines there stay below. */
function underText(text: Text, limit: number): number {
  let last = text.lines.length - 1;
  while (last >= 0 && (text.lines[last] as Line).at >= limit) last--;
  while (last >= 0 && (isBlank(text, text.lines[last] as Line) || isMarked(text, text.lines[last] as Line)))
    last--;
  return last < 0 ? 0 : (text.lines[last] as Line).end;
}

function findWord(view: string, word: string | undefined, isNew: (at: number) => boolean): Range | undefined {
  if (!word) return undefined;
  const pattern = new RegExp(word.replace(/[.*+?^${}()|[\]\\]/g, '\\$&'), 'gi');
  for (const match of view.matchAll(pattern)) {
    if (isNew(match.index)) return { from: match.index, to: match.index + match[0].length };
  }
  return undefined;
}

/** Alone on its line the word stands for the place; within a sentence the signature follows the line. */
function besideWord(text: Text, word: Range): number {
  const line = text.lines.find(candidate => candidate.at <= word.from && word.from < candidate.end);
  if (!line) return word.from;
  const isAlone = text.view.slice(line.at, line.end).trim().length === word.to - word.from;
  return isAlone ? line.at : line.end;
}

/** From a `-- ` line (RFC 3676 4.3) to the next blank line or the end of the new text. */
function clientSignature(text: Text, limit: number, isNew: (at: number) => boolean): Range[] {
  const index = text.lines.findIndex(
    line => isNew(line.at) && /^-- ?\r?\n?$/.test(text.view.slice(line.at, line.end)),
  );
  const start = text.lines[index];
  if (!start || isMarked(text, start)) return [];
  let last = index;
  while (
    text.lines[last + 1] &&
    (text.lines[last + 1] as Line).at < limit &&
    !isBlank(text, text.lines[last + 1] as Line)
  )
    last++;
  return [{ from: start.at, to: (text.lines[last] as Line).end }];
}
