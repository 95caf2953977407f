/**
 * What each charset is made of: who reads it, who writes it, and how its bytes look to a scanner. A recipe may write
 * too much; charset.ts keeps only what all its readers give back.
 */
import { Buffer, isUtf8 } from 'node:buffer';
import Japanese from 'encoding-japanese';
import iconv from 'iconv-lite';
import * as views from './charset-view.ts';

/** Keeps a BOM, so that what was written can be compared with what is read. */
type Reader = (bytes: Buffer) => string;

export type Recipe = {
  readonly name: string;
  readonly unitBytes?: 2 | 4;
  readonly isAsciiCompatible?: boolean;
  readonly isStateful?: boolean;
  readonly view: views.View;
  readonly read: Reader;
  /** A second decoder, which must agree on what is written. */
  readonly alsoRead?: Reader | undefined;
  readonly write?: (text: string) => Buffer;
  /** Text whose bytes are its characters. */
  readonly plain?: RegExp | undefined;
  /** Characters that would change the shift state, or that common readers lack although ours have them. */
  readonly refused?: RegExp | undefined;
};

export const ASCII = /^[\0-\x7f]*$/;

/** Charsets that are no table of iconv-lite, by label without punctuation. */
const recipes = new Map<string, () => Recipe>([
  ['ascii', usAscii],
  ['utf8', utf8],
  ['cesu8', cesu8],
  ['utf7', utf7],
  ['iso2022jp', iso2022Jp],
  ['utf16', () => unordered(utf16Be(), utf16Le(), 2)],
  ['utf16be', utf16Be],
  ['utf16le', utf16Le],
  ['utf32', () => unordered(utf32Be(), utf32Le(), 4)],
  ['utf32be', utf32Be],
  ['utf32le', utf32Le],
]);

/** Labels without punctuation that the libraries lack, or read in a way that mail does not mean. */
const aliases = new Map([
  ['ucs2', 'utf16'],
  ['unicode', 'utf16'],
  ['csunicode', 'utf16'],
  ['iso10646ucs2', 'utf16'],
  ['cp50220', 'iso2022jp'],
  ['cp50221', 'iso2022jp'],
  ['cp50222', 'iso2022jp'],
  ['cp65001', 'utf8'],
  ['xia5', 'ascii'],
  ['macintosh', 'macroman'],
  ['xmaccyrillic', 'macukraine'],
  ['xmacce', 'maccenteuro'],
  ['xmacgreek', 'macgreek'],
  ['xmacturkish', 'macturkish'],
  ['cp936', 'gbk'],
  ['gb180302022', 'gb18030'],
  ['xwindows949', 'cp949'],
  ['xwindows950', 'cp950'],
  ['dos720', 'cp720'],
  ['dos862', 'cp862'],
  ['ibm00858', 'cp858'],
]);

/** MIME names of tables whose key is not one. */
const ownNames = new Map([
  ['shiftjis', 'shift_jis'],
  ['eucjp', 'euc-jp'],
  ['cp949', 'euc-kr'],
  ['big5hkscs', 'big5'],
  ['tis620', 'tis-620'],
  ['macroman', 'macintosh'],
  ['macukraine', 'x-mac-cyrillic'],
]);

/** The recipe of a lower-case label, made anew each time. */
export function recipeNamed(label: string): Recipe | undefined {
  const whatwg = whatwgName(label);
  const key = tableKey(compact(label)) ?? (whatwg && tableKey(compact(whatwg)));
  if (key) return recipes.get(key)?.() ?? tableRecipe(key, whatwg);
  return whatwg ? { name: whatwg, ...singleByte(readerNamed(whatwg)) } : undefined;
}

function whatwgName(label: string): string | undefined {
  try {
    return new TextDecoder(label).encoding;
  } catch {
    return undefined;
  }
}

const compact = (label: string) => label.replace(/:\d{4}$|[^0-9a-z]/g, '');

/** The key of a recipe or of a real table of iconv-lite; base64, hex, binary and the like are of other types there. */
function tableKey(name: string): string | undefined {
  const key = aliases.get(name) ?? name;
  if (recipes.has(key)) return key;
  const table = tableOf(key);
  if (typeof table === 'string') return tableKey(table);
  return isMultiByte(key) || table?.type === '_sbcs' ? key : undefined;
}

/** The list has no prototype, and is loaded by the first question for existence. */
function tableOf(key: string) {
  return iconv.encodingExists(key) ? iconv.encodings?.[key] : undefined;
}

function isMultiByte(key: string): boolean {
  const table = tableOf(key);
  return typeof table === 'object' && table.type === '_dbcs';
}

function readerNamed(whatwg: string): Reader {
  const decoder = new TextDecoder(whatwg, { ignoreBOM: true });
  return bytes => decoder.decode(bytes);
}

function tableReader(key: string): Reader {
  return bytes => iconv.decode(bytes, key, { stripBOM: false }).toWellFormed();
}

