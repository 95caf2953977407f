/**
 * Decides where sections go in a plain text part (outlook-html.md 3, RFC 3676). Lines are read in the part's charset,
 * offsets are those of its view. An earlier text of ours is known by what nobody types: it begins behind a line of
 * TAB SPACE TAB and its last line ends in the same.
 */
import { codeWordPattern, MAX_WORDS, type PlaceOptions, type Places, type Range } from './places.ts';
import { PLAIN_MARK, PlainLines } from './plain-lines.ts';
import { attributionEndingAt, findQuoteStart, isMobileLine } from './quoted.ts';

/** Fewer quoted lines than this are the writer quoting a phrase. */
const MIN_QUOTED_LINES = 3;

const noAir: Places['air'] = {
  top: { above: false, below: false },
  signature: { above: false, below: false },
  bottom: { above: false, below: false },
};

/** Quoted history from `at` on. `lastLine` is the last quoted one; open-ended, all behind `at` is quoted. */
type Quote = { readonly at: number; readonly lastLine: number; readonly isOpenEnded: boolean };

/** Reads a plain part's view (CRLF line ends) and says where things go. Linear in the length of the view. */
export function placeInPlain(
  view: string,
  read: (from: number, to: number) => string,
  options: PlaceOptions,
): Places {
  const lines = new PlainLines(view, read);
  const quote = findQuote(lines);
  const isBelow = quote !== undefined && hasTextBelow(lines, quote);
  const quoteEnd = quote === undefined || quote.isOpenEnded ? view.length : lines.end(quote.lastLine);
  const isNew = (at: number): boolean => quote === undefined || at < quote.at || (isBelow && at >= quoteEnd);
  const words = findWords(view, options.placeWord, isNew);
  const suppressing = findWords(view, options.suppressWord, isNew);
  const [word] = words;
  // Behind a quotation that ends, a mark of ours is this message's own bottom text.
  const ownMarks = lines.marks.filter(mark => isNew(mark.from) || mark.from >= quoteEnd);
  const last = lines.marks.at(-1);
  const isAtEnd = last !== undefined && !ownMarks.includes(last) && view.slice(last.to).trim() === '';
  const endMark = isAtEnd ? last : undefined;
  const oldMark = ownMarks.find(mark => mark.from > 0 && isNew(mark.from));
  const limit = quote !== undefined && !isBelow ? quote.at : view.length;
  return {
    top: 0,
    signature: word ? besideWord(lines, word) : (oldMark?.from ?? underText(lines, limit)),
    bottom: endMark?.from ?? view.length,
    endMark,
    air: noAir,
    isBottomUnderSignature: false,
    marks: ownMarks,
    words: [...words, ...suppressing],
    clientSignatures: options.removeClientSignature ? clientSignature(lines, limit, isNew) : [],
    isSuppressed: suppressing.length > 0,
    isMarkedBefore: quote !== undefined && view.slice(quote.at, quoteEnd).includes(PLAIN_MARK),
    hasQuote: quote !== undefined,
    // Answers may stand between the quoted lines; who reads them leaves those out.
    newest: [{ from: 0, to: quote === undefined || isBelow ? view.length : quote.at }],
    isQuotedToTheEnd: quote?.isOpenEnded === true,
    isBlank: lines.nextVisible(0) === lines.count,
  };
}

function findQuote(lines: PlainLines): Quote | undefined {
  const block = firstQuotedBlock(lines);
  const spoken = findQuoteStart(lines.asSource(), 0, block ? block.first : lines.count);
  if (spoken) {
    const next = lines.nextVisible(spoken.lastIndex + 1);
    const isClosed = next < lines.count && lines.isQuoted(next);
    return { at: lines.start(spoken.index), lastLine: lastQuotedLine(lines), isOpenEnded: !isClosed };
  }
  if (!block) return undefined;
  const attribution = attributionAbove(lines, block.first);
  if (!attribution && block.count < MIN_QUOTED_LINES) return undefined;
  const at = lines.start(attribution ? attribution.index : block.first);
  return { at, lastLine: lastQuotedLine(lines), isOpenEnded: false };
}

