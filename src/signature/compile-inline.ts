/** Content of a line: tree nodes as items, literals written out, separators beside fields known as such. */

import { tagNamed } from '../mail/html-tags.ts';
import { openOf } from './compile-tag.ts';
import { escapeHtml } from './escape.ts';
import type { Item, Role } from './program.ts';
import { attributeNamed, type ElementNode, literalOf, type TreeNode } from './template-tree.ts';

export function inlineItems(nodes: readonly TreeNode[]): Item[] {
  return merged(nodes.flatMap(itemsOf));
}

function itemsOf(node: TreeNode): Item[] {
  switch (node.kind) {
    case 'text':
      return literals(node.value, escapeHtml);
    case 'output':
      return [{ kind: 'output', expression: node.expression }];
    case 'line':
      return lifted(inlineItems(node.children));
    case 'choice':
      return [
        {
          kind: 'choice',
          test: node.test,
          met: inlineItems(node.met),
          otherwise: node.otherwise && inlineItems(node.otherwise),
        },
      ];
    case 'mso':
      return [];
    case 'element':
      return elementItems(node);
  }
}

function elementItems(node: ElementNode): Item[] {
  const linked = node.name === 'img' && literalOf(attributeNamed(node, 'data-linked-src'));
  if (linked) return [linkedPicture(node, linked)];
  const open = openOf(node);
  if (tagNamed(node.name).isVoid) {
    if (open.kind === 'literal')
      return [{ kind: 'literal', out: open.out, role: node.name === 'wbr' ? 'unseen' : 'text' }];
    return [{ kind: 'element', open, items: [], close: undefined, link: undefined }];
  }
  const items = inlineItems(node.children);
  const close = `</${node.name}>`;
  if (open.kind !== 'literal' || !items.every(item => item.kind === 'literal'))
    return [{ kind: 'element', open, items, close, link: undefined }];
  const out = items.map(item => (item.kind === 'literal' ? item.out : '')).join('');
  return [{ kind: 'literal', out: `${open.out}${out}${close}`, role: roleOfAll(items) }];
}

/** `data-linked-src` is the address of the same picture for tenants that want links. */
function linkedPicture(node: ElementNode, url: string): Item {
  const others = node.attributes.filter(({ name }) => name !== 'data-linked-src' && name !== 'src');
  const src = { name: 'src', at: node.at, parts: [{ kind: 'text' as const, value: url }] };
  const own = { ...node, attributes: node.attributes.filter(({ name }) => name !== 'data-linked-src') };
  return {
    kind: 'choice',
    test: { kind: 'linked-pictures' },
    met: elementItems({ ...node, attributes: [src, ...others] }),
    otherwise: elementItems(own),
  };
}

const SEPARATOR = '[|·,•\\u2022\\u00B7\\u2013\\u2014/-]';
const BLANK = '[\\s\\u00A0]';
const LEAD = new RegExp(`^${BLANK}*(?:${SEPARATOR}+${BLANK}*)*`, 'u');
const HAS_SEPARATOR = new RegExp(SEPARATOR, 'u');

/** Literal text as what stands at its ends and what is in between. `write` escapes it for the form. */
export function literals(text: string, write: (value: string) => string): Item[] {
  const lead = LEAD.exec(text)?.[0] ?? '';
  if (lead.length === text.length) return text === '' ? [] : [literal(text, write)];
  const tail = trailing(text);
  return [lead, text.slice(lead.length, text.length - tail.length), tail]
    .filter(part => part !== '')
    .map((part, index) =>
      part === lead && index === 0
        ? literal(part, write)
        : part === tail
          ? literal(part, write)
          : textual(part, write),
    );
}

/** Backwards by hand: a pattern anchored at the end would try every place of a long text. */
function trailing(text: string) {
  let at = text.length;
  while (at > 0 && /[\s\u00A0|·,•\u2013\u2014/-]/u.test(text[at - 1] ?? '')) at--;
  return text.slice(at);
}

function literal(text: string, write: (value: string) => string): Item {
  return { kind: 'literal', out: write(text), role: HAS_SEPARATOR.test(text) ? 'separator' : 'space' };
}

function textual(text: string, write: (value: string) => string): Item {
  return { kind: 'literal', out: write(text), role: 'text' };
}

/** Separators at the edges of a `{{#line}}` are moved out of it, so that they also go when their other neighbour does. */
export function lifted(items: readonly Item[]): Item[] {
  const isEdge = (item: Item) =>
    item.kind === 'literal' && (item.role === 'separator' || item.role === 'space');
  const first = items.findIndex(item => !isEdge(item));
  if (first === -1) return [...items];
  const last = items.findLastIndex(item => !isEdge(item));
  return [
    ...items.slice(0, first),
    { kind: 'span', items: items.slice(first, last + 1) },
    ...items.slice(last + 1),
  ];
}

/** Neighbouring literals that are both plain text are one. */
function merged(items: readonly Item[]): Item[] {
  const result: Item[] = [];
  for (const item of items) {
    const before = result.at(-1);
    if (
      before?.kind === 'literal' &&
      item.kind === 'literal' &&
      before.role === 'text' &&
      item.role === 'text'
    )
      result[result.length - 1] = { ...before, out: before.out + item.out };
    else result.push(item);
  }
  return result;
}

export function roleOfAll(items: readonly Item[]): Role {
  const has = (role: Role) => items.some(item => item.kind === 'literal' && item.role === role);
  if (has('text')) return 'text';
  if (has('separator')) return 'separator';
  return has('space') ? 'space' : 'unseen';
}
