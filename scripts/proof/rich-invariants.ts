/**
 * What must hold when everything is asked for at once: three zones, an image, code words, the client's own signature taken
 * out. Then the message may lose text, so it is looked at part by part: whatever is no letter is byte for byte the same.
 */
import { Buffer } from 'node:buffer';
import { mendLineEnds } from '../../src/mail/lines.ts';
import { defaultCodeWords, type Section, type StampOptions } from '../../src/mail/report.ts';
import { stamp } from '../../src/mail/stamp.ts';
import { parseStructure } from '../../src/mail/structure.ts';
import {
  type Facts,
  headerEnd,
  inputUnchanged,
  isUnread,
  type Leaf,
  leavesOf,
  longestLine,
  noBareLineEndMade,
  noInternalError,
  noLongLineMade,
  ownCopy,
  type Proven,
} from './invariants.ts';

const picture = Buffer.from('89504e470d0a1a0a5349474e4554', 'hex');

export const richOptions: StampOptions = {
  token: 'e'.repeat(32),
  id: 'rich000000000000',
  codeWords: defaultCodeWords,
  removeClientSignature: true,
  traceFields: 'Received: from proof\r\n\tby signet; Wed, 4 Mar 2026 09:30:00 +0000\r\n',
};

/** Characters that Latin-1 has, and some that it has not. */
export const richSections: readonly Section[] = [
  { zone: 'top', html: '<p>SIGNETTOP \u00e4</p>', text: 'SIGNETTOP \u00e4' },
  {
    zone: 'signature',
    html: '<table><tr><td><img src="cid:logo" alt="">SIGNETSIGNATURE \u4f60</td></tr></table>',
    text: '-- \nSIGNETSIGNATURE \u4f60\n> From here \n\nEnd',
    images: [{ name: 'logo', type: 'image/png', bytes: picture }],
  },
  { zone: 'bottom', html: `<p>SIGNETBOTTOM${' and so on'.repeat(120)}</p>`, text: 'SIGNETBOTTOM' },
];

/** Stamps the message with all there is and looks for breaches. */
export function proveRich(message: Buffer): Proven {
  const input = ownCopy(message);
  const stamped = stamp(input, richSections, richOptions);
  const output = Buffer.concat(stamped.slices);
  const facts: Facts = { input, stamped, output, message };
  return { stamped, output, breaches: checks.flatMap(check => check(facts) ?? []) };
}

const checks: readonly ((facts: Facts) => string | undefined)[] = [
  noInternalError,
  inputUnchanged,
  noBareLineEndMade,
  noLongLineFromShortOnes,
  sameParts,
];

/** Where text is taken out, what stood around it may share a line that was too long already. */
function noLongLineFromShortOnes(facts: Facts): string | undefined {
  return longestLine(facts.message) > 998 ? undefined : noLongLineMade(facts);
}

/** The same leaves in the same order, but for our picture; only text of the letter changes, and then it holds a mark. */
function sameParts({ input, output, stamped }: Facts): string | undefined {
  if (isUnread(stamped)) return undefined;
  const bytes = mendLineEnds(input, headerEnd(input)).bytes;
  const [before, after] = [parseStructure(bytes), parseStructure(output)];
  // A picture more, and a limit may be reached.
  if (before.kind !== 'structure' || after.kind !== 'structure') return undefined;
  const wanted = leavesOf(bytes, before.root);
  const all = leavesOf(output, after.root);
  const ours = all.filter(isPicture).length - wanted.filter(isPicture).length;
  const got = ours > 0 ? withoutLastPictures(all, ours) : all;
  const [old, now] = [typesOf(wanted), typesOf(got)];
  if (old !== now) return `the parts changed from ${old} to ${now}`;
  const index = got.findIndex((leaf, at) => !isAllowed(wanted[at] as Leaf, leaf));
  return index < 0 ? undefined : `part ${index} of type ${wanted[index]?.type} changed`;
}

function isPicture({ type, bytes }: Leaf): boolean {
  return type === 'image/png' && bytes.equals(picture);
}

function withoutLastPictures(leaves: readonly Leaf[], count: number): Leaf[] {
  const dropped = new Set(leaves.filter(isPicture).slice(-count));
  return leaves.filter(leaf => !dropped.has(leaf));
}

function typesOf(leaves: readonly Leaf[]): string {
  return leaves.map(({ type }) => type).join(',');
}

/** Text of the letter changes by a mark, or by what was taken out of it. */
function isAllowed(before: Leaf, after: Leaf): boolean {
  if (before.bytes.equals(after.bytes)) return true;
  if (!/^text\/(?:html|plain)$/.test(before.type)) return false;
  return (
    after.bytes.length < before.bytes.length ||
    after.bytes.toString('latin1').replaceAll('\0', '').includes('SIGNET')
  );
}
