/**
 * HTML as lines and blocks. A line is a run of text between `<br>` and the edges of block elements; it is the innermost
 * thing that disappears when its fields came out empty. Rows, list items and paragraphs go as a whole, unless a line of
 * their own without fields stands in them: `Example Ltd<br>{{person.faxNumber}}` keeps the company.
 */
import { isBlock, tagNamed } from '../mail/html-tags.ts';
import { inlineItems, roleOfAll } from './compile-inline.ts';
import { openOf } from './compile-tag.ts';
import type { Block, Item, Vanishing } from './program.ts';
import { attributeNamed, type ElementNode, literalOf, type MsoNode, type TreeNode } from './template-tree.ts';

type Around = { readonly isInItem: boolean };

export function htmlBlocks(nodes: readonly TreeNode[]): readonly Block[] {
  return merged(blocksOf(nodes, { isInItem: false }));
}

/** True for what cannot be part of a line. */
export function isBlockLevel(node: TreeNode): boolean {
  switch (node.kind) {
    case 'text':
    case 'output':
      return false;
    case 'mso':
      return true;
    case 'element':
      return (
        node.name === 'br' ||
        isBlock(node.name) ||
        tagNamed(node.name).isTablePart ||
        node.name === 'li' ||
        node.children.some(isBlockLevel)
      );
    case 'line':
      return node.children.some(isBlockLevel);
    case 'choice':
      return node.met.some(isBlockLevel) || (node.otherwise?.some(isBlockLevel) ?? false);
  }
}

/** Lines of a container, and the blocks between them, in order. */
export type Layer =
  | { readonly kind: 'line'; readonly nodes: readonly TreeNode[]; readonly end: string }
  | { readonly kind: 'block'; readonly node: TreeNode };

export function layersOf(nodes: readonly TreeNode[]): Layer[] {
  const layers: Layer[] = [];
  let run: TreeNode[] = [];
  const flush = (end: string) => {
    if (end !== '' || run.some(node => node.kind !== 'text' || !/^[ \t\r\n\f]*$/.test(node.value)))
      layers.push({ kind: 'line', nodes: run, end });
    run = [];
  };
  for (const node of nodes) {
    if (!isBlockLevel(node)) run.push(node);
    else if (node.kind === 'element' && node.name === 'br') flush(brOf(node));
    else {
      flush('');
      layers.push({ kind: 'block', node });
    }
  }
  flush('');
  return layers;
}

function brOf(node: ElementNode) {
  const open = openOf(node);
  return open.kind === 'literal' ? open.out : '<br>';
}

function blocksOf(nodes: readonly TreeNode[], around: Around): Block[] {
  return layersOf(nodes).flatMap(layer =>
    layer.kind === 'line' ? lineBlock(inlineItems(layer.nodes), layer.end) : blockOf(layer.node, around),
  );
}

function lineBlock(items: readonly Item[], end: string): Block {
  if (!items.every(item => item.kind === 'literal')) return { kind: 'line', items, end };
  const out = items.map(item => (item.kind === 'literal' ? item.out : '')).join('');
  const role = roleOfAll(items);
  return { kind: 'literal', out, isVisible: role === 'text' || role === 'separator', end };
}

function blockOf(node: TreeNode, around: Around): Block[] {
  switch (node.kind) {
    case 'text':
    case 'output':
      return [];
    case 'line':
      return [{ kind: 'span', blocks: merged(blocksOf(node.children, around)) }];
    case 'choice':
      return [
        {
          kind: 'choice',
          test: node.test,
          met: merged(blocksOf(node.met, around)),
          otherwise: node.otherwise && merged(blocksOf(node.otherwise, around)),
        },
      ];
    case 'mso':
      return [msoBlock(node)];
    case 'element':
      return [elementBlock(node, around)];
  }
}

/** What only Word reads says nothing about what everybody else sees. */
function msoBlock({ condition, isRevealed, children }: MsoNode): Block {
  const blocks = merged(blocksOf(children, { isInItem: false }));
  const open = `<!--[if ${condition}]>${isRevealed ? '<!-->' : ''}`;
  const close = isRevealed ? '<!--<![endif]-->' : '<![endif]-->';
  return wrapped({
    kind: 'element',
    open: { kind: 'literal', out: open },
    blocks,
    close,
    vanishes: 'never',
    isOpaque: !isRevealed,
    isUnseen: !isRevealed,
    blankOpen: undefined,
  });
}

