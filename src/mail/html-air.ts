/**
 * Whether an insertion needs an empty line around it. Clients differ: Word and Gmail leave one under the new text, Outlook
 * on the web and phones leave none, and nobody leaves one above the quotation. A template cannot know, so Signet evens it
 * out: one empty line where there is none.
 */
import type { ElementId, HtmlDocument } from './html.ts';
import { type Content, contentIndex, showsEmptyLine } from './html-content.ts';
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

/** What is asked: a page without the marks of ours, and the place, from an older mark's start to its end or just a point. */
type Question = {
  readonly html: HtmlDocument;
  readonly contents: readonly Content[];
  readonly marks: readonly ElementId[];
  readonly from: number;
  readonly to: number;
};

export function airAround(question: Question): Air {
  const { html, contents, from, to } = question;
  const before = contents[contentIndex(contents, from) - 1];
  const after = contents[contentIndex(contents, to)];
  const above =
    before !== undefined &&
    !isSpaced(html, before, block => (html.ends[block] as number) <= from) &&
    !hasEmptyLine({ ...question, from: before.end, to: from }, before);
  const below =
    after !== undefined &&
    !isSpaced(html, after, block => (html.starts[block] as number) >= to) &&
    !hasEmptyLine({ ...question, from: to, to: after.at }, undefined);
  return { above, below };
}

/** An empty paragraph between the offsets, or a `<br>` that does more than end the line of text before it. */
function hasEmptyLine({ html, marks, from, to }: Question, before: Content | undefined): boolean {
  // The first <br> in the block of the text before only ends its line.
  const lineBlock = before && blockOf(html, before.element);
  let endsLine = before !== undefined;
  let passed = 0;
  for (let id = firstElementFrom(html, from); id < html.names.length; id++) {
    const start = html.starts[id] as number;
    if (start >= to) return false;
    if (start < passed) continue;
    if (marks.includes(id)) passed = html.ends[id] as number;
    else if (isEmptyParagraph(html, id, to)) return true;
    else if (html.names[id] === 'br') {
      if (!endsLine || blockOf(html, html.parents[id] as ElementId) !== lineBlock) return true;
      endsLine = false;
    }
  }
  return false;
}

function isEmptyParagraph(html: HtmlDocument, id: ElementId, to: number): boolean {
  return (
    paragraphs.has(html.names[id] as string) && (html.ends[id] as number) <= to && showsEmptyLine(html, id)
  );
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
