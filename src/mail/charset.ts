/**
 * Charsets of mail: reads text as leniently as mail readers do, and writes only text that every decoder at hand gives
 * back exactly. A label that iconv-lite, TextDecoder and encoding-japanese all lack is no charset here.
 */
import { Buffer } from 'node:buffer';
import { ASCII, type Recipe, recipeNamed } from './charset-recipe.ts';
import { isLittleEndian } from './charset-view.ts';

/** How text of one charset is read and written, in bytes. */
export type Charset = {
  /** Canonical lower-case label, such as `utf-8` or `iso-2022-jp`. */
  readonly name: string;
  /** Bytes per character of `view`: 1, or 2 for UTF-16, 4 for UTF-32. */
  readonly unitBytes: 1 | 2 | 4;
  /** True when an ASCII byte in ASCII state is that ASCII character. */
  readonly asciiCompatible: boolean;
  /** True when the meaning of a byte depends on a shift state: insertions are only sound where the state is ASCII. */
  readonly stateful: boolean;
  /**
   * One UTF-16 code unit per `unitBytes` bytes: ASCII characters stand as themselves at their offsets, everything else
   * is some character from U+0080 on, escape sequences and ASCII-range bytes of other characters as well.
   */
  view(bytes: Buffer): string;
  /** The whole text, without a leading BOM. Malformed bytes become U+FFFD; never throws. */
  decode(bytes: Buffer): string;
  /** Exactly this text, ending in ASCII state, no BOM added; undefined when a character cannot be represented. */
  encode(text: string): Buffer | undefined;
};

const LABEL = /^[a-z0-9][\x21-\x7e]*$/i;
const MAX_LABEL = 64;
/** Labels come from strangers, so what is remembered about them is bounded. */
const MAX_REMEMBERED = 500;
const remembered = new Map<string, Charset>();

/** The charset of a MIME label, in any case, with quotes or blanks around; undefined when it is unknown. */
export function charsetNamed(label: string): Charset | undefined {
  if (label.length > MAX_LABEL) return undefined;
  const known = remembered.get(label);
  if (known) return known;
  const bare = label.replace(/^[\s"']+|[\s"']+$/g, '');
  const recipe = LABEL.test(bare) ? recipeNamed(bare.toLowerCase()) : undefined;
  if (!recipe) return undefined;
  const charset = charsetOf(recipe);
  if (remembered.size >= MAX_REMEMBERED) remembered.clear();
  remembered.set(label, charset);
  return charset;
}

/**
 * The charset with the byte order of this text, for UTF-16 and UTF-32 labels that leave it open: on its own, their
 * `encode` writes big-endian. Every other charset comes back as it is.
 */
export function withByteOrder(charset: Charset, text: Buffer): Charset {
  if (charset.name !== 'utf-16' && charset.name !== 'utf-32') return charset;
  const isLittle = isLittleEndian(text, charset.name === 'utf-16' ? 2 : 4);
  return charsetNamed(`${charset.name}${isLittle ? 'le' : 'be'}`) ?? charset;
}

/**
 * HTML in the charset: characters it lacks (all non-ASCII ones when `asciiOnly`) become `&#N;`. Not for text inside
 * script or style, where a reference is not read as one.
 */
export function encodeHtml(charset: Charset, html: string, asciiOnly: boolean): Buffer {
  const direct = asciiOnly && !ASCII.test(html) ? undefined : charset.encode(html);
  if (direct) return direct;
  const isKnown = (character: string) => charset.encode(character) !== undefined;
  const isKnownAscii = (character: string) => character <= '\x7f' && isKnown(character);
  // A charset may know each character and still read a pair of them as another one: then the references take over.
  const bytes =
    (asciiOnly ? undefined : charset.encode(referenced(html, isKnown))) ??
    charset.encode(referenced(html, isKnownAscii));
  if (!bytes) throw new Error(`expected ${charset.name} to encode ASCII, got nothing`);
  return bytes;
}

function charsetOf(recipe: Recipe): Charset {
  const { name, view, unitBytes = 1, isAsciiCompatible = true, isStateful = false } = recipe;
  return {
    name,
    unitBytes,
    asciiCompatible: isAsciiCompatible,
    stateful: isStateful,
    view,
    decode: bytes => recipe.read(bytes).replace(/^\ufeff/, ''),
    encode: text => exactBytes(recipe, text),
  };
}

function exactBytes(
  { refused, plain, write, read, alsoRead = read }: Recipe,
  text: string,
): Buffer | undefined {
  if (refused?.test(text)) return undefined;
  if (plain?.test(text)) return Buffer.from(text, 'latin1');
  const bytes = write?.(text);
  return bytes && read(bytes) === text && alsoRead(bytes) === text ? bytes : undefined;
}

function referenced(html: string, isKept: (character: string) => boolean): string {
  const written = new Map<string, string>();
  return html.replace(/./gsu, character => {
    const text = written.get(character) ?? (isKept(character) ? character : reference(character));
    written.set(character, text);
    return text;
  });
}

/** HTML reads references to C1 controls as windows-1252, and has none for lone surrogates. */
function reference(character: string): string {
  return /[\x80-\x9f\p{Surrogate}]/u.test(character) ? '&#65533;' : `&#${character.codePointAt(0)};`;
}
