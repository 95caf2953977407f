/** Code words in the new text of an HTML part, and where a signature goes that one of them calls for (PRODUCT.md 3). */
import type { ElementId } from './html.ts';
import { isNarrow } from './html-ends.ts';
import { contentBefore, isEmptyBetween, isFrame, type Page, type Position } from './html-page.ts';
import { codeWordPattern, MAX_WORDS, type Range } from './places.ts';

export type CodeWord = { readonly range: Range; readonly element: ElementId };

const blocks = new Set('p div td li body html'.split(' '));

/** Occurrences in runs of text for which `isNew` holds; one pass over the page. */
export function findCodeWords(
  { html }: Page,
  word: string | undefined,
  isNew: (at: number) => boolean,
): CodeWord[] {
  if (!word) return [];
  const found: CodeWord[] = [];
  const { events } = html;
  let event = 0;
  const pattern = codeWordPattern(word);
  for (let match = pattern.exec(html.view); match; match = pattern.exec(html.view)) {
    const range = { from: match.index, to: match.index + match[0].length };
    while (event < events.count && events.end(event) <= range.from) event++;
    const isText = event < events.count && events.kind(event) === 'text';
    const isInside = isText && events.at(event) <= range.from && range.to <= events.end(event);
    if (isInside && isNew(range.from)) found.push({ range, element: events.element(event) });
    if (found.length === MAX_WORDS) break;
  }
  return found;
}

/** Alone in its paragraph the word stands for the paragraph's place; within a sentence the signature follows the paragraph. */
export function besideWord(page: Page, { range, element }: CodeWord): Position {
  const { html } = page;
  const here = { at: range.from, element };
  let block = element;
  while (block !== 0 && !blocks.has(html.name(block))) block = html.parent(block);
  const parent = html.parent(block);
  if (block === 0 || isFrame(page, block) || isNarrow(html, parent)) return here;
  if (isAlone(page, block, range)) return { at: html.start(block), element: parent };
  return html.name(block) === 'p' ? { at: html.end(block), element: parent } : here;
}

function isAlone(page: Page, block: ElementId, range: Range): boolean {
  const { html } = page;
  const run = contentBefore(page, range.from + 1);
  const fillsRun = !run || html.view.slice(run.at, run.end).trim().length === range.to - range.from;
  const start = run ? Math.min(run.at, range.from) : range.from;
  return (
    fillsRun &&
    isEmptyBetween(page, html.open(block), start) &&
    isEmptyBetween(page, range.to, html.close(block))
  );
}
