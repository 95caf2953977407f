/**
 * One text part opened for editing: its encoded body, the decoded bytes, the charset and the places found in it; or the
 * reason why it stays closed.
 */
import type { Buffer } from 'node:buffer';
import { limits } from '../limits.ts';
import { type Charset, charsetNamed, withByteOrder } from './charset.ts';
import { horizonOf, mayHoldMark } from './horizon.ts';
import { placeInHtml } from './html-place.ts';
import type { Places } from './places.ts';
import { placeInPlain } from './plain.ts';
import { defaultCodeWords, type Reason, type StampOptions } from './report.ts';
import type { Part } from './structure.ts';
import { decodeBody, type TransferEncoding, transferEncodingNamed } from './transfer.ts';

const NOT_ASCII = /[^\x00-\x7f]/;

export type Form = 'html' | 'plain';

export type TextPart = {
  readonly part: Part;
  readonly form: Form;
  readonly encoding: TransferEncoding;
  readonly charset: Charset;
  /** False where the part names no charset: then only ASCII is written into it. */
  readonly isCharsetDeclared: boolean;
  readonly isFlowed: boolean;
  /** The encoded body as far as it was read, from its start. */
  readonly body: Buffer;
  readonly wholeBody: Buffer;
  readonly decoded: Buffer;
  /** What `decodeBody` told of the encoded lines. */
  readonly lines: readonly number[];
  readonly view: string;
  /** Units of the view that a byte order mark takes: nothing may stand before it. */
  readonly markUnits: number;
  readonly places: Places;
};

export type Opened =
  | { readonly kind: 'open'; readonly text: TextPart }
  | { readonly kind: 'closed'; readonly reason: Reason };

/** `new-text`: only the places above the quoted history are wanted. `whole`: the end as well. */
export type Reach = 'new-text' | 'whole';

/** Opens a part of the letter (body-parts.ts). `bytes` is the whole message. */
export function openTextPart(
  bytes: Buffer,
  part: Part,
  form: Form,
  reach: Reach,
  options: StampOptions,
): Opened {
  const encoding = transferEncodingNamed(part.encoding);
  if (!encoding) return closed('unknown-transfer-encoding');
  if (part.bodyEnd - part.bodyStart > limits.mail.textPartBytes) return closed('text-part-too-large');
  const label = part.contentType.parameters.get('charset') ?? '';
  const charset = charsetNamed(label === '' ? 'us-ascii' : label);
  if (!charset) return closed('unknown-charset');
  const wholeBody = bytes.subarray(part.bodyStart, part.bodyEnd);
  const source: Source = {
    part,
    form,
    encoding,
    charset,
    isCharsetDeclared: label !== '',
    wholeBody,
    options,
  };
  return (reach === 'new-text' ? readHead(source) : undefined) ?? readAll(source);
}

/** The same part read to its end, for an edit that has to write it anew. */
export function wholeOf(text: TextPart): TextPart {
  if (text.body.length === text.wholeBody.length) return text;
  const lines: number[] = [];
  const decoded = decodeBody(text.encoding, text.wholeBody, lines) ?? text.decoded;
  return { ...text, body: text.wholeBody, decoded, lines, view: text.charset.view(decoded) };
}

type Source = Pick<TextPart, 'part' | 'form' | 'encoding' | 'charset' | 'isCharsetDeclared' | 'wholeBody'> & {
  readonly options: StampOptions;
};

/** The part as far as its horizon, if that settles the places: quoted history begins there and has no end. */
function readHead(source: Source): Opened | undefined {
  const { form, encoding, charset, wholeBody } = source;
  // A line end ends no character and no shift state in these charsets, so their text can be cut there.
  if (charset.unitBytes > 1 || charset.stateful || !charset.asciiCompatible) return undefined;
  // What base64 hides can be found only by decoding it, and an edit re-encodes it to the end anyway.
  if (encoding === 'base64') return undefined;
  const encoded = wholeBody.toString('latin1');
  const horizon = horizonOf(form, encoded);
  if (horizon === encoded.length) return undefined;
  const opened = readBody(source, wholeBody.subarray(0, horizon));
  if (opened.kind === 'closed' || !opened.text.places.isQuotedToTheEnd) return undefined;
  const { places } = opened.text;
  const isMarkedBefore = places.isMarkedBefore || mayHoldMark(form, encoded, horizon);
  return { kind: 'open', text: { ...opened.text, places: { ...places, isMarkedBefore } } };
}

function readAll(source: Source): Opened {
  return readBody(source, source.wholeBody);
}

function readBody({ options, ...source }: Source, body: Buffer): Opened {
  const lines: number[] = [];
  const decoded = decodeBody(source.encoding, body, lines);
  if (!decoded) return closed('broken-transfer-encoding');
  const charset = withByteOrder(source.charset, decoded);
  // RFC 2045 6.2: text of two-byte characters has no lines, so only a real encoding can carry it through SMTP.
  if (charset.unitBytes > 1 && decoded === body) return closed('broken-transfer-encoding');
  const view = charset.view(decoded);
  const read = (from: number, to: number): string => {
    const source = view.slice(from, to);
    // ASCII stands as itself in a view, and most lines are nothing else.
    if (!NOT_ASCII.test(source)) return source;
    return charset.decode(decoded.subarray(from * charset.unitBytes, to * charset.unitBytes));
  };
  const words = options.codeWords ?? defaultCodeWords;
  const places = (source.form === 'html' ? placeInHtml : placeInPlain)(view, read, {
    token: options.token,
    placeWord: inView(charset, words.place),
    suppressWord: inView(charset, words.suppress),
    removeClientSignature: options.removeClientSignature === true,
  });
  const markUnits = byteOrderMark(decoded, charset.unitBytes);
  const isFlowed = /^flowed$/i.test(source.part.contentType.parameters.get('format') ?? '');
  return {
    kind: 'open',
    text: { ...source, charset, isFlowed, body, decoded, lines, view, markUnits, places },
  };
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
  if (charset.asciiCompatible && !charset.stateful && !NOT_ASCII.test(word)) return word;
  const bytes = charset.encode(word);
  return bytes && charset.view(bytes);
}
