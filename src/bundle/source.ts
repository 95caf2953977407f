/**
 * YAML text -> plain data, with the line and column of every key and value. It refuses what makes small texts large:
 * anchors are followed, but the data they make counts against a limit, and nesting ends at a limit.
 */
import {
  type Document,
  isAlias,
  isMap,
  isPair,
  isScalar,
  isSeq,
  LineCounter,
  type Node,
  parseDocument,
} from 'yaml';
import { limits } from '../limits.ts';
import type { BundleProblem } from './bundle.ts';

/** Keys of mappings and numbers of list entries, from the top. */
export type Path = readonly (string | number)[];

export type Source = {
  readonly data: unknown;
  /** Where the value at a path stands; of a path that leads nowhere, the nearest place above it. */
  readonly locate: (path: Path) => Position;
  /** Where the last key of a path stands. */
  readonly locateKey: (path: Path) => Position;
};

export type Position = { readonly line: number; readonly column: number };

export type SourceResult =
  | { readonly kind: 'source'; readonly source: Source }
  | { readonly kind: 'problems'; readonly problems: readonly BundleProblem[] };

/** Reads YAML 1.2 (core schema). Comments are not kept. */
export function readSource(text: string): SourceResult {
  if (text.length > limits.bundle.textCharacters)
    return refused(
      { line: 1, column: 1 },
      `the file is larger than ${limits.bundle.textCharacters} characters: split it.`,
    );
  const lines = new LineCounter();
  const position = (offset: number): Position => {
    const { line, col } = lines.linePos(offset);
    return { line: Math.max(1, line), column: Math.max(1, col) };
  };
  const document = parseDocument(text, { lineCounter: lines, prettyErrors: false, version: '1.2' });
  if (document.errors.length > 0) {
    const problems = document.errors.map(error => ({
      ...position(error.pos[0]),
      sentence: yamlSentence(error.message),
    }));
    return { kind: 'problems', problems };
  }
  try {
    return {
      kind: 'source',
      source: { data: new Plain(document).valueOf(document.contents), ...locator(document, position) },
    };
  } catch (error) {
    if (error instanceof Refusal) return refused(position(error.offset), error.message);
    throw error;
  }
}

function refused(position: Position, sentence: string): SourceResult {
  return { kind: 'problems', problems: [{ ...position, sentence }] };
}

function yamlSentence(message: string) {
  if (/call stack/i.test(message)) return 'the nesting is too deep: no bundle needs that.';
  return `this is no YAML (${message.replace(/\s+/g, ' ').trim()}): correct the line, and look at the one above.`;
}

class Refusal extends Error {
  readonly offset: number;

  constructor(node: unknown, sentence: string) {
    super(sentence);
    this.offset = startOf(node);
  }
}

/** Turns nodes into data and counts what it makes: ten aliases of ten aliases of ten ... are a thousand values. */
class Plain {
  readonly #document: Document;
  #made = 0;

  constructor(document: Document) {
    this.#document = document;
  }

  valueOf(node: unknown, depth = 0): unknown {
    if (++this.#made > limits.bundle.values)
      throw new Refusal(
        node,
        `the bundle has more than ${limits.bundle.values} values, aliases counted: split it.`,
      );
    if (depth > limits.bundle.depth)
      throw new Refusal(node, 'the nesting is too deep: no bundle needs that.');
    if (isAlias(node)) return this.valueOf(node.resolve(this.#document), depth + 1);
    if (isScalar(node)) return withoutNul(node, node.value);
    if (isSeq(node)) return node.items.map(item => this.valueOf(item, depth + 1));
    if (isMap(node)) return this.#mapping(node.items, depth);
    return null;
  }

  #mapping(items: readonly unknown[], depth: number) {
    const data: Record<string, unknown> = Object.create(null);
    for (const pair of items) {
      if (!isPair(pair)) continue;
      if (!isScalar(pair.key)) throw new Refusal(pair.key, 'a key must be a word: write "key: value".');
      data[withoutNul(pair.key, keyOf(pair.key))] = this.valueOf(pair.value, depth + 1);
    }
    return data;
  }
}

/** PostgreSQL's text holds none, and no mail shows one. */
function withoutNul<Value>(node: unknown, value: Value): Value {
  if (typeof value !== 'string' || !value.includes('\0')) return value;
  throw new Refusal(node, 'the text holds a NUL character (\\0): remove it.');
}

function keyOf(key: unknown): string {
  return isScalar(key) ? String(key.value) : '';
}

function locator(document: Document, position: (offset: number) => Position) {
  const find = (path: Path) => {
    let node: unknown = document.contents;
    let key: unknown = node;
    for (const step of path) {
      const inner = isAlias(node) ? node.resolve(document) : node;
      const [nextKey, next] = childOf(inner, step);
      if (nextKey === undefined && next === undefined) break;
      key = nextKey ?? next;
      // An empty value has no place of its own: its key has.
      node = next ?? nextKey;
    }
    return { key, node };
  };
  return {
    locate: (path: Path) => position(startOf(find(path).node)),
    locateKey: (path: Path) => position(startOf(find(path).key)),
  };
}

function childOf(node: unknown, step: string | number): [key: unknown, value: unknown] {
  if (isSeq(node)) return [undefined, node.items[Number(step)] ?? undefined];
  if (!isMap(node)) return [undefined, undefined];
  const pair = node.items.find(({ key }) => keyOf(key) === String(step));
  return [pair?.key, isEmptyScalar(pair?.value) ? undefined : pair?.value];
}

function isEmptyScalar(node: unknown) {
  return isScalar(node) && node.value === null && node.source === '';
}

function startOf(node: unknown): number {
  return (node as Node | null | undefined)?.range?.[0] ?? 0;
}
