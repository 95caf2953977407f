/**
 * Finds where quoted history begins in HTML and where it ends (outlook-html.md 1 and 2). First the markers that mail
 * clients leave, matched on parsed attributes; then lines of text. The earliest in document order counts. Markers
 * inside blockquotes, comments and re-prefixed (`x_`) content are somebody's pasted text, not a boundary.
 */
import { attributesOf, type ElementId, type HtmlDocument } from './html.ts';
import {
  type Content,
  contentIndex,
  hasContent,
  linesOfHtml,
  lineText,
  type TextReader,
  type VisualLine,
  visualLines,
} from './html-content.ts';
import { firstElementFrom, nearest } from './html-search.ts';
import { attributionEndingAt, findQuoteStart, isMobileLine } from './quoted.ts';

/** Quoted history from `at` on; `end` is where it ends, or the end of the document when all behind it is quoted. */
export type HtmlQuote = {
  readonly at: number;
  readonly element: ElementId;
  readonly end: number;
  readonly isOpenEnded: boolean;
};

type Marker = { readonly element: ElementId; readonly shape: 'open' | 'container' | 'prefix' };

const openIds = new Set([
  'appendonsend',
  'divrplyfwdmsg',
  'olk_src_body_section',
  'mail-editor-reference-message-container',
]);
const openClasses = new Set([
  'outlookmessageheader',
  'yahoo-quoted-begin',
  'ms-outlook-mobile-reference-message',
]);
const containerClasses = new Set([
  'protonmail_quote',
  'zmail_extra',
  'moz-forward-container',
  'gmail_quote',
  'gmail_extra_quote',
]);
const prefixClasses = new Set(['moz-cite-prefix', 'gmail_attr', 'gmail_quote_attribution']);
/** Each try may climb as deep as the markup is nested; no mail needs many. */
const MAX_TRIES = 200;
const HINT = /append|rply|olk_|mail-|cite|quote|border|moz-|gmail|zmail|outlook|attr/i;
const carriers = new Set(['div', 'span', 'p', 'blockquote', 'table', 'section', 'hr', 'a']);

/** The quoted history of the part, if any. `contents` leaves out marks of ours. */
export function findHtmlQuote(
  html: HtmlDocument,
  contents: readonly Content[],
  read: TextReader,
): HtmlQuote | undefined {
  const marker = firstMarker(html, 1, isInBlockquote(html));
  const limit = marker ? (html.starts[marker.element] as number) : html.view.length;
  const lines = visualLines(html, limit);
  const spoken = quoteFromText(html, contents, lines, read);
  if (spoken) return spoken;
  if (!marker) return undefined;
  const quote = quoteFromMarker(html, contents, marker);
  return quote.isOpenEnded ? quote : withAttributionAbove(html, contents, lines, read, quote);
}

/** Text of the writer's own behind the last top-level quote: a bottom-poster, or answers between the quotes. */
export function hasTextBelow(
  html: HtmlDocument,
  contents: readonly Content[],
  quote: HtmlQuote,
  read: TextReader,
): boolean {
  if (quote.isOpenEnded) return false;
  const nested = isInBlockquote(html);
  let end = quote.end;
  let count = 0;
  for (let marker = markerFrom(html, end, nested); marker; marker = markerFrom(html, end, nested)) {
    if (marker.shape === 'open' || ++count > MAX_TRIES) return false;
    end = Math.max(quoteFromMarker(html, contents, marker).end, html.opens[marker.element] as number);
  }
  return hasOwnText(html, contents, end, read);
}

/** Elements by which a client frames the writer's own signature. */
export function isClientSignature(html: HtmlDocument, element: ElementId): boolean {
  const start = html.starts[element] as number;
  if (
    !/signature|autosig/i.test(html.view.slice(start, Math.min(html.opens[element] as number, start + 1024)))
  )
    return false;
  const attributes = attributesOf(html, element);
  const id = (attributes.get('id') ?? '').toLowerCase();
  if (
    /^(?:signature|ms-outlook-mobile-signature|linebreakatbeginningofsignature|apple-mail-signature)$/.test(
      id,
    )
  )
    return true;
  if (attributes.get('name')?.toLowerCase() === '_mailautosig') return true;
  return classTokens(attributes).some(token =>
    /^(?:moz-signature|gmail_signature|gmail_signature_prefix|protonmail_signature_block|zmail_signature)$/.test(
      token,
    ),
  );
}

/** Lower-case class tokens. */
export function classTokens(attributes: ReadonlyMap<string, string>): string[] {
  return (attributes.get('class') ?? '').toLowerCase().split(/\s+/).filter(Boolean);
}

