/**
 * What must hold for every message that Signet stamps or passes on, whatever the message is (DESIGN.md 1). Each breach is
 * one sentence. The caller's options have neither code words nor removal of client signatures, and the sections no
 * images: then nothing but the declared removals may be missing from the output.
 */
import { Buffer } from 'node:buffer';
import { bodyPartsOf } from '../../src/mail/body-parts.ts';
import { parseHeaders } from '../../src/mail/headers.ts';
import { mendLineEnds } from '../../src/mail/lines.ts';
import type { Places } from '../../src/mail/places.ts';
import type { Section, Stamped, StampOptions } from '../../src/mail/report.ts';
import { stamp } from '../../src/mail/stamp.ts';
import { type Part, parseStructure, walk } from '../../src/mail/structure.ts';
import { openTextPart } from '../../src/mail/text-part.ts';
import { decodeBody, transferEncodingNamed } from '../../src/mail/transfer.ts';

export const proofOptions: StampOptions = { token: 'f'.repeat(32), id: 'proof00000000000', codeWords: {} };
export const proofMark = 'SIGNETPROOF';
export const proofSections: readonly Section[] = [
  { zone: 'signature', html: `<p>${proofMark}</p>`, text: `-- \n${proofMark}` },
];

export type Proven = {
  readonly stamped: Stamped;
  readonly output: Buffer;
  readonly breaches: readonly string[];
};

/** Stamps the message and looks for breaches. */
export function prove(message: Buffer): Proven {
  const input = ownCopy(message);
  const stamped = stamp(input, proofSections, proofOptions);
  const output = Buffer.concat(stamped.slices);
  const facts: Facts = { input, stamped, output, message };
  return { stamped, output, breaches: checks.flatMap(check => check(facts) ?? []) };
}

/** Stamps the message with nothing: then header fields are all that is added. */
export function proveBare(message: Buffer): Proven {
  const input = ownCopy(message);
  const stamped = stamp(input, [], proofOptions);
  const output = Buffer.concat(stamped.slices);
  const facts: Facts = { input, stamped, output, message };
  const breaches = [noInternalError, inputUnchanged, untouchedMeansFieldsOnly].flatMap(
    check => check(facts) ?? [],
  );
  return { stamped, output, breaches };
}

export type Facts = {
  /** The very buffer that was stamped. */
  readonly input: Buffer;
  readonly message: Buffer;
  readonly stamped: Stamped;
  readonly output: Buffer;
};
type Check = (facts: Facts) => string | readonly string[] | undefined;

const checks: readonly Check[] = [
  noInternalError,
  inputUnchanged,
  noBareLineEndMade,
  keptSlicesAreTheInput,
  untouchedMeansFieldsOnly,
  noLongLineMade,
  sameWithoutHorizon,
  sameStructure,
  markedOnce,
  restampedToTheSame,
];

/** A buffer with memory of its own, so that a slice over it can be told from any other. */
export function ownCopy(message: Uint8Array): Buffer {
  const copy = Buffer.allocUnsafeSlow(message.length);
  copy.set(message);
  return copy;
}

export function noInternalError({ stamped }: Facts) {
  if (stamped.reason !== 'internal-error') return undefined;
  return `internal error: ${stamped.cause instanceof Error ? stamped.cause.stack : String(stamped.cause)}`;
}

export function inputUnchanged({ input, message }: Facts) {
  return input.equals(message) ? undefined : 'the input buffer was written to';
}

const BARE = /\r(?!\n)|(?<!\r)\n/;

export function noBareLineEndMade({ message, output, stamped }: Facts) {
  const isHandedOn = stamped.reason === 'unsafe-header' || stamped.reason === 'internal-error';
  if (isHandedOn && BARE.test(message.toString('latin1'))) return undefined;
  return BARE.test(output.toString('latin1')) ? 'a bare CR or LF is in the output' : undefined;
}

/** Slices over the input, in order, with nothing missing between them but what is declared. */
function keptSlicesAreTheInput({ input, stamped }: Facts): readonly string[] {
  if (stamped.lineEndsMended > 0) return [];
  const breaches: string[] = [];
  let kept = 0;
  for (const slice of stamped.slices) {
    if (slice.buffer !== input.buffer) continue;
    const from = slice.byteOffset - input.byteOffset;
    if (from < kept) breaches.push(`input bytes stand twice or out of order at ${from}`);
    if (from > kept) breaches.push(...undeclared(input, stamped, kept, from));
    kept = from + slice.length;
  }
  if (kept < input.length) breaches.push(...undeclared(input, stamped, kept, input.length));
  return breaches;
}

