/**
 * Header text as a reader sees it: encoded words (RFC 2047) and raw UTF-8 (RFC 6532) decoded. As lenient as mail readers
 * are: words inside quoted strings count, and a character may be cut in two by the end of a word. Never throws.
 */
import { Buffer, isUtf8 } from 'node:buffer';
import { charsetNamed } from './charset.ts';

/** A language may follow the charset (RFC 2231 5). */
const WORD = /=\?([^?*\s]{1,64})(?:\*[^?\s]{0,64})?\?([bq])\?([^?]*)\?=/gi;
const CONTROLS = /[\x00-\x1f\x7f-\x9f\u2028\u2029]+/g;

type Run = { readonly charset: string; readonly bytes: Buffer[]; readonly source: string[] };

/** `value` is an unfolded field value read as Latin-1. The result has no control characters. */
export function decodeWords(value: string): string {
  if (!value.includes('=?')) return clean(utf8OrLatin1(value));
  let text = '';
  let from = 0;
  let run: Run | undefined;
  const flush = (): void => {
    if (run) text += readRun(run);
    run = undefined;
  };
  for (const word of value.matchAll(WORD)) {
    const [source, label = '', encoding = '', content = ''] = word;
    const between = value.slice(from, word.index);
    const charset = label.toLowerCase();
    // Blanks between encoded words are not text (RFC 2047 6.2).
    if (!run || between.trim() !== '') {
      flush();
      text += utf8OrLatin1(between);
    } else if (run.charset !== charset) flush();
    run ??= { charset, bytes: [], source: [] };
    run.bytes.push(encoding.toLowerCase() === 'b' ? Buffer.from(content, 'base64') : fromQ(content));
    run.source.push(source);
    from = word.index + source.length;
  }
  flush();
  return clean(text + utf8OrLatin1(value.slice(from)));
}

/** Bytes above 127 in a header are UTF-8 (RFC 6532), or what old software writes: windows-1252. */
export function utf8OrLatin1(latin1: string): string {
  if (!/[\x80-\xff]/.test(latin1)) return latin1;
  const bytes = Buffer.from(latin1, 'latin1');
  return isUtf8(bytes) ? bytes.toString('utf8') : (charsetNamed('windows-1252')?.decode(bytes) ?? latin1);
}

/** Words of an unknown charset stay as they stand. */
function readRun({ charset, bytes, source }: Run): string {
  return charsetNamed(charset)?.decode(Buffer.concat(bytes)) ?? source.join(' ');
}

function fromQ(content: string): Buffer {
  const text = content
    .replaceAll('_', ' ')
    .replace(/=([0-9a-f]{2})/gi, (_, code: string) => String.fromCharCode(Number.parseInt(code, 16)));
  return Buffer.from(text, 'latin1');
}

function clean(text: string): string {
  return text.replace(CONTROLS, ' ').trim();
}
