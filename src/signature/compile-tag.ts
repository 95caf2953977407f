/** Start tags written out: literal where nothing depends on fields, else in chunks. */
import { escapeHtml } from './escape.ts';
import type { AttributeChunk, Open, OpenAttribute } from './program.ts';
import { urlPartAfter } from './sanitize-url.ts';
import { isPicture, isUrlAttribute, urlKindOf } from './template-attribute.ts';
import { type Attribute, type AttributePart, type ElementNode, literalOf } from './template-tree.ts';

/** The start tag of an element. Attributes are always double-quoted and escaped. */
export function openOf({ name, attributes }: ElementNode): Open {
  const kept = attributes.filter(({ name: attribute }) => attribute !== 'data-linked-src');
  let start = `<${name}`;
  const dynamic: OpenAttribute[] = [];
  for (const attribute of kept) {
    const literal = literalOf(attribute);
    if (literal === undefined) dynamic.push(openAttribute(attribute));
    else start += ` ${attribute.name}="${escapeHtml(literal)}"`;
  }
  return dynamic.length === 0
    ? { kind: 'literal', out: `${start}>` }
    : { kind: 'tag', start, attributes: dynamic, end: '>' };
}

function openAttribute({ name, parts }: Attribute): OpenAttribute {
  const [first] = parts;
  if (isPicture(parts) && first?.kind === 'output') return { kind: 'picture', expression: first.expression };
  if (!isUrlAttribute(name)) return { kind: 'text', name, chunks: chunksOf(parts, false).chunks };
  const { chunks, decides } = chunksOf(parts, true);
  return { kind: 'url', name, urlKind: urlKindOf(name), decides, chunks };
}

/** The address of a link, for the plain form. */
export function urlChunks(attribute: Attribute): readonly AttributeChunk[] {
  return chunksOf(attribute.parts, true).chunks;
}

/** In an address a field is encoded for what stands before it, and only fields before `?` and `#` decide whether there is one. */
function chunksOf(parts: readonly AttributePart[], isUrl: boolean, literalBefore = '') {
  let literal = literalBefore;
  let decides = false;
  const chunks = parts.map((part): AttributeChunk => {
    if (part.kind === 'text') {
      literal += part.value;
      return { kind: 'literal', out: part.value };
    }
    const isBase = isUrl && !/[?#]/.test(literal);
    if (part.kind === 'output') {
      decides ||= isBase;
      const before = literal;
      literal ||= 'https://field/';
      return { kind: 'output', expression: part.expression, part: isUrl ? urlPartAfter(before) : 'whole' };
    }
    const met = chunksOf(part.met, isUrl, literal);
    const otherwise = chunksOf(part.otherwise, isUrl, literal);
    decides ||= met.decides || otherwise.decides;
    literal ||= 'https://field/';
    return { kind: 'choice', test: part.test, met: met.chunks, otherwise: otherwise.chunks };
  });
  return { chunks, decides };
}