/** Header fields that may go, and bodies that may be written anew together with their content fields. */
function undeclared(input: Buffer, stamped: Stamped, from: number, to: number): string[] {
  const structure = parseStructure(input);
  const covered = routeFields(input, stamped);
  if (stamped.outcome === 'stamped' && structure.kind === 'structure') {
    const { fields } = structure.root.headers;
    covered.push(...fields.filter(isBroken).map(({ start, end }): Span => [start, end]));
    for (const part of textParts(structure.root)) covered.push(...rewritable(input, part));
  }
  let at = from;
  for (const [start, end] of covered.sort((one, other) => one[0] - other[0]))
    if (start <= at && end > at) at = end;
  return at >= to
    ? []
    : [
        `bytes ${from} to ${to} are gone: ${JSON.stringify(input.toString('latin1', from, Math.min(to, from + 60)))}`,
      ];
}

type Span = [start: number, end: number];

/** A signature that the change broke. */
function isBroken({ name }: { readonly name: string }): boolean {
  return /^(?:dkim-signature|arc-(?:seal|message-signature|authentication-results))$/.test(name);
}

/** The route secret goes out of every message; where readers may cut lines in different ways, by any of them. */
function routeFields(bytes: Buffer, stamped: Stamped): Span[] {
  if (isUnread(stamped)) {
    const header = bytes.toString('latin1', 0, headerEnd(bytes));
    const lines = header.matchAll(
      /(?:^|(?<=[\r\n]))x-signet-route[ \t]*:[^\r\n]*(?:(?:\r\n|\r|\n)[ \t][^\r\n]*)*(?:\r\n|\r|\n|$)/gi,
    );
    return [...lines].map(line => [line.index, line.index + line[0].length]);
  }
  const { fields } = parseHeaders(bytes, 0, 1 << 20);
  return fields.filter(({ name }) => name === 'x-signet-route').map(({ start, end }) => [start, end]);
}

function textParts(root: Part): Part[] {
  const { html, plain } = bodyPartsOf(root);
  return [...html, ...plain];
}

/** base64 from the insertion on; any other body only when it also got another Content-Transfer-Encoding. */
function rewritable(input: Buffer, part: Part): Span[] {
  const fields = part.headers.fields.filter(({ name }) => /^content-(?:type|transfer-encoding)$/.test(name));
  const isMarked =
    input.toString('latin1', part.bodyStart, part.bodyEnd).includes('signet') || part.encoding === 'base64';
  const mayBeRewritten = isMarked || needsRewriting(input, part) || holdsBoundary(input, part);
  return mayBeRewritten
    ? [...fields.map(({ start, end }): Span => [start, end]), [part.bodyStart, part.bodyEnd]]
    : [];
}

/** A line end put in behind it may make it a delimiter, so such text is spelt in another way. */
function holdsBoundary(input: Buffer, part: Part): boolean {
  const body = input.subarray(part.bodyStart, part.bodyEnd);
  for (let group = part.parent; group; group = group.parent)
    if (group.boundary !== undefined && body.includes(`--${group.boundary}`)) return true;
  return false;
}

function needsRewriting(input: Buffer, part: Part): boolean {
  const charset = (part.contentType.parameters.get('charset') ?? '').toLowerCase();
  const body = input.toString('latin1', part.bodyStart, part.bodyEnd);
  return !/^(?:us-ascii|utf-8|iso-8859-\d+|windows-125\d|)$/.test(charset) || body.includes('\t \t');
}

export function untouchedMeansFieldsOnly({ input, stamped, output }: Facts) {
  if (stamped.outcome !== 'untouched') return undefined;
  const bytes = stamped.lineEndsMended > 0 ? mendLineEnds(input, headerEnd(input)).bytes : input;
  const added = Buffer.from(
    `X-Signet-Processed: ${proofOptions.token}\r\nX-Signet-Id: ${proofOptions.id}\r\n`,
  );
  const at = output.indexOf(added);
  if (at < 0) return 'untouched without its own header fields';
  const without = Buffer.concat([output.subarray(0, at), output.subarray(at + added.length)]);
  let expected = Buffer.alloc(0);
  let from = 0;
  for (const [start, end] of routeFields(bytes, stamped)) {
    expected = Buffer.concat([expected, bytes.subarray(from, start)]);
    from = end;
  }
  expected = Buffer.concat([expected, bytes.subarray(from)]);
  return without.equals(expected) ? undefined : 'untouched, but more than header fields changed';
}

