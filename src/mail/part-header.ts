/**
 * Changes to the header of a text part whose body was written anew: its `Content-Type` may name another charset, its
 * `Content-Transfer-Encoding` another encoding. Nothing else in a header is ever rewritten.
 */
import { Buffer } from 'node:buffer';
import type { Field } from './headers.ts';
import { withoutParameter } from './parameters.ts';
import type { Splice } from './splice.ts';
import type { Part } from './structure.ts';

/** What the part's header must say from now on. */
export type HeaderChange = {
  /** Rewrites the text of an existing Content-Type field; undefined leaves it. */
  readonly contentType: ((field: string) => string) | undefined;
  readonly encoding: 'quoted-printable' | 'base64';
};

/** A Content-Type field's text with another charset parameter, the rest of it kept. */
export function contentTypeSplice(charset: string): (field: string) => string {
  return field => {
    const colon = field.indexOf(':') + 1;
    const value = withoutParameter(field.slice(colon).replace(/\r\n$/, ''), 'charset');
    // Empty, or `text` alone: read as plain text, but no type that could carry a parameter.
    const typed = /^[^;]*\//.test(value) ? value : ` text/plain${value.replace(/^[^;]*/, '')}`;
    return `${field.slice(0, colon)}${typed}; charset=${charset}\r\n`;
  };
}

/** The part's content fields as text, after the change: what an inner part of the same content must carry. */
export function contentFields(bytes: Buffer, part: Part, change: HeaderChange | undefined): string {
  const [type] = fieldsNamed(part, 'content-type');
  const [encoding] = fieldsNamed(part, 'content-transfer-encoding');
  const typeText = textOf(bytes, part, type);
  if (change) return (change.contentType?.(typeText) ?? typeText) + encodingField(change);
  return typeText + (encoding ? bytes.toString('latin1', encoding.start, encoding.end) : '');
}

/** Splices of the whole message that make the change in place. Of equal fields that stand twice, one is left. */
export function headerSplices(bytes: Buffer, part: Part, change: HeaderChange): Splice[] {
  const [type, ...otherTypes] = fieldsNamed(part, 'content-type');
  const [encoding, ...otherEncodings] = fieldsNamed(part, 'content-transfer-encoding');
  const typeText = change.contentType?.(textOf(bytes, part, type));
  const encodingText = encodingField(change);
  const added = (typeText !== undefined && !type ? typeText : '') + (encoding ? '' : encodingText);
  const splices = [...(typeText === undefined ? [] : otherTypes), ...otherEncodings].map(field =>
    replacing(field, Buffer.alloc(0)),
  );
  if (typeText !== undefined && type) splices.push(replacing(type, Buffer.from(typeText, 'latin1')));
  if (encoding) splices.push(replacing(encoding, Buffer.from(encodingText, 'latin1')));
  if (added !== '')
    splices.push({
      at: part.headers.end,
      remove: 0,
      insert: Buffer.from(mimeVersion(part) + added, 'latin1'),
    });
  return splices;
}

/** The field that makes the others count (RFC 2045 4), where a message's own header lacks it. */
export function mimeVersion(part: Part): string {
  return part.parent || fieldsNamed(part, 'mime-version').length > 0 ? '' : 'MIME-Version: 1.0\r\n';
}

export function fieldsNamed(part: Part, name: string): Field[] {
  return part.headers.fields.filter(field => field.name === name);
}

export function replacing(field: Field, insert: Buffer): Splice {
  return { at: field.start, remove: field.end - field.start, insert };
}

function textOf(bytes: Buffer, part: Part, type: Field | undefined): string {
  return type ? bytes.toString('latin1', type.start, type.end) : `Content-Type: ${part.type}\r\n`;
}

function encodingField(change: HeaderChange): string {
  return `Content-Transfer-Encoding: ${change.encoding}\r\n`;
}
