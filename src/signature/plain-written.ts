/** Plain text that the author wrote: line by line as it stands, with the same language and the same disappearing. */
import { layersOf } from './compile-blocks.ts';
import { lifted, literals } from './compile-inline.ts';
import type { PlainBlock } from './plain-program.ts';
import type { Item } from './program.ts';
import { pictureSentence, refuseStrayBraces } from './template-attribute.ts';
import { TreeBuilder } from './template-build.ts';
import { pictureFields } from './template-fields.ts';
import type { TemplateReport } from './template-report.ts';
import { type Piece, piecesOf, type Scanned } from './template-scan.ts';
import type { TreeNode } from './template-tree.ts';

/** Reads masked plain text. Line ends of any kind; a tag of control alone on its line takes the line with it. */
export function readPlain({ masked, tags }: Scanned, report: TemplateReport): readonly TreeNode[] {
  const builder = new TreeBuilder(report);
  for (const { text, at, hasEnd } of linesIn(masked)) {
    const pieces = piecesOf(text, at);
    const isControl =
      pieces.some(piece => isControlTag(piece, tags)) &&
      pieces.every(piece => (piece.kind === 'text' ? piece.value.trim() === '' : isControlTag(piece, tags)));
    for (const piece of pieces) {
      if (piece.kind === 'text') {
        refuseStrayBraces(piece.value, piece.at, report);
        if (!isControl) builder.add({ kind: 'text', value: withoutControls(piece.value), at: piece.at });
      } else {
        const placed = tags[piece.index];
        if (
          placed?.tag.kind === 'output' &&
          placed.tag.expression.refs.some(({ name }) => pictureFields.has(name))
        )
          report.fault(placed.start, pictureSentence);
        if (placed) builder.tag(placed);
      }
    }
    if (hasEnd && !isControl) builder.add({ kind: 'element', name: 'br', attributes: [], children: [], at });
  }
  return builder.finish();
}

function isControlTag(piece: Piece, tags: Scanned['tags']) {
  return piece.kind === 'tag' && tags[piece.index]?.tag.kind !== 'output';
}

function withoutControls(value: string) {
  return value.replace(/[\u0000-\u0008\u000E-\u001F\u007F\u202A-\u202E\u2066-\u2069]/g, '');
}

function* linesIn(text: string) {
  let at = 0;
  for (const { index, 0: end } of text.matchAll(/\r\n|\r|\n/g)) {
    yield { text: text.slice(at, index), at, hasEnd: true };
    at = index + end.length;
  }
  if (at < text.length) yield { text: text.slice(at), at, hasEnd: false };
}

export function writtenPlain(nodes: readonly TreeNode[]): PlainBlock[] {
  return layersOf(nodes).flatMap((layer): PlainBlock[] => {
    if (layer.kind === 'line') return [{ kind: 'line', items: items(layer.nodes) }];
    const { node } = layer;
    if (node.kind === 'line') return [{ kind: 'span', blocks: writtenPlain(node.children) }];
    if (node.kind !== 'choice') return [];
    return [
      {
        kind: 'choice',
        test: node.test,
        met: writtenPlain(node.met),
        otherwise: node.otherwise && writtenPlain(node.otherwise),
      },
    ];
  });
}

function items(nodes: readonly TreeNode[]): Item[] {
  return nodes.flatMap((node): Item[] => {
    switch (node.kind) {
      case 'text':
        return literals(node.value, value => value);
      case 'output':
        return [{ kind: 'output', expression: node.expression }];
      case 'line':
        return lifted(items(node.children));
      case 'choice':
        return [
          {
            kind: 'choice',
            test: node.test,
            met: items(node.met),
            otherwise: node.otherwise && items(node.otherwise),
          },
        ];
      default:
        return [];
    }
  });
}
