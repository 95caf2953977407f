/**
 * Text for benchmark messages, and its transfer encodings. The same seed gives the same text, so that two runs
 * measure the same bytes; nothing is read from disk.
 */

const vocabulary = (
  'the offer invoice meeting delivery project please find attached our your we will confirm by Friday about ' +
  'schedule revised drawing customer contract quantity pallet office in Köln Zürich and München für die nächste ' +
  'Woche before after review with regards thank you for call tomorrow morning budget approved signed copy ' +
  'question answer number order 4711 2026 version final draft team manager département réunion à bientôt'
).split(' ');

/** Numbers from 0 up to 1 (mulberry32). */
export function randomFrom(seed) {
  let state = seed;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), state | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  };
}

export function sentence(random) {
  const count = 6 + Math.floor(random() * 12);
  const words = Array.from({ length: count }, () => vocabulary[Math.floor(random() * vocabulary.length)]);
  const text = words.join(' ');
  return `${text[0].toUpperCase()}${text.slice(1)}.`;
}

export function paragraph(random) {
  return Array.from({ length: 1 + Math.floor(random() * 4) }, () => sentence(random)).join(' ');
}

export function asciiOnly(text) {
  return text.normalize('NFD').replace(/[^\0-\x7f]/g, '');
}

/** Making ever new text takes longer than measuring it; so much of it holds no pattern that anything could learn. */
const DISTINCT_BYTES = 300_000;

/** Texts of `piece`, `length` bytes of UTF-8 together or a little less. */
export function filled(length, piece) {
  const pieces = [];
  let size = 0;
  for (let count = 0; ; count++) {
    const next = size < DISTINCT_BYTES ? piece() : pieces[count % 500];
    size += Buffer.byteLength(next);
    if (size > length) return pieces.join('');
    pieces.push(next);
  }
}

/** Breaks text at blanks into lines of at most 76 characters, each behind `prefix`. */
export function wrapped(text, prefix = '') {
  const lines = [''];
  for (const word of text.split(' ')) {
    const line = lines.at(-1);
    if (line === '') lines[lines.length - 1] = word;
    else if (prefix.length + line.length + 1 + word.length > 76) lines.push(word);
    else lines[lines.length - 1] = `${line} ${word}`;
  }
  return lines.map(line => `${prefix}${line}\r\n`).join('');
}

/** RFC 2045 6.7, as mail clients write it: full lines with soft breaks. */
export function quotedPrintable(text) {
  const lines = [];
  for (const line of text.split('\r\n')) {
    let row = '';
    for (const byte of Buffer.from(line, 'utf8')) {
      const isPlain = byte >= 0x20 && byte < 0x7f && byte !== 0x3d;
      const unit = isPlain
        ? String.fromCharCode(byte)
        : `=${byte.toString(16).toUpperCase().padStart(2, '0')}`;
      if (row.length + unit.length > 75) {
        lines.push(`${row}=`);
        row = '';
      }
      row += unit;
    }
    lines.push(row.replace(/ $/, '=20'));
  }
  return lines.join('\r\n');
}

export function base64(bytes) {
  const characters = Buffer.from(bytes).toString('base64');
  const lines = [];
  for (let at = 0; at < characters.length; at += 76) lines.push(characters.slice(at, at + 76));
  return `${lines.join('\r\n')}\r\n`;
}

/** Bytes that do not compress and hold every value: what a picture or a PDF looks like. */
export function noise(length, random) {
  const block = Uint8Array.from({ length: Math.min(length, DISTINCT_BYTES) }, () => random() * 256);
  return Buffer.alloc(length, block);
}
