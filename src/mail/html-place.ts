/**
 * Decides where sections go in an HTML part: zones top, signature and bottom as offsets, and what is taken out (code
 * words, an older mark, the client's own signature). The new text ends where the quoted history begins; a bottom-poster's
 * ends at the end (outlook-html.md 2.2 to 2.5).
 */
import { attributesOf, type ElementId, type HtmlDocument, type HtmlEvent, parseHtml } from './html.ts';
import { airAround } from './html-air.ts';
import {
  type Content,
  contentIndex,
  contentOf,
  hasContent,
  lineText,
  showsEmptyLine,
  type TextReader,
} from './html-content.ts';
import { classTokens, findHtmlQuote, type HtmlQuote, hasTextBelow, isClientSignature } from './html-quote.ts';
import { firstElementFrom, nearest } from './html-search.ts';
import {
  type Air,
  codeWordPattern,
  MAX_WORDS,
  type PlaceOptions,
  type Places,
  type Range,
} from './places.ts';
import { isMobileLine } from './quoted.ts';
import type { Zone } from './report.ts';

/** Elements in which a block may not stand directly. */
const narrow = new Set([
  'table',
  'tbody',
  'thead',
  'tfoot',
  'tr',
  'ul',
  'ol',
  'dl',
  'colgroup',
  'select',
  'menu',
]);
/** A message carries one mark per zone; more is a trick to make the search slow. */
const MAX_MARKS = 16;
const MARK = /^signet-(?:top|signature|bottom)$/;
const MARK_BELOW = /signet-(?:top|signature|bottom)\b|cid:signet-/i;

/** Reads an HTML part's view and says where things go. Linear in the length of the view. */
export function placeInHtml(view: string, read: TextReader, options: PlaceOptions): Places {
  const html = parseHtml(view);
  const marks = marksOfOurs(html, options.token);
  const contents = contentOf(html, marks);
  const quote = findHtmlQuote(html, contents, read);
  const isBelow = quote !== undefined && hasTextBelow(html, contents, quote, read);
  const isNew = (at: number): boolean => quote === undefined || at < quote.at || (isBelow && at >= quote.end);
  const bottom = endOfBody(html, contents);
  const natural = quote !== undefined && !isBelow ? abovePosition(html, contents, quote) : bottom;
  const words = findCodeWords(html, options.placeWord, isNew);
  const suppressing = findCodeWords(html, options.suppressWord, isNew);
  // Behind a quotation that ends, a mark of ours is this message's own bottom text.
  const ownMarks = marks.filter(
    mark =>
      isNew(html.starts[mark] as number) ||
      (quote !== undefined && (html.starts[mark] as number) >= quote.end),
  );
  const oldMark = (zone: Zone): ElementId | undefined =>
    ownMarks.find(mark => classTokens(attributesOf(html, mark)).includes(`signet-${zone}`));
  const at = (zone: Zone, otherwise: number): number => html.starts[oldMark(zone) ?? -1] ?? otherwise;
  const air = (zone: Zone, from: number): Air => {
    const mark = zone === 'bottom' ? (endMark ?? oldMark(zone)) : oldMark(zone);
    const to = mark !== undefined && html.starts[mark] === from ? (html.ends[mark] as number) : from;
    return airAround({ html, contents, marks, from, to });
  };
  const last = marks.at(-1);
  const isAtEnd = last !== undefined && !ownMarks.includes(last) && isBottomMarkAtEnd(html, contents, last);
  const endMark = isAtEnd ? last : undefined;
  const [word] = words;
  const top = at('top', startOfBody(html, contents, bottom));
  const signature = word
    ? besideWord(html, contents, word).at
    : at('signature', afterFirstEmpty(html, contents, natural).at);
  const end = endMark === undefined ? at('bottom', bottom.at) : (html.starts[endMark] as number);
  return {
    top,
    signature,
    bottom: end,
    air: { top: air('top', top), signature: air('signature', signature), bottom: air('bottom', end) },
    isBottomUnderSignature: contentIndex(contents, signature) === contentIndex(contents, end),
    endMark: endMark === undefined ? undefined : lineRange(view, html, endMark),
    marks: ownMarks.map(mark => lineRange(view, html, mark)),
    words: [...words, ...suppressing].map(found => found.range),
    clientSignatures: options.removeClientSignature ? clientSignatures(html, contents, read, isNew) : [],
    isSuppressed: suppressing.length > 0,
    isMarkedBefore: quote !== undefined && MARK_BELOW.test(view.slice(quote.at, quote.end)),
    hasQuote: quote !== undefined,
    isQuotedToTheEnd: quote?.isOpenEnded === true,
    isBlank: contents.length === 0,
  };
}

/** Quoted history may end in our bottom text of an earlier message; a thread needs it once. */
function isBottomMarkAtEnd(html: HtmlDocument, contents: readonly Content[], mark: ElementId): boolean {
  return (
    classTokens(attributesOf(html, mark)).includes('signet-bottom') &&
    !hasContent(contents, html.ends[mark] as number, html.view.length) &&
    nearest(html, id => html.names[id] === 'blockquote')(mark) === undefined
  );
}