export function isUnread({ reason }: Stamped): boolean {
  return reason === 'unsafe-header' || reason === 'internal-error' || reason === 'structure-over-limit';
}

export function headerEnd(bytes: Buffer): number {
  if (bytes.subarray(0, 2).equals(Buffer.from('\r\n'))) return 2;
  const blank = bytes.indexOf('\r\n\r\n');
  return blank < 0 ? bytes.length : blank + 4;
}

export function noLongLineMade({ message, output, stamped }: Facts) {
  const inputLongest = longestLine(message);
  const isMade = longestLine(output) > Math.max(998, inputLongest);
  return isMade && stamped.lineEndsMended === 0
    ? `a line of ${longestLine(output)} bytes was made, the input had ${inputLongest}`
    : undefined;
}

export function longestLine(bytes: Buffer): number {
  let longest = 0;
  let start = 0;
  for (let at = bytes.indexOf(10); at >= 0; at = bytes.indexOf(10, start)) {
    longest = Math.max(longest, at - start - 1);
    start = at + 1;
  }
  return Math.max(longest, bytes.length - start);
}

/** Quoted history that is not read must not have mattered: read whole, the letter has the same places. */
function sameWithoutHorizon({ input, stamped }: Facts): string | undefined {
  if (isUnread(stamped)) return undefined;
  const { bytes } = mendLineEnds(input, headerEnd(input));
  const structure = parseStructure(bytes);
  if (structure.kind !== 'structure') return undefined;
  const { html, plain } = bodyPartsOf(structure.root);
  const letter = [
    ...html.map(part => ({ part, form: 'html' }) as const),
    ...plain.map(part => ({ part, form: 'plain' }) as const),
  ];
  for (const { part, form } of letter) {
    const places = (['new-text', 'whole'] as const).map(reach => {
      const opened = openTextPart(bytes, part, form, reach, proofOptions);
      return opened.kind === 'closed' ? opened.reason : JSON.stringify(placesAbove(opened.text.places));
    });
    if (places[0] !== places[1]) return `the horizon changes the places: ${places.join(' against ')}`;
  }
  return undefined;
}

/** What a look at the new text alone must find; a page's start is sought only in a part that is read whole. */
function placesAbove({ signature, marks, words, isSuppressed, isMarkedBefore, hasQuote }: Places) {
  return {
    signature,
    marks,
    words,
    isSuppressed,
    isMarkedBefore,
    hasQuote,
  };
}

export type Leaf = { readonly type: string; readonly bytes: Buffer };

function sameStructure({ input, output, stamped }: Facts): string | undefined {
  if (isUnread(stamped)) return undefined;
  const bytes = mendLineEnds(input, headerEnd(input)).bytes;
  const before = parseStructure(bytes);
  const after = parseStructure(output);
  if (before.kind !== 'structure' || after.kind !== 'structure')
    return before.kind === after.kind ? undefined : 'the structure can no longer be read';
  const wanted = shape(before.root);
  const got = shape(after.root);
  if (wanted !== got) return `the structure changed from ${wanted} to ${got}`;
  if (!output.subarray(0, after.root.headers.bodyStart).includes('X-Signet-Processed'))
    return 'our header fields are not in the header';
  return sameLeaves(leavesOf(bytes, before.root), leavesOf(output, after.root), stamped);
}

function shape(part: Part): string {
  return part.children.length > 0 ? `${part.type}(${part.children.map(shape).join(',')})` : part.type;
}

export function leavesOf(bytes: Buffer, root: Part): Leaf[] {
  return [...walk(root)]
    .filter(part => part.children.length === 0)
    .map(part => {
      const body = bytes.subarray(part.bodyStart, part.bodyEnd);
      const encoding = transferEncodingNamed(part.encoding);
      return { type: part.type, bytes: (encoding && decodeBody(encoding, body)) ?? body };
    });
}

