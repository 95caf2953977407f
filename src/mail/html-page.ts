/**
 * An HTML part read for placement: its elements, what a reader sees of it, and what of it Signet wrote before. Everything
 * that decides about places is given this.
 */
import { attributesOf, type ElementId, type HtmlDocument, parseHtml } from './html.ts';
import { type Content, contentIndex, contentOf, type TextReader } from './html-content.ts';

export type Page = {
  readonly html: HtmlDocument;
  /** All that is visible, marks of ours left out. */
  readonly contents: readonly Content[];
  /** Wrappers of ours, outermost ones only. */
  readonly marks: readonly ElementId[];
  readonly read: TextReader;
  /** False spares the search of every element for Word's section. */
  readonly hasWordSection: boolean;
};

/** A place between two characters, and the element in which it lies. */
export type Position = { readonly at: number; readonly element: ElementId };

/** A message carries one mark per zone; more is a trick to make the search slow. */
const MAX_MARKS = 16;
const MARK = /^signet-(?:top|signature|bottom)$/;

/** Reads a part's view. `token` is the tenant's: a mark of another tenant is somebody's text. */
export function readPage(view: string, read: TextReader, token: string): Page {
  const html = parseHtml(view);
  const marks = marksOfOurs(html, token);
  return { html, marks, contents: contentOf(html, marks), read, hasWordSection: /wordsection/i.test(view) };
}

/** Lower-case class tokens. */
export function classesOf(html: HtmlDocument, element: ElementId): string[] {
  return (attributesOf(html, element).get('class') ?? '').toLowerCase().split(/\s+/).filter(Boolean);
}

/** The visible thing before an offset. */
export function contentBefore({ contents }: Page, at: number): Content | undefined {
  return contents[contentIndex(contents, at) - 1];
}

/** The visible thing at or behind an offset. */
export function contentBehind({ contents }: Page, at: number): Content | undefined {
  return contents[contentIndex(contents, at)];
}

/** Nothing to see begins in `[from, to)`. */
export function isEmptyBetween(page: Page, from: number, to: number): boolean {
  const next = contentBehind(page, from);
  return next === undefined || next.at >= to;
}

/** The page's own frame: body, html, and the section in which Word keeps all text. */
export function isFrame(page: Page, element: ElementId): boolean {
  const name = page.html.name(element);
  return name === 'body' || name === 'html' || isWordSection(page, element);
}

export function isWordSection({ html, hasWordSection }: Page, element: ElementId): boolean {
  if (!hasWordSection || html.name(element) !== 'div' || !/wordsection/i.test(html.tag(element)))
    return false;
  return classesOf(html, element).some(token => /^wordsection\d*$/.test(token));
}

/** Those that carry this tenant's token, or none because a client dropped the attribute. */
function marksOfOurs(html: HtmlDocument, token: string): ElementId[] {
  if (!/signet-/i.test(html.view)) return [];
  const marks: ElementId[] = [];
  for (let id = 1; id < html.count && marks.length < MAX_MARKS; id++) {
    if (html.name(id) !== 'div' || !classesOf(html, id).some(name => MARK.test(name))) continue;
    const carried = attributesOf(html, id).get('data-signet');
    const isNested = marks.some(mark => html.start(id) < html.end(mark));
    if ((carried === undefined || carried === token) && !isNested) marks.push(id);
  }
  return marks;
}