type Position = { readonly at: number; readonly element: ElementId };

/** Wrappers of ours that carry this tenant's token, or none because a client dropped the attribute. */
function marksOfOurs(html: HtmlDocument, token: string): ElementId[] {
  if (!/signet-/i.test(html.view)) return [];
  const marks: ElementId[] = [];
  for (let id = 1; id < html.names.length; id++) {
    if (html.names[id] !== 'div') continue;
    const attributes = attributesOf(html, id);
    if (!classTokens(attributes).some(name => MARK.test(name))) continue;
    const carried = attributes.get('data-signet');
    const isNested = marks.some(mark => (html.starts[id] as number) < (html.ends[mark] as number));
    if ((carried === undefined || carried === token) && !isNested) marks.push(id);
    if (marks.length === MAX_MARKS) break;
  }
  return marks;
}

/** Directly above the quotation, in the outermost element in which nothing stands before it. */
function abovePosition(html: HtmlDocument, contents: readonly Content[], quote: HtmlQuote): Position {
  let { at, element } = quote;
  let best: Position | undefined = narrow.has(html.names[element] as string) ? undefined : { at, element };
  while (
    element !== 0 &&
    !isRoot(html, element) &&
    !hasContent(contents, html.opens[element] as number, at)
  ) {
    at = html.starts[element] as number;
    element = html.parents[element] as ElementId;
    if (!narrow.has(html.names[element] as string)) best = { at, element };
  }
  return best ?? { at: quote.at, element: quote.element };
}

/** The page's own frame: body, html, and the section in which Word keeps all text. */
function isRoot(html: HtmlDocument, element: ElementId): boolean {
  const name = html.names[element] as string;
  return name === 'body' || name === 'html' || isWordSection(html, element);
}

function isWordSection(html: HtmlDocument, element: ElementId): boolean {
  const start = html.starts[element] as number;
  const tag = html.view.slice(start, Math.min(html.opens[element] as number, start + 512));
  if (!/^<div\s[\s\S]*wordsection/i.test(tag)) return false;
  return classTokens(attributesOf(html, element)).some(token => /^wordsection\d*$/.test(token));
}

/**
 * Of several empty paragraphs under the new text one stays above the signature, the rest goes below, so that a
 * thread does not grow with every reply.
 */
function afterFirstEmpty(html: HtmlDocument, contents: readonly Content[], position: Position): Position {
  const { at, element } = position;
  const before = contents[contentIndex(contents, at) - 1];
  const opening = element === 0 ? 0 : (html.opens[element] as number);
  let from = opening;
  let isInline = false;
  if (before && before.end > opening) {
    const block = childHolding(html, before.element, element);
    isInline =
      block === undefined ||
      !['div', 'p', 'table', 'ul', 'ol', 'blockquote', 'section', 'center', 'pre'].includes(
        html.names[block] as string,
      );
    from = Math.max(before.end, block === undefined ? 0 : (html.ends[block] as number));
  }
  const empties: number[] = [];
  for (
    let id = firstElementFrom(html, from);
    id < html.names.length && (html.starts[id] as number) < at;
    id++
  ) {
    if (html.parents[id] !== element || (html.ends[id] as number) > at) continue;
    if (['p', 'div', 'br', 'center'].includes(html.names[id] as string) && showsEmptyLine(html, id))
      empties.push(html.ends[id] as number);
  }
  // The first <br> behind bare text ends its line; it is no empty line yet.
  if (isInline && empties.length > 0) empties.shift();
  const first = empties[0];
  return empties.length >= 2 && first !== undefined ? { at: first, element } : position;
}

/** The child of `ancestor` that holds `element`; undefined when the element is the ancestor itself. */
function childHolding(html: HtmlDocument, element: ElementId, ancestor: ElementId): ElementId | undefined {
  let child: ElementId | undefined;
  for (let id = element; id !== ancestor && id !== 0; id = html.parents[id] as ElementId) child = id;
  return child;
}

/** Behind everything, but inside `body` and inside Word's last section when that holds the last content. */
function endOfBody(html: HtmlDocument, contents: readonly Content[]): Position {
  const body = html.names.indexOf('body');
  const page = body > 0 ? body : html.names.indexOf('html');
  const end: Position =
    page > 0
      ? { at: Math.min(html.closes[page] as number, html.soundEnd), element: page }
      : { at: html.soundEnd, element: 0 };
  const last = contents.at(-1);
  for (let id = last?.element ?? 0; id !== 0; id = html.parents[id] as ElementId) {
    const close = Math.min(html.closes[id] as number, end.at);
    if (isWordSection(html, id) && !hasContent(contents, close, end.at)) return { at: close, element: id };
  }
  return last === undefined ? insideOnlySection(html, end) : end;
}

/** An empty page of Word's still wants its text inside the section. */
function insideOnlySection(html: HtmlDocument, end: Position): Position {
  for (let id = html.names.length - 1; id > 0; id--) {
    if (isWordSection(html, id)) return { at: Math.min(html.closes[id] as number, end.at), element: id };
  }
  return end;
}

