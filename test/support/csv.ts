/** CSV text or bytes as a source reads them, in chunks of any size. */
import { type CsvSource, createCsvSource, csvDefaults } from '../../src/directory/csv.ts';
import type { Reading } from '../../src/directory/source.ts';
import type { Result } from '../../src/problem.ts';

export async function* chunksOf(bytes: Uint8Array, size: number): AsyncGenerator<Uint8Array> {
  for (let at = 0; at < bytes.length; at += size) yield bytes.subarray(at, at + size);
}

export function readCsv(
  content: string | Uint8Array,
  settings: Partial<CsvSource> = {},
  chunkSize = 64 * 1024,
): Promise<Result<Reading>> {
  const bytes = typeof content === 'string' ? Buffer.from(content) : content;
  const source = createCsvSource(
    { ...csvDefaults, file: 'people.csv', ...settings },
    { open: () => chunksOf(bytes, chunkSize), elapsed: () => performance.now() },
  );
  return source.read(new AbortController().signal, () => {});
}

/** The reading of a file that must not be refused as a whole. */
export async function readGood(...args: Parameters<typeof readCsv>): Promise<Reading> {
  const result = await readCsv(...args);
  if (result.kind === 'problem') throw new Error(result.problem.sentence);
  return result.value;
}

/** UTF-16 or Windows-1252 bytes of a text; the latter for Latin-1 text and the euro sign only. */
export function encode(
  text: string,
  encoding: 'utf-8' | 'utf-16le' | 'utf-16be' | 'windows-1252',
): Uint8Array {
  if (encoding === 'utf-8') return Buffer.from(text);
  if (encoding === 'windows-1252') return Buffer.from(text.replaceAll('€', '\x80'), 'latin1');
  const bytes = Buffer.from(text, 'utf16le');
  return encoding === 'utf-16le' ? bytes : bytes.swap16();
}
