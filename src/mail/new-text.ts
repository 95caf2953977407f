/**
 * The newest text of a letter as plain words, for rules that look for some: decoded, without markup, without quoted
 * history, without what Signet wrote before. Bounded, since rules are matched while other messages wait.
 */
import { decodeHTML } from 'entities';
import { limits } from '../limits.ts';
import { parseHtml } from './html.ts';
import { isBlock } from './html-tags.ts';
import type { Range } from './places.ts';
import type { Form, TextPart } from './text-part.ts';

/** Words one blank apart; of two forms of the letter the plain one, unless there is nothing in it. */
export function newTextOf({ html, plain }: Readonly<Record<Form, readonly TextPart[]>>): string {
  const spoken = plain.filter(text => !text.places.isBlank);
  const texts = spoken.length > 0 ? spoken : html;
  return texts
    .flatMap(text => newest(text).map(range => (text.form === 'html' ? fromHtml : fromPlain)(text, range)))
    .join(' ')
    .replace(/[\s\u00a0]+/g, ' ')
    .trim();
}

/** The writer's ranges without marks of ours, cut to what is read. */
function newest({ places }: TextPart): Range[] {
  const kept: Range[] = [];
  let left: number = limits.mail.newTextCharacters;
  for (const range of places.newest.flatMap(whole => without(whole, places.marks))) {
    const to = Math.min(range.to, range.from + left);
    if (to > range.from) kept.push({ from: range.from, to });
    left -= to - range.from;
    if (left <= 0) break;
  }
  return kept;
}

function without(range: Range, marks: readonly Range[]): Range[] {
  const kept: Range[] = [];
  let from = range.from;
  for (const mark of marks) {
    if (mark.to <= from || mark.from >= range.to) continue;
    kept.push({ from, to: mark.from });
    from = mark.to;
  }
  return [...kept, { from, to: range.to }].filter(piece => piece.to > piece.from);
}

function fromPlain(text: TextPart, range: Range): string {
  return read(text, range.from, range.to).replace(/^ ?>.*$/gm, '');
}

/** What a reader sees; behind the first quotation further ones may follow, which are left out. */
function fromHtml(text: TextPart, { from, to }: Range): string {
  const page = parseHtml(text.view.slice(from, to));
  const { events } = page;
  let words = '';
  let quotedUntil = 0;
  for (let index = 0; index < events.count; index++) {
    const at = events.at(index);
    if (at < quotedUntil) continue;
    const kind = events.kind(index);
    if (kind === 'text') words += read(text, from + at, from + events.end(index));
    else {
      const element = events.element(index);
      const name = page.name(element);
      if (isBlock(name) || name === 'br' || name === 'td' || name === 'th') words += ' ';
      if (name === 'blockquote' && kind === 'open' && from > 0) quotedUntil = page.end(element);
    }
  }
  return decodeHTML(words);
}

function read({ charset, decoded, view }: TextPart, from: number, to: number): string {
  const isAscii = charset.asciiCompatible && !charset.stateful && charset.unitBytes === 1;
  const source = view.slice(from, to);
  if (isAscii && !/[\u0080-\uffff]/.test(source)) return source;
  return charset.decode(decoded.subarray(from * charset.unitBytes, to * charset.unitBytes));
}
