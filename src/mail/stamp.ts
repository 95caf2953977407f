/**
 * From the bytes of a message and the decided sections to the stamped bytes: the one way in for relay, command line and
 * test lab. Pure, and it never throws: whatever happens inside becomes `untouched` with a reason and the original bytes
 * (DESIGN.md 1, promises 1 and 4; PRODUCT.md 3).
 */
import { Buffer } from 'node:buffer';
import { limits } from '../limits.ts';
import { bodyPartsOf } from './body-parts.ts';
import { classify, senderDomain } from './classify.ts';
import { parseHeaders } from './headers.ts';
import { type Insertion, insertionFor } from './insertion.ts';
import { bareLineEnd, mendLineEnds } from './lines.ts';
import { type HeaderChange, headerSplices } from './part-header.ts';
import { embedPictures, type Framing, namePictures, type Picture } from './related.ts';
import type { PartReport, Reason, Section, Stamped, StampOptions, Zone } from './report.ts';
import { applySplices, type Splice } from './splice.ts';
import { type Part, parseStructure, type Structure, walk } from './structure.ts';
import { editText } from './text-edit.ts';
import { type Form, openTextPart, type TextPart } from './text-part.ts';
import { brokenSignatureSplices, processedFields, processedSplice, routeSplices } from './trace.ts';

const zones: readonly Zone[] = ['top', 'signature', 'bottom'];

/**
 * Stamps one message. `message` holds whole SMTP content without dot-stuffing; it is not changed, and the slices of the
 * result point into it. `sections` stand in rule order.
 */
export function stamp(message: Uint8Array, sections: readonly Section[], options: StampOptions): Stamped {
  const original = Buffer.from(message.buffer, message.byteOffset, message.byteLength);
  try {
    return stampChecked(original, sections, options);
  } catch (cause) {
    const { bytes, mended } = mendLineEnds(original, endOfHeader(original));
    return { ...handedOn(bytes, options, 'internal-error', mended), cause };
  }
}

/** One message on its way through: what was read of it, and what has been found wrong with single parts. */
type Work = {
  readonly bytes: Buffer;
  readonly root: Part;
  readonly options: StampOptions;
  readonly mended: number;
};

function stampChecked(original: Buffer, sections: readonly Section[], options: StampOptions): Stamped {
  const headerEnd = endOfHeader(original);
  // What a reader takes for a header line must not depend on the reader: CVE-2023-51764 and its kin.
  const bare = bareLineEnd(original.subarray(0, headerEnd), 0);
  if (bare >= 0 || original.subarray(0, headerEnd).includes(0))
    return handedOn(original, options, 'unsafe-header');
  const { bytes, mended } = mendLineEnds(original, headerEnd);
  const structure = parseStructure(bytes);
  const reason = refusal(bytes, structure, options);
  if (structure.kind !== 'structure') return handedOn(bytes, options, 'structure-over-limit', mended);
  const work: Work = { bytes, root: structure.root, options, mended };
  return reason ? untouched(work, reason) : stampText(work, sections);
}

/** Behind the blank line, or the end of a message that is all header. */
function endOfHeader(bytes: Buffer): number {
  if (bytes[0] === 13 && bytes[1] === 10) return 2;
  const blank = bytes.indexOf('\r\n\r\n', 0, 'latin1');
  return blank < 0 ? bytes.length : blank + 4;
}

function refusal(bytes: Buffer, structure: Structure, options: StampOptions): Reason | undefined {
  if (structure.kind === 'over-limit') return 'structure-over-limit';
  const { root } = structure;
  if (root.headers.hasJunkLine) return 'unsafe-header';
  return classify(bytes, root, options) ?? (root.isOpaque ? 'broken-structure' : undefined);
}

type Closed = { readonly form: Form; readonly reason: Reason };