function sameLeaves(
  before: readonly Leaf[],
  after: readonly Leaf[],
  { outcome }: Stamped,
): string | undefined {
  for (const [index, leaf] of before.entries()) {
    const now = (after[index] as Leaf).bytes;
    if (now.equals(leaf.bytes)) continue;
    if (outcome === 'untouched') return `part ${index} changed in an untouched message`;
    if (!/^text\/(?:html|plain)$/.test(leaf.type)) return `part ${index} of type ${leaf.type} changed`;
    if (!withoutNuls(now).includes(proofMark)) return `part ${index} changed, but holds no mark`;
    // Text that is written anew in another charset, or whose older mark is replaced, is no pure insertion.
    const isRewritten = !now.includes(proofMark);
    if (isRewritten || leaf.bytes.includes('\t \t') || leaf.bytes.includes('signet-')) continue;
    if (!isInsertion(leaf.bytes, now)) return `part ${index} lost or changed some of its own text`;
  }
  return undefined;
}

/** True when `after` is `before` with one run inserted; charsets change only ASCII-compatibly here. */
export function isInsertion(before: Buffer, after: Buffer): boolean {
  let head = 0;
  while (head < before.length && before[head] === after[head]) head++;
  let tail = 0;
  while (tail < before.length - head && before[before.length - 1 - tail] === after[after.length - 1 - tail])
    tail++;
  return head + tail >= before.length;
}

/** ASCII in UTF-16 and UTF-32 as ASCII. */
function withoutNuls(bytes: Buffer): string {
  return bytes.toString('latin1').replaceAll('\0', '');
}

function markedOnce({ output, message, stamped }: Facts) {
  if (stamped.outcome !== 'stamped' || message.includes('SIGNET')) return undefined;
  const structure = parseStructure(output);
  if (structure.kind !== 'structure') return undefined;
  const counts = leavesOf(output, structure.root).map(
    ({ bytes }) => withoutNuls(bytes).split(proofMark).length - 1,
  );
  if (counts.some(count => count > 1)) return `the mark stands ${Math.max(...counts)} times in one part`;
  return counts.some(count => count === 1) ? undefined : 'stamped, but no mark can be found';
}

/**
 * Without our fields a stamped message is stamped again: the mark is replaced where it stands, not doubled. Markup that
 * is never closed may hold the mark at the second look, which may change the empty lines around it, nothing else.
 */
function restampedToTheSame({ output, stamped }: Facts) {
  if (stamped.outcome !== 'stamped') return undefined;
  const bare = withoutOurFields(output);
  const again = stamp(bare, proofSections, proofOptions);
  const second = withoutOurFields(Buffer.concat(again.slices));
  if (again.outcome !== 'stamped') return `stamped again it became untouched: ${again.reason}`;
  if (second.equals(bare)) return undefined;
  const [once, twice] = [airlessLeaves(bare), airlessLeaves(second)];
  const index = twice.findIndex((leaf, at) => leaf !== once[at]);
  if (index < 0 && once.length === twice.length) return undefined;
  const [before = '', after = ''] = [once[index], twice[index]];
  const isDoubled = after.split(proofMark).length > before.split(proofMark).length;
  const place = JSON.stringify(around(before, after));
  return `stamped again ${isDoubled ? 'the mark is doubled' : 'it differs'} in part ${index}: ${place}`;
}

const WRAPPER = new RegExp(
  `(<div class="signet-signature" data-signet="f+">)(?:<div><br></div>)?(<p>${proofMark}</p>)(?:<div><br></div>)?(?=</div>)`,
  'g',
);

function airlessLeaves(bytes: Buffer): string[] {
  const structure = parseStructure(bytes);
  if (structure.kind !== 'structure') return [];
  return leavesOf(bytes, structure.root).map(leaf => withoutNuls(leaf.bytes).replace(WRAPPER, '$1$2'));
}

/** The message without the header fields that Signet adds. */
export function withoutOurFields(message: Buffer): Buffer {
  const { fields } = parseHeaders(message, 0, 1 << 20);
  const pieces: Buffer[] = [];
  let from = 0;
  for (const { name, start, end } of fields) {
    if (!/^x-signet-(?:processed|id)$/.test(name)) continue;
    pieces.push(message.subarray(from, start));
    from = end;
  }
  return Buffer.concat([...pieces, message.subarray(from)]);
}

function around(one: string, other: string): string[] {
  let at = 0;
  while (at < one.length && one[at] === other[at]) at++;
  return [one, other].map(text => text.slice(Math.max(0, at - 30), at + 60));
}
