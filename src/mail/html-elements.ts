/**
 * What was read of an HTML part, as numbers: its elements with their ranges, and what a reader sees of it in document
 * order. A message may open a million tags; as many objects would cost more than reading them.
 */
import { type Tag, tagNamed } from './html-tags.ts';

/** Number of an element in document order; 0 is the document itself. */
export type ElementId = number;

/** Offsets of one element, one after the other in a row. */
const START = 0;
const OPEN = 1;
const CLOSE = 2;
const END = 3;
const PARENT = 4;
const ELEMENT_WIDTH = 5;

/** The elements of a document. Unknown ids give what the document itself gives. */
export class ElementTable {
  readonly #tags: Tag[] = [tagNamed('#document')];
  #rows: Int32Array;

  /** `expected`: elements to have room for at first. */
  constructor(expected: number) {
    this.#rows = new Int32Array(expected * ELEMENT_WIDTH);
  }

  get count(): number {
    return this.#tags.length;
  }

  /** A new element, empty so far: it ends where its start tag does. */
  add(tag: Tag, start: number, open: number, parent: ElementId): ElementId {
    const id = this.#tags.push(tag) - 1;
    const at = id * ELEMENT_WIDTH;
    if (at >= this.#rows.length) this.#rows = doubled(this.#rows);
    const rows = this.#rows;
    rows[at + START] = start;
    rows[at + OPEN] = open;
    rows[at + CLOSE] = open;
    rows[at + END] = open;
    rows[at + PARENT] = parent;
    return id;
  }

  /** Sets where the element's end tag begins and ends, or twice the place where it ended without one. */
  finish(id: ElementId, close: number, end: number): void {
    this.#rows[id * ELEMENT_WIDTH + CLOSE] = close;
    this.#rows[id * ELEMENT_WIDTH + END] = end;
  }

  tag(id: ElementId): Tag {
    return this.#tags[id] ?? (this.#tags[0] as Tag);
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
    const id = this.#tags.findIndex(tag => tag.name === name);
    return id < 0 ? undefined : id;
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

function doubled(rows: Int32Array): Int32Array {
  const larger = new Int32Array(rows.length * 2);
  larger.set(rows);
  return larger;
}