function hasOwnText(
  html: HtmlDocument,
  contents: readonly Content[],
  from: number,
  read: TextReader,
): boolean {
  const signatureAround = nearest(html, id => isClientSignature(html, id));
  let signatureEnd = 0;
  const last = contentIndex(contents, from) + MAX_TRIES;
  for (let index = contentIndex(contents, from); index < contents.length; index++) {
    const content = contents[index] as Content;
    if (index > last) return true;
    if (content.at < signatureEnd) continue;
    const signature = signatureAround(content.element);
    if (signature !== undefined && (html.starts[signature] as number) >= from)
      signatureEnd = html.ends[signature] as number;
    else {
      const text = lineText(html, { ...content, pieces: [content] }, read);
      if (/^(?:--|__|—$|_{5,}|-{5,})/.test(text)) return false;
      if (!isMobileLine(text) && (html.names[content.element] as string) !== 'hr') return true;
    }
  }
  return false;
}

function markerFrom(
  html: HtmlDocument,
  at: number,
  nested: (element: ElementId) => boolean,
): Marker | undefined {
  return firstMarker(html, firstElementFrom(html, at), nested);
}

function firstMarker(
  html: HtmlDocument,
  from: ElementId,
  nested: (element: ElementId) => boolean,
): Marker | undefined {
  for (let element = from; element < html.names.length; element++) {
    const name = html.names[element] as string;
    if (!carriers.has(name)) continue;
    if (!mayBeMarked(html, element, name)) continue;
    const shape = shapeOf(name, attributesOf(html, element));
    // Old Outlook wraps the whole original in a blockquote; nobody else writes this class.
    if (shape && (shape === 'old-header' || !nested(element)))
      return { element, shape: shape === 'old-header' ? 'open' : shape };
  }
  return undefined;
}

/** Most start tags hold none of the words; reading their attributes would be the dearest step of all. */
function mayBeMarked(html: HtmlDocument, element: ElementId, name: string): boolean {
  const start = html.starts[element] as number;
  const open = html.opens[element] as number;
  return open - start > name.length + 6 && HINT.test(html.view.slice(start, Math.min(open, start + 4096)));
}

function shapeOf(
  name: string,
  attributes: ReadonlyMap<string, string>,
): Marker['shape'] | 'old-header' | undefined {
  const id = (attributes.get('id') ?? '').toLowerCase();
  if (openIds.has(id)) return 'open';
  if (name === 'blockquote') {
    if (attributes.get('type')?.toLowerCase() === 'cite') return 'container';
    if (classTokens(attributes).includes('gmail_quote')) return 'container';
  }
  for (const token of classTokens(attributes)) {
    if (token === 'outlookmessageheader') return 'old-header';
    if (openClasses.has(token)) return 'open';
    if (prefixClasses.has(token)) return 'prefix';
    if (containerClasses.has(token)) return 'container';
    if (token.endsWith('yahoo_quoted') && !token.startsWith('x_')) return 'container';
  }
  const style = attributes.get('style');
  return style && name === 'div' ? shapeOfStyle(style.toLowerCase()) : undefined;
}