function startOfBody(html: HtmlDocument, contents: readonly Content[], end: Position): number {
  const first = contents[0];
  const body = html.names.indexOf('body');
  let at = body > 0 ? (html.opens[body] as number) : undefined;
  for (let id = first?.element ?? 0; id !== 0; id = html.parents[id] as ElementId) {
    if (isWordSection(html, id) && !hasContent(contents, at ?? 0, html.opens[id] as number))
      return html.opens[id] as number;
  }
  if (at === undefined && first) {
    const quote: HtmlQuote = { at: first.at, element: first.element, end: first.end, isOpenEnded: false };
    const start =
      html.names[first.element] && html.starts[first.element] === first.at
        ? { ...quote, element: html.parents[first.element] as ElementId }
        : quote;
    at = abovePosition(html, contents, start).at;
  }
  return Math.min(at ?? end.at, end.at);
}

type CodeWord = { readonly range: Range; readonly element: ElementId };

/** Occurrences in runs of new text. */
function findCodeWords(
  html: HtmlDocument,
  word: string | undefined,
  isNew: (at: number) => boolean,
): CodeWord[] {
  if (!word) return [];
  const found: CodeWord[] = [];
  let event = 0;
  for (const match of html.view.matchAll(codeWordPattern(word))) {
    while (event < html.events.length && endOf(html.events[event] as HtmlEvent) <= match.index) event++;
    const run = html.events[event];
    const end = match.index + match[0].length;
    if (
      run?.kind === 'text' &&
      run.at <= match.index &&
      end <= run.end &&
      isNew(match.index) &&
      found.length < MAX_WORDS
    ) {
      found.push({ range: { from: match.index, to: end }, element: run.element });
    }
  }
  return found;
}

function endOf(event: HtmlEvent): number {
  return event.kind === 'text' ? event.end : event.at;
}

/** Alone in its paragraph the word stands for the paragraph's place; within a sentence the signature follows the paragraph. */
function besideWord(html: HtmlDocument, contents: readonly Content[], word: CodeWord): Position {
  let block = word.element;
  while (block !== 0 && !['p', 'div', 'td', 'li', 'body', 'html'].includes(html.names[block] as string))
    block = html.parents[block] as ElementId;
  const isFrame =
    block === 0 || isRoot(html, block) || narrow.has(html.names[html.parents[block] as ElementId] as string);
  if (isFrame) return { at: word.range.from, element: word.element };
  const isAlone =
    !hasContent(contents, html.opens[block] as number, word.range.from) &&
    !hasContent(contents, word.range.to, html.closes[block] as number);
  const textAfter = contents[contentIndex(contents, word.range.from + 1) - 1];
  const fillsRun =
    !textAfter ||
    html.view.slice(textAfter.at, textAfter.end).trim().length === word.range.to - word.range.from;
  if (isAlone && fillsRun)
    return { at: html.starts[block] as number, element: html.parents[block] as ElementId };
  if (html.names[block] === 'p')
    return { at: html.ends[block] as number, element: html.parents[block] as ElementId };
  return { at: word.range.from, element: word.element };
}

function clientSignatures(
  html: HtmlDocument,
  contents: readonly Content[],
  read: TextReader,
  isNew: (at: number) => boolean,
): Range[] {
  const ranges: Range[] = [];
  let until = 0;
  for (let id = 1; id < html.names.length; id++) {
    const from = html.starts[id] as number;
    if (from < until || !isNew(from) || !isClientSignature(html, id)) continue;
    until = html.ends[id] as number;
    if (until > from) ranges.push({ from, to: until });
  }
  const phone = phoneLine(html, contents, read, isNew);
  return phone && !ranges.some(({ from, to }) => from <= phone.from && phone.to <= to)
    ? [...ranges, phone]
    : ranges;
}

/** "Get Outlook for iOS", whose id not every version writes: the last block of the new text, if it says just that. */
function phoneLine(
  html: HtmlDocument,
  contents: readonly Content[],
  read: TextReader,
  isNew: (at: number) => boolean,
): Range | undefined {
  const last = contents.findLast(content => isNew(content.at));
  let block = last?.element ?? 0;
  while (block !== 0 && !['div', 'p'].includes(html.names[block] as string))
    block = html.parents[block] as ElementId;
  if (!last || block === 0 || isRoot(html, block)) return undefined;
  const [from, to] = [html.starts[block] as number, html.ends[block] as number];
  const pieces = contents.slice(contentIndex(contents, from), contentIndex(contents, to));
  return isMobileLine(lineText(html, { ...last, pieces }, read)) ? { from, to } : undefined;
}

/** A removed mark takes its line end along when it stood on lines of its own, as Signet writes it. */
function lineRange(view: string, html: HtmlDocument, mark: ElementId): Range {
  const [from, to] = [html.starts[mark] as number, html.ends[mark] as number];
  const isOnOwnLine = from === 0 || view[from - 1] === '\n';
  return { from, to: isOnOwnLine && view.startsWith('\r\n', to) ? to + 2 : to };
}
