/** The golden messages: outcome, place and bytes of each, read by a parser that is not ours. */
import assert from 'node:assert/strict';
import { Buffer } from 'node:buffer';
import { test } from 'node:test';
import { withoutOurFields } from '../../scripts/proof/invariants.ts';
import {
  disagreements,
  type Golden,
  goldenMessages,
  htmlMark,
  type Letter,
  stampGolden,
  stampLikeGolden,
  textMark,
} from '../support/messages.ts';
import { readWithMailparser, readWithPython } from '../support/readers.ts';

const messages = goldenMessages();
const results = messages.map(golden => {
  const stamped = stampGolden(golden);
  return { golden, stamped, output: Buffer.concat(stamped.slices) };
});

for (const { golden, stamped, output } of results) {
  test(`${golden.name} comes out as its note says and as it was accepted`, async () => {
    const letter = await readWithMailparser(output);
    assert.deepEqual(disagreements(golden, stamped, letter), []);
    assert.ok(golden.want, 'expected want.eml: run `node --import tsx scripts/proof/accept-messages.ts`');
    assert.equal(output.toString('latin1'), golden.want.toString('latin1'));
  });
}

test("Python's email reads every golden message as its note says", context => {
  const readings = readWithPython(results.map(({ output }) => output));
  if (!readings) return context.skip('python3 is not installed');
  const found = results.flatMap(({ golden, stamped }, index) => {
    const leaves = readings[index]?.leaves ?? [];
    const texts = (type: string) => leaves.filter(leaf => leaf.type === type).map(leaf => leaf.text ?? '');
    const letter: Letter = { html: texts('text/html').join('\n'), text: texts('text/plain').join('\n') };
    return disagreements(golden, stamped, letter).map(sentence => `${golden.name}: ${sentence}`);
  });
  assert.deepEqual(found, []);
});

test('stamping a stamped message again replaces the mark and changes nothing else', () => {
  const changed = results.flatMap(({ golden, stamped, output }) => {
    if (stamped.outcome === 'untouched') return [];
    const bare = withoutOurFields(output);
    const again = withoutOurFields(Buffer.concat(stampLikeGolden(bare, golden.zone).slices));
    return again.equals(bare) ? [] : [golden.name];
  });
  assert.deepEqual(changed, []);
});

const sample: Golden = {
  name: 'sample',
  folder: new URL('file:///'),
  input: Buffer.alloc(0),
  want: undefined,
  outcome: 'stamped',
  reason: undefined,
  zone: 'signature',
  anchors: [{ form: 'text', after: 'mine', before: 'theirs' }],
};
const block = `\t \t\n-- \n${textMark}\t \t`;
const misplaced: readonly (readonly [string, Letter])[] = [
  ['the mark stands above the first anchor', { html: '', text: `${block}\nmine\ntheirs` }],
  ['the mark stands below the second anchor', { html: '', text: `mine\ntheirs\n${block}` }],
  ['the mark is missing', { html: '', text: 'mine\ntheirs' }],
  ['the mark is in the other form only', { html: `<p>${htmlMark}</p>`, text: 'mine\ntheirs' }],
  ['the mark stands twice', { html: '', text: `mine\n${block}\n${block}\ntheirs` }],
];

test('a mark between its anchors agrees with the note', () => {
  const letter = { html: '', text: `mine\n${block}\ntheirs` };
  assert.deepEqual(disagreements(sample, { ...stampGoldenOf(''), outcome: 'stamped' }, letter), []);
});

for (const [title, letter] of misplaced) {
  test(`a message disagrees with its note when ${title}`, () => {
    const stamped = { ...stampGoldenOf(''), outcome: 'stamped' } as const;
    assert.notDeepEqual(disagreements(sample, stamped, letter), []);
  });
}

function stampGoldenOf(text: string) {
  return stampLikeGolden(Buffer.from(text), 'signature');
}
