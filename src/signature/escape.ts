/**
 * Values made safe for where they stand. A value is data of a directory that many can write to: whatever it holds, it
 * stays text of one line and changes neither the elements around it nor the direction of the text behind it.
 */

/** C0, C1, DEL; line and paragraph separators; bidi marks, embeddings, overrides and isolates (Unicode 9, UAX 9). */
const UNSAFE =
  /[\u0000-\u001F\u007F-\u009F\u061C\u200B\u200E\u200F\u2028-\u202E\u2066-\u2069\uFEFF\uFDD0-\uFDEF\uFFFE\uFFFF\uD800-\uDFFF]/;
const LINE_ENDS = /[ \t]*(?:[\r\n\v\f\u0085\u2028\u2029]+[ \t]*)+|\t/g;
const UNSAFE_ALL =
  /[\u0000-\u001F\u007F-\u009F\u061C\u200B\u200E\u200F\u202A-\u202E\u2066-\u2069\uFEFF\uFDD0-\uFDEF\uFFFE\uFFFF]/g;

/** One line without controls: line ends and tabs become a blank, the rest of the unsafe is dropped. '' for what shows nothing. */
export function cleanValue(value: string): string {
  if (!UNSAFE.test(value)) return value.trim();
  return value.toWellFormed().replace(LINE_ENDS, ' ').replace(UNSAFE_ALL, '').trim();
}

const MARKUP = /[&<>"'{}\u00A0]/g;
const references: Readonly<Record<string, string>> = {
  '&': '&amp;',
  '<': '&lt;',
  '>': '&gt;',
  '"': '&quot;',
  "'": '&#39;',
  // Whoever greps a sent mail for a template token finds none, even where a value looks like one.
  '{': '&#123;',
  '}': '&#125;',
  // As a reference it survives editors and charsets that have no such character.
  '\u00A0': '&nbsp;',
};

/** For text and quoted attributes of HTML. */
export function escapeHtml(value: string): string {
  return value.replace(MARKUP, character => references[character] ?? character);
}

/** For plain text: nothing to escape in a clean value but braces that would look like a token. */
export function escapePlain(value: string): string {
  return value.includes('{{') || value.includes('}}')
    ? value.replace(/\{{2,}/g, '{').replace(/\}{2,}/g, '}')
    : value;
}
