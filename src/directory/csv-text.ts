/**
 * The bytes of a CSV file as text: UTF-8 and UTF-16 with or without a byte order mark, else Windows-1252, which is what
 * Excel and ADUC write. Reads the file twice, since one wrong byte at the end decides that it is no UTF-8; never holds
 * more of it than one chunk.
 */
import type { Pace } from './pace.ts';

export type CsvEncoding = 'utf-8' | 'utf-16le' | 'utf-16be' | 'windows-1252';

/** Opens the file anew each time; the chunks may be cut anywhere. */
export type OpenBytes = () => AsyncIterable<Uint8Array>;

/** Characters handed on at once, so that no step on them takes long. */
const PIECE = 16 * 1024;

/** The encoding by byte order mark, by zero bytes, by validity as UTF-8, in this order. */
export async function detectEncoding(open: OpenBytes, pace: Pace): Promise<CsvEncoding> {
  const utf8 = new TextDecoder('utf-8', { fatal: true });
  let isFirst = true;
  try {
    for await (const chunk of open()) {
      const wide = isFirst ? wideEncoding(chunk) : undefined;
      if (wide) return wide;
      isFirst = false;
      for (let at = 0; at < chunk.length; at += PIECE) {
        if (pace.isDue()) await pace.pause();
        utf8.decode(chunk.subarray(at, at + PIECE), { stream: true });
      }
    }
    utf8.decode();
    return 'utf-8';
  } catch (error) {
    if (error instanceof TypeError && 'code' in error && error.code === 'ERR_ENCODING_INVALID_ENCODED_DATA')
      return 'windows-1252';
    throw error;
  }
}

/** UTF-16: a header row is mostly ASCII, so every second byte is zero; text in one byte per character has none. */
function wideEncoding(chunk: Uint8Array): CsvEncoding | undefined {
  if (chunk[0] === 0xff && chunk[1] === 0xfe) return 'utf-16le';
  if (chunk[0] === 0xfe && chunk[1] === 0xff) return 'utf-16be';
  if (chunk[0] !== 0 && chunk[1] === 0) return 'utf-16le';
  return chunk[0] === 0 && chunk[1] !== 0 ? 'utf-16be' : undefined;
}

/** The text without its byte order mark, in small pieces; a byte that the encoding cannot have becomes U+FFFD. */
export async function* readText(open: OpenBytes, encoding: CsvEncoding): AsyncGenerator<string> {
  const decoder = new TextDecoder(encoding);
  for await (const chunk of open()) {
    for (let at = 0; at < chunk.length; at += PIECE)
      yield decoder.decode(chunk.subarray(at, at + PIECE), { stream: true });
  }
  yield decoder.decode();
}