function stampText(work: Work, sections: readonly Section[]): Stamped {
  const parts = bodyPartsOf(work.root);
  const closed: Closed[] = [];
  // Where a page begins and ends may depend on all of it; the end of the new text mostly does not.
  const isUnderText = sections.every(section => section.zone === 'signature');
  const open = (form: Form): TextPart[] =>
    parts[form].flatMap(part => {
      const reach = isUnderText && parts[form].length === 1 ? 'new-text' : 'whole';
      const opened = openTextPart(work.bytes, part, form, reach, work.options);
      if (opened.kind === 'open') return [opened.text];
      closed.push({ form, reason: opened.reason });
      return [];
    });
  const texts: Record<Form, TextPart[]> = { html: open('html'), plain: open('plain') };
  const all = [...texts.html, ...texts.plain];
  if (all.length === 0) return untouched(work, closed[0]?.reason ?? reasonForNoText(work.root));
  if (all.some(isInlinePgp)) return untouched(work, 'pgp');
  if (all.some(text => text.places.isSuppressed)) return withoutWords(work, all);
  return writeSections(work, texts, closed, sections);
}

/** Without a text to be seen: there is none, or one that cannot be trusted to be one. */
function reasonForNoText(root: Part): Reason {
  const hasUnclearText = [...walk(root)].some(
    part => part.isOpaque && /^(?:text|multipart)\//.test(part.type),
  );
  return hasUnclearText ? 'broken-structure' : 'no-text-part';
}

/** Signed or encrypted in the text itself (RFC 9580 6.2). */
function isInlinePgp(text: TextPart): boolean {
  const start =
    text.form === 'html'
      ? /(?:^|[\n>])-----BEGIN PGP (?:SIGNED )?MESSAGE-----/
      : /(?:^|\n)-----BEGIN PGP (?:SIGNED )?MESSAGE-----/;
  return start.test(text.view);
}

/** The writer asked for no signature: nothing is added, and the word that asked is taken out. */
function withoutWords(work: Work, texts: readonly TextPart[]): Stamped {
  const edits = texts.flatMap(text => editText(text, [], text.places.words)?.splices ?? []);
  return {
    ...untouched(work, 'suppressed-by-code-word', edits),
    markedBefore: texts.some(text => text.places.isMarkedBefore),
  };
}

function writeSections(
  work: Work,
  texts: Record<Form, TextPart[]>,
  closed: readonly Closed[],
  sections: readonly Section[],
): Stamped {
  const { sections: named, pictures } = namePictures(sections, work.options.id);
  const splices: Splice[] = [];
  const reports: PartReport[] = [];
  for (const text of [...texts.html, ...texts.plain]) {
    const insertions = zones.flatMap(zone =>
      targetOf(zone, texts[text.form]) === text
        ? (insertionFor(text, zone, named, work.options.token) ?? [])
        : [],
    );
    const edited = writeText(work, text, insertions, pictures);
    splices.push(...edited.splices);
    reports.push(...edited.reports);
  }
  for (const { form, reason } of closed) reports.push(failed(form, 'signature', reason));
  const isStamped = reports.some(report => report.inserted > 0);
  const markedBefore = [...texts.html, ...texts.plain].some(text => text.places.isMarkedBefore);
  if (!isStamped)
    return {
      ...untouched(work, reports.find(report => report.reason)?.reason ?? 'nothing-to-add'),
      parts: reports,
      markedBefore,
    };
  return { ...finished(work, splices, true), outcome: 'stamped', parts: reports, markedBefore };
}

/**
 * The one of several parts of a form that takes a zone: for `top` the first, else the part in which the quoted history
 * begins, or the last one with something to see (outlook-html.md 1.5).
 */
function targetOf(zone: Zone, texts: readonly TextPart[]): TextPart | undefined {
  if (zone === 'top' || texts.length === 1) return texts[0];
  const last = texts.findLast(text => !text.places.isBlank) ?? texts[0];
  return zone === 'bottom' ? last : (texts.find(text => text.places.hasQuote) ?? last);
}

type Edited = { readonly splices: readonly Splice[]; readonly reports: readonly PartReport[] };

