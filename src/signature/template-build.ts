/**
 * Builds the tree from what the tokenizer and the scanner find, in document order. Keeps one stack for elements and
 * template blocks: an end that does not fit is a fault when it is the template's, forgiven as HTML forgives it when it is not.
 */
import { limits } from '../limits.ts';
import { tagNamed } from '../mail/html-tags.ts';
import type { PlacedTag, Test } from './template.ts';
import type { TemplateReport } from './template-report.ts';
import type { Attribute, TreeNode } from './template-tree.ts';

type Frame = { readonly children: TreeNode[]; readonly at: number } & (
  | { readonly kind: 'root' }
  | { readonly kind: 'element'; readonly name: string; readonly attributes: readonly Attribute[] }
  | { readonly kind: 'if'; readonly test: Test }
  | { readonly kind: 'else'; readonly test: Test; readonly met: readonly TreeNode[] }
  | { readonly kind: 'line' }
  | { readonly kind: 'mso'; readonly condition: string; readonly isRevealed: boolean }
);

export class TreeBuilder {
  readonly #report: TemplateReport;
  readonly #root: TreeNode[] = [];
  readonly #stack: Frame[] = [{ kind: 'root', children: this.#root, at: 0 }];

  /** False when an end tag ended nothing or an element was never closed. */
  isBalanced = true;

  constructor(report: TemplateReport) {
    this.#report = report;
  }

  /** Name of the innermost open element, '' at the root. */
  get inside(): string {
    const frame = this.#stack.findLast(({ kind }) => kind === 'element');
    return frame?.kind === 'element' ? frame.name : '';
  }

  add(node: TreeNode): void {
    this.#top().children.push(node);
  }

  /** Opens an element, which first ends those that cannot hold it (`<li>` ends a `<li>`). */
  open(name: string, attributes: readonly Attribute[], at: number): void {
    this.#endImplied(name, at);
    if (tagNamed(name).isVoid) this.add({ kind: 'element', name, attributes, children: [], at });
    else this.#push({ kind: 'element', name, attributes, children: [], at });
  }

