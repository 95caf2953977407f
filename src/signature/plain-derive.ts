/**
 * Plain text derived from HTML, at compile time and from the template: fields stay fields, and what disappears in HTML
 * disappears here. A row of labels and values is a line, a link has its address behind it, pictures speak by their `alt`
 * where they label something.
 */
import { isConstant, layersOf, vanishingOf } from './compile-blocks.ts';
import { lifted, literals } from './compile-inline.ts';
import { openOf, urlChunks } from './compile-tag.ts';
import type { PlainBlock } from './plain-program.ts';
import type { Item } from './program.ts';
import { attributeNamed, type ElementNode, literalOf, type TreeNode } from './template-tree.ts';

export function derivePlain(nodes: readonly TreeNode[]): PlainBlock[] {
  return layersOf(nodes).flatMap(layer =>
    layer.kind === 'line' ? lineOf(layer.nodes) : blockOf(layer.node),
  );
}

/** Pictures alone in their line are decoration; an empty line is kept. */
function lineOf(nodes: readonly TreeNode[]): PlainBlock[] {
  if (nodes.length > 0 && nodes.every(isDecoration)) return [];
  return [{ kind: 'line', items: trimmed(plainItems(nodes)) }];
}

function isDecoration(node: TreeNode): boolean {
  if (node.kind === 'text') return /^[ \t\r\n\f]*$/.test(node.value);
  if (node.kind === 'choice') return [...node.met, ...(node.otherwise ?? [])].every(isDecoration);
  if (node.kind !== 'element' || node.name === 'a') return false;
  return node.name === 'img' || (node.children.length > 0 && node.children.every(isDecoration));
}

function blockOf(node: TreeNode): PlainBlock[] {
  switch (node.kind) {
    case 'text':
    case 'output':
      return [];
    case 'line':
      return [{ kind: 'span', blocks: derivePlain(node.children) }];
    case 'choice':
      return [
        {
          kind: 'choice',
          test: node.test,
          met: derivePlain(node.met),
          otherwise: node.otherwise && derivePlain(node.otherwise),
        },
      ];
    case 'mso':
      return node.isRevealed ? derivePlain(node.children) : [];
    case 'element':
      return elementOf(node);
  }
}

const RULE: PlainBlock = { kind: 'line', items: [{ kind: 'literal', out: '-----', role: 'text' }] };
const setOff = new Set(['p', 'h1', 'h2', 'h3', 'h4', 'h5', 'h6', 'ul', 'ol', 'dl', 'blockquote']);

function elementOf(node: ElementNode): PlainBlock[] {
  if (node.name === 'hr') return [RULE];
  const cells = node.name === 'tr' ? rowOfLines(node) : undefined;
  if (cells) return cells.length > 0 ? [{ kind: 'line', items: cells }] : [];
  return [
    {
      kind: 'group',
      blocks: node.name === 'ol' ? numbered(node.children) : derivePlain(node.children),
      isSetOff: setOff.has(node.name) && !hasNoMargin(node),
      prefix: node.name === 'li' ? '- ' : '',
      vanishes: isConstant(node)
        ? 'never'
        : node.name === 'td' || node.name === 'th'
          ? 'blank'
          : vanishingOf(node),
      isOpaque: node.name === 'tr',
    },
  ];
}

/** `margin:0` is how mail makes lines of paragraphs. */
function hasNoMargin(node: ElementNode) {
  const style = literalOf(attributeNamed(node, 'style')) ?? '';
  const isZero = (side: string) =>
    new RegExp(`(?:^|;)margin${side}:0[a-z%]*(?:;|$|[ ](?:0[a-z%]*[ ]?)*(?:;|$))`).test(style);
  return isZero('') || (isZero('-top') && isZero('-bottom'));
}

function numbered(children: readonly TreeNode[]): PlainBlock[] {
  let number = 0;
  return derivePlain(children).map(block =>
    block.kind === 'group' && block.prefix === '- ' ? { ...block, prefix: `${++number}. ` } : block,
  );
}

/** Cells of one line each, as one line; undefined when one of them holds more. */
function rowOfLines(row: ElementNode): Item[] | undefined {
  const items: Item[] = [];
  let joint: Item | undefined;
  for (const cell of row.children) {
    if (cell.kind === 'text' && cell.value.trim() === '') continue;
    if (cell.kind !== 'element') return undefined;
    const line = onlyLineOf(cell);
    if (!line) return undefined;
    const own = trimmed(plainItems(line));
    if (own.length === 0) continue;
    if (joint) items.push(joint);
    items.push(...own);
    joint = own.every(({ kind }) => kind === 'literal')
      ? { kind: 'literal', out: ' ', role: 'space' }
      : { kind: 'literal', out: ' | ', role: 'separator' };
  }
  return items;
}

function onlyLineOf(cell: ElementNode): readonly TreeNode[] | undefined {
  const [layer, another] = layersOf(cell.children);
  if (another) return undefined;
  if (!layer) return [];
  if (layer.kind === 'line') return layer.nodes;
  const { node } = layer;
  const isPlainFrame =
    node.kind === 'element' && /^(?:p|div|center|span|font|b|strong|h[1-6])$/.test(node.name);
  return isPlainFrame ? onlyLineOf(node) : undefined;
}

function trimmed(items: readonly Item[]): Item[] {
  const isBlank = (item: Item) => item.kind === 'literal' && item.role === 'space';
  const first = items.findIndex(item => !isBlank(item));
  return first === -1 ? [] : items.slice(first, items.findLastIndex(item => !isBlank(item)) + 1);
}

function plainItems(nodes: readonly TreeNode[]): Item[] {
  return withSingleBlanks(nodes.flatMap(itemsOf));
}

/** White space of HTML is one blank, across elements too. */
function withSingleBlanks(items: readonly Item[]): Item[] {
  let isBehindBlank = false;
  return items.flatMap((item): Item[] => {
    if (item.kind !== 'literal') {
      isBehindBlank = false;
      return [item];
    }
    const out = isBehindBlank ? item.out.replace(/^ /, '') : item.out;
    if (out === '') return [];
    isBehindBlank = out.endsWith(' ');
    return [{ ...item, out }];
  });
}

function itemsOf(node: TreeNode): Item[] {
  switch (node.kind) {
    case 'text':
      return literals(node.value.replace(/[\s\u00A0]+/g, ' '), value => value);
    case 'output':
      return [{ kind: 'output', expression: node.expression }];
    case 'line':
      return lifted(plainItems(node.children));
    case 'choice':
      return [
        {
          kind: 'choice',
          test: node.test,
          met: plainItems(node.met),
          otherwise: node.otherwise && plainItems(node.otherwise),
        },
      ];
    case 'mso':
      return [];
    case 'element':
      return elementItems(node);
  }
}

function elementItems(node: ElementNode): Item[] {
  if (node.name === 'img') return altItems(node);
  const items = plainItems(node.children);
  const href = node.name === 'a' ? attributeNamed(node, 'href') : undefined;
  if (!href) return items;
  const link = urlChunks(href);
  return [{ kind: 'element', open: openOf({ ...node, attributes: [href] }), items, close: '', link }];
}

/** `alt` of a picture; a picture that may be missing takes its `alt` with it. */
function altItems(node: ElementNode): Item[] {
  const alt = literalOf(attributeNamed(node, 'alt')) ?? '';
  const isFixed = literalOf(attributeNamed(node, 'src')) !== undefined;
  return isFixed ? literals(alt.replace(/[\s\u00A0]+/g, ' ').trim(), value => value) : [];
}
