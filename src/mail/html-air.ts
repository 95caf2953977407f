/**
 * Whether an insertion needs an empty line around it. Clients differ: Word and Gmail leave one under the new text, Outlook
 * on the web and phones leave none, and nobody leaves one above the quotation. A template cannot know, so Signet evens it
 * out: one empty line where there is none.
 */
import type { ElementId, HtmlDocument } from './html.ts';
import { type Content, showsEmptyLine } from './html-content.ts';
import { contentBefore, contentBehind, type Page } from './html-page.ts';
import { firstElementFrom } from './html-search.ts';
import { isBlock } from './html-tags.ts';
import type { Air } from './places.ts';

const paragraphs = new Set(['p', 'div', 'center']);
/** Margins of blocks further out than this are not looked for. */
const MAX_STEPS = 32;
/** Blocks that browsers and Word set apart by themselves. */
const spaced = new Set([
  'p',
  'h1',
  'h2',
  'h3',
  'h4',
  'h5',
  'h6',
  'ul',
  'ol',
  'dl',
  'pre',
  'blockquote',
  'hr',
]);

/** For an insertion that replaces `[from, to)`, an older mark or nothing. */
export function airAround(page: Page, from: number, to: number): Air {
  const { html } = page;
  const before = contentBefore(page, from);
  const behind = contentBehind(page, to);
  const above =
    before !== undefined &&
    !isSpaced(html, before, block => html.end(block) <= from) &&
    !hasEmptyLine(page, before.end, from, before);
  const below =
    behind !== undefined &&
    !isSpaced(html, behind, block => html.start(block) >= to) &&
    !hasEmptyLine(page, to, behind.at, undefined);
  return { above, below };
}

/** An empty paragraph between the offsets, or a `<br>` that does more than end the line of text before it. */
function hasEmptyLine({ html, marks }: Page, from: number, to: number, before: Content | undefined): boolean {
  // The first <br> in the block of the text before only ends its line.
  const lineBlock = before && blockOf(html, before.element);
  let endsLine = before !== undefined;
  let passed = 0;
  for (let id = firstElementFrom(html, from); id < html.count && html.start(id) < to; id++) {
    if (html.start(id) < passed) continue;
    if (marks.includes(id)) passed = html.end(id);
    else if (isEmptyParagraph(html, id, to)) return true;
    else if (html.name(id) === 'br') {
      if (!endsLine || blockOf(html, html.parent(id)) !== lineBlock) return true;
      endsLine = false;
    }
  }
  return false;
}

function isEmptyParagraph(html: HtmlDocument, id: ElementId, to: number): boolean {
  return paragraphs.has(html.name(id)) && html.end(id) <= to && showsEmptyLine(html, id);
}

/** The block in whose lines the element stands. */
function blockOf(html: HtmlDocument, element: ElementId): ElementId {
  let id = element;
  for (let steps = 0; id !== 0 && steps < MAX_STEPS && !isBlock(html.name(id)); steps++) id = html.parent(id);
  return id;
}

/** In a block with a margin of its own that lies wholly on its side of the insertion. */
function isSpaced(html: HtmlDocument, content: Content, isAside: (block: ElementId) => boolean): boolean {
  for (let id = content.element, steps = 0; id !== 0 && steps < MAX_STEPS; id = html.parent(id), steps++) {
    if (spaced.has(html.name(id)) && isAside(id)) return !hasOwnMargin(html, id);
  }
  return false;
}

/** Word's paragraphs have none; a style that speaks of margins has its own idea. */
function hasOwnMargin(html: HtmlDocument, element: ElementId): boolean {
  return /mso|margin/i.test(html.tag(element));
}
