/** Blocks rendered as HTML: lines with their line breaks, and elements that disappear with all that was in them. */
import type { Block } from './program.ts';
import { noOutcome, type Outcome, openTag, renderLine } from './render-line.ts';
import type { Values } from './render-value.ts';

/** `outcome` is told what happened inside. */
export function renderBlocks(blocks: readonly Block[], values: Values, outcome: Outcome): string {
  const writer = new BlockWriter(values, outcome);
  writer.write(blocks);
  return writer.finish();
}

class BlockWriter {
  readonly #values: Values;
  readonly #outcome: Outcome;
  #out = '';
  /** A line break whose next line is not known yet: it goes when that line disappears and has no break of its own. */
  #end = '';

  constructor(values: Values, outcome: Outcome) {
    this.#values = values;
    this.#outcome = outcome;
  }

  write(blocks: readonly Block[]): void {
    for (const block of blocks) this.#block(block);
  }

  finish(): string {
    return this.#out + this.#end;
  }

  #block(block: Block) {
    switch (block.kind) {
      case 'literal':
        if (block.isVisible) this.#outcome.isVisible = true;
        return this.#put(block.out, block.end);
      case 'line': {
        const line = renderLine(block.items, this.#values, this.#outcome);
        if (line !== undefined) this.#put(line, block.end);
        else if (block.end === '') this.#end = '';
        return;
      }
      case 'choice': {
        const taken = this.#values.holds(block.test) ? block.met : block.otherwise;
        if (taken) this.write(taken);
        return;
      }
      case 'span':
        return this.#span(block.blocks);
      case 'element':
        return this.#element(block);
    }
  }

  #span(blocks: readonly Block[]) {
    const own = noOutcome();
    const out = renderBlocks(blocks, this.#values, own);
    if (!own.isFilled && (own.empties > 0 || !own.isVisible)) return;
    this.#outcome.isFilled ||= own.isFilled;
    this.#outcome.isVisible = true;
    this.#put(out, '');
  }

  #element(block: Extract<Block, { kind: 'element' }>) {
    const own = noOutcome();
    const open = openTag(block.open, this.#values, own);
    const inner = renderBlocks(block.blocks, this.#values, own);
    const { vanishes, isOpaque, isUnseen } = block;
    if (!isUnseen && own.isFilled) this.#outcome.isFilled = true;
    if (!isOpaque) this.#outcome.empties += own.empties;
    const isGone =
      vanishes !== 'never' && !own.isFilled && (!own.isVisible || (vanishes === 'empty' && own.empties > 0));
    if (isGone) return;
    if (!isUnseen && own.isVisible) this.#outcome.isVisible = true;
    if (block.blankOpen !== undefined && !own.isVisible) {
      this.#put(block.blankOpen + block.close, '');
      return;
    }
    // A block link whose address came out empty keeps its content.
    this.#put(open === undefined ? inner : open + inner + block.close, '');
  }

  #put(out: string, end: string) {
    this.#out += this.#end + out;
    this.#end = end;
  }
}
