/**
 * What was read of an HTML part, as numbers: its elements with their ranges, and what a reader sees of it in document
 * order. A message may open a million tags; as many objects would cost more than reading them.
 */
import { type Tag, tagAt, tagNamed } from './html-tags.ts';

/** Number of an element in document order; 0 is the document itself. */
export type ElementId = number;

/** Offsets of one element, one after the other in a row. */
const START = 0;
const OPEN = 1;
const CLOSE = 2;
const END = 3;
const PARENT = 4;
const TAG = 5;
const ELEMENT_WIDTH = 6;

const document = tagNamed('#document');

/** The elements of a document. Unknown ids give what the document itself gives. */
export class ElementTable {
  /** The document counts too. */
  count = 1;
  #rows: Int32Array;
  /** Tags by element where the name has no index. */
  readonly #strangers = new Map<ElementId, Tag>();

  /** `expected`: elements to have room for at first. */
  constructor(expected: number) {
    this.#rows = new Int32Array(expected * ELEMENT_WIDTH);
  }

  /** A new element, empty so far: it ends where its start tag does. */
  add(tag: Tag, start: number, open: number, parent: ElementId): ElementId {
    const id = this.count++;
    const at = id * ELEMENT_WIDTH;
    if (at >= this.#rows.length) this.#rows = doubled(this.#rows);
    const rows = this.#rows;
    rows[at + START] = start;
    rows[at + OPEN] = open;
    rows[at + CLOSE] = open;
    rows[at + END] = open;
    rows[at + PARENT] = parent;
    rows[at + TAG] = tag.index;
    if (tag.index === 0) this.#strangers.set(id, tag);
    return id;
  }

  /** Sets where the element's end tag begins and ends, or twice the place where it ended without one. */
  finish(id: ElementId, close: number, end: number): void {
    this.#rows[id * ELEMENT_WIDTH + CLOSE] = close;
    this.#rows[id * ELEMENT_WIDTH + END] = end;
  }

  tag(id: ElementId): Tag {
    return tagAt(this.#rows[id * ELEMENT_WIDTH + TAG] ?? 0) ?? this.#strangers.get(id) ?? document;
  }
  start(id: ElementId): number {
    return this.#rows[id * ELEMENT_WIDTH + START] ?? 0;
  }
  open(id: ElementId): number {
    return this.#rows[id * ELEMENT_WIDTH + OPEN] ?? 0;
  }
  close(id: ElementId): number {
    return this.#rows[id * ELEMENT_WIDTH + CLOSE] ?? 0;
  }
  end(id: ElementId): number {
    return this.#rows[id * ELEMENT_WIDTH + END] ?? 0;
  }
  parent(id: ElementId): ElementId {
    return this.#rows[id * ELEMENT_WIDTH + PARENT] ?? 0;
  }
  /** The first element of that name; undefined when there is none. */
  first(name: string): ElementId | undefined {
    for (let id = 0; id < this.count; id++) if (this.tag(id).name === name) return id;
    return undefined;
  }
}

export type EventKind = 'text' | 'open' | 'close';

const kinds: readonly EventKind[] = ['text', 'open', 'close'];
const KIND = 0;
const AT = 1;
const UNTIL = 2;
const ELEMENT = 3;
const EVENT_WIDTH = 4;

/**
 * Everything visible by index, in document order. `text` runs hold markup only as entities, and `element` is where they
 * stand; `open` and `close` are the tags of `element`.
 */
export class EventList {
  count = 0;
  #rows: Int32Array;

  /** `expected`: events to have room for at first. */
  constructor(expected: number) {
    this.#rows = new Int32Array(expected * EVENT_WIDTH);
  }

  add(kind: EventKind, at: number, end: number, element: ElementId): void {
    const row = this.count * EVENT_WIDTH;
    if (row >= this.#rows.length) this.#rows = doubled(this.#rows);
    const rows = this.#rows;
    rows[row + KIND] = kind === 'text' ? 0 : kind === 'open' ? 1 : 2;
    rows[row + AT] = at;
    rows[row + UNTIL] = end;
    rows[row + ELEMENT] = element;
    this.count++;
  }

  kind(index: number): EventKind {
    return kinds[this.#rows[index * EVENT_WIDTH + KIND] ?? 0] as EventKind;
  }
  at(index: number): number {
    return this.#rows[index * EVENT_WIDTH + AT] ?? 0;
  }
  /** Of text where it ends, of a tag where it begins. */
  end(index: number): number {
    return this.#rows[index * EVENT_WIDTH + UNTIL] ?? 0;
  }
  element(index: number): ElementId {
    return this.#rows[index * EVENT_WIDTH + ELEMENT] ?? 0;
  }
}

/** The elements that are open, from the document inwards. */
export class OpenElements {
  depth = 1;
  /** So few fit into V8's own heap, where memory is cheaper to get. */
  #ids: Int32Array = new Int32Array(16);

  push(id: ElementId): void {
    if (this.depth === this.#ids.length) this.#ids = doubled(this.#ids);
    this.#ids[this.depth++] = id;
  }
  pop(): ElementId {
    return this.#ids[--this.depth] ?? 0;
  }
  top(): ElementId {
    return this.#ids[this.depth - 1] ?? 0;
  }
  at(level: number): ElementId {
    return this.#ids[level] ?? 0;
  }
  /** Takes out the one at that level; those above it stay open. */
  remove(level: number): ElementId {
    const id = this.at(level);
    this.#ids.copyWithin(level, level + 1, this.depth--);
    return id;
  }
}

function doubled(rows: Int32Array): Int32Array {
  const larger = new Int32Array(rows.length * 2);
  larger.set(rows);
  return larger;
}
