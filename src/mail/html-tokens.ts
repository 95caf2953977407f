/**
 * HTML cut into tokens as HTML 13.2.5 says, as far as offsets depend on it: tags, text, and what is neither. Attributes are
 * passed over, entities are text. Works on a part's view (charset.ts). Linear in its length: native searches do the work.
 */
import { type Tag, tagIn } from './html-tags.ts';

/** Hears the tokens in document order. A tag's `start` is that of its `<`, its `end` is behind the `>`. */
export type TokenSink = {
  text(start: number, end: number): void;
  openTag(tag: Tag, start: number, end: number): void;
  closeTag(tag: Tag, start: number, end: number): void;
};

const COMMENT_END = /--!?>/g;

const SLASH = 0x2f;
const EQUALS = 0x3d;
const GREATER = 0x3e;

/**
 * Reads all of the view. Answers where the sound part of it ends: before a tag or comment that is never closed, which is told
 * to nobody, or at the end.
 */
export function readTokens(view: string, sink: TokenSink): number {
  const { length } = view;
  let textStart = 0;
  for (let at = view.indexOf('<'); at >= 0; at = view.indexOf('<', at)) {
    const next = view.charCodeAt(at + 1);
    const isEndTag = next === SLASH;
    const nameStart = isEndTag ? at + 2 : at + 1;
    const isTag = isLetter(view.charCodeAt(nameStart));
    // A lone `<` is text, but what goes in behind one at the very end would make a tag of it.
    if (nameStart >= length) {
      sink.text(textStart, length);
      return at;
    }
    if (!isTag && !isEndTag && next !== 0x21 && next !== 0x3f) {
      at++;
      continue;
    }
    if (at > textStart) sink.text(textStart, at);
    const nameEnd = isTag ? endOfName(view, nameStart) : nameStart;
    const end = isTag ? endOfTag(view, nameEnd, isEndTag) : endOfComment(view, at);
    if (end < 0) return at;
    textStart = end;
    at = end;
    if (isTag) {
      const tag = tagIn(view, nameStart, nameEnd);
      if (isEndTag) sink.closeTag(tag, nameStart - 2, end);
      else {
        sink.openTag(tag, nameStart - 1, end);
        if (tag.rawTextEnd) at = endOfRawText(view, tag.rawTextEnd, end);
      }
    }
  }
  if (textStart < length) sink.text(textStart, length);
  return length;
}

function endOfName(view: string, start: number): number {
  let at = start;
  while (at < view.length && !endsName(view.charCodeAt(at))) at++;
  return at;
}

function endsName(char: number): boolean {
  return char === GREATER || char === SLASH || isBlank(char);
}

/** Behind the `>`; -1 when there is none. Nothing in an end tag is an attribute that could hide one. */
function endOfTag(view: string, nameEnd: number, isEndTag: boolean): number {
  const at = isEndTag ? view.indexOf('>', nameEnd) : endOfAttributes(view, nameEnd);
  return at < 0 ? -1 : at + 1;
}

/** Offset of the `>` that is in no attribute's value; -1 when there is none. */
function endOfAttributes(view: string, from: number): number {
  const { length } = view;
  let at = from;
  while (at < length) {
    const char = view.charCodeAt(at++);
    if (char === GREATER) return at - 1;
    if (char === SLASH || isBlank(char)) continue;
    // The first character of a name may be any, even `=`.
    while (at < length && !endsAttributeName(view.charCodeAt(at))) at++;
    at = blanksEnd(view, at);
    if (view.charCodeAt(at) !== EQUALS) continue;
    at = blanksEnd(view, at + 1);
    const quote = view[at];
    if (quote === '"' || quote === "'") {
      const close = view.indexOf(quote, at + 1);
      if (close < 0) return -1;
      at = close + 1;
    } else while (at < length && !endsValue(view.charCodeAt(at))) at++;
  }
  return -1;
}

function endsAttributeName(char: number): boolean {
  return char === EQUALS || endsName(char);
}

function endsValue(char: number): boolean {
  return char === GREATER || isBlank(char);
}

function blanksEnd(view: string, from: number): number {
  let at = from;
  while (isBlank(view.charCodeAt(at))) at++;
  return at;
}

function isBlank(char: number): boolean {
  return char === 0x20 || (char >= 0x09 && char <= 0x0d && char !== 0x0b);
}

function isLetter(char: number): boolean {
  const lower = char | 0x20;
  return lower >= 0x61 && lower <= 0x7a;
}

/** Behind a comment, a declaration, or what HTML takes for a comment; -1 when it is never closed. */
function endOfComment(view: string, start: number): number {
  if (view.startsWith('<!--', start)) {
    const content = start + 4;
    if (view.startsWith('>', content)) return content + 1;
    if (view.startsWith('->', content)) return content + 2;
    COMMENT_END.lastIndex = content;
    return COMMENT_END.test(view) ? COMMENT_END.lastIndex : -1;
  }
  const mark = view.startsWith('<![CDATA[', start) ? ']]>' : '>';
  const at = view.indexOf(mark, start + (mark === '>' ? 2 : 9));
  return at < 0 ? -1 : at + mark.length;
}

/** Where the end tag of a raw text begins. */
function endOfRawText(view: string, endTag: RegExp, from: number): number {
  endTag.lastIndex = from;
  const match = endTag.exec(view);
  return match ? match.index : view.length;
}
