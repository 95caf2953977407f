/** A mail as a page shows it: its HTML with pictures in place, its plain text, the names of what is attached. Pure, lenient. */
import { charsetNamed } from '../mail/charset.ts';
import { fieldValue } from '../mail/headers.ts';
import { type Part, parseStructure, walk } from '../mail/structure.ts';
import { decodeBody, transferEncodingNamed } from '../mail/transfer.ts';

export type ShownMail = {
  readonly subject: string;
  readonly html: string | undefined;
  readonly text: string | undefined;
  readonly attachments: readonly { readonly name: string; readonly bytes: number }[];
};

export function readMail(bytes: Buffer): ShownMail {
  const structure = parseStructure(bytes);
  if (structure.kind !== 'structure')
    return { subject: '', html: undefined, text: undefined, attachments: [] };
  const leaves = [...walk(structure.root)].filter(({ children }) => children.length === 0);
  const isAttached = ({ disposition }: Part) => disposition?.value === 'attachment';
  const textOf = (type: string) => {
    const part = leaves.find(one => one.type === type && !isAttached(one));
    return part && decoded(bytes, part);
  };
  const html = textOf('text/html');
  return {
    subject: subjectOf(bytes, structure.root),
    html: html === undefined ? undefined : withPictures(html, bytes, leaves),
    text: textOf('text/plain'),
    attachments: leaves.filter(isAttached).map(part => ({
      name: part.disposition?.parameters.get('filename') ?? 'attachment',
      bytes: contentOf(bytes, part).length,
    })),
  };
}

function contentOf(bytes: Buffer, { encoding, bodyStart, bodyEnd }: Part): Buffer {
  const body = bytes.subarray(bodyStart, bodyEnd);
  return decodeBody(transferEncodingNamed(encoding) ?? '7bit', body) ?? body;
}

function decoded(bytes: Buffer, part: Part): string {
  const charset = charsetNamed(part.contentType.parameters.get('charset') ?? 'utf-8');
  const content = contentOf(bytes, part);
  return charset ? charset.decode(content) : content.toString('latin1');
}

/** `cid:` becomes the picture itself: the page loads nothing. */
function withPictures(html: string, bytes: Buffer, leaves: readonly Part[]): string {
  let shown = html;
  for (const part of leaves.filter(({ contentId, type }) => contentId !== '' && type.startsWith('image/'))) {
    const data = `data:${part.type};base64,${contentOf(bytes, part).toString('base64')}`;
    shown = shown.replaceAll(`cid:${part.contentId.slice(1, -1)}`, data);
  }
  return shown;
}

/** RFC 2047. */
function subjectOf(bytes: Buffer, { headers }: Part): string {
  const field = headers.fields.find(({ name }) => name.toLowerCase() === 'subject');
  const raw = field ? fieldValue(bytes, field) : '';
  return raw
    .replace(/\?=\s+=\?/g, '?==?')
    .replace(/=\?([^?]+)\?([bq])\?([^?]*)\?=/gi, (_whole, label: string, kind: string, text: string) => {
      const content =
        kind.toLowerCase() === 'b'
          ? Buffer.from(text, 'base64')
          : (decodeBody('quoted-printable', Buffer.from(text.replaceAll('_', ' '))) ?? Buffer.from(text));
      return charsetNamed(label)?.decode(content) ?? text;
    });
}
