/**
 * Files that a bundle names. A file that cannot be used is a problem at the place that names it; the bundle as a whole
 * then fails, so that no half signature goes out.
 */
import { Buffer } from 'node:buffer';
import { limits } from '../limits.ts';
import type { BundleSecret } from './bundle.ts';
import type { Path } from './source.ts';

/** Bytes of a file named in a bundle, or why there are none, in a few words. */
export type ReadFile = (
  file: string,
) => Promise<
  { readonly kind: 'ok'; readonly bytes: Uint8Array } | { readonly kind: 'failed'; readonly reason: string }
>;

/** Notes a problem at a path of the bundle. */
export type Tell = (path: Path, sentence: string) => void;

export type Files = {
  /** Undefined when a problem was told. */
  readonly bytes: (path: Path, file: string) => Promise<Uint8Array | undefined>;
  /** UTF-8 without a byte order mark, line ends as LF. */
  readonly text: (path: Path, file: string) => Promise<string | undefined>;
  /** A password or key: the text, without the line end that editors leave behind it. */
  readonly secret: (path: Path, file: string | undefined) => Promise<BundleSecret>;
};

export function createFiles(readFile: ReadFile, tell: Tell): Files {
  const bytes: Files['bytes'] = async (path, file) => {
    const result = await readFile(file);
    if (result.kind === 'failed')
      tell(path, `${file} cannot be read (${result.reason}): correct the name or its permissions.`);
    else if (result.bytes.length > limits.bundle.fileBytes)
      tell(path, `${file} is larger than ${limits.bundle.fileBytes} bytes: make it smaller.`);
    else return result.bytes;
    return undefined;
  };

  const text: Files['text'] = async (path, file) => {
    const content = await bytes(path, file);
    if (!content) return undefined;
    if (content.includes(0)) {
      tell(path, `${file} holds a NUL character, which no text has: save it as UTF-8 text.`);
      return undefined;
    }
    try {
      // Fatal, because a legal text with replacement characters in it must not go out; the decoder drops a BOM.
      return new TextDecoder('utf-8', { fatal: true }).decode(content).replace(/\r\n?/g, '\n');
    } catch {
      tell(path, `${file} is not UTF-8: save it as UTF-8.`);
      return undefined;
    }
  };

  const secret: Files['secret'] = async (path, file) => {
    if (file === undefined) return {};
    const value = (await text(path, file))?.replace(/\n$/, '');
    if (value === '') tell(path, `${file} is empty: put the secret into it.`);
    return value ? { file, value } : { file };
  };

  return { bytes, text, secret };
}

const magic = [
  ['image/png', '89504e470d0a1a0a'],
  ['image/jpeg', 'ffd8ff'],
  ['image/gif', '474946383761'],
  ['image/gif', '474946383961'],
] as const;

/** The media type by the first bytes; file names lie. */
export function imageType(bytes: Uint8Array): string | undefined {
  const start = Buffer.from(bytes.subarray(0, 8)).toString('hex');
  return magic.find(([, signature]) => start.startsWith(signature))?.[0];
}
