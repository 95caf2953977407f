/**
 * Sections written into the letter: for each form the part that takes each zone, older marks and code words out, pictures
 * beside. May be called any number of times on one letter; each result is splices over the same bytes.
 */
import { finished, insertion, untouched, type Work } from './hand-on.ts';
import { type Insertion, insertionFor } from './insertion.ts';
import type { Letter } from './letter.ts';
import { type HeaderChange, headerSplices } from './part-header.ts';
import { embedPictures, type Framing, namePictures, type Picture } from './related.ts';
import type { PartReport, Reason, Section, Stamped, Zone } from './report.ts';
import type { Splice } from './splice.ts';
import { type Part, walk } from './structure.ts';
import { editText } from './text-edit.ts';
import type { Form, TextPart } from './text-part.ts';

const zones: readonly Zone[] = ['top', 'signature', 'bottom'];

/** Stamps an opened letter, or says why it stays untouched. `sections` stand in rule order. */
export function stampLetter(work: Work, letter: Letter, sections: readonly Section[]): Stamped {
  const { texts, closed } = letter;
  const all = [...texts.html, ...texts.plain];
  if (all.length === 0) return untouched(work, closed[0]?.reason ?? reasonForNoText(work.root));
  if (all.some(isInlinePgp)) return untouched(work, 'pgp');
  if (all.some(text => text.places.isSuppressed)) return withoutWords(work, all);
  return writeSections(work, letter, sections);
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

function writeSections(work: Work, { texts, closed }: Letter, sections: readonly Section[]): Stamped {
  const { sections: named, pictures } = namePictures(sections, work.options.id);
  const splices: Splice[] = [];
  const behind: Splice[] = [];
  const reports: PartReport[] = [];
  for (const text of [...texts.html, ...texts.plain]) {
    const insertions = zones.flatMap(zone =>
      targetOf(zone, texts[text.form]) === text
        ? (insertionFor(text, zone, named, work.options.token) ?? [])
        : [],
    );
    const edited = writeText(work, text, insertions, pictures);
    splices.push(...edited.splices);
    behind.push(...edited.behind);
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
  // Where no boundary ends the group, the text of its last part and the pictures go in at one place: pictures last.
  return {
    ...finished(work, [...splices, ...behind], true),
    outcome: 'stamped',
    parts: reports,
    markedBefore,
  };
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

type Edited = {
  readonly splices: readonly Splice[];
  /** What follows the part's body. */
  readonly behind: readonly Splice[];
  readonly reports: readonly PartReport[];
};

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
  if (insertions.length === 0 && removals.length === 0) return { splices: [], behind: [], reports: [] };
  const edit = editText(text, insertions, removals);
  if (!edit) {
    const reports = insertions.map(({ zone }) => failed(text.form, zone, 'unknown-charset'));
    return { splices: [], behind: [], reports };
  }
  const shown = pictures.filter(picture =>
    insertions.some(insertion => insertion.text.includes(picture.contentId)),
  );
  const framing = framingOf(work, text.part, shown, edit.header);
  return { splices: [...framing.before, ...edit.splices], behind: framing.after, reports: edit.reports };
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

function failed(form: Form, zone: Zone, reason: Reason): PartReport {
  return { type: form === 'html' ? 'text/html' : 'text/plain', zone, offset: 0, inserted: 0, reason };
}
