/**
 * The golden messages under `test/messages`: what goes in, what must come out to the byte, and what the note says about
 * the place, stated by hand and independent of any code.
 */
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import type { Section, Stamped, StampOptions, Zone } from '../../src/mail/report.ts';
import { stamp } from '../../src/mail/stamp.ts';

export type Anchor = { readonly form: 'html' | 'text'; readonly after: string; readonly before: string };

export type Golden = {
  readonly name: string;
  readonly folder: URL;
  readonly input: Buffer;
  /** What must come out to the byte; undefined as long as nobody has accepted it. */
  readonly want: Buffer | undefined;
  readonly outcome: 'stamped' | 'untouched';
  readonly reason: string | undefined;
  readonly zone: Zone;
  readonly anchors: readonly Anchor[];
};

export const htmlMark = 'SIGNETHTML';
export const textMark = 'SIGNETTEXT';

export const goldenOptions: StampOptions = {
  token: '0'.repeat(32),
  id: 'golden0000000000',
  codeWords: { place: '*signature*', suppress: '*nosignature*' },
};

const root = new URL('../messages/', import.meta.url);

/** All golden messages in order of their numbers. */
export function goldenMessages(): Golden[] {
  return readdirSync(root)
    .sort()
    .map(name => readGolden(name));
}

/** What Signet makes of one. */
export function stampGolden(golden: Golden): Stamped {
  return stampLikeGolden(golden.input, golden.zone);
}

/** The golden signature on any message. */
export function stampLikeGolden(message: Buffer, zone: Zone): Stamped {
  const section: Section = { zone, html: `<p>${htmlMark}</p>`, text: `-- \n${textMark}` };
  return stamp(message, [section], goldenOptions);
}

/** What the letter says in each form to a reader that is not ours. */
export type Letter = { readonly html: string; readonly text: string };

/**
 * One sentence for each thing the note says that does not hold of what came out. An anchor holds when nothing but the
 * mark stands in the way between its two texts: the first is the last of its kind before the mark, and the second
 * the first behind it.
 */
export function disagreements(golden: Golden, stamped: Stamped, letter: Letter): string[] {
  const { outcome, reason, cause } = stamped;
  if (outcome !== golden.outcome || (outcome === 'untouched' && reason !== golden.reason)) {
    const because = cause instanceof Error ? ` (${cause.message})` : '';
    return [`expected ${golden.outcome} ${golden.reason ?? ''}, got ${outcome} ${reason ?? ''}${because}`];
  }
  const misplaced = golden.anchors.flatMap(anchor => misplacement(anchor, letter) ?? []);
  return [...misplaced, ...miscount(golden, letter)];
}

function misplacement({ form, after, before }: Anchor, letter: Letter): string | undefined {
  const isHtml = form === 'html';
  const words = isHtml ? letter.html : letter.text;
  const mark = isHtml ? htmlMark : textMark;
  const insertion = (isHtml ? HTML_INSERTION : TEXT_INSERTION).exec(words);
  if (!insertion) return `expected ${mark} in the ${form}, got none`;
  const above = withLf(words.slice(0, insertion.index));
  const below = withLf(words.slice(insertion.index + insertion[0].length));
  const [upper, lower] = [withLf(after), withLf(before)];
  const isUnder = after === '^' ? above.trim() === '' || !below.includes(lower) : above.includes(upper);
  const isOver = before === '$' ? true : below.includes(lower);
  const isBetween =
    before === '$' || after === '^' || !above.slice(above.lastIndexOf(upper) + upper.length).includes(lower);
  if (isUnder && isOver && isBetween) return undefined;
  return `expected ${mark} after ${JSON.stringify(after)} and before ${JSON.stringify(before)}, got it between ${JSON.stringify(above.slice(-80))} and ${JSON.stringify(below.slice(0, 80))}`;
}

/** An empty line above or below the signature may be part of the mark. */
const AIR = '(?:<div><br></div>)?';
const HTML_INSERTION = new RegExp(
  `<div class="signet-\\w+" data-signet="0+">${AIR}<p>${htmlMark}</p>${AIR}</div>`,
);
const TEXT_INSERTION = new RegExp(`(?:\\t \\t\\r?\\n)?-- \\r?\\n${textMark}(?:\\t \\t)?`);

function withLf(text: string): string {
  return text.replaceAll('\r\n', '\n');
}

/** Each form has the mark once or not at all, and an untouched message has none. */
function miscount({ outcome }: Golden, { html, text }: Letter): string[] {
  const counts = [html.split(htmlMark).length - 1, text.split(textMark).length - 1] as const;
  if (outcome === 'untouched' && counts.some(count => count > 0)) return ['expected no mark, got one'];
  if (counts.some(count => count > 1)) return [`expected each mark once, got ${counts.join(' and ')}`];
  const isFound = outcome === 'untouched' || counts.some(count => count === 1);
  return isFound ? [] : ['expected a mark, got none'];
}

function readGolden(name: string): Golden {
  const folder = new URL(`${name}/`, root);
  const note = readFileSync(new URL('note.md', folder), 'utf8');
  const lines = note.split('\n');
  const outcome = /^outcome: (stamped|untouched)(?: (\S+))?/m.exec(note);
  if (!outcome) throw new Error(`${name}/note.md: expected a line "outcome: ..."`);
  const want = new URL('want.eml', folder);
  return {
    name,
    folder,
    input: readFileSync(new URL('in.eml', folder)),
    want: existsSync(want) ? readFileSync(want) : undefined,
    outcome: outcome[1] === 'stamped' ? 'stamped' : 'untouched',
    reason: outcome[2],
    zone: (/^zone: (\w+)/m.exec(note)?.[1] ?? 'signature') as Zone,
    anchors: lines.flatMap(line => anchorIn(line) ?? []),
  };
}

function anchorIn(line: string): Anchor | undefined {
  const match = /^(html|text): after ("(?:[^"\\]|\\.)*") before ("(?:[^"\\]|\\.)*")/.exec(line);
  if (!match) return undefined;
  const [, form, after, before] = match as unknown as [string, 'html' | 'text', string, string];
  return { form, after: JSON.parse(after) as string, before: JSON.parse(before) as string };
}