  /** Closes the nearest open element of the name; an end tag of none is ignored, as HTML ignores it. */
  close(name: string, at: number): void {
    for (let i = this.#stack.length - 1; i > 0; i--) {
      const frame = this.#stack[i];
      if (!frame) return;
      if (frame.kind !== 'element') {
        if (this.#stack.slice(0, i).some(outer => outer.kind === 'element' && outer.name === name))
          this.#crossed(`</${name}>`, frame, at);
        return;
      }
      if (frame.name !== name) continue;
      while (this.#stack.length > i) this.#pop();
      return;
    }
    this.isBalanced = false;
  }

  tag({ tag, start }: PlacedTag): void {
    switch (tag.kind) {
      case 'output':
        this.add({ kind: 'output', expression: tag.expression, at: start });
        break;
      case 'if':
        this.#push({ kind: 'if', test: tag.test, children: [], at: start });
        break;
      case 'line':
        this.#push({ kind: 'line', children: [], at: start });
        break;
      case 'else':
        this.#else(start);
        break;
      case 'end-if':
        this.#end(['if', 'else'], '{{/if}}', '{{#if}}', start);
        break;
      case 'end-line':
        this.#end(['line'], '{{/line}}', '{{#line}}', start);
    }
  }

  openMso(condition: string, isRevealed: boolean, at: number): void {
    this.#push({ kind: 'mso', condition, isRevealed, children: [], at });
  }

  /** False when no conditional comment is open here, so that the end means nothing. */
  closeMso(): boolean {
    const at = this.#stack.findLastIndex(({ kind }) => kind !== 'element');
    if (this.#stack[at]?.kind !== 'mso') return false;
    while (this.#stack.length > at) this.#pop();
    return true;
  }

  /** Ends what is open: elements silently, blocks as faults. */
  finish(): readonly TreeNode[] {
    while (this.#stack.length > 1) {
      const frame = this.#top();
      this.isBalanced = false;
      if (frame.kind === 'if' || frame.kind === 'else')
        this.#report.fault(frame.at, 'This {{#if}} has no {{/if}}.', 'add {{/if}} where the condition ends');
      if (frame.kind === 'line')
        this.#report.fault(frame.at, 'This {{#line}} has no {{/line}}.', 'add {{/line}} where the span ends');
      this.#pop();
    }
    return this.#root;
  }

  #else(at: number) {
    if (!this.#reach(['if'], '{{else}}', '{{#if}}', at)) return;
    const frame = this.#top();
    if (frame.kind !== 'if') return;
    this.#stack.pop();
    this.#stack.push({ kind: 'else', test: frame.test, met: frame.children, children: [], at: frame.at });
  }

  #end(kinds: readonly Frame['kind'][], end: string, begin: string, at: number) {
    if (this.#reach(kinds, end, begin, at)) this.#pop();
  }

  /** Makes the block of one of the kinds the innermost; elements left open inside of it are a fault. */
  #reach(kinds: readonly Frame['kind'][], end: string, begin: string, at: number): boolean {
    const frame = this.#top();
    if (kinds.includes(frame.kind)) return true;
    const outer = this.#stack.findLastIndex(({ kind }) => kinds.includes(kind));
    if (outer === -1) {
      this.#report.fault(at, `${end} stands here without ${begin} before it.`);
      return false;
    }
    this.#crossed(end, frame, at);
    while (this.#stack.length > outer + 1) this.#pop();
    return true;
  }

  #crossed(end: string, frame: Frame, at: number) {
    const open = nameOfFrame(frame);
    this.#report.fault(
      at,
      `${end} stands inside ${open}, but what it ends began outside of it.`,
      `close ${open} before it, or end both in the order in which they began`,
    );
  }

  /** HTML 13.2.6.4: a start tag that ends open elements. Never across a template block. */
  #endImplied(name: string, at: number) {
    const { group, closesParagraph } = tagNamed(name);
    const ends = (frame: Frame) =>
      frame.kind === 'element' &&
      ((group?.ends.has(frame.name) ?? false) || (closesParagraph && frame.name === 'p'));
    const stops = (frame: Frame) =>
      frame.kind === 'root' ||
      frame.kind === 'mso' ||
      (frame.kind === 'element' &&
        (group ? group.within.has(frame.name) : tagNamed(frame.name).isParagraphScope));
    let crossed: Frame | undefined;
    for (let i = this.#stack.length - 1; i > 0; i--) {
      const frame = this.#stack[i];
      if (!frame || stops(frame)) return;
      if (frame.kind !== 'element') crossed ??= frame;
      if (!ends(frame)) continue;
      if (crossed)
        return this.#crossed(`<${name}>, which ends <${'name' in frame ? frame.name : ''}>,`, crossed, at);
      while (this.#stack.length > i) this.#pop();
    }
  }

  #push(frame: Frame) {
    if (this.#stack.length === limits.signature.templateDepth)
      this.#report.fault(
        frame.at,
        `Elements and conditions nest deeper than ${limits.signature.templateDepth} levels.`,
      );
    // Deeper ones lie beside each other: nothing behind recurses without a bound, and the fault refuses the template anyway.
    if (this.#stack.length < limits.signature.templateDepth) this.#stack.push(frame);
  }

  #pop() {
    const frame = this.#stack.pop();
    const node = frame && nodeOf(frame);
    if (node) this.add(node);
  }

  #top(): Frame {
    return this.#stack.at(-1) ?? { kind: 'root', children: this.#root, at: 0 };
  }
}

function nameOfFrame(frame: Frame) {
  if (frame.kind === 'element') return `<${frame.name}>`;
  if (frame.kind === 'mso') return 'the conditional comment';
  return frame.kind === 'line' ? '{{#line}}' : '{{#if}}';
}

function nodeOf(frame: Frame): TreeNode | undefined {
  const { at, children } = frame;
  switch (frame.kind) {
    case 'root':
      return undefined;
    case 'element':
      return { kind: 'element', name: frame.name, attributes: frame.attributes, children, at };
    case 'if':
      return { kind: 'choice', test: frame.test, met: children, otherwise: undefined, at };
    case 'else':
      return { kind: 'choice', test: frame.test, met: frame.met, otherwise: children, at };
    case 'line':
      return { kind: 'line', children, at };
    case 'mso':
      return { kind: 'mso', condition: frame.condition, isRevealed: frame.isRevealed, children, at };
  }
}
