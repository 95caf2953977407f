/**
 * Content-Transfer-Encoding (RFC 2045 6): bodies decoded, and edits of the decoded text turned into edits of the encoded
 * bytes. Bodies have CRLF line ends only. A body that readers could decode in different ways is refused, so that we
 * never place text by a reading that the recipient does not share.
 */
import type { Buffer } from 'node:buffer';
import { decodeBase64, encodeBase64, spliceBase64 } from './base64.ts';
import { decodeQuotedPrintable } from './quoted-printable.ts';
import { spliceQuotedPrintable } from './quoted-printable-edit.ts';
import { encodeQuotedPrintable } from './quoted-printable-writer.ts';
import type { Splice } from './splice.ts';

export type TransferEncoding = '7bit' | '8bit' | 'binary' | 'quoted-printable' | 'base64';

const encodings: readonly TransferEncoding[] = ['7bit', '8bit', 'binary', 'quoted-printable', 'base64'];

/**
 * The encoding that a Content-Transfer-Encoding value, freed of comments, names; undefined for an unknown one such as
 * x-uuencode. Without a value it is 7bit (RFC 2045 6.1). Quotes are no part of the grammar, but they occur.
 */
export function transferEncodingNamed(value: string | undefined): TransferEncoding | undefined {
  const name = (value ?? '')
    .replace(/["\s]+/g, ' ')
    .trim()
    .toLowerCase();
  return name === '' ? '7bit' : encodings.find(encoding => encoding === name);
}

/**
 * The decoded bytes, or undefined when the body cannot be decoded in only one way. `lines` takes what makes later edits of
 * the same body quicker.
 */
export function decodeBody(encoding: TransferEncoding, body: Buffer, lines?: number[]): Buffer | undefined {
  if (encoding === 'quoted-printable') return decodeQuotedPrintable(body, lines);
  if (encoding === 'base64') return decodeBase64(body);
  return body;
}

/**
 * Turns splices in decoded offsets into splices in encoded offsets, both relative to the body, such that the spliced
 * body decodes to the spliced text. There may be more or fewer of them than were given. Throws RangeError for a splice
 * beyond the decoded bytes, so for any splice of a body that cannot be decoded.
 */
export function encodeSplices(
  encoding: TransferEncoding,
  body: Buffer,
  splices: readonly Splice[],
  lines?: readonly number[],
): readonly Splice[] {
  if (encoding === 'quoted-printable') return spliceQuotedPrintable(body, splices, lines);
  if (encoding === 'base64') return spliceBase64(body, splices);
  return splices;
}

/**
 * A whole body encoded from decoded bytes: lines of at most 76 characters with CRLF between them. There is a CRLF at the
 * end only where quoted-printable text has one of its own.
 */
export function encodeBody(encoding: 'quoted-printable' | 'base64', decoded: Buffer): Buffer {
  return encoding === 'base64' ? encodeBase64(decoded) : encodeQuotedPrintable(decoded);
}
