/** The mail corpus beside the checkout, which is not part of the repository: what needs it says so and is skipped without. */
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join, relative } from 'node:path';

export type CorpusMessage = { readonly name: string; readonly bytes: Buffer };

const root = join(import.meta.dirname, '../../../shared/corpus');

/** What a test says when it is skipped for want of the corpus. */
export const corpusIsMissing = 'there is no ../shared/corpus';

/** All messages in order of their names, with the line ends of SMTP; undefined when the corpus is not there. */
export function corpusMessages(): CorpusMessage[] | undefined {
  if (!existsSync(root)) return undefined;
  return readdirSync(root, { recursive: true, withFileTypes: true })
    .filter(entry => entry.isFile() && !/^\.|\.(?:txt|tsv|md|xz)$/.test(entry.name))
    .map(entry => join(entry.parentPath, entry.name))
    .sort()
    .map(path => ({ name: relative(root, path), bytes: withCrlf(readFileSync(path)) }));
}

/** Files have LF where the source repository had; one with a CR in it is meant to be as it is. */
function withCrlf(bytes: Buffer): Buffer {
  if (bytes.includes(13)) return bytes;
  return Buffer.from(bytes.toString('latin1').replaceAll('\n', '\r\n'), 'latin1');
}