function writeText(
  work: Work,
  text: TextPart,
  insertions: readonly Insertion[],
  pictures: readonly Picture[],
): Edited {
  const { places } = text;
  const isEndReplaced = insertions.some(({ zone }) => zone === 'bottom');
  const removals = [
    ...places.words,
    ...(insertions.length > 0 ? places.marks : []),
    ...(isEndReplaced && places.endMark ? [places.endMark] : []),
    ...places.clientSignatures,
  ];
  if (insertions.length === 0 && removals.length === 0) return { splices: [], reports: [] };
  const edit = editText(text, insertions, removals);
  if (!edit)
    return { splices: [], reports: insertions.map(({ zone }) => failed(text.form, zone, 'unknown-charset')) };
  const shown = pictures.filter(picture =>
    insertions.some(insertion => insertion.text.includes(picture.contentId)),
  );
  const framing = framingOf(work, text.part, shown, edit.header);
  return {
    splices: [...framing.before, ...edit.splices, ...framing.after],
    reports: edit.reports,
  };
}

/** What goes around an edited body: changed header fields, pictures, and the line ends that header and boundary need. */
function framingOf(
  { bytes, options }: Work,
  part: Part,
  pictures: readonly Picture[],
  change: HeaderChange | undefined,
): Framing {
  const isAtLineStart = part.headers.end === 0 || bytes[part.headers.end - 1] === 10;
  const isFollowedByBoundary =
    part.parent !== undefined && part.bodyEnd < bytes.length && bytes[part.bodyEnd] !== 13;
  // A message that becomes a group gets its blank line with the group's first boundary.
  const isMoved = pictures.length > 0 && part.parent === undefined;
  const { before, after } =
    pictures.length > 0
      ? embedPictures(bytes, part, pictures, options.id, change)
      : { before: change ? headerSplices(bytes, part, change) : [], after: [] };
  return {
    before: [
      ...(isAtLineStart ? [] : [insertion(part.headers.end, '\r\n')]),
      ...before,
      ...(part.headers.hasBlankLine || isMoved ? [] : [insertion(part.bodyStart, '\r\n')]),
    ],
    after: [...after, ...(isFollowedByBoundary ? [insertion(part.bodyEnd, '\r\n')] : [])],
  };
}

function insertion(at: number, text: string): Splice {
  return { at, remove: 0, insert: Buffer.from(text, 'latin1') };
}

function failed(form: Form, zone: Zone, reason: Reason): PartReport {
  return { type: form === 'html' ? 'text/html' : 'text/plain', zone, offset: 0, inserted: 0, reason };
}

function untouched(work: Work, reason: Reason, edits: readonly Splice[] = []): Stamped {
  return { ...finished(work, edits, edits.length > 0), outcome: 'untouched', reason, parts: [] };
}

function finished(work: Work, edits: readonly Splice[], isChanged: boolean): Omit<Stamped, 'outcome'> {
  const { bytes, root, options } = work;
  const domains = options.domains ?? [senderDomain(bytes, root) ?? ''].filter(Boolean);
  const splices = [
    processedSplice(root.headers, options),
    ...routeSplices(root.headers),
    ...(isChanged ? brokenSignatureSplices(bytes, root.headers, domains) : []),
    ...edits,
  ];
  return {
    slices: applySplices(bytes, splices),
    parts: [],
    lineEndsMended: work.mended,
    markedBefore: false,
  };
}

/** The way out that needs nothing but the bytes: for messages whose structure was not read. */
function handedOn(bytes: Buffer, options: StampOptions, reason: Reason, mended = 0): Stamped {
  const splices = [insertion(firstFieldOf(bytes), processedFields(options)), ...unreadRouteSplices(bytes)];
  const slices = applySplices(bytes, splices);
  return { outcome: 'untouched', reason, slices, parts: [], lineEndsMended: mended, markedBefore: false };
}

function firstFieldOf(bytes: Buffer): number {
  const { firstField, fields } = parseHeaders(bytes, 0, limits.mail.headerBlockBytes);
  return fields.length > 0 ? firstField : 0;
}

/** The route secret in a header that readers may cut into lines in different ways: it goes out by any of them. */
function unreadRouteSplices(bytes: Buffer): Splice[] {
  const source = bytes.toString('latin1', 0, Math.min(endOfHeader(bytes), limits.mail.headerBlockBytes));
  const lines = source.matchAll(
    /(?<=^|[\r\n])x-signet-route[ \t]*:[^\r\n]*(?:(?:\r\n|\r|\n)[ \t][^\r\n]*)*(?:\r\n|\r|\n|$)/gi,
  );
  return [...lines].map(line => ({ at: line.index, remove: line[0].length, insert: Buffer.alloc(0) }));
}
