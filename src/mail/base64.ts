/**
 * base64 bodies (RFC 2045 6.8). Strict where decoders differ: foreign characters, data after padding and wrong lengths
 * make a body undecodable. Lenient where they agree: white space anywhere, and final padding left out. An edit keeps
 * the characters before it and encodes the rest anew, since every later quantum shifts.
 */
import { Buffer } from 'node:buffer';
import { limits } from '../limits.ts';
import { applySplices, mergeSplices, type Splice } from './splice.ts';

const CR = 0x0d;
const LF = 0x0a;
const CRLF = '\r\n';

const FOREIGN = 0;
const DATA = 1;
const BLANK = 2;
const PADDING = 3;

const classes = new Uint8Array(256).fill(FOREIGN);
for (const character of 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/') {
  classes[character.charCodeAt(0)] = DATA;
}
for (const character of ' \t\r\n') classes[character.charCodeAt(0)] = BLANK;
classes['='.charCodeAt(0)] = PADDING;

/** The decoded bytes, or undefined when decoders would differ about them. */
export function decodeBase64(body: Buffer): Buffer | undefined {
  return isDecodable(body) ? Buffer.from(body.toString('latin1'), 'base64') : undefined;
}

/** Lines of 76 characters, CRLF between them and none at the end. */
export function encodeBase64(decoded: Buffer): Buffer {
  return lines(decoded, limits.mail.encodedLineBytes, limits.mail.encodedLineBytes);
}

/**
 * One splice from the place of the first edit up to the end of the last character's line, so that no padding there makes
 * the new line too long. White space after that stays: it may be the empty line before a boundary, or the CRLF that ends
 * the message.
 */
export function spliceBase64(body: Buffer, splices: readonly Splice[]): Splice[] {
  const first = mergeSplices(splices)[0];
  if (!first) return [];
  const decoded = decodeBase64(body);
  if (!decoded) throw new RangeError('expected a base64 body that can be decoded');
  const end = contentEnd(body);
  const cut = cutBefore(body.subarray(0, end), Math.floor(first.at / 3) * 4);
  const from = (cut.characters / 4) * 3;
  const shifted = splices.map(splice => ({ ...splice, at: Math.max(splice.at - from, 0) }));
  const rest = Buffer.concat(applySplices(decoded.subarray(from), shifted));
  const width = lineWidth(body.subarray(0, end));
  const room = Math.max(0, width - cut.column);
  return [{ at: cut.at, remove: lineEnd(body, end) - cut.at, insert: lines(rest, width, room - (room % 4)) }];
}

function isDecodable(body: Buffer): boolean {
  let data = 0;
  let padding = 0;
  for (let at = 0; at < body.length; at++) {
    const run = at;
    while (classes[body[at] ?? 0] === DATA) at++;
    if (at > run && padding > 0) return false;
    data += at - run;
    if (at === body.length) break;
    const kind = classes[body[at] ?? 0];
    if (kind === PADDING) padding++;
    else if (kind !== BLANK) return false;
  }
  const left = data % 4;
  // Two characters left over are one byte, three are two; one is no byte at all.
  return padding === 0 ? left !== 1 : left + padding === 4 && padding < 3;
}

type Cut = { readonly at: number; readonly characters: number; readonly column: number };

/**
 * Where encoding anew starts: at the start of the line that holds the quantum after `characters`, or, where that line
 * starts inside a quantum, after the last whole quantum before the edit.
 */
function cutBefore(content: Buffer, characters: number): Cut {
  let line = 0;
  let charactersBefore = 0;
  let found = 0;
  let at = 0;
  for (; at < content.length; at++) {
    const kind = classes[content[at] ?? 0];
    if (kind !== BLANK && found === characters) break;
    if (kind === DATA) found++;
    if (content[at] === LF && content[at - 1] === CR) {
      line = at + 1;
      charactersBefore = found;
    }
  }
  if (charactersBefore % 4 === 0) return { at: line, characters: charactersBefore, column: 0 };
  return { at, characters: found - (found % 4), column: at - line };
}

function contentEnd(body: Buffer): number {
  let end = body.length;
  while (end > 0 && classes[body[end - 1] ?? 0] === BLANK) end--;
  return end;
}

function lineEnd(body: Buffer, from: number): number {
  const end = body.indexOf(CRLF, from, 'latin1');
  return end < 0 ? body.length : end;
}

/** The body's own line length. A body of one line says nothing about it, nor does a line that splits a quantum. */
function lineWidth(content: Buffer): number {
  const first = content.indexOf(CRLF, 0, 'latin1');
  const usable = first > 0 && first % 4 === 0 && first <= limits.mail.encodedLineBytes;
  return usable ? first : limits.mail.encodedLineBytes;
}

/** `room`: what the first line still holds; a CRLF comes first when that is nothing. */
function lines(bytes: Buffer, width: number, room: number): Buffer {
  const characters = Buffer.from(bytes.toString('base64'), 'latin1');
  const breaks = Math.ceil(Math.max(0, characters.length - room) / width);
  const out = Buffer.allocUnsafe(characters.length + CRLF.length * breaks);
  let from = Math.min(room, characters.length);
  let at = characters.copy(out, 0, 0, from);
  for (; from < characters.length; from += width) {
    out[at++] = CR;
    out[at++] = LF;
    at += characters.copy(out, at, from, from + width);
  }
  return out;
}
