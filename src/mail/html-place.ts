/**
 * Decides where sections go in an HTML part: zones top, signature and bottom as offsets, and what is taken out (code
 * words, an older mark, the client's own signature). The new text ends where the quoted history begins; a bottom-poster's
 * ends at the end (outlook-html.md 2.2 to 2.5).
 */
import type { ElementId } from './html.ts';
import { airAround } from './html-air.ts';
import { contentIndex, lineText, type TextReader } from './html-content.ts';
import { afterFirstEmpty, endOfPage, outermostAbove, startOfPage } from './html-ends.ts';
import { isClientSignature } from './html-marker.ts';
import { classesOf, isEmptyBetween, isFrame, type Page, readPage } from './html-page.ts';
import { findHtmlQuote, hasTextBelow } from './html-quote.ts';
import { nearest } from './html-search.ts';
import { besideWord, findCodeWords } from './html-word.ts';
import type { Air, PlaceOptions, Places, Range } from './places.ts';
import { isMobileLine } from './quoted.ts';
import type { Zone } from './report.ts';

const MARK_BELOW = /signet-(?:top|signature|bottom)\b|cid:signet-/i;

/** Reads an HTML part's view and says where things go. Linear in the length of the view. */
export function placeInHtml(view: string, read: TextReader, options: PlaceOptions): Places {
  const page = readPage(view, read, options.token);
  const { contents } = page;
  const quote = findHtmlQuote(page);
  const isBelow = quote !== undefined && hasTextBelow(page, quote);
  const isNew = (at: number): boolean => quote === undefined || at < quote.at || (isBelow && at >= quote.end);
  const marks = ownMarks(page, isNew, quote?.end ?? view.length);
  const end = endOfPage(page);
  const words = findCodeWords(page, options.placeWord, isNew);
  const suppressing = findCodeWords(page, options.suppressWord, isNew);
  const [word] = words;
  const under = quote !== undefined && !isBelow ? outermostAbove(page, quote) : end;
  const top = marks.startOf('top') ?? startOfPage(page, end);
  const natural = (): number => marks.startOf('signature') ?? afterFirstEmpty(page, under).at;
  const signature = word ? besideWord(page, word).at : natural();
  const bottom = marks.startOf('bottom') ?? end.at;
  return {
    top,
    signature,
    bottom,
    air: {
      top: marks.air('top', top),
      signature: marks.air('signature', signature),
      bottom: marks.air('bottom', bottom),
    },
    isBottomUnderSignature: contentIndex(contents, signature) === contentIndex(contents, bottom),
    marks: marks.replaced.map(mark => lineRange(page, mark)),
    endMark: marks.last === undefined ? undefined : lineRange(page, marks.last),
    words: [...words, ...suppressing].map(found => found.range),
    clientSignatures: options.removeClientSignature ? clientSignatures(page, isNew) : [],
    isSuppressed: suppressing.length > 0,
    isMarkedBefore: quote !== undefined && MARK_BELOW.test(view.slice(quote.at, quote.end)),
    hasQuote: quote !== undefined,
    newest: [
      { from: 0, to: quote?.at ?? view.length },
      ...(isBelow ? [{ from: quote.end, to: view.length }] : []),
    ],
    isQuotedToTheEnd: quote?.isOpenEnded === true,
    isBlank: contents.length === 0,
  };
}

type OwnMarks = {
  /** Replaced whenever something is inserted. */
  readonly replaced: readonly ElementId[];
  /** A bottom text at the very end of quoted history: a thread needs it once. */
  readonly last: ElementId | undefined;
  readonly startOf: (zone: Zone) => number | undefined;
  /** Air for an insertion at `at`, which may be in the place of the zone's mark. */
  readonly air: (zone: Zone, at: number) => Air;
};

/** This message's own marks: in the new text, or behind a quotation that ends; those inside it are history. */
function ownMarks(page: Page, isNew: (at: number) => boolean, quoteEnd: number): OwnMarks {
  const { html, marks } = page;
  const replaced = marks.filter(mark => isNew(html.start(mark)) || html.start(mark) >= quoteEnd);
  const final = marks.at(-1);
  const last =
    final !== undefined && !replaced.includes(final) && isBottomAtEnd(page, final) ? final : undefined;
  const markOf = (zone: Zone): ElementId | undefined =>
    zone === 'bottom' && last !== undefined ? last : replaced.find(mark => isOfZone(page, mark, zone));
  return {
    replaced,
    last,
    startOf: zone => {
      const mark = markOf(zone);
      return mark && html.start(mark);
    },
    air: (zone, at) => {
      const mark = markOf(zone);
      return airAround(page, at, mark !== undefined && html.start(mark) === at ? html.end(mark) : at);
    },
  };
}

function isOfZone({ html }: Page, mark: ElementId, zone: Zone): boolean {
  return classesOf(html, mark).includes(`signet-${zone}`);
}

function isBottomAtEnd(page: Page, mark: ElementId): boolean {
  const { html } = page;
  const isQuoted = nearest(html, id => html.name(id) === 'blockquote')(mark) !== undefined;
  return (
    !isQuoted && isOfZone(page, mark, 'bottom') && isEmptyBetween(page, html.end(mark), html.view.length)
  );
}

function clientSignatures(page: Page, isNew: (at: number) => boolean): Range[] {
  const { html } = page;
  const ranges: Range[] = [];
  let until = 0;
  for (let id = 1; id < html.count; id++) {
    const range = { from: html.start(id), to: html.end(id) };
    if (range.from < until || !isNew(range.from) || !isClientSignature(html, id)) continue;
    until = range.to;
    if (until > range.from) ranges.push(range);
  }
  const phone = phoneLine(page, isNew);
  return phone && !ranges.some(({ from, to }) => from <= phone.from && phone.to <= to)
    ? [...ranges, phone]
    : ranges;
}

/** "Get Outlook for iOS", whose id not every version writes: the last block of the new text, if it says just that. */
function phoneLine(page: Page, isNew: (at: number) => boolean): Range | undefined {
  const { html, contents, read } = page;
  const last = contents.findLast(content => isNew(content.at));
  let block = last?.element ?? 0;
  while (block !== 0 && html.name(block) !== 'div' && html.name(block) !== 'p') block = html.parent(block);
  if (!last || block === 0 || isFrame(page, block)) return undefined;
  const range = { from: html.start(block), to: html.end(block) };
  const pieces = contents.slice(contentIndex(contents, range.from), contentIndex(contents, range.to));
  return isMobileLine(lineText({ ...last, pieces }, read)) ? range : undefined;
}

/** A removed mark takes its line end along when it stood on lines of its own, as Signet writes it. */
function lineRange({ html }: Page, mark: ElementId): Range {
  const [from, to] = [html.start(mark), html.end(mark)];
  const isOnOwnLine = from === 0 || html.view[from - 1] === '\n';
  return { from, to: isOnOwnLine && html.view.startsWith('\r\n', to) ? to + 2 : to };
}
