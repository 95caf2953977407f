/**
 * Changes to the header of a text part whose body was written anew: its `Content-Type` may name another charset, its
 * `Content-Transfer-Encoding` another encoding. Nothing else in a header is ever rewritten.
 */
import { Buffer } from 'node:buffer';
import type { Field } from './headers.ts';
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
    const without = field
      .replace(/\r\n$/, '')
      .replace(/;\s*charset(?:\*\d*\*?|\*)?\s*=\s*(?:"(?:[^"\\]|\\.)*"|[^;\s]*)/gi, '');
    return `${without.replace(/;\s*$/, '')}; charset=${charset}\r\n`;
  };
}

/** The part's content fields as text, after the change: what an inner part of the same content must carry. */
export function contentFields(bytes: Buffer, part: Part, change: HeaderChange | undefined): string {
  const type = fieldNamed(part, 'content-type');
  const encoding = fieldNamed(part, 'content-transfer-encoding');
  const typeText = type ? bytes.toString('latin1', type.start, type.end) : `Content-Type: ${part.type}\r\n`;
  const encodingText = encoding ? bytes.toString('latin1', encoding.start, encoding.end) : '';
  if (!change) return typeText + encodingText;
  return (change.contentType?.(typeText) ?? typeText) + encodingField(change);
}

/** Splices of the whole message that make the change in place. */
export function headerSplices(bytes: Buffer, part: Part, change: HeaderChange): Splice[] {
  const type = fieldNamed(part, 'content-type');
  const encoding = fieldNamed(part, 'content-transfer-encoding');
  const splices: Splice[] = [];
  let added = '';
  if (change.contentType) {
    const text = change.contentType(
      type ? bytes.toString('latin1', type.start, type.end) : `Content-Type: ${part.type}\r\n`,
    );
    if (type) splices.push(replacing(type, text));
    else added += text;
  }
  if (encoding) splices.push(replacing(encoding, encodingField(change)));
  else added += encodingField(change);
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
  return part.parent || fieldNamed(part, 'mime-version') ? '' : 'MIME-Version: 1.0\r\n';
}

export function fieldNamed(part: Part, name: string): Field | undefined {
  return part.headers.fields.find(field => field.name === name);
}

function encodingField(change: HeaderChange): string {
  return `Content-Transfer-Encoding: ${change.encoding}\r\n`;
}

function replacing(field: Field, text: string): Splice {
  return { at: field.start, remove: field.end - field.start, insert: Buffer.from(text, 'latin1') };
}
