/** What parse5 makes of a fragment: its elements and attribute names as a shape, and where a value went. */
import { type DefaultTreeAdapterMap, parseFragment } from 'parse5';

type Node = DefaultTreeAdapterMap['childNode'];

export type Seen = {
  /** Elements, attribute names and comments in order, without any value of text or attribute. */
  readonly shape: string;
  readonly text: string;
  readonly attributes: ReadonlyMap<string, string>;
};

export function seenByParse5(html: string): Seen {
  const attributes = new Map<string, string>();
  let text = '';
  const walk = (nodes: readonly Node[]): string =>
    nodes
      .map(node => {
        if (node.nodeName === '#text' && 'value' in node) {
          text += node.value;
          return '';
        }
        if (!('tagName' in node)) return `<${node.nodeName}>`;
        for (const { name, value } of node.attrs) attributes.set(name, value);
        return `<${node.tagName} ${node.attrs.map(({ name }) => name).join(' ')}>${walk(node.childNodes)}</>`;
      })
      .join('');
  const shape = walk(parseFragment(html).childNodes);
  return { shape, text, attributes };
}