/** The rule above a header block, as the Word engine and Windows Mail draw it; the style is parsed, not compared. */
function shapeOfStyle(style: string): Marker['shape'] | undefined {
  if (!style.includes('border')) return undefined;
  const properties = new Map<string, string>();
  for (const declaration of style.split(';')) {
    const colon = declaration.indexOf(':');
    if (colon > 0) properties.set(declaration.slice(0, colon).trim(), declaration.slice(colon + 1).trim());
  }
  const border = properties.get('border') ?? '';
  const isBare =
    /^(?:none|medium none|0|currentcolor none)/.test(border) ||
    properties.get('border-style')?.startsWith('solid none none') === true;
  const top = properties.get('border-top') ?? '';
  const padding = properties.get('padding') ?? '';
  if (isBare && /solid/.test(top) && /\b1(?:\.0)?p[tx]\b/.test(top) && /^3(?:\.0)?pt\b/.test(padding))
    return 'open';
  const left = properties.get('border-left') ?? '';
  if (isBare && /solid/.test(left) && /blue|#0000ff|rgb\(0, ?0, ?255\)/.test(left) && /1\.5pt/.test(left))
    return 'container';
  const topColour = properties.get('border-top-color') ?? '';
  if (
    /rgb\(229, ?229, ?229\)|#e5e5e5/.test(topColour) &&
    /^5px/.test(properties.get('padding-top') ?? padding)
  )
    return 'open';
  return undefined;
}

function quoteFromMarker(html: HtmlDocument, contents: readonly Content[], marker: Marker): HtmlQuote {
  const at = html.starts[marker.element] as number;
  const element = html.parents[marker.element] as ElementId;
  if (marker.shape === 'open') return openEnded(html, contents, at, element);
  if (marker.shape === 'prefix') {
    const quotation = quotationBehind(html, contents, html.ends[marker.element] as number);
    const end =
      quotation === undefined ? (html.ends[marker.element] as number) : (html.ends[quotation] as number);
    return { at, element, end, isOpenEnded: quotation === undefined };
  }
  return { at, element, end: endOfContainer(html, marker.element), isOpenEnded: false };
}

/** Gmail lets one write inside its quote container, below the last quoted block; what stands there is the writer's. */
function endOfContainer(html: HtmlDocument, container: ElementId): number {
  const end = html.ends[container] as number;
  if (html.names[container] === 'blockquote') return end;
  let last = end;
  let hasBlockquote = false;
  for (let id = container + 1; id < html.names.length && (html.starts[id] as number) < end; id++) {
    if (html.names[id] === 'blockquote' && html.parents[id] === container) {
      last = html.ends[id] as number;
      hasBlockquote = true;
    }
  }
  return hasBlockquote ? last : end;
}

/** A rule drawn directly above a header block belongs to the quotation. */
function openEnded(
  html: HtmlDocument,
  contents: readonly Content[],
  at: number,
  element: ElementId,
): HtmlQuote {
  const before = contents[contentIndex(contents, at) - 1];
  const isRule = before !== undefined && html.names[before.element] === 'hr' && before.end <= at;
  return isRule
    ? {
        at: before.at,
        element: html.parents[before.element] as ElementId,
        end: html.view.length,
        isOpenEnded: true,
      }
    : { at, element, end: html.view.length, isOpenEnded: true };
}

/** The blockquote that is the next thing to see behind `at`. */
function quotationBehind(
  html: HtmlDocument,
  contents: readonly Content[],
  at: number,
): ElementId | undefined {
  const next = contents[contentIndex(contents, at)];
  if (!next) return undefined;
  let found: ElementId | undefined;
  for (
    let id = next.element;
    id !== 0 && (html.starts[id] as number) >= at;
    id = html.parents[id] as ElementId
  ) {
    if (html.names[id] === 'blockquote') found = id;
  }
  return found;
}

function quoteFromText(
  html: HtmlDocument,
  contents: readonly Content[],
  lines: readonly VisualLine[],
  read: TextReader,
): HtmlQuote | undefined {
  const source = linesOfHtml(
    html,
    lines,
    read,
    line => quotationBehind(html, contents, line.end) !== undefined,
  );
  const isForeign = foreign(html);
  for (let from = 0, tries = 0; tries < MAX_TRIES; tries++) {
    const start = findQuoteStart(source, from);
    if (!start) return undefined;
    const first = lines[start.index] as VisualLine;
    const last = lines[start.lastIndex] as VisualLine;
    from = start.lastIndex + 1;
    if (isForeign(first.element)) continue;
    if (start.kind === 'header') return openEnded(html, contents, first.at, first.element);
    const quotation = quotationBehind(html, contents, last.end);
    const end = quotation === undefined ? html.view.length : (html.ends[quotation] as number);
    return { at: first.at, element: first.element, end, isOpenEnded: quotation === undefined };
  }
  return undefined;
}

/** An attribution line directly above a quotation belongs to it. */
function withAttributionAbove(
  html: HtmlDocument,
  contents: readonly Content[],
  lines: readonly VisualLine[],
  read: TextReader,
  quote: HtmlQuote,
): HtmlQuote {
  let last = lines.length - 1;
  while (last >= 0 && (lines[last] as VisualLine).pieces.length === 0) last--;
  const source = linesOfHtml(html, lines, read, () => true);
  const attribution = last >= 0 ? attributionEndingAt(source, last) : undefined;
  const first = attribution && lines[attribution.index];
  if (!first || hasContent(contents, (lines[last] as VisualLine).end, quote.at)) return quote;
  return { ...quote, at: first.at, element: first.element };
}

/** In a blockquote, or in content that a client re-prefixed with `x_` because it was quoted or pasted before. */
function foreign(html: HtmlDocument): (element: ElementId) => boolean {
  const around = nearest(html, id => {
    if (html.names[id] === 'blockquote') return true;
    const tag = html.view.slice(
      html.starts[id] as number,
      Math.min(html.opens[id] as number, (html.starts[id] as number) + 1024),
    );
    if (!/x_/i.test(tag)) return false;
    const attributes = attributesOf(html, id);
    return (
      /^x_/i.test(attributes.get('id') ?? '') || classTokens(attributes).some(token => token.startsWith('x_'))
    );
  });
  return element => around(element) !== undefined;
}

function isInBlockquote(html: HtmlDocument): (element: ElementId) => boolean {
  const around = nearest(html, id => html.names[id] === 'blockquote');
  return element => around(html.parents[element] as ElementId) !== undefined;
}
