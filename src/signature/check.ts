/**
 * What a sound template will look bad with: pictures without size or `alt`, CSS that Outlook ignores, dark-mode traps, links
 * without https, weight. Warnings, but for one: a picture that does not exist is a fault.
 */
import { remarksOnCss } from './check-css.ts';
import { type PictureFacts, pictureFacts } from './picture.ts';
import { cleanStyle } from './sanitize-style.ts';
import type { SignatureImage } from './signature.ts';
import { nearest } from './template-fields.ts';
import type { TemplateReport } from './template-report.ts';
import { attributeNamed, type ElementNode, literalOf, type TreeNode } from './template-tree.ts';

type Check = {
  readonly report: TemplateReport;
  readonly images: ReadonlyMap<string, PictureFacts | undefined>;
  /** Sentences that were said: a trap that is all over a template is one warning. */
  readonly said: Set<string>;
};

/** Checks the tree of one HTML content. */
export function checkTree(
  nodes: readonly TreeNode[],
  images: readonly SignatureImage[],
  report: TemplateReport,
): void {
  const facts = new Map(images.map(({ name, bytes }) => [name, pictureFacts(bytes)]));
  checkNodes(nodes, { report, images: facts, said: new Set() });
}

/** Half of what Gmail shows before it clips a message (102 KB) is for the letter. */
const HEAVY = 51 * 1024;

export function checkWeight(htmlLength: number, report: TemplateReport): void {
  if (htmlLength > HEAVY)
    report.remark(
      0,
      `The HTML has ${Math.round(htmlLength / 1024)} KB: Gmail clips a message at 102 KB, quoted history included.`,
      'take formatting out that repeats',
    );
}

function checkNodes(nodes: readonly TreeNode[], check: Check): void {
  for (const node of nodes) {
    if (node.kind === 'element') checkElement(node, check);
    else if (node.kind === 'choice') {
      checkNodes(node.met, check);
      checkNodes(node.otherwise ?? [], check);
    } else if (node.kind === 'line') checkNodes(node.children, check);
    else if (node.kind === 'mso' && node.isRevealed) checkNodes(node.children, check);
  }
}

function checkElement(node: ElementNode, check: Check) {
  const style = literalOf(attributeNamed(node, 'style'));
  const declarations = style === undefined ? [] : cleanStyle(style).declarations;
  for (const { sentence, suggestion } of remarksOnCss(declarations))
    say(check, node.at, sentence, suggestion);
  const widthInStyle = declarations.find(({ property }) => property === 'width')?.value;
  if (node.name === 'img') checkPicture(node, widthInStyle, check);
  else if (/^(?:table|td)$/.test(node.name) && widthInStyle?.endsWith('px') && !attributeNamed(node, 'width'))
    say(
      check,
      node.at,
      `Outlook for Windows takes the width of <${node.name}> from its attribute.`,
      `add width="${Number.parseInt(widthInStyle, 10)}"`,
    );
  refuseUnknownPicture(node, 'background', check);
  const href = attributeNamed(node, 'href')?.parts[0];
  if (href?.kind === 'text' && /^http:/i.test(href.value))
    say(check, node.at, `The link to ${href.value.slice(0, 60)} is not encrypted.`, 'write https:');
  checkNodes(node.children, check);
}

function checkPicture(node: ElementNode, widthInStyle: string | undefined, check: Check) {
  const { report, images } = check;
  const src = literalOf(attributeNamed(node, 'src'));
  const name = pictureName(src);
  refuseUnknownPicture(node, 'src', check);
  if (src?.startsWith('http:'))
    say(check, node.at, `The picture ${src.slice(0, 60)} is not encrypted.`, 'write https:');
  if (!attributeNamed(node, 'alt'))
    report.remark(
      node.at,
      'The picture has no alt: whoever does not see it reads nothing.',
      'add alt="..." (empty for decoration)',
    );
  checkSize(node, widthInStyle, name === undefined ? undefined : images.get(name), check);
}

function pictureName(address: string | undefined) {
  return address?.startsWith('cid:') ? address.slice('cid:'.length) : undefined;
}

function refuseUnknownPicture(node: ElementNode, attribute: string, { report, images }: Check) {
  const name = pictureName(literalOf(attributeNamed(node, attribute)));
  if (name === undefined || images.has(name)) return;
  const suggestion = nearest(name, [...images.keys()]);
  report.fault(
    node.at,
    `There is no picture "${name}" in this signature.`,
    suggestion && `cid:${suggestion}`,
  );
}

function checkSize(
  node: ElementNode,
  widthInStyle: string | undefined,
  facts: PictureFacts | undefined,
  check: Check,
) {
  const { report } = check;
  const width = pixels(node, 'width');
  const height = pixels(node, 'height');
  if (width === undefined)
    report.remark(
      node.at,
      widthInStyle
        ? 'Outlook for Windows ignores the CSS width of pictures.'
        : 'The picture has no width: Outlook for Windows shows it in its own size.',
      `add width="${widthInStyle ? Number.parseInt(widthInStyle, 10) || 100 : (facts?.width ?? 100)}"`,
    );
  else if (height === undefined && facts)
    report.remark(
      node.at,
      'The picture has no height: text jumps when it has loaded.',
      `add height="${Math.round((width * facts.height) / facts.width)}"`,
    );
  if (!facts || facts.width === 0 || facts.height === 0) return;
  if (width && height && Math.abs((width / height) * (facts.height / facts.width) - 1) > 0.05)
    report.remark(
      node.at,
      `The picture is ${facts.width} x ${facts.height}, and shown out of proportion.`,
      `write height="${Math.round((width * facts.height) / facts.width)}"`,
    );
  if (width && facts.width > 4 * width)
    report.remark(
      node.at,
      `The picture is ${facts.width} wide and shown in ${width}: it is heavier than it has to be.`,
      `save it ${2 * width} wide`,
    );
  if (facts.isTransparent && width && width >= 60)
    say(
      check,
      node.at,
      'A transparent picture may vanish on the dark background of dark mode.',
      'give dark shapes a light edge',
    );
}

function pixels(node: ElementNode, name: string): number | undefined {
  const written = literalOf(attributeNamed(node, name));
  return written !== undefined && /^\s*\d{1,5}(?:px)?\s*$/.test(written)
    ? Number.parseInt(written, 10)
    : undefined;
}

function say({ report, said }: Check, at: number, sentence: string, suggestion?: string) {
  if (said.has(sentence)) return;
  said.add(sentence);
  report.remark(at, sentence, suggestion);
}
