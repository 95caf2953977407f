/**
 * Long random fuzzing: `node --import tsx scripts/proof/fuzz.ts [--seconds N] [--seed N]`. Messages are made up, grown from
 * the grammar, or known ones damaged; one that Signet treats in a way not seen before is damaged further. Prints what is
 * found, each kind once and cut down as far as it goes; exit code 1 when there is any. The same seed makes the same
 * messages in the same order, only how far it gets depends on the machine.
 */
import type { Buffer } from 'node:buffer';
import { parseArgs } from 'node:util';
import fc from 'fast-check';
import {
  anyBytes,
  anyLines,
  damaged,
  grammarMessage,
  plainLetter,
} from '../../test/support/arbitrary-message.ts';
import { corpusMessages } from '../../test/support/corpus.ts';
import { goldenMessages } from '../../test/support/messages.ts';
import { readWithMailsplit } from '../../test/support/readers.ts';
import { differences } from '../../test/support/same-reading.ts';
import { type Proven, prove, proveBare } from './invariants.ts';
import { cutDown } from './minimise.ts';
import { proveRich } from './rich-invariants.ts';

const RUNS_PER_ROUND = 100;
/** Damaging a large message takes long and shows little that a small one does not. */
const MAX_SEED_BYTES = 50_000;
const MAX_POOL = 2_000;
/** Every so many messages another parser has its say; it is slower than all the rest. */
const OTHER_PARSER_EVERY = 10;
const MINIMISE_MS = 20_000;
/** No message here is long enough to take this long. */
const SLOW_MS = 500;

type Breach = { readonly kind: string; readonly sentence: string };
type Find = { count: number; message: Buffer; sentence: string };

const looks: readonly (readonly [name: string, look: (message: Buffer) => Proven])[] = [
  ['bare', proveBare],
  ['one section', prove],
  ['everything', proveRich],
];

const finds = new Map<string, Find>();
const behaviours = new Set<string>();
const pool: Buffer[] = [
  ...goldenMessages().map(({ input }) => input),
  ...(corpusMessages() ?? []).map(({ bytes }) => bytes).filter(bytes => bytes.length <= MAX_SEED_BYTES),
];
let total = 0;
let stamped = 0;

process.exitCode = (await main()) ? 0 : 1;

async function main(): Promise<boolean> {
  const { values } = parseArgs({ options: { seconds: { type: 'string' }, seed: { type: 'string' } } });
  const seconds = numberOf(values.seconds, 300);
  const first = numberOf(values.seed, Date.now() % 1_000_000_000);
  say(`seed ${first}, ${seconds} seconds, ${pool.length} known messages`);
  const end = performance.now() + seconds * 1000;
  let seed = first;
  for (; performance.now() < end; seed++) await round(seed);
  say(
    `${seed - first} rounds, ${total} messages, ${stamped} stamped, ${behaviours.size} ways of treating one`,
  );
  for (const [kind, find] of finds) report(kind, find);
  say(`${finds.size} finds`);
  return finds.size === 0;
}

async function round(seed: number): Promise<void> {
  const kinds = [anyBytes, anyLines, grammarMessage, plainLetter, damaged(pool), damaged(pool)];
  for (const kind of kinds)
    for (const message of fc.sample(kind, { numRuns: RUNS_PER_ROUND, seed })) await tryOut(message);
}

async function tryOut(message: Buffer): Promise<void> {
  total++;
  for (const breach of breachesOf(message)) note(message, breach);
  const { stamped: result, output } = prove(message);
  if (result.outcome !== 'stamped') return learn(message, `${result.reason}`);
  stamped++;
  learn(message, result.parts.map(({ type, reason }) => `${type} ${reason}`).join() + result.slices.length);
  if (total % OTHER_PARSER_EVERY !== 0 || result.lineEndsMended > 0) return;
  const before = await readWithMailsplit(message).catch(() => undefined);
  const after = await readWithMailsplit(output).catch(() => undefined);
  if (!before || !after) return;
  const found = before.tree === after.tree ? [] : differences(before, after);
  for (const sentence of found) note(message, { kind: 'mailsplit reads another tree', sentence });
}

/** Treated as no message before it: worth damaging further. */
function learn(message: Buffer, behaviour: string): void {
  if (behaviours.has(behaviour)) return;
  behaviours.add(behaviour);
  if (pool.length < MAX_POOL && message.length <= MAX_SEED_BYTES) pool.push(message);
}

function breachesOf(message: Buffer): Breach[] {
  return looks.flatMap(([name, look]) => {
    const start = process.cpuUsage();
    const { breaches } = look(message);
    const { user, system } = process.cpuUsage(start);
    const ms = (user + system) / 1000;
    const slow = ms > SLOW_MS ? [`slow: ${Math.round(ms)} ms`] : [];
    return [...breaches, ...slow].map(sentence => ({ kind: `${name}, ${kindOf(sentence)}`, sentence }));
  });
}

/** The sentence without what differs between messages. */
function kindOf(sentence: string): string {
  return sentence
    .replace(/ from \S+ to .*/s, '')
    .replace(/: .*/s, '')
    .replace(/\d+/g, 'N');
}

function note(message: Buffer, { kind, sentence }: Breach): void {
  const known = finds.get(kind);
  if (!known) {
    finds.set(kind, { count: 1, message, sentence });
    return;
  }
  known.count++;
  if (message.length < known.message.length) Object.assign(known, { message, sentence });
}

function report(kind: string, { count, message, sentence }: Find): void {
  const small = cutDown(
    message,
    candidate => breachesOf(candidate).some(breach => breach.kind === kind),
    MINIMISE_MS,
  );
  const said = breachesOf(small).find(breach => breach.kind === kind)?.sentence ?? sentence;
  say(`FOUND ${count} times: ${said}`);
  say(`  ${kind}, ${small.length} bytes: ${JSON.stringify(small.toString('latin1'))}`);
}

function numberOf(word: string | undefined, otherwise: number): number {
  const number = Number(word ?? otherwise);
  if (!Number.isFinite(number)) throw new Error(`expected a number, got ${word}`);
  return number;
}

function say(line: string): void {
  process.stdout.write(`fuzz: ${line}\n`);
}