function tableRecipe(key: string, label: string | undefined): Recipe {
  const own = ownNames.get(key) ?? key.replace(/^iso8859/, 'iso-8859-').replace(/^(windows|koi8)/, '$1-');
  const whatwg = label ?? whatwgName(own);
  // Browsers read some ISO-8859 labels as the larger windows-125x; the name stays what was asked for.
  const isWidened = whatwg?.startsWith('windows-') && !key.startsWith('windows');
  const name = isWidened ? own : (whatwg ?? own);
  const browser = whatwg === undefined ? undefined : readerNamed(whatwg);
  const parts = isMultiByte(key)
    ? multiByte(key, browser)
    : singleByte(browser ?? tableReader(key), tableReader(key));
  return { name, write: text => iconv.encode(text, key), ...parts };
}

/** Browsers decode first, for the sake of their wider tables. */
function singleByte(read: Reader, alsoRead?: Reader) {
  const every = Buffer.from(Array.from({ length: 256 }, (_, byte) => byte));
  const characters = read(every);
  const isAsciiCompatible = characters.startsWith(every.toString('latin1', 0, 128));
  const plain = isAsciiCompatible ? ASCII : undefined;
  return { read, alsoRead, isAsciiCompatible, plain, view: views.byteView(characters) };
}

/** iconv-lite decodes first: TextDecoder lacks thousands of Korean and Hong Kong characters. */
function multiByte(key: string, browser: Reader | undefined) {
  // Browsers and Windows have the euro sign at 0x80 of GBK; other readers see a broken byte.
  const refused = key === 'gbk' ? /€/ : undefined;
  // ICU swaps SUB, FS and DEL in Shift_JIS, as old IBM hosts did, and agrees with iconv-lite on the characters.
  const alsoRead = key === 'shiftjis' ? undefined : browser;
  return { read: tableReader(key), alsoRead, refused, plain: ASCII, view: views.multiByteView(key) };
}

/** The label is a common lie; refusing to write anything but ASCII keeps us from adding to it. */
function usAscii(): Recipe {
  const utf8 = readerNamed('utf-8');
  const western = readerNamed('windows-1252');
  const read: Reader = bytes => (isUtf8(bytes) ? utf8(bytes) : western(bytes));
  return { name: 'us-ascii', view: views.latin1View, read, plain: ASCII };
}

function utf8(): Recipe {
  const write = (text: string) => Buffer.from(text, 'utf8');
  return { name: 'utf-8', view: views.latin1View, read: readerNamed('utf-8'), write, plain: ASCII };
}

function cesu8(): Recipe {
  const write = (text: string) => iconv.encode(text, 'cesu8');
  return { name: 'cesu-8', view: views.latin1View, read: tableReader('cesu8'), write, plain: ASCII };
}

/** RFC 2152. Writes ASCII only; backslash and tilde go in base64, since some readers refuse them outside. */
function utf7(): Recipe {
  const runs = new Map([
    ['+', '+-'],
    ['\\', '+AFw-'],
    ['~', '+AH4-'],
  ]);
  const write = (text: string) =>
    Buffer.from(
      text.replace(/[+\\~]/g, c => runs.get(c) ?? c),
      'latin1',
    );
  const refused = /[^\0-\x7f]/;
  return { name: 'utf-7', isStateful: true, view: views.utf7View, read: tableReader('utf7'), write, refused };
}

/** RFC 1468 has no half-width katakana and no JIS X 0212: the first is refused here, the second never read back. */
function iso2022Jp(): Recipe {
  return {
    name: 'iso-2022-jp',
    isStateful: true,
    view: views.iso2022View,
    read: readerNamed('iso-2022-jp'),
    write: text => Buffer.from(Japanese.convert(text, { from: 'UNICODE', to: 'JIS', type: 'array' })),
    plain: ASCII,
    refused: /[\x0e\x0f\x1b\uff61-\uff9f]/,
  };
}

function utf16Be(): Recipe {
  const write = (text: string) => Buffer.from(text, 'utf16le').swap16();
  return { ...wide(2), name: 'utf-16be', view: views.utf16BeView, read: readerNamed('utf-16be'), write };
}

function utf16Le(): Recipe {
  const write = (text: string) => Buffer.from(text, 'utf16le');
  return { ...wide(2), name: 'utf-16le', view: views.utf16LeView, read: readerNamed('utf-16le'), write };
}

function utf32Be(): Recipe {
  const write = (text: string) => iconv.encode(text, 'utf32be');
  return { ...wide(4), name: 'utf-32be', view: views.utf32BeView, read: tableReader('utf32be'), write };
}

function utf32Le(): Recipe {
  const write = (text: string) => iconv.encode(text, 'utf32le');
  return { ...wide(4), name: 'utf-32le', view: views.utf32LeView, read: tableReader('utf32le'), write };
}

const wide = <Size extends 2 | 4>(unitBytes: Size) => ({ unitBytes, isAsciiCompatible: false });

/** Without a byte order in the label the text decides, and text that would be taken for the other order is refused. */
function unordered(big: Recipe, little: Recipe, unitBytes: 2 | 4): Recipe {
  const orderOf = (bytes: Buffer) => (views.isLittleEndian(bytes, unitBytes) ? little : big);
  return {
    ...big,
    name: `utf-${unitBytes * 8}`,
    view: bytes => orderOf(bytes).view(bytes),
    read: bytes => orderOf(bytes).read(bytes),
  };
}
