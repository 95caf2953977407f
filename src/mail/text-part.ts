/**
 * One text part opened for editing: its encoded body, the decoded bytes, the charset and the places found in it; or the
 * reason why it stays closed.
 */
import type { Buffer } from 'node:buffer';
import { limits } from '../limits.ts';
import { type Charset, charsetNamed, withByteOrder } from './charset.ts';
import { placeInHtml } from './html-place.ts';
import type { Places } from './places.ts';
import { placeInPlain } from './plain.ts';
import { defaultCodeWords, type Reason, type StampOptions } from './report.ts';
import type { Part } from './structure.ts';
import { decodeBody, type TransferEncoding, transferEncodingNamed } from './transfer.ts';

export type Form = 'html' | 'plain';

export type TextPart = {
  readonly part: Part;
  readonly form: Form;
  readonly encoding: TransferEncoding;
  readonly charset: Charset;
  /** False where the part names no charset: then only ASCII is written into it. */
  readonly isCharsetDeclared: boolean;
  readonly isFlowed: boolean;
  readonly body: Buffer;
  readonly decoded: Buffer;
  readonly view: string;
  /** Units of the view that a byte order mark takes: nothing may stand before it. */
  readonly markUnits: number;
  readonly places: Places;
};

export type Opened =
  | { readonly kind: 'open'; readonly text: TextPart }
  | { readonly kind: 'closed'; readonly reason: Reason };

/** Opens a part of the letter (body-parts.ts). `bytes` is the whole message. */
export function openTextPart(bytes: Buffer, part: Part, form: Form, options: StampOptions): Opened {
  const encoding = transferEncodingNamed(part.encoding);
  if (!encoding) return closed('unknown-transfer-encoding');
  if (part.bodyEnd - part.bodyStart > limits.mail.textPartBytes) return closed('text-part-too-large');
  const body = bytes.subarray(part.bodyStart, part.bodyEnd);
  const decoded = decodeBody(encoding, body);
  if (!decoded) return closed('broken-transfer-encoding');
  const label = part.contentType.parameters.get('charset') ?? '';
  const named = charsetNamed(label === '' ? 'us-ascii' : label);
  if (!named) return closed('unknown-charset');
  const charset = withByteOrder(named, decoded);
  // RFC 2045 6.2: text of two-byte characters has no lines, so only a real encoding can carry it through SMTP.
  if (charset.unitBytes > 1 && decoded === body) return closed('broken-transfer-encoding');
  const view = charset.view(decoded);
  const read = (from: number, to: number): string =>
    charset.decode(decoded.subarray(from * charset.unitBytes, to * charset.unitBytes));
  const words = options.codeWords ?? defaultCodeWords;
  const places = (form === 'html' ? placeInHtml : placeInPlain)(view, read, {
    token: options.token,
    placeWord: inView(charset, words.place),
    suppressWord: inView(charset, words.suppress),
    removeClientSignature: options.removeClientSignature === true,
  });
  const markUnits = byteOrderMark(decoded, charset.unitBytes);
  const isFlowed = /^flowed$/i.test(part.contentType.parameters.get('format') ?? '');
  const text = {
    part,
    form,
    encoding,
    charset,
    isCharsetDeclared: label !== '',
    isFlowed,
    body,
    decoded,
    view,
    markUnits,
    places,
  };
  return { kind: 'open', text };
}

/** Units of a leading byte order mark (RFC 2781 3.2, RFC 3629 6). */
function byteOrderMark(decoded: Buffer, unitBytes: number): number {
  const start = decoded.toString('latin1', 0, 4);
  if (unitBytes === 1) return start.startsWith('\u00ef\u00bb\u00bf') ? 3 : 0;
  if (unitBytes === 2) return /^(?:\u00fe\u00ff|\u00ff\u00fe)/.test(start) ? 1 : 0;
  return start === '\0\0\u00fe\u00ff' || start === '\u00ff\u00fe\0\0' ? 1 : 0;
}

function closed(reason: Reason): Opened {
  return { kind: 'closed', reason };
}

/** How a word looks in the charset's view; a word that would be masked there cannot be found. */
function inView(charset: Charset, word: string | undefined): string | undefined {
  if (!word) return undefined;
  const bytes = charset.encode(word);
  return bytes && charset.view(bytes);
}
