/**
 * Whether an insertion needs an empty line around it. Clients differ: Word and Gmail leave one under the new text, Outlook
 * on the web and phones leave none, and nobody leaves one above the quotation. A template cannot know, so Signet evens it
 * out: one empty line where there is none.
 */
import { type ElementId, type HtmlDocument, isBlock } from './html.ts';
import { type Content, contentIndex } from './html-content.ts';
import { firstElementFrom } from './html-search.ts';
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
export function airAround(html: HtmlDocument, contents: readonly Content[], from: number, to: number): Air {
  const before = contents[contentIndex(contents, from) - 1];
  const after = contents[contentIndex(contents, to)];
  const above =
    before !== undefined &&
    !isSpaced(html, before, block => (html.ends[block] as number) <= from) &&
    !hasEmptyLine(html, before.end, from, before);
  const below =
    after !== undefined &&
    !isSpaced(html, after, block => (html.starts[block] as number) >= to) &&
    !hasEmptyLine(html, to, after.at, undefined);
  return { above, below };
}

/** An empty paragraph between the offsets, or a `<br>` that does more than end the line of text before it. */
function hasEmptyLine(html: HtmlDocument, from: number, to: number, before: Content | undefined): boolean {
  // The first <br> in the block of the text before only ends its line.
  const lineBlock = before && blockOf(html, before.element);
  let endsLine = before !== undefined;
  for (
    let id = firstElementFrom(html, from);
    id < html.names.length && (html.starts[id] as number) < to;
    id++
  ) {
    const name = html.names[id] as string;
    if (paragraphs.has(name) && (html.ends[id] as number) <= to) return true;
    if (name !== 'br') continue;
    if (!endsLine || blockOf(html, html.parents[id] as ElementId) !== lineBlock) return true;
    endsLine = false;
  }
  return false;
}

/** The block in whose lines the element stands. */
function blockOf(html: HtmlDocument, element: ElementId): ElementId {
  let id = element;
  for (let steps = 0; id !== 0 && steps < MAX_STEPS && !isBlock(html.names[id] as string); steps++)
    id = html.parents[id] as ElementId;
  return id;
}

/** In a block with a margin of its own that lies wholly on its side of the insertion. */
function isSpaced(html: HtmlDocument, content: Content, isAside: (block: ElementId) => boolean): boolean {
  for (
    let id = content.element, steps = 0;
    id !== 0 && steps < MAX_STEPS;
    id = html.parents[id] as ElementId, steps++
  ) {
    if (spaced.has(html.names[id] as string) && isAside(id)) return !hasOwnMargin(html, id);
  }
  return false;
}

/** Word's paragraphs have none; a style that speaks of margins has its own idea. */
function hasOwnMargin(html: HtmlDocument, element: ElementId): boolean {
  const start = html.starts[element] as number;
  return /mso|margin/i.test(html.view.slice(start, Math.min(html.opens[element] as number, start + 512)));
}
