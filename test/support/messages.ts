/**
 * The golden messages under `test/messages`: what goes in, what must come out to the byte, and what the note says about
 * the place, stated by hand and independent of any code.
 */
import { readdirSync, readFileSync } from 'node:fs';
import type { Section, Stamped, StampOptions, Zone } from '../../src/mail/report.ts';
import { stamp } from '../../src/mail/stamp.ts';

export type Anchor = { readonly form: 'html' | 'text'; readonly after: string; readonly before: string };

export type Golden = {
  readonly name: string;
  readonly folder: URL;
  readonly input: Buffer;
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
  const section: Section = { zone: golden.zone, html: `<p>${htmlMark}</p>`, text: `-- \n${textMark}` };
  return stamp(golden.input, [section], goldenOptions);
}

function readGolden(name: string): Golden {
  const folder = new URL(`${name}/`, root);
  const note = readFileSync(new URL('note.md', folder), 'utf8');
  const lines = note.split('\n');
  const outcome = /^outcome: (stamped|untouched)(?: (\S+))?/m.exec(note);
  if (!outcome) throw new Error(`${name}/note.md: expected a line "outcome: ..."`);
  return {
    name,
    folder,
    input: readFileSync(new URL('in.eml', folder)),
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
