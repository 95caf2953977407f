/** Promises that hold for any bytes (src/mail/README.md): random messages, grown from the grammar or damaged. */
import assert from 'node:assert/strict';
import { Buffer } from 'node:buffer';
import { describe, test } from 'node:test';
import fc from 'fast-check';
import {
  isInsertion,
  type Proven,
  proofMark,
  proofOptions,
  proofSections,
  prove,
  proveBare,
} from '../../scripts/proof/invariants.ts';
import { proveRich } from '../../scripts/proof/rich-invariants.ts';
import { stamp } from '../../src/mail/stamp.ts';
import { anyBytes, anyLines, damaged, grammarMessage, plainLetter } from '../support/arbitrary-message.ts';
import { goldenMessages } from '../support/messages.ts';
import { readWithMailsplit } from '../support/readers.ts';

const golden = goldenMessages().map(({ input }) => input);
/** The same messages every time: whoever changes something else should not meet a new find. The fuzzer looks for those. */
const seed = 20260304;

/** Runs are few enough for every change; scripts/proof/fuzz.ts goes on for as long as one likes. */
const kinds: readonly (readonly [name: string, messages: fc.Arbitrary<Buffer>, runs: number])[] = [
  ['any bytes', anyBytes, 1000],
  ['lines of junk', anyLines, 1500],
  ['messages of the grammar', grammarMessage, 1500],
  ['letters of one text part', plainLetter, 1500],
  ['damaged messages', damaged(golden), 1500],
];

for (const [name, messages, numRuns] of kinds) {
  describe(name, () => {
    const holds = (look: (message: Buffer) => Proven): void =>
      fc.assert(
        fc.property(messages, message => {
          assert.deepEqual(look(message).breaches, [], JSON.stringify(message.toString('latin1')));
        }),
        { numRuns, seed },
      );
    test('with no sections only header fields are added, and all else is equal', () => holds(proveBare));
    test('with one section the insertions taken out give the input back, in the same structure', () =>
      holds(prove));
    test('with images, code words and all zones nothing throws, and other parts stay as they are', () =>
      holds(proveRich));
  });
}

test('the splices of a letter are insertions and nothing else', () => {
  fc.assert(
    fc.property(plainLetter, letter => {
      const { outcome, slices } = stamp(letter, proofSections, proofOptions);
      const output = Buffer.concat(slices);
      const ours = Buffer.from(
        `X-Signet-Processed: ${proofOptions.token}\r\nX-Signet-Id: ${proofOptions.id}\r\n`,
      );
      assert.ok(output.subarray(0, ours.length).equals(ours), 'our fields stand on top');
      const rest = output.subarray(ours.length);
      if (outcome === 'untouched') assert.ok(rest.equals(letter));
      else if (!letter.includes('\t \t')) assert.ok(isInsertion(letter, rest), rest.toString('latin1'));
    }),
    { numRuns: 1500, seed },
  );
});

test('a letter that mailsplit reads as text is read as the same text with the mark in it', async () => {
  await fc.assert(
    fc.asyncProperty(plainLetter, async letter => {
      const { outcome, slices } = stamp(letter, proofSections, proofOptions);
      const output = Buffer.concat(slices);
      const [before, after] = [await readWithMailsplit(letter), await readWithMailsplit(output)];
      assert.equal(after.tree, before.tree);
      const changed = after.leaves.filter((leaf, index) => leaf.sha256 !== before.leaves[index]?.sha256);
      assert.equal(changed.length, outcome === 'stamped' ? 1 : 0);
      if (outcome === 'stamped') assert.ok(output.includes(proofMark) || /base64/i.test(letter.toString()));
    }),
    { numRuns: 300, seed },
  );
});
