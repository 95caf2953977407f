/**
 * Where an HTML part begins and ends for its reader (outlook-html.md 2.2, 2.5): inside `body`, inside the section in which
 * Word keeps all text, above a quotation, and never where a block may not stand.
 */
import type { ElementId, HtmlDocument } from './html.ts';
import { showsEmptyLine } from './html-content.ts';
import {
  contentBefore,
  isEmptyBetween,
  isFrame,
  isWordSection,
  type Page,
  type Position,
} from './html-page.ts';
import { firstElementFrom } from './html-search.ts';

/** Elements in which a block may not stand directly. */
const narrow = new Set('table tbody thead tfoot tr ul ol dl colgroup select menu'.split(' '));
const paragraphs = new Set('div p table ul ol blockquote section center pre'.split(' '));
const lines = new Set('p div br center'.split(' '));

export function isNarrow(html: HtmlDocument, element: ElementId): boolean {
  return narrow.has(html.name(element));
}

/** Directly above the given place, in the outermost element in which nothing stands before it. */
export function outermostAbove(page: Page, position: Position): Position {
  const { html } = page;
  let { at, element } = position;
  let best = isNarrow(html, element) ? undefined : position;
  while (element !== 0 && !isFrame(page, element) && isEmptyBetween(page, html.open(element), at)) {
    at = html.start(element);
    element = html.parent(element);
    if (!isNarrow(html, element)) best = { at, element };
  }
  return best ?? position;
}

/**
 * Of several empty paragraphs under the new text one stays above the signature, the rest goes below, so that a
 * thread does not grow with every reply.
 */
export function afterFirstEmpty(page: Page, position: Position): Position {
  const { html } = page;
  const { at, element } = position;
  const before = contentBefore(page, at);
  const isInside = before !== undefined && before.end > html.open(element);
  const block = isInside ? childHolding(html, before.element, element) : undefined;
  const from = isInside
    ? Math.max(before.end, block === undefined ? 0 : html.end(block))
    : html.open(element);
  const empties = emptyLines(html, element, from, at);
  // The first <br> behind bare text ends its line; it is no empty line yet.
  const isInline = isInside && (block === undefined || !paragraphs.has(html.name(block)));
  const first = empties[isInline ? 1 : 0];
  return first !== undefined && empties.length >= (isInline ? 3 : 2) ? { at: first, element } : position;
}

/** Behind everything, but inside `body` and inside Word's last section when that holds the last content. */
export function endOfPage(page: Page): Position {
  const { html, contents } = page;
  const body = html.first('body') ?? html.first('html');
  const at = Math.min(body === undefined ? html.view.length : html.close(body), html.soundEnd);
  const end: Position = { at, element: body ?? 0 };
  const last = contents.at(-1);
  for (let id = page.hasWordSection ? (last?.element ?? 0) : 0; id !== 0; id = html.parent(id)) {
    const close = Math.min(html.close(id), at);
    if (isWordSection(page, id) && isEmptyBetween(page, close, at)) return { at: close, element: id };
  }
  return last === undefined ? insideOnlySection(page, end) : end;
}

/** Above everything, but inside `body` and inside Word's first section when that holds the first content. */
export function startOfPage(page: Page, end: Position): number {
  const { html, contents } = page;
  const first = contents[0];
  const body = html.first('body');
  const open = body === undefined ? undefined : html.open(body);
  for (let id = page.hasWordSection ? (first?.element ?? 0) : 0; id !== 0; id = html.parent(id)) {
    if (isWordSection(page, id) && isEmptyBetween(page, open ?? 0, html.open(id))) return html.open(id);
  }
  if (open !== undefined || !first) return Math.min(open ?? end.at, end.at);
  // A picture is an element itself, text lies in one.
  const element = html.start(first.element) === first.at ? html.parent(first.element) : first.element;
  return Math.min(outermostAbove(page, { at: first.at, element }).at, end.at);
}

/** Ends of the empty lines that are children of the element. */
function emptyLines(html: HtmlDocument, element: ElementId, from: number, to: number): number[] {
  const ends: number[] = [];
  for (let id = firstElementFrom(html, from); id < html.count && html.start(id) < to; id++) {
    if (html.parent(id) !== element || html.end(id) > to) continue;
    if (lines.has(html.name(id)) && showsEmptyLine(html, id)) ends.push(html.end(id));
  }
  return ends;
}

/** The child of `ancestor` that holds `element`; undefined when the element is the ancestor itself. */
function childHolding(html: HtmlDocument, element: ElementId, ancestor: ElementId): ElementId | undefined {
  let child: ElementId | undefined;
  for (let id = element; id !== ancestor && id !== 0; id = html.parent(id)) child = id;
  return child;
}

/** An empty page of Word's still wants its text inside the section. */
function insideOnlySection(page: Page, end: Position): Position {
  const { html } = page;
  for (let id = page.hasWordSection ? html.count - 1 : 0; id > 0; id--) {
    if (isWordSection(page, id)) return { at: Math.min(html.close(id), end.at), element: id };
  }
  return end;
}