/** The first run of quoted lines that is an answered message: three lines or more, or one with an attribution above. */
function firstQuotedBlock(lines: PlainLines): { first: number; count: number } | undefined {
  for (let index = lines.nextQuoted(0); index < lines.count; index = lines.nextQuoted(index + 1)) {
    let count = 1;
    while (index + count < lines.count && lines.isQuoted(index + count)) count++;
    if (count >= MIN_QUOTED_LINES || attributionAbove(lines, index)) return { first: index, count };
    index += count;
  }
  return undefined;
}

function attributionAbove(lines: PlainLines, index: number) {
  const above = lines.previousVisible(index - 1);
  return above < 0 ? undefined : attributionEndingAt(lines.asSource(), above);
}

function lastQuotedLine(lines: PlainLines): number {
  let index = lines.count - 1;
  while (index > 0 && !lines.isQuoted(index)) index--;
  return index;
}

/** Text of the writer's own behind the last quoted line; a signature or a list's footer is none. */
function hasTextBelow(lines: PlainLines, quote: Quote): boolean {
  if (quote.isOpenEnded) return false;
  for (
    let index = lines.nextVisible(quote.lastLine + 1);
    index < lines.count;
    index = lines.nextVisible(index + 1)
  ) {
    if (lines.isMarked(index)) continue;
    const text = lines.text(index);
    if (/^(?:--|__|={5,}|\*{5,})/.test(text)) return false;
    if (!isMobileLine(text)) return true;
  }
  return false;
}

/** Directly under the last line of text before `limit`; blank lines there stay below. */
function underText(lines: PlainLines, limit: number): number {
  let last = limit >= lines.view.length ? lines.count - 1 : lines.at(limit) - 1;
  while (last >= 0 && (lines.isBlank(last) || lines.isMarked(last))) last--;
  return last < 0 ? 0 : lines.end(last);
}

function findWords(view: string, word: string | undefined, isNew: (at: number) => boolean): Range[] {
  if (!word) return [];
  const found: Range[] = [];
  const pattern = codeWordPattern(word);
  for (let match = pattern.exec(view); match && found.length < MAX_WORDS; match = pattern.exec(view)) {
    const { index } = match;
    if (isNew(index)) found.push({ from: index, to: index + match[0].length });
  }
  return found;
}

/** Alone on its line the word stands for the place; within a sentence the signature follows the line. */
function besideWord(lines: PlainLines, word: Range): number {
  const index = lines.at(word.from);
  const isAlone = lines.source(index).trim().length === word.to - word.from;
  return isAlone ? lines.start(index) : lines.end(index);
}

/** From a `-- ` line (RFC 3676 4.3) to the next blank line or the end of the new text. */
function clientSignature(lines: PlainLines, limit: number, isNew: (at: number) => boolean): Range[] {
  for (const match of lines.view.matchAll(/(?:^|\n)-- ?(?=\r?\n)/g)) {
    const first = lines.at(match.index + match[0].length - 1);
    const from = lines.start(first);
    if (!isNew(from) || lines.isMarked(first)) continue;
    let last = first;
    while (last + 1 < lines.count && lines.start(last + 1) < limit && !lines.isBlank(last + 1)) last++;
    return [{ from, to: lines.end(last) }];
  }
  return phoneLine(lines, limit, isNew);
}

/** The last line of the new text, if a phone put it there. */
function phoneLine(lines: PlainLines, limit: number, isNew: (at: number) => boolean): Range[] {
  const last = lines.previousVisible(limit >= lines.view.length ? lines.count - 1 : lines.at(limit) - 1);
  const isPhones = last >= 0 && isNew(lines.start(last)) && isMobileLine(lines.text(last));
  return isPhones ? [{ from: lines.start(last), to: lines.end(last) }] : [];
}
