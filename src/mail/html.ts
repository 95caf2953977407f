/**
 * HTML as offsets: html-tokens.ts tells where tags and text stand, this file keeps the elements with their ranges. It works
 * on the Latin-1 view of a part (charset.ts), so that one character is one byte, and nothing is ever serialised again.
 * Linear in the length: every element is pushed once and popped once.
 */
import { type ElementId, ElementTable, EventList, OpenElements } from './html-elements.ts';
import { type Tag, tagNamed } from './html-tags.ts';
import { readTokens, type TokenSink } from './html-tokens.ts';

export type { ElementId };

/** The elements of a document by id, in document order; 0 is the document, and what an unknown id gives. */
export class HtmlDocument {
  readonly view: string;
  /** Everything visible, in document order. */
  readonly events: EventList;
  /**
   * Where the readable part ends: before a comment, tag, script or the like that is never closed and swallows the rest.
   * Nothing put in behind it would be seen.
   */
  readonly soundEnd: number;
  readonly #elements: ElementTable;

  constructor(view: string, elements: ElementTable, events: EventList, soundEnd: number) {
    this.view = view;
    this.events = events;
    this.soundEnd = soundEnd;
    this.#elements = elements;
  }

  get count(): number {
    return this.#elements.count;
  }
  /** Lower-case tag name. */
  name(id: ElementId): string {
    return this.#elements.tag(id).name;
  }
  parent(id: ElementId): ElementId {
    return this.#elements.parent(id);
  }
  /** Offset of `<` of the start tag. */
  start(id: ElementId): number {
    return this.#elements.start(id);
  }
  /** Offset behind `>` of the start tag. */
  open(id: ElementId): number {
    return this.#elements.open(id);
  }
  /** Offset of `</` of the end tag, or where the element ended without one. */
  close(id: ElementId): number {
    return this.#elements.close(id);
  }
  /** Offset behind the end tag, or where the element ended without one. */
  end(id: ElementId): number {
    return this.#elements.end(id);
  }
  /** Most tags have none, and need not be looked into. */
  hasAttributes(id: ElementId): boolean {
    return this.open(id) - this.start(id) > this.name(id).length + '<>'.length;
  }
  /** Source of the start tag, as far as anything in it is looked at. */
  tag(id: ElementId): string {
    const start = this.start(id);
    return this.view.slice(start, Math.min(this.open(id), start + MAX_TAG));
  }
  /** The first element of that name; undefined when there is none. */
  first(name: string): ElementId | undefined {
    return this.#elements.first(name);
  }
}

const paragraph = tagNamed('p');
const table = tagNamed('table');
/** Only for how much room is made at first: as mail programs write, and the shortest tags that occur. */
const BYTES_PER_ELEMENT = 48;
const LEAST_BYTES_PER_ELEMENT = 5;
/** From here on unused room costs nothing, as the system gives memory by the page when it is written to; growing would cost. */
const LARGE_VIEW = 200_000;
/** Characters of a start tag that are read. */
const MAX_TAG = 4096;
/** How far a misnested end tag of a formatting element, or an implied end, looks up the stack. */
const MAX_LOOK = 64;
/** How far any other end tag does: beyond that, markup is broken in ways that no reader follows alike. */
const MAX_DEPTH = 1000;

/** Reads the elements of an HTML part. Never throws. */
export function parseHtml(view: string): HtmlDocument {
  const builder = new DocumentBuilder(view);
  return builder.finish(readTokens(view, builder));
}

class DocumentBuilder implements TokenSink {
  readonly #view: string;
  readonly #elements: ElementTable;
  readonly #events: EventList;
  readonly #open = new OpenElements();
  /** How many elements are open by index of their tag, so that a stray end tag costs nothing. */
  readonly #openCount: number[] = [];
  /** The first body and the first html element: later ones are merged into them (HTML 13.2.6.4.7). */
  readonly #pages = new Map<string, ElementId>();
  #unseenDepth = 0;
  #tagStart = 0;

  constructor(view: string) {
    this.#view = view;
    const isLarge = view.length >= LARGE_VIEW;
    const expected = 16 + Math.floor(view.length / (isLarge ? LEAST_BYTES_PER_ELEMENT : BYTES_PER_ELEMENT));
    this.#elements = new ElementTable(expected);
    this.#events = new EventList(2 * expected);
  }

  openTag(tag: Tag, start: number, end: number): void {
    this.#tagStart = start;
    this.#begin(tag, end);
  }

  closeTag(tag: Tag, start: number, end: number): void {
    this.#close(tag, start, end);
  }

