/** What parse5, a parser that keeps to HTML 13 to the letter, says about a page: ranges of elements, and where its body ends. */
import { type DefaultTreeAdapterMap, defaultTreeAdapter, parse } from 'parse5';

type Node = DefaultTreeAdapterMap['childNode'];
type Element = DefaultTreeAdapterMap['element'];

export type ElementRange = {
  readonly name: string;
  readonly start: number;
  readonly open: number;
  readonly close: number;
  readonly end: number;
};

/** Elements of these names whose start and end tags parse5 both found in the source, in document order. */
export function rangesOf(source: string, names: ReadonlySet<string>): ElementRange[] {
  return [...elementsIn(source)].flatMap(element => {
    const { startTag, endTag } = element.sourceCodeLocation ?? {};
    if (!names.has(element.tagName) || !startTag || !endTag) return [];
    return {
      name: element.tagName,
      start: startTag.startOffset,
      open: startTag.endOffset,
      close: endTag.startOffset,
      end: endTag.endOffset,
    };
  });
}

/** Offset of the first `</body>` that ends the body; undefined when parse5 found none. */
export function bodyEndOf(source: string): number | undefined {
  for (const element of elementsIn(source))
    if (element.tagName === 'body') return element.sourceCodeLocation?.endTag?.startOffset;
  return undefined;
}

/** What a reader makes of a block put in at an offset. */
export type Seen = {
  /** False when it landed in a comment, a tag, a script or the like. */
  readonly isElement: boolean;
  /** Tag names from the body inwards, with classes. */
  readonly path: string;
  /** Visible text of the page before and behind it. */
  readonly before: string;
  readonly behind: string;
};

/** As in a mail client: there are no scripts, so `noscript` is seen. */
const options = { scriptingEnabled: false };
const ID = 'place-looked-for';
/** Elements whose content is no text of the page. */
const unseen = new Set(
  'script style title template iframe noframes noembed textarea select head xmp plaintext'.split(' '),
);

/** Puts a block in at the offset and reads the page. */
export function seenAt(source: string, at: number): Seen {
  const page = `${source.slice(0, at)}<div id="${ID}"></div>${source.slice(at)}`;
  const texts = ['', ''];
  let path: string | undefined;
  for (const node of visibleNodes(page)) {
    if (defaultTreeAdapter.isTextNode(node)) texts[path === undefined ? 0 : 1] += node.value;
    else if (isPlace(node)) path ??= pathOf(node);
    else if (defaultTreeAdapter.isElementNode(node) && /^(?:img|hr)$/.test(node.tagName))
      texts[path === undefined ? 0 : 1] += `<${node.tagName}>`;
  }
  const [before = '', behind = ''] = texts;
  return { isElement: path !== undefined, path: path ?? '', before: before.trim(), behind: behind.trim() };
}

/** Everything a reader may see on the page, in document order. */
export function textOf(source: string): string {
  return seenAt(source, source.length).before;
}

function isPlace(node: Node): node is Element {
  return (
    defaultTreeAdapter.isElementNode(node) &&
    node.attrs.some(({ name, value }) => name === 'id' && value === ID)
  );
}

function pathOf(element: Element): string {
  const names: string[] = [];
  for (let node = element.parentNode; node; ) {
    if (!('tagName' in node)) break;
    if (node.tagName !== 'html') {
      const name = node.attrs.find(attribute => attribute.name === 'class')?.value;
      names.unshift(name ? `${node.tagName}.${name}` : node.tagName);
    }
    node = node.parentNode;
  }
  return names.join(' ');
}

function* elementsIn(source: string): Generator<Element> {
  for (const node of nodesIn(
    parse(source, { ...options, sourceCodeLocationInfo: true }).childNodes,
    new Set(),
  ))
    if (defaultTreeAdapter.isElementNode(node)) yield node;
}

function visibleNodes(source: string): Generator<Node> {
  return nodesIn(parse(source, options).childNodes, unseen);
}

/** Without recursion: mail may nest as deep as it likes. */
function* nodesIn(roots: readonly Node[], without: ReadonlySet<string>): Generator<Node> {
  const waiting = [...roots].reverse();
  for (let node = waiting.pop(); node; node = waiting.pop()) {
    yield node;
    if (!('childNodes' in node) || without.has(node.nodeName)) continue;
    for (const child of [...node.childNodes].reverse()) waiting.push(child);
  }
}
