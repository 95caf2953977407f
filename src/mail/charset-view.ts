/**
 * Text of a charset as a string of the same length, for scanners that must not be fooled by bytes that only look
 * like markup. Promises one character per unit, and that no ASCII character shows that is not really there. Where
 * readers disagree about broken bytes, more is masked rather than less: a missed place for a signature is harmless,
 * a signature inside somebody's character is not.
 */
import { Buffer } from 'node:buffer';

export type View = (bytes: Buffer) => string;

/** First bytes of characters, and what may follow; GB 18030 also has lead, digit, lead, digit. */
type Pairs = { readonly lead: RegExp; readonly trail: RegExp; readonly isFourBytes?: boolean };

/**
 * As in the WHATWG Encoding Standard, which takes a wrong second byte from 0x80 on as part of the character. EUC-JP is
 * absent: none of its bytes in a character is below 0x80.
 */
const shiftJis = { lead: /[\x81-\x9f\xe0-\xfc]/, trail: /[\x40-\x7e\x80-\xff]/ };
const big5 = { lead: /[\x81-\xfe]/, trail: /[\x40-\x7e\x80-\xff]/ };
const chinese = { ...big5, isFourBytes: true };
const korean = { lead: /[\x81-\xfe]/, trail: /[A-Za-z\x80-\xff]/ };
const pairsOf = new Map<string, Pairs>([
  ['shiftjis', shiftJis],
  ['gbk', chinese],
  ['gb18030', chinese],
  ['cp949', korean],
  ['cp950', big5],
  ['big5hkscs', big5],
]);

const MASK = 0xff;

const masked = (run: string) => '\u00ff'.repeat(run.length);

/** For charsets whose bytes below 0x80 are always ASCII: nothing to mask, so nothing to copy in JavaScript. */
export const latin1View: View = bytes => bytes.toString('latin1');

/** For single-byte charsets that put other characters on ASCII bytes, or ASCII ones on high bytes. */
export function byteView(characters: string): View {
  const odd = new Map<string, string>();
  for (let byte = 0; byte < 256; byte++) {
    const code = characters.charCodeAt(byte);
    if (byte < 0x80 ? code !== byte : code < 0x80) {
      odd.set(String.fromCharCode(byte), code < 0x80 ? String.fromCharCode(code) : '\u00ff');
    }
  }
  if (odd.size === 0) return latin1View;
  const codes = [...odd.keys()].map(key => `\\x${key.charCodeAt(0).toString(16).padStart(2, '0')}`);
  const pattern = new RegExp(`[${codes.join('')}]`, 'g');
  return bytes => latin1View(bytes).replace(pattern, byte => odd.get(byte) ?? '\u00ff');
}

/** For the multi-byte tables of iconv-lite: the second byte of a character may be that of a letter or a backslash. */
export function multiByteView(key: string): View {
  const pairs = pairsOf.get(key);
  return pairs ? pairView(pairs) : latin1View;
}

/** RFC 2152: a run lasts to the first character outside base64, and swallows it when it is a hyphen. */
export const utf7View: View = bytes => latin1View(bytes).replace(/\+[A-Za-z0-9+/]*-?/g, masked);

/**
 * RFC 1468. Anything designated but ASCII is masked until ASCII is back, JIS-Roman and unknown sets as well: text
 * inserted there would have to leave ASCII again. Any other escape hides its own sequence, but no angle bracket, which
 * readers do not take for a part of it. Shifts are not in the RFC; one that is not plainly undone hides all after it.
 */
export const iso2022View: View = bytes =>
  latin1View(bytes).replace(
    /\x1b\(B|\x1b[$&(].*?(?:\x1b\(B|$)|\x0e[^\x0f\x1b]*\x0f|\x0e.*|\x0f|\x1b[!-/]*[0-;=?-~]?/gs,
    masked,
  );

export const utf16LeView: View = bytes => bytes.toString('utf16le');

export const utf16BeView: View = bytes =>
  Buffer.from(bytes.subarray(0, bytes.length & ~1))
    .swap16()
    .toString('utf16le');

export const utf32LeView: View = bytes => utf32View(bytes, at => bytes.readUInt32LE(at));

export const utf32BeView: View = bytes => utf32View(bytes, at => bytes.readUInt32BE(at));

/** A BOM decides; then the zero bytes that ASCII characters have on their high end; else the order is big-endian. */
export function isLittleEndian(bytes: Buffer, unitBytes: 2 | 4): boolean {
  const mark = bytes.toString('latin1', 0, unitBytes);
  if (mark === (unitBytes === 2 ? '\xfe\xff' : '\0\0\xfe\xff')) return false;
  if (mark === (unitBytes === 2 ? '\xff\xfe' : '\xff\xfe\0\0')) return true;
  let balance = 0;
  for (let at = 0; at + unitBytes <= bytes.length; at += unitBytes) {
    if (bytes[at] === 0) balance--;
    if (bytes[at + unitBytes - 1] === 0) balance++;
  }
  return balance > 0;
}

function utf32View(bytes: Buffer, codeAt: (at: number) => number): string {
  const view = Buffer.alloc(bytes.length >> 2, MASK);
  for (let unit = 0; unit < view.length; unit++) {
    const code = codeAt(unit * 4);
    if (code < 0x80) view[unit] = code;
  }
  return latin1View(view);
}

function pairView(pairs: Pairs): View {
  const isLead = byteSet(pairs.lead);
  const isTrail = byteSet(pairs.trail);
  const isFour = (bytes: Buffer, at: number) => {
    const [, second, third, fourth] = bytes.subarray(at, at + 4);
    if (!isDigit(second)) return false;
    // A character cut off by the end takes its digits with it.
    return third === undefined || (isLead[third] === 1 && (fourth === undefined || isDigit(fourth)));
  };
  const lengthAt = (bytes: Buffer, at: number) => {
    if (!isLead[bytes[at] ?? 0]) return 1;
    if (isTrail[bytes[at + 1] ?? 0]) return 2;
    return pairs.isFourBytes && isFour(bytes, at) ? 4 : 1;
  };
  return bytes => {
    const view = Buffer.from(bytes);
    for (let at = 0; at < bytes.length; ) {
      const end = at + lengthAt(bytes, at);
      if (end === at + 1) at++;
      else while (at < end) view[at++] = MASK;
    }
    return latin1View(view);
  };
}

function isDigit(byte = 0): boolean {
  return byte >= 0x30 && byte <= 0x39;
}

function byteSet(pattern: RegExp): Uint8Array {
  return Uint8Array.from({ length: 256 }, (_, byte) => (pattern.test(String.fromCharCode(byte)) ? 1 : 0));
}
