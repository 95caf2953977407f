/**
 * What must hold for every message that Signet stamps or passes on, whatever the message is (DESIGN.md 1). Each breach is
 * one sentence. The caller's options have neither code words nor removal of client signatures, and the sections no
 * images: then nothing but the declared removals may be missing from the output.
 */
import { Buffer } from 'node:buffer';
import { bodyPartsOf } from '../../src/mail/body-parts.ts';
import { parseHeaders } from '../../src/mail/headers.ts';
import { mendLineEnds } from '../../src/mail/lines.ts';
import type { Section, Stamped, StampOptions } from '../../src/mail/report.ts';
import { stamp } from '../../src/mail/stamp.ts';
import { type Part, parseStructure, walk } from '../../src/mail/structure.ts';
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

type Facts = {
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

function noInternalError({ stamped }: Facts) {
  if (stamped.reason !== 'internal-error') return undefined;
  return `internal error: ${stamped.cause instanceof Error ? stamped.cause.stack : String(stamped.cause)}`;
}

function inputUnchanged({ input, message }: Facts) {
  return input.equals(message) ? undefined : 'the input buffer was written to';
}

const BARE = /\r(?!\n)|(?<!\r)\n/;

function noBareLineEndMade({ message, output, stamped }: Facts) {
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
  if (structure.kind !== 'structure') return [`bytes ${from} to ${to} are gone`];
  const covered: [number, number][] = structure.root.headers.fields
    .filter(({ name }) => isRemovable(name, stamped))
    .map(({ start, end }) => [start, end]);
  if (stamped.outcome === 'stamped')
    for (const part of textParts(structure.root)) covered.push(...rewritable(input, part));
  let at = from;
  for (const [start, end] of covered.sort((one, other) => one[0] - other[0]))
    if (start <= at && end > at) at = end;
  return at >= to
    ? []
    : [
        `bytes ${from} to ${to} are gone: ${JSON.stringify(input.toString('latin1', from, Math.min(to, from + 60)))}`,
      ];
}

function isRemovable(name: string, { outcome }: Stamped): boolean {
  return (
    name === 'x-signet-route' ||
    (outcome === 'stamped' &&
      /^(?:dkim-signature|arc-(?:seal|message-signature|authentication-results))$/.test(name))
  );
}

function textParts(root: Part): Part[] {
  const { html, plain } = bodyPartsOf(root);
  return [...html, ...plain];
}

/** base64 from the insertion on; any other body only when it also got another Content-Transfer-Encoding. */
function rewritable(input: Buffer, part: Part): [number, number][] {
  const fields = part.headers.fields.filter(({ name }) => /^content-(?:type|transfer-encoding)$/.test(name));
  const isMarked =
    input.toString('latin1', part.bodyStart, part.bodyEnd).includes('signet') || part.encoding === 'base64';
  const mayBeRewritten = isMarked || needsRewriting(input, part);
  return mayBeRewritten
    ? [...fields.map(({ start, end }): [number, number] => [start, end]), [part.bodyStart, part.bodyEnd]]
    : [];
}

function needsRewriting(input: Buffer, part: Part): boolean {
  const charset = (part.contentType.parameters.get('charset') ?? '').toLowerCase();
  const body = input.toString('latin1', part.bodyStart, part.bodyEnd);
  return !/^(?:us-ascii|utf-8|iso-8859-\d+|windows-125\d|)$/.test(charset) || body.includes('\t \t');
}

function untouchedMeansFieldsOnly({ input, stamped, output }: Facts) {
  if (stamped.outcome !== 'untouched') return undefined;
  const bytes = stamped.lineEndsMended > 0 ? mendLineEnds(input, headerEnd(input)).bytes : input;
  const structure = parseStructure(bytes);
  const routes =
    structure.kind === 'structure'
      ? structure.root.headers.fields.filter(({ name }) => name === 'x-signet-route')
      : [];
  const added = Buffer.from(
    `X-Signet-Processed: ${proofOptions.token}\r\nX-Signet-Id: ${proofOptions.id}\r\n`,
  );
  const at = output.indexOf(added);
  if (at < 0) return 'untouched without its own header fields';
  const without = Buffer.concat([output.subarray(0, at), output.subarray(at + added.length)]);
  let expected = Buffer.alloc(0);
  let from = 0;
  for (const { start, end } of routes) {
    expected = Buffer.concat([expected, bytes.subarray(from, start)]);
    from = end;
  }
  expected = Buffer.concat([expected, bytes.subarray(from)]);
  return without.equals(expected) ? undefined : 'untouched, but more than header fields changed';
}

function isUnread({ reason }: Stamped): boolean {
  return reason === 'unsafe-header' || reason === 'internal-error' || reason === 'structure-over-limit';
}

function headerEnd(bytes: Buffer): number {
  if (bytes.subarray(0, 2).equals(Buffer.from('\r\n'))) return 2;
  const blank = bytes.indexOf('\r\n\r\n');
  return blank < 0 ? bytes.length : blank + 4;
}

function noLongLineMade({ message, output, stamped }: Facts) {
  const inputLongest = longestLine(message);
  const isMade = longestLine(output) > Math.max(998, inputLongest);
  return isMade && stamped.lineEndsMended === 0
    ? `a line of ${longestLine(output)} bytes was made, the input had ${inputLongest}`
    : undefined;
}

function longestLine(bytes: Buffer): number {
  let longest = 0;
  let start = 0;
  for (let at = bytes.indexOf(10); at >= 0; at = bytes.indexOf(10, start)) {
    longest = Math.max(longest, at - start - 1);
    start = at + 1;
  }
  return Math.max(longest, bytes.length - start);
}

type Leaf = { readonly type: string; readonly bytes: Buffer };

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

function leavesOf(bytes: Buffer, root: Part): Leaf[] {
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
    if (!now.includes(proofMark) || leaf.bytes.includes('\t \t') || leaf.bytes.includes('signet-')) continue;
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

function markedOnce({ output, message, stamped }: Facts) {
  if (stamped.outcome !== 'stamped' || message.includes('SIGNET')) return undefined;
  const structure = parseStructure(output);
  if (structure.kind !== 'structure') return undefined;
  const counts = leavesOf(output, structure.root).map(
    ({ bytes }) => bytes.toString('latin1').replaceAll('\0', '').split(proofMark).length - 1,
  );
  if (counts.some(count => count > 1)) return `the mark stands ${Math.max(...counts)} times in one part`;
  return counts.some(count => count === 1) ? undefined : 'stamped, but no mark can be found';
}

/** Without our fields a stamped message is stamped again: the mark is replaced, not doubled. */
function restampedToTheSame({ output, stamped }: Facts) {
  if (stamped.outcome !== 'stamped') return undefined;
  const bare = withoutOurFields(output);
  const again = stamp(bare, proofSections, proofOptions);
  const second = withoutOurFields(Buffer.concat(again.slices));
  if (again.outcome !== 'stamped') return `stamped again it became untouched: ${again.reason}`;
  if (second.equals(bare)) return undefined;
  const place = `${firstDifference(bare, second)}: ${JSON.stringify(around(bare, second))}`;
  const growth = second.length - bare.length;
  if (growth > 20) return `stamped again the mark is doubled at ${place}`;
  return growth > 0 ? `stamped again it grows at ${place}` : `stamped again it differs at ${place}`;
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

function firstDifference(one: Buffer, other: Buffer): number {
  let at = 0;
  while (at < one.length && one[at] === other[at]) at++;
  return at;
}

function around(one: Buffer, other: Buffer): string[] {
  const at = firstDifference(one, other);
  return [one, other].map(bytes => bytes.toString('latin1', Math.max(0, at - 20), at + 50));
}
