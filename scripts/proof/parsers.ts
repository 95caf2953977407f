/**
 * Runs the corpus and the golden messages through Signet and through four parsers that are not ours: the tree of parts and
 * the attachments must be the same before and after. Prints a summary; exit code 1 when something differs.
 */
import { Buffer } from 'node:buffer';
import { mendLineEnds } from '../../src/mail/lines.ts';
import { corpusIsMissing, corpusMessages } from '../../test/support/corpus.ts';
import { goldenMessages, stampLikeGolden } from '../../test/support/messages.ts';
import {
  type Reading,
  readWithMailparser,
  readWithMailsplit,
  readWithPerl,
  readWithPython,
} from '../../test/support/readers.ts';
import { differences } from '../../test/support/same-reading.ts';
import { headerEnd } from './invariants.ts';

type Pair = {
  readonly name: string;
  readonly outcome: string;
  readonly before: Buffer;
  readonly after: Buffer;
};
type Reader = {
  readonly name: string;
  readonly read: (messages: readonly Buffer[]) => Promise<readonly Reading[] | undefined>;
};

const readers: readonly Reader[] = [
  { name: 'mailsplit', read: eachWith(readWithMailsplit) },
  { name: 'mailparser', read: eachWith(readAttachments) },
  { name: 'MIME::Parser', read: async messages => readWithPerl(messages) },
  { name: "Python's email", read: async messages => readWithPython(messages) },
];

process.exitCode = (await main()) ? 0 : 1;

async function main(): Promise<boolean> {
  const pairs = allPairs();
  const stamped = pairs.filter(({ outcome }) => outcome === 'stamped').length;
  say(`${pairs.length} messages, ${stamped} stamped`);
  let count = 0;
  for (const reader of readers) count += await compare(reader, pairs);
  say(`${count} differences`);
  return count === 0;
}

function allPairs(): Pair[] {
  const corpus = corpusMessages();
  if (!corpus) say(`no corpus: ${corpusIsMissing}`);
  const golden = goldenMessages().map(({ name, input }) => ({ name, bytes: input }));
  return [...(corpus ?? []), ...golden].map(({ name, bytes }) => {
    const { outcome, slices, lineEndsMended } = stampLikeGolden(bytes, 'signature');
    // Bare CR and LF become CRLF before anything else, on purpose: compared is the message so mended.
    const before = lineEndsMended > 0 ? mendLineEnds(bytes, headerEnd(bytes)).bytes : bytes;
    return { name, outcome, before, after: Buffer.concat(slices) };
  });
}

async function compare({ name, read }: Reader, pairs: readonly Pair[]): Promise<number> {
  const before = await read(pairs.map(pair => pair.before));
  const after = await read(pairs.map(pair => pair.after));
  if (!before || !after) {
    say(`${name} is not installed: skipped`);
    return 0;
  }
  const found = pairs.flatMap((pair, index) =>
    differences(before[index] as Reading, after[index] as Reading).map(
      sentence => `${pair.name} (${pair.outcome}): ${sentence}`,
    ),
  );
  const leaves = before.reduce((sum, reading) => sum + reading.leaves.length, 0);
  const unread = before.filter(({ tree }) => tree === 'unreadable').length;
  say(`${name}: ${leaves} parts, ${unread} messages it cannot read, ${found.length} differences`);
  for (const sentence of found) say(`  ${sentence}`);
  return found.length;
}

/** A parser that throws on broken mail must do so before and after. */
function eachWith(read: (message: Buffer) => Promise<Reading>): Reader['read'] {
  return async messages => {
    const readings: Reading[] = [];
    for (const message of messages)
      readings.push(await read(message).catch(() => ({ tree: 'unreadable', leaves: [] })));
    return readings;
  };
}

/** mailparser shows attachments, no tree. */
async function readAttachments(message: Buffer): Promise<Reading> {
  const { attachments } = await readWithMailparser(message);
  const leaves = attachments.map(attachment => {
    const [type = '', sha256 = ''] = attachment.split(' ');
    return { type, sha256, fileName: 'attachment' };
  });
  return { tree: leaves.map(({ type }) => type).join(','), leaves };
}

function say(line: string): void {
  process.stdout.write(`parsers: ${line}\n`);
}
