/**
 * Readers that are not ours see the same message before and after stamping: the same tree of parts, the same attachments.
 * In a message that stays untouched every part is the same; in a stamped one some part holds the mark.
 */
import assert from 'node:assert/strict';
import { Buffer } from 'node:buffer';
import { test } from 'node:test';
import { goldenMessages, htmlMark, stampGolden, textMark } from '../support/messages.ts';
import {
  type BatchReader,
  type Reading,
  readWithMailparser,
  readWithMailsplit,
  readWithPerl,
  readWithPython,
} from '../support/readers.ts';
import { differences } from '../support/same-reading.ts';

const messages = goldenMessages().map(golden => {
  const { outcome, slices } = stampGolden(golden);
  return { name: golden.name, input: golden.input, outcome, output: Buffer.concat(slices) };
});

function disagreements(before: readonly Reading[], after: readonly Reading[]): string[] {
  return messages.flatMap(({ name, outcome }, index) => {
    const [old, now] = [before[index] as Reading, after[index] as Reading];
    const changed = old.leaves.filter((leaf, at) => leaf.sha256 !== now.leaves[at]?.sha256).length;
    const found = differences(old, now);
    // A suppressing code word is taken out of the text.
    if (outcome === 'untouched' && changed > 0 && !name.includes('nosignature'))
      found.push('an untouched part changed');
    if (outcome === 'stamped' && changed === 0) found.push('no part changed');
    return found.map(sentence => `${name}: ${sentence}`);
  });
}

const batches: readonly (readonly [name: string, missing: string, read: BatchReader])[] = [
  ["Python's email", 'python3 is not installed', readWithPython],
  ["Perl's MIME::Parser", 'perl with MIME::Parser is not installed', readWithPerl],
];

for (const [name, missing, read] of batches) {
  test(`${name} sees the same parts before and after`, context => {
    const before = read(messages.map(({ input }) => input));
    const after = read(messages.map(({ output }) => output));
    if (!before || !after) return context.skip(missing);
    assert.deepEqual(disagreements(before, after), []);
  });
}

test('mailsplit sees the same parts before and after', async () => {
  const before = await Promise.all(messages.map(({ input }) => readWithMailsplit(input)));
  const after = await Promise.all(messages.map(({ output }) => readWithMailsplit(output)));
  assert.deepEqual(disagreements(before, after), []);
});

test('mailparser sees the same attachments before and after, and the letter with the mark', async () => {
  const found: string[] = [];
  for (const { name, input, output, outcome } of messages) {
    const [before, after] = [await readWithMailparser(input), await readWithMailparser(output)];
    if (before.attachments.join() !== after.attachments.join()) found.push(`${name}: attachments changed`);
    const isMarked = after.html.includes(htmlMark) || after.text.includes(textMark);
    if (isMarked !== (outcome === 'stamped')) found.push(`${name}: ${isMarked ? 'a' : 'no'} mark is seen`);
    const isSame = before.html === after.html && before.text === after.text;
    if (outcome === 'untouched' && !isSame && !name.includes('nosignature'))
      found.push(`${name}: the letter changed`);
  }
  assert.deepEqual(found, []);
});
