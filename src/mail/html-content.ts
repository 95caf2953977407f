/**
 * What a reader of an HTML part sees: where there is content and where only blanks, and its lines of text. Blank
 * paragraphs, `&nbsp;` and empty `<o:p>` are nothing; a picture or a rule is something.
 */
import { decodeHTML } from 'entities';
import type { ElementId, HtmlDocument } from './html.ts';
import { isBlock } from './html-tags.ts';
import { type LineSource, readable } from './quoted.ts';

/** Reads the text between two offsets of the view, in the part's charset. */
export type TextReader = (from: number, to: number) => string;

/** A visible thing: a run of text that is not blank, or an element such as `img`. */
export type Content = { readonly at: number; readonly end: number; readonly element: ElementId };

export type VisualLine = {
  /** Where the first visible character stands, and in which element; for a blank line where it would. */
  readonly at: number;
  readonly element: ElementId;
  readonly pieces: readonly Content[];
  readonly end: number;
};

const visible = new Set([
  'img',
  'hr',
  'input',
  'object',
  'embed',
  'video',
  'audio',
  'svg',
  'v:imagedata',
  'button',
]);
const BLANK =
  /(?:[\s\u00a0\u00ad]|&(?:nbsp|shy|zwnj|zwj|#0*160|#x0*a0|#0*8203|#x0*200b|#0*65279|#x0*feff);?|\u00c2[\u00a0\u00ad]|\u00e2\u0080[\u008b\u008c\u008d]|\u00ef\u00bb\u00bf)+/giy;

/** True when the view shows nothing between the offsets but blanks; text only, no tags. */
export function isBlankText(view: string, from: number, to: number): boolean {
  const first = view.charCodeAt(from);
  // Nearly every run of text begins with a letter: answer those without a regular expression.
  if (from < to && first > 32 && first < 127 && first !== 38) return false;
  BLANK.lastIndex = from;
  const match = BLANK.exec(view);
  return from >= to || (match !== null && match.index + match[0].length >= to);
}

/** All visible content in document order, leaving out what lies in the given elements. */
export function contentOf(html: HtmlDocument, without: readonly ElementId[]): Content[] {
  const contents: Content[] = [];
  let skippedUntil = 0;
  const { events } = html;
  for (let index = 0; index < events.count; index++) {
    const kind = events.kind(index);
    const at = events.at(index);
    if (at < skippedUntil || kind === 'close') continue;
    const element = events.element(index);
    if (kind === 'text') {
      const end = events.end(index);
      if (!isBlankText(html.view, at, end)) contents.push({ at, end, element });
    } else if (without.includes(element)) {
      skippedUntil = html.end(element);
    } else if (visible.has(html.name(element))) {
      contents.push({ at, end: html.open(element), element });
    }
  }
  return contents;
}

/** True for an element without content that a reader sees as an empty line: a break, or a block around a break or a hard blank. */
export function showsEmptyLine(html: HtmlDocument, element: ElementId): boolean {
  if (html.name(element) === 'br') return true;
  const [from, to] = [html.open(element), html.close(element)];
  return /<br|&nbsp;|&#160;|&#xa0;|\u00a0/i.test(html.view.slice(from, Math.min(to, from + 1024)));
}

/** Index of the first content that begins at or behind `at`. */
export function contentIndex(contents: readonly Content[], at: number): number {
  let low = 0;
  let high = contents.length;
  while (low < high) {
    const middle = (low + high) >> 1;
    if ((contents[middle] as Content).at < at) low = middle + 1;
    else high = middle;
  }
  return low;
}

/** True when something visible begins in `[from, to)`. */
export function hasContent(contents: readonly Content[], from: number, to: number): boolean {
  const next = contents[contentIndex(contents, from)];
  return next !== undefined && next.at < to;
}

/** Lines as a reader sees them up to `to`: blocks, rows and `<br>` break them, table cells do not. */
export function visualLines(html: HtmlDocument, to: number): VisualLine[] {
  const lines: VisualLine[] = [];
  let pieces: Content[] = [];
  let hasBreak = true;
  const flush = (at: number, element: ElementId): void => {
    const first = pieces[0];
    if (first) lines.push({ at: first.at, element: first.element, pieces, end: at });
    else if (!hasBreak) lines.push({ at, element, pieces, end: at });
    pieces = [];
  };
  const { events } = html;
  for (let index = 0; index < events.count; index++) {
    const at = events.at(index);
    if (at >= to) break;
    const kind = events.kind(index);
    const element = events.element(index);
    if (kind === 'text') {
      const end = events.end(index);
      if (isBlankText(html.view, at, end)) continue;
      pieces.push({ at, end: Math.min(end, to), element });
      hasBreak = false;
      continue;
    }
    const name = html.name(element);
    if (name === 'br' && kind === 'open') {
      hasBreak = false;
      flush(at, html.parent(element));
      hasBreak = true;
    } else if (isBlock(name)) {
      flush(at, html.parent(element));
      hasBreak = true;
    }
  }
  flush(to, 0);
  return lines;
}

const MAX_LINE_BYTES = 2000;
/** See `nextCandidate` of quoted.ts; an entity may stand for any of them. */
const CANDIDATE = /[:@&\u0080-\uffff]|^\s*[-_=*#]{2}/;

/** The lines as text for `quoted.ts`; a line is decoded when it is asked for. */
export function linesOfHtml(
  html: HtmlDocument,
  lines: readonly VisualLine[],
  read: TextReader,
  isBeforeQuote: (line: VisualLine) => boolean,
): LineSource {
  const texts: (string | undefined)[] = new Array(lines.length);
  return {
    count: lines.length,
    nextCandidate(index) {
      let next = index;
      while (next < lines.length && !isCandidate(html, lines[next] as VisualLine)) next++;
      return next;
    },
    text(index) {
      const known = texts[index];
      if (known !== undefined) return known;
      const line = lines[index];
      const text = line ? lineText(line, read) : '';
      texts[index] = text;
      return text;
    },
    isBeforeQuote(index) {
      const line = lines[index];
      return line !== undefined && isBeforeQuote(line);
    },
  };
}

function isCandidate(html: HtmlDocument, line: VisualLine): boolean {
  return line.pieces.some(({ at, end }) =>
    CANDIDATE.test(html.view.slice(at, Math.min(end, at + MAX_LINE_BYTES))),
  );
}

/** Decoded, trimmed text of one line; '' for a blank or an overlong one. */
export function lineText(line: VisualLine, read: TextReader): string {
  const bytes = line.pieces.reduce((sum, piece) => sum + piece.end - piece.at, 0);
  if (bytes === 0) return '';
  if (bytes > MAX_LINE_BYTES) return '.';
  let text = '';
  for (const piece of line.pieces) {
    text += read(piece.at, piece.end);
  }
  if (text.includes('&')) text = decodeHTML(text);
  return readable(text);
}