function elementBlock(node: ElementNode, around: Around): Block {
  const open = openOf(node);
  if (tagNamed(node.name).isVoid)
    return open.kind === 'literal'
      ? { kind: 'literal', out: open.out, isVisible: node.name === 'hr' || node.name === 'img', end: '' }
      : {
          kind: 'line',
          items: [{ kind: 'element', open, items: [], close: undefined, link: undefined }],
          end: '',
        };
  const isItem = node.name === 'li';
  const inside = { isInItem: isItem || (around.isInItem && node.name !== 'td' && node.name !== 'th') };
  return wrapped({
    kind: 'element',
    open,
    blocks: merged(blocksOf(node.children, inside)),
    close: `</${node.name}>`,
    vanishes: vanishingOf(node),
    isOpaque: node.name === 'tr' || (isItem && around.isInItem),
    isUnseen: false,
    blankOpen: node.name === 'td' || node.name === 'th' ? blankCell(node) : undefined,
  });
}

function blankCell(node: ElementNode) {
  const spans = node.attributes.filter(({ name }) => name === 'colspan' || name === 'rowspan');
  const open = openOf({ ...node, attributes: spans });
  return open.kind === 'literal' ? open.out : undefined;
}

function wrapped(block: Extract<Block, { kind: 'element' }>): Block {
  const { open, blocks, close } = block;
  if (open.kind !== 'literal' || !blocks.every(child => child.kind === 'literal')) return block;
  const literals = blocks.filter(child => child.kind === 'literal');
  return {
    kind: 'literal',
    out: `${open.out}${literals.map(({ out, end }) => out + end).join('')}${close}`,
    isVisible: !block.isUnseen && literals.some(({ isVisible }) => isVisible),
    end: '',
  };
}

export function vanishingOf(node: ElementNode): Vanishing {
  switch (node.name) {
    case 'td':
    case 'th':
      // A row keeps its number of cells.
      return 'never';
    case 'tr':
      return spansRows(node) ? 'never' : hasLineOfItsOwn(node) ? 'blank' : 'empty';
    case 'li':
    case 'p':
    case 'dd':
      return hasLineOfItsOwn(node) ? 'blank' : 'empty';
    default:
      return 'blank';
  }
}

/** Without its row a cell over several rows would push all others out of place. */
function spansRows(row: ElementNode) {
  return row.children.some(
    node => node.kind === 'element' && Number(literalOf(attributeNamed(node, 'rowspan')) ?? 1) > 1,
  );
}

/** Several lines in one container, one of them with something to see and without fields. Cells stand beside each other. */
function hasLineOfItsOwn(node: ElementNode): boolean {
  if (node.name === 'tr') return node.children.some(cell => cell.kind === 'element' && hasLineOfItsOwn(cell));
  const layers = layersOf(node.children).filter(isSeen);
  if (layers.length > 1 && layers.some(isConstantLayer)) return true;
  return layers.some(
    layer =>
      layer.kind === 'block' &&
      layer.node.kind === 'element' &&
      layer.node.name !== 'table' &&
      hasLineOfItsOwn(layer.node),
  );
}

function isSeen(layer: Layer) {
  return layer.kind === 'line' ? layer.nodes.some(shows) : shows(layer.node);
}

function isConstantLayer(layer: Layer) {
  return layer.kind === 'line' ? layer.nodes.every(isConstant) : isConstant(layer.node);
}

function shows(node: TreeNode): boolean {
  switch (node.kind) {
    case 'text':
      return /[^\s\u00A0]/.test(node.value);
    case 'output':
      return true;
    case 'element':
      return node.name === 'img' || node.name === 'hr' || node.children.some(shows);
    case 'mso':
      return false;
    case 'line':
      return node.children.some(shows);
    case 'choice':
      return node.met.some(shows) || (node.otherwise?.some(shows) ?? false);
  }
}

/** No field and no condition in it: it never changes. */
export function isConstant(node: TreeNode): boolean {
  switch (node.kind) {
    case 'text':
      return true;
    case 'output':
    case 'choice':
      return false;
    case 'element':
      return (
        node.attributes.every(attribute => literalOf(attribute) !== undefined) &&
        node.children.every(isConstant)
      );
    case 'mso':
    case 'line':
      return node.children.every(isConstant);
  }
}

function merged(blocks: readonly Block[]): Block[] {
  const result: Block[] = [];
  for (const block of blocks) {
    const before = result.at(-1);
    if (before?.kind === 'literal' && block.kind === 'literal')
      result[result.length - 1] = {
        kind: 'literal',
        out: before.out + before.end + block.out,
        isVisible: before.isVisible || block.isVisible,
        end: block.end,
      };
    else result.push(block);
  }
  return result;
}
