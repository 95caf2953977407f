/** Plain text rendered: lines, with the empty lines that HTML shows as distance. */
import type { PlainBlock } from './plain-program.ts';
import { noOutcome, type Outcome, renderLine } from './render-line.ts';
import type { Values } from './render-value.ts';

/** Where a line was: empty lines on its two sides become one. */
const GONE = '\u0000';
/** The distance of a paragraph: it melts with that of its neighbour. */
const DISTANCE = '\u0001';

/** The text, lines ended by CRLF between them; '' when nothing is left. */
export function renderPlain(blocks: readonly PlainBlock[], values: Values): string {
  return settled(linesOf(blocks, values, noOutcome())).join('\r\n');
}

function linesOf(blocks: readonly PlainBlock[], values: Values, outcome: Outcome): string[] {
  const lines: string[] = [];
  for (const block of blocks) append(lines, blockLines(block, values, outcome));
  return lines;
}

function append(lines: string[], more: readonly string[]) {
  for (const line of more) lines.push(line);
}

function blockLines(block: PlainBlock, values: Values, outcome: Outcome): readonly string[] {
  switch (block.kind) {
    case 'line': {
      if (block.items.every(({ kind }) => kind === 'literal')) return [literalLine(block.items, outcome)];
      return [renderLine(block.items, values, outcome) ?? GONE];
    }
    case 'choice': {
      const taken = values.holds(block.test) ? block.met : block.otherwise;
      return taken ? linesOf(taken, values, outcome) : [GONE];
    }
    case 'span': {
      const own = noOutcome();
      const lines = linesOf(block.blocks, values, own);
      if (!own.isFilled && (own.empties > 0 || !own.isVisible)) return [GONE];
      outcome.isFilled ||= own.isFilled;
      outcome.isVisible = true;
      return lines;
    }
    case 'group':
      return groupLines(block, values, outcome);
  }
}

function literalLine(items: Extract<PlainBlock, { kind: 'line' }>['items'], outcome: Outcome) {
  if (items.some(item => item.kind === 'literal' && (item.role === 'text' || item.role === 'separator')))
    outcome.isVisible = true;
  return items.map(item => (item.kind === 'literal' ? item.out : '')).join('');
}

function groupLines(
  block: Extract<PlainBlock, { kind: 'group' }>,
  values: Values,
  outcome: Outcome,
): readonly string[] {
  const own = noOutcome();
  const lines = linesOf(block.blocks, values, own);
  outcome.isFilled ||= own.isFilled;
  if (!block.isOpaque) outcome.empties += own.empties;
  if (
    !own.isFilled &&
    block.vanishes !== 'never' &&
    (!own.isVisible || (block.vanishes === 'empty' && own.empties > 0))
  )
    return [GONE];
  outcome.isVisible ||= own.isVisible;
  const written = block.prefix === '' ? lines : prefixed(settled(lines), block.prefix);
  return block.isSetOff ? [DISTANCE, ...written, DISTANCE] : written;
}

function prefixed(lines: readonly string[], prefix: string) {
  return lines.map((line, index) => (index === 0 ? prefix : ' '.repeat(prefix.length)) + line.trimStart());
}

/** Without empty lines at the ends, and with one where something disappeared between several. */
function settled(lines: readonly string[]): string[] {
  const result: string[] = [];
  let blanks = 0;
  let hasGone = false;
  let hasDistance = false;
  for (const line of lines) {
    if (line === GONE) hasGone = true;
    else if (line === DISTANCE) hasDistance = true;
    else if (line.trim() === '') blanks++;
    else {
      const wanted = hasGone ? Math.min(blanks, 1) : blanks;
      const kept = result.length === 0 ? 0 : Math.max(wanted, hasDistance ? 1 : 0);
      for (let i = 0; i < kept; i++) result.push('');
      // The blank makes it the separator of a signature (RFC 3676 4.3).
      result.push(line === '-- ' ? line : line.trimEnd());
      blanks = 0;
      hasGone = false;
      hasDistance = false;
    }
  }
  return result;
}
