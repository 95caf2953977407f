/**
 * The words of one tag: names, strings, operators, each with its place. HTML editors write `"` as `&quot;` and typographers
 * as curly quotes; both count as quotes.
 */
import { decodeHTML } from 'entities';
import type { Fault } from './template.ts';

export type Word = {
  readonly kind: 'name' | 'text' | 'sign';
  readonly value: string;
  readonly at: number;
};

export type Words =
  | { readonly kind: 'words'; readonly words: readonly Word[] }
  | { readonly kind: 'fault'; readonly fault: Fault };

const BLANK = /(?:\s|&nbsp;|&#160;)+/y;
/** A name may hold dots and hyphens: `person.custom.room-number`, `en-GB`, `rfc3966`. */
const NAME = /[#/]?[\p{L}\p{N}_](?:[\p{L}\p{N}_.-]*[\p{L}\p{N}_])?/uy;
const SIGN = /!=|[=|:,]/y;
const QUOTE = /"|'|&quot;|&#34;|&apos;|&#39;|[“”„]|[‘’‚]/y;

/** Words of `source` in `[start, end)`. */
export function wordsOf(source: string, start: number, end: number): Words {
  const text = source.slice(0, end);
  const words: Word[] = [];
  let at = start;
  while (at < end) {
    const blank = match(BLANK, text, at);
    if (blank) {
      at += blank.length;
      continue;
    }
    const quote = match(QUOTE, text, at);
    if (quote) {
      const string = readString(text, at, quote);
      if (!string) return faulty(at, 'The text that begins here has no closing quote.');
      words.push({ kind: 'text', value: string.value, at });
      at = string.end;
      continue;
    }
    const sign = match(SIGN, text, at);
    const name = sign ?? match(NAME, text, at);
    if (!name) return faulty(at, `"${characterAt(text, at)}" has no meaning in a template tag.`);
    words.push({ kind: sign ? 'sign' : 'name', value: name, at });
    at += name.length;
  }
  return { kind: 'words', words };
}

function faulty(at: number, sentence: string): Words {
  return { kind: 'fault', fault: { at, sentence, ...hintFor(sentence) } };
}

function hintFor(sentence: string) {
  if (/^"[()]"/.test(sentence)) return { suggestion: 'nest one {{#if}} in another instead of parentheses' };
  if (sentence.startsWith('"<"')) return { suggestion: 'take the formatting out of the braces' };
  return {};
}

function match(pattern: RegExp, text: string, at: number) {
  pattern.lastIndex = at;
  return pattern.exec(text)?.[0];
}

function characterAt(text: string, at: number) {
  return String.fromCodePoint(text.codePointAt(at) ?? 0xfffd);
}

const DOUBLE = new Set(['"', '&quot;', '&#34;', '“', '”', '„']);

function readString(text: string, at: number, quote: string) {
  const isDouble = DOUBLE.has(quote);
  let value = '';
  for (let i = at + quote.length; i < text.length; ) {
    const closing = match(QUOTE, text, i);
    if (closing && DOUBLE.has(closing) === isDouble)
      return { value: decodeHTML(value), end: i + closing.length };
    if (text[i] === '\\' && i + 1 < text.length) {
      value += escaped(text[i + 1] ?? '');
      i += 2;
      continue;
    }
    value += text[i];
    i++;
  }
  return undefined;
}

function escaped(character: string) {
  return character === 'n' ? '\n' : character;
}
