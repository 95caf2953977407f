/**
 * What exactly is written at a place: the wrapper by which Signet knows its own HTML again, the lines around plain text.
 * An insertion starts and ends on lines of its own, so that it lengthens no line of the message.
 */
import { withCrlf } from './lines.ts';
import type { Air } from './places.ts';
import { PLAIN_MARK } from './plain-lines.ts';
import type { Section, Zone } from './report.ts';
import type { TextPart } from './text-part.ts';

/** An empty line that every client shows as one. */
const EMPTY = '<div><br></div>';

/** Text to go in at an offset of the view. */
export type Insertion = { readonly zone: Zone; readonly at: number; readonly text: string };

/** Sections of one zone in rule order, ready for the part's form; undefined when none has that form. */
export function insertionFor(
  text: TextPart,
  zone: Zone,
  sections: readonly Section[],
  token: string,
): Insertion | undefined {
  const contents = sections.flatMap(section =>
    section.zone === zone ? (section[text.form === 'html' ? 'html' : 'text'] ?? []) : [],
  );
  if (contents.length === 0) return undefined;
  const at = Math.max(text.places[zone], text.markUnits);
  return {
    zone,
    at,
    text:
      text.form === 'html'
        ? wrapped(zone, contents, token, airFor(text, zone, sections))
        : framed(text, contents),
  };
}

/**
 * Adds the line ends an insertion needs where it goes. `startsLine` says what stands directly before it, `next` where the
 * text goes on that will stand directly behind it.
 */
export function onOwnLines(
  text: TextPart,
  insertion: Insertion,
  {
    startsLine,
    isLast,
    next,
  }: { readonly startsLine: boolean; readonly isLast: boolean; readonly next: number },
): string {
  const { view } = text;
  const lead = startsLine ? '' : '\r\n';
  if (text.form === 'html') {
    return lead + insertion.text + (isLast && view.startsWith('\r\n', insertion.at) ? '' : '\r\n');
  }
  const needsBlank = isLast && next < view.length && !view.startsWith('\r\n', next);
  return `${lead}${startsParagraph(text, insertion.at) ? '' : '\r\n'}${insertion.text}\r\n${needsBlank ? '\r\n' : ''}`;
}

/** The class is what survives most clients, the attribute says whose it is (outlook-html.md 2.2). Air is part of the mark. */
function wrapped(zone: Zone, contents: readonly string[], token: string, air: Air): string {
  const lines = contents.map(withCrlf).join('\r\n');
  return `<div class="signet-${zone}" data-signet="${token}">${air.above ? EMPTY : ''}${lines}${air.below ? EMPTY : ''}</div>`;
}

/** What follows a signature at the same place is set off from it. */
function airFor(text: TextPart, zone: Zone, sections: readonly Section[]): Air {
  const { places } = text;
  const follows =
    zone === 'bottom' &&
    places.isBottomUnderSignature &&
    sections.some(section => section.zone === 'signature' && section.html !== undefined);
  return follows ? { ...places.air.bottom, above: true } : places.air[zone];
}

function framed(text: TextPart, contents: readonly string[]): string {
  const lines = contents
    .map(content => withCrlf(content).replace(/(?:\r\n)+$/, ''))
    .join('\r\n\r\n')
    .split('\r\n');
  const written = text.isFlowed ? lines.map(stuffed) : lines;
  return `${PLAIN_MARK}\r\n${written.join('\r\n')}${PLAIN_MARK}`;
}

/** RFC 3676 4.2 to 4.4: no line flows but the separator `-- `, and what looks like a quote or a blank is stuffed. */
function stuffed(line: string): string {
  const fixed = line === '-- ' ? line : line.replace(/ +$/, '');
  return /^(?: |>|From )/.test(fixed) ? ` ${fixed}` : fixed;
}

/** False behind a flowed line: the next line, though blank to the eye, would join its paragraph (RFC 3676 4.1). */
function startsParagraph(text: TextPart, at: number): boolean {
  if (!text.isFlowed) return true;
  const before = text.view.slice(Math.max(0, at - 5), at).replace(/\r\n$/, '');
  return !before.endsWith(' ') || /(?:^|\n)-- $/.test(before);
}
