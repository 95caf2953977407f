/**
 * Finds where quoted history begins in HTML and where it ends (outlook-html.md 2): markers of mail clients, and lines of
 * text. The earliest in document order counts.
 */
import type { ElementId, HtmlDocument } from './html.ts';
import { type Content, linesOfHtml, lineText, type VisualLine, visualLines } from './html-content.ts';
import { foreignFinder, isClientSignature, type Marker, markerFinder } from './html-marker.ts';
import { contentBefore, contentBehind, isEmptyBetween, type Page, type Position } from './html-page.ts';
import { nearest } from './html-search.ts';
import { attributionEndingAt, findQuoteStart, isMobileLine } from './quoted.ts';

/** Quoted history from `at` on; `end` is where it ends, or the end of the document when all behind it is quoted. */
export type HtmlQuote = Position & { readonly end: number; readonly isOpenEnded: boolean };

/** So many false starts, and no more, are looked into: no mail needs them, and each costs something. */
const MAX_TRIES = 200;

/** The quoted history of the part, if any. */
export function findHtmlQuote(page: Page): HtmlQuote | undefined {
  const { html } = page;
  const marker = markerFinder(html)(0);
  const lines = visualLines(
    html,
    Math.min(marker ? html.start(marker.element) : html.view.length, html.soundEnd),
  );
  const spoken = quoteFromText(page, lines);
  if (spoken || !marker) return spoken;
  const quote = quoteFromMarker(page, marker);
  return quote.isOpenEnded ? quote : withAttributionAbove(page, lines, quote);
}

/** Text of the writer's own behind the last top-level quote: a bottom-poster, or answers between the quotes. */
export function hasTextBelow(page: Page, quote: HtmlQuote): boolean {
  if (quote.isOpenEnded) return false;
  const { html } = page;
  const find = markerFinder(html);
  let end = quote.end;
  let tries = 0;
  for (let marker = find(end); marker; marker = find(end)) {
    if (marker.shape === 'open' || ++tries > MAX_TRIES) return false;
    end = Math.max(quoteFromMarker(page, marker).end, html.open(marker.element));
  }
  return hasOwnText(page, end);
}

/** A signature, a phone's line and a rule are not the writer's text, and behind a line of dashes none follows. */
function hasOwnText(page: Page, from: number): boolean {
  const { html, read } = page;
  const signatureAround = nearest(html, id => isClientSignature(html, id));
  let at = from;
  for (let tries = 0; tries < MAX_TRIES; tries++) {
    const content = contentBehind(page, at);
    if (!content) return false;
    const signature = signatureAround(content.element);
    const isSigned = signature !== undefined && html.start(signature) >= from;
    if (!isSigned && html.name(content.element) !== 'hr') {
      const text = lineText({ ...content, pieces: [content] }, read);
      if (/^(?:--|__|—$)/.test(text)) return false;
      if (!isMobileLine(text)) return true;
    }
    at = Math.max(content.at + 1, isSigned ? html.end(signature) : content.end);
  }
  return true;
}

function quoteFromMarker(page: Page, { element, shape }: Marker): HtmlQuote {
  const { html } = page;
  const position = { at: html.start(element), element: html.parent(element) };
  if (shape === 'open') return openEnded(page, position);
  if (shape === 'prefix') return upToQuotation(page, position, html.end(element));
  return { ...position, end: endOfContainer(html, element), isOpenEnded: false };
}

/** An attribution ends with the quotation behind it, or never. */
function upToQuotation(page: Page, position: Position, behind: number): HtmlQuote {
  const quotation = quotationBehind(page, behind);
  const end = quotation === undefined ? page.html.view.length : page.html.end(quotation);
  return { ...position, end, isOpenEnded: quotation === undefined };
}

/** Gmail lets one write inside its quote container, below the last quoted block; what stands there is the writer's. */
function endOfContainer(html: HtmlDocument, container: ElementId): number {
  const end = html.end(container);
  if (html.name(container) === 'blockquote') return end;
  let last: number | undefined;
  for (let id = container + 1; id < html.count && html.start(id) < end; id++) {
    if (html.name(id) === 'blockquote' && html.parent(id) === container) last = html.end(id);
  }
  return last ?? end;
}

/** A rule drawn directly above a header block belongs to the quotation. */
function openEnded(page: Page, position: Position): HtmlQuote {
  const { html } = page;
  const before = contentBefore(page, position.at);
  const isRule = before !== undefined && html.name(before.element) === 'hr';
  const start = isRule ? { at: before.at, element: html.parent(before.element) } : position;
  return { ...start, end: html.view.length, isOpenEnded: true };
}

/** The outermost blockquote that is the next thing to see behind `at`. */
function quotationBehind(page: Page, at: number): ElementId | undefined {
  const { html } = page;
  const next: Content | undefined = contentBehind(page, at);
  let found: ElementId | undefined;
  for (let id = next?.element ?? 0; id !== 0 && html.start(id) >= at; id = html.parent(id)) {
    if (html.name(id) === 'blockquote') found = id;
  }
  return found;
}

function quoteFromText(page: Page, lines: readonly VisualLine[]): HtmlQuote | undefined {
  const source = linesOfHtml(
    page.html,
    lines,
    page.read,
    line => quotationBehind(page, line.end) !== undefined,
  );
  const isForeign = foreignFinder(page.html);
  for (let from = 0, tries = 0; tries < MAX_TRIES; tries++) {
    const start = findQuoteStart(source, from);
    const first = start && lines[start.index];
    if (!first) return undefined;
    from = start.lastIndex + 1;
    if (isForeign(first.element)) continue;
    const position = { at: first.at, element: first.element };
    if (start.kind === 'header') return openEnded(page, position);
    return upToQuotation(page, position, lines[start.lastIndex]?.end ?? first.end);
  }
  return undefined;
}

/** An attribution line directly above a quotation belongs to it. */
function withAttributionAbove(page: Page, lines: readonly VisualLine[], quote: HtmlQuote): HtmlQuote {
  const last = lines.findLastIndex(line => line.pieces.length > 0);
  const source = linesOfHtml(page.html, lines, page.read, () => true);
  const attribution = last < 0 ? undefined : attributionEndingAt(source, last);
  const first = attribution && lines[attribution.index];
  if (!first || !isEmptyBetween(page, lines[last]?.end ?? 0, quote.at)) return quote;
  return { ...quote, at: first.at, element: first.element };
}
