/**
 * Pictures of a signature as body parts of the message (RFC 2387, RFC 2392): into the `multipart/related` whose root the
 * HTML part is, or into a new one around it. Only insertions, except where the message itself is the HTML part: then its
 * content fields move to the inner part.
 */
import { Buffer } from 'node:buffer';
import { encodeBase64 } from './base64.ts';
import { rootOfRelated } from './body-parts.ts';
import { CRLF } from './lines.ts';
import {
  contentFields,
  fieldsNamed,
  type HeaderChange,
  headerSplices,
  mimeVersion,
  replacing,
} from './part-header.ts';
import type { InlineImage, Section } from './report.ts';
import type { Splice } from './splice.ts';
import type { Part } from './structure.ts';

/** A picture that the inserted HTML shows, under the Content-ID it has in this message. */
export type Picture = { readonly image: InlineImage; readonly contentId: string };

/**
 * Gives every picture a Content-ID that no other message has, since Outlook shows a cached picture for one it knows, and
 * points the sections' HTML to it. Pictures that no HTML shows are left out.
 */
export function namePictures(
  sections: readonly Section[],
  id: string,
): { sections: Section[]; pictures: Picture[] } {
  const pictures: Picture[] = [];
  const named = sections.map(section => {
    if (section.html === undefined || !section.images?.length) return section;
    const own = new Map<string, Picture>();
    const html = section.html.replace(/\bcid:([^\s"'<>()]+)/gi, (reference, name: string) => {
      const image = section.images?.find(candidate => candidate.name === name);
      if (!image) return reference;
      const known = own.get(name) ?? { image, contentId: `signet-${pictures.length + 1}-${id}@signet` };
      if (!own.has(name)) pictures.push(known);
      own.set(name, known);
      return `cid:${known.contentId}`;
    });
    return { ...section, html };
  });
  return { sections: named, pictures };
}

/** Splices of the whole message, in front of the part's own text and behind it: at equal offsets their order counts. */
export type Framing = { readonly before: readonly Splice[]; readonly after: readonly Splice[] };

/** Puts the pictures beside the HTML part. `change` is the part's own header change. */
export function embedPictures(
  bytes: Buffer,
  part: Part,
  pictures: readonly Picture[],
  id: string,
  change: HeaderChange | undefined,
): Framing {
  const own = change ? headerSplices(bytes, part, change) : [];
  const related = relatedAround(part);
  if (related?.boundary !== undefined) {
    // A last part without a body ends behind the place where its delimiter begins: the picture must not land in its header.
    const at = Math.max(related.closeStart ?? related.bodyEnd, related.children.at(-1)?.bodyEnd ?? 0);
    const parts = bodyParts(pictures, related.boundary);
    // Behind such a part nothing is left of the line end before the delimiter.
    const needsLineEnd = at !== part.bodyEnd && at < bytes.length && bytes[at] !== 13;
    return { before: own, after: [inserting(at, needsLineEnd ? Buffer.concat([parts, CRLF]) : parts)] };
  }
  const boundary = freeBoundary(bytes, part, id);
  const opening = `Content-Type: multipart/related; type="text/html";\r\n\tboundary="${boundary}"\r\n${groupEncoding(part, change)}`;
  const closing = Buffer.concat([bodyParts(pictures, boundary), Buffer.from(`\r\n--${boundary}--`)]);
  if (part.parent) {
    const group = inserting(part.headers.start, Buffer.from(`${opening}\r\n--${boundary}\r\n`));
    return { before: [group, ...own], after: [inserting(part.bodyEnd, closing)] };
  }
  const blank = part.headers.hasBlankLine ? '' : '\r\n';
  const inner = Buffer.from(`${blank}--${boundary}\r\n${contentFields(bytes, part, change)}\r\n`, 'latin1');
  return {
    before: [...movedFields(part, mimeVersion(part) + opening), inserting(part.bodyStart, inner)],
    after: [inserting(part.bodyEnd, Buffer.concat([closing, CRLF]))],
  };
}

/** A group is labelled with what is in it (RFC 2045 6.4). */
function groupEncoding(part: Part, change: HeaderChange | undefined): string {
  const isWide = change === undefined && /^(?:8bit|binary)$/.test(part.encoding);
  return isWide ? `Content-Transfer-Encoding: ${part.encoding}\r\n` : '';
}

function inserting(at: number, insert: Buffer): Splice {
  return { at, remove: 0, insert };
}

/** The group whose root is the HTML part, or the alternative that holds it, as Outlook writes it. */
function relatedAround(part: Part): Part | undefined {
  const root = part.parent?.type === 'multipart/alternative' ? part.parent : part;
  for (const candidate of [part, root]) {
    const group = candidate.parent;
    if (group?.type === 'multipart/related' && rootOfRelated(group) === candidate) return group;
  }
  return undefined;
}

/** The message's content fields are replaced by those of the new group, in the place of the first. */
function movedFields(part: Part, opening: string): Splice[] {
  const [type, ...others] = fieldsNamed(part, 'content-type');
  const insert = Buffer.from(opening, 'latin1');
  return [
    type ? replacing(type, insert) : inserting(part.headers.end, insert),
    ...[...others, ...fieldsNamed(part, 'content-transfer-encoding')].map(field =>
      replacing(field, Buffer.alloc(0)),
    ),
  ];
}

function bodyParts(pictures: readonly Picture[], boundary: string): Buffer {
  return Buffer.concat(
    pictures.flatMap(({ image, contentId }) => {
      const name = fileName(image);
      const header =
        `\r\n--${boundary}\r\nContent-Type: ${image.type}; name="${name}"\r\nContent-ID: <${contentId}>\r\n` +
        `Content-Disposition: inline; filename="${name}"\r\nContent-Transfer-Encoding: base64\r\n\r\n`;
      return [Buffer.from(header), encodeBase64(Buffer.from(image.bytes))];
    }),
  );
}

/** Some readers go by the ending, not by the type. */
function fileName({ name, type }: InlineImage): string {
  const safe = name.replace(/[^\w.-]/g, '_');
  return /\.\w{2,4}$/.test(safe) ? safe : `${safe}.${type.replace(/^image\//, '').replace(/\W.*/, '')}`;
}

/** A boundary that does not occur in what it frames. */
function freeBoundary(bytes: Buffer, part: Part, id: string): string {
  const framed = bytes.subarray(part.headers.start, part.bodyEnd);
  let boundary = `signet-related-${id}`;
  while (framed.includes(boundary)) boundary += 'x';
  return boundary;
}