  text(start: number, end: number): void {
    if (this.#unseenDepth === 1 && this.#topTag().name === 'head' && /\S/.test(this.#view.slice(start, end)))
      this.#endHead(start);
    if (this.#unseenDepth === 0) this.#events.add('text', start, end, this.#top());
  }

  /** `soundEnd`: where the tokens end. */
  finish(soundEnd: number): HtmlDocument {
    const length = this.#view.length;
    const elements = this.#elements;
    const end = Math.min(soundEnd, this.#startOfSwallowing());
    this.#popTo(1, length);
    elements.finish(0, length, length);
    return new HtmlDocument(this.#view, elements, this.#events, end);
  }

  /** Where the outermost open element starts that takes all behind it; the end when there is none. */
  #startOfSwallowing(): number {
    for (let level = 1; level < this.#open.depth; level++)
      if (this.#tagAt(level).swallows) return this.#elements.start(this.#open.at(level));
    return this.#view.length;
  }

  #top(): ElementId {
    return this.#open.top();
  }

  /** True also for a name that is not remembered while any such element is open. */
  #isOpen(tag: Tag): boolean {
    return (this.#openCount[tag.index] ?? 0) > 0;
  }

  #countOpen(tag: Tag, step: 1 | -1): void {
    this.#openCount[tag.index] = (this.#openCount[tag.index] ?? 0) + step;
  }

  #topTag(): Tag {
    return this.#elements.tag(this.#top());
  }

  #tagAt(level: number): Tag {
    return this.#elements.tag(this.#open.at(level));
  }

  #begin(tag: Tag, openEnd: number): void {
    if (this.#isIgnored(tag)) return;
    if (!tag.isHeadContent) this.#endHead(this.#tagStart);
    if (tag.closesParagraph) this.#endParagraph();
    if (tag.group) this.#endGroup(tag.group.ends, tag.group.within);
    const element = this.#elements.add(tag, this.#tagStart, openEnd, this.#top());
    if (this.#unseenDepth === 0) this.#events.add('open', this.#tagStart, this.#tagStart, element);
    if (tag.isVoid) return;
    if (tag.isPage && !this.#pages.has(tag.name)) this.#pages.set(tag.name, element);
    this.#open.push(element);
    this.#countOpen(tag, 1);
    if (tag.isUnseen) this.#unseenDepth++;
  }

  /** A page inside an element is merged into the page around it, and parts of a table count only in one (HTML 13.2.6.4.7). */
  #isIgnored(tag: Tag): boolean {
    if (tag.needsTable) return !this.#isOpen(table);
    return tag.isPage && !this.#topTag().isPage && this.#topTag().name !== 'head' && this.#top() !== 0;
  }

  #endHead(at: number): void {
    if (this.#topTag().name === 'head') this.#pop(at, at);
  }

  #close(tag: Tag, at: number, end: number): void {
    if (tag.isPage) this.#closePage(tag.name, at, end);
    else if (this.#isOpen(tag)) this.#closeOpen(tag, at, end);
  }

  #closeOpen(tag: Tag, at: number, end: number): void {
    const top = this.#open.depth - 1;
    const floor = Math.max(1, top - (tag.isFormatting ? MAX_LOOK : MAX_DEPTH));
    for (let level = top; level >= floor; level--) {
      const open = this.#tagAt(level);
      if (open.name === tag.name) {
        if (tag.isFormatting && this.#holdsBlockAbove(level)) this.#drop(level, at, end);
        else {
          this.#popTo(level + 1, at);
          this.#pop(at, end);
        }
        return;
      }
      if (tag.isTablePart ? isTable(open) : open.isScope) return;
    }
  }

  /**
   * Text behind `</body>` still belongs to the body; only the end tag's place is kept, the last one's. It ends a line all the
   * same: what is put in before it would end it, and must not change how the text around is read.
   */
  #closePage(name: string, at: number, end: number): void {
    const element = this.#pages.get(name);
    if (element === undefined) return;
    this.#elements.finish(element, at, end);
    if (this.#unseenDepth === 0) this.#events.add('close', at, at, element);
  }

  #holdsBlockAbove(level: number): boolean {
    for (let above = level + 1; above < this.#open.depth; above++) {
      if (!this.#tagAt(above).isFormatting) return true;
    }
    return false;
  }

  #drop(level: number, at: number, end: number): void {
    this.#finishElement(this.#open.remove(level), at, end);
  }

  #endParagraph(): void {
    if (!this.#isOpen(paragraph)) return;
    const floor = Math.max(1, this.#open.depth - MAX_LOOK);
    for (let level = this.#open.depth - 1; level >= floor; level--) {
      const open = this.#tagAt(level);
      if (open.name === 'p') this.#popTo(level, this.#tagStart);
      if (open.name === 'p' || open.isParagraphScope) return;
    }
  }

  #endGroup(ends: ReadonlySet<string>, within: ReadonlySet<string>): void {
    const floor = Math.max(1, this.#open.depth - MAX_LOOK);
    let lowest = -1;
    for (let level = this.#open.depth - 1; level >= floor; level--) {
      const { name } = this.#tagAt(level);
      if (within.has(name)) break;
      if (ends.has(name)) lowest = level;
    }
    if (lowest > 0) this.#popTo(lowest, this.#tagStart);
  }

  #popTo(level: number, at: number): void {
    while (this.#open.depth > level) this.#pop(at, at);
  }

  #pop(at: number, end: number): void {
    this.#finishElement(this.#open.pop(), at, end);
  }

  #finishElement(element: ElementId, at: number, end: number): void {
    const elements = this.#elements;
    const tag = elements.tag(element);
    // A page that has seen its end tag keeps that place.
    const isKept = tag.isPage && elements.end(element) > elements.open(element);
    if (!isKept) elements.finish(element, at, end);
    this.#countOpen(tag, -1);
    if (tag.isUnseen) this.#unseenDepth--;
    // What only the end of the document closes ends no line that anything follows.
    if (this.#unseenDepth === 0 && at < this.#view.length) this.#events.add('close', at, at, element);
  }
}

/** What an end tag of a table's part does not reach beyond; a table's own end tag has found its table before. */
function isTable(tag: Tag): boolean {
  return tag.name === 'table' || tag.name === 'template';
}

const ATTRIBUTE = /([^\s"'<>/=]+)(?:\s*=\s*(?:"([^"]*)"|'([^']*)'|([^\s"'<>]+)))?/g;

/** Attributes of an element by lower-case name; the first of two equal ones counts, as in browsers. */
export function attributesOf(html: HtmlDocument, element: ElementId): ReadonlyMap<string, string> {
  const attributes = new Map<string, string>();
  const source = html.tag(element).slice(1 + html.name(element).length);
  for (const match of source.matchAll(ATTRIBUTE)) {
    const name = (match[1] as string).toLowerCase();
    if (!attributes.has(name)) attributes.set(name, match[2] ?? match[3] ?? match[4] ?? '');
  }
  return attributes;
}
