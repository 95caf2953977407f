/**
 * A signature checked and compiled at save: language parsed, HTML sanitised, style sheets inlined, plain text derived,
 * everything that can disappear known. Either every content of it is sound, or all problems are told with their places;
 * warnings are what was removed and what mail clients will not show well.
 */

import { limits } from '../limits.ts';
import type { Zone } from '../mail/report.ts';
import { checkTree, checkWeight } from './check.ts';
import { faultsOfImages } from './check-images.ts';
import { htmlBlocks } from './compile-blocks.ts';
import { derivePlain } from './plain-derive.ts';
import type { PlainBlock } from './plain-program.ts';
import { readPlain, writtenPlain } from './plain-written.ts';
import type { Block } from './program.ts';
import type { Content, Signature, SignatureImage } from './signature.ts';
import { type Fault, type PlacedTag, pathOf } from './template.ts';
import type { KnownFields } from './template-fields.ts';
import { readHtml } from './template-html.ts';
import { positionsIn } from './template-position.ts';
import { TemplateReport } from './template-report.ts';
import { type Scanned, scanTemplate } from './template-scan.ts';
import type { TreeNode } from './template-tree.ts';

export type CompileTools = KnownFields & {
  /** Style sheets into `style` attributes, HTML in and out; template tags in it are private characters to be left alone. */
  readonly inlineCss?: (html: string) => string | CssFault;
};

/** Why a style sheet cannot be inlined, for its author. */
export type CssFault = { readonly kind: 'fault'; readonly sentence: string };

/** Where in a signature something is: `section` counts from 1, `line` and `column` from 1 in UTF-16 units. */
export type TemplatePlace = {
  readonly section: number;
  readonly zone: Zone;
  readonly form: 'new' | 'reply';
  readonly part: 'html' | 'text';
  readonly line: number;
  readonly column: number;
};

export type TemplateProblem = TemplatePlace & { readonly sentence: string; readonly suggestion?: string };

/** Told, and no reason to refuse. */
export type TemplateWarning = TemplateProblem;

export type CompiledContent = {
  readonly html: { readonly blocks: readonly Block[]; readonly literalLength: number } | undefined;
  readonly plain: { readonly blocks: readonly PlainBlock[]; readonly literalLength: number } | undefined;
};

export type CompiledSection = {
  readonly zone: Zone;
  readonly new: CompiledContent;
  readonly reply: CompiledContent | undefined;
};

/** Immutable. Opaque but for `id` and `name`: rendered by `renderSignature`. */
export type CompiledSignature = {
  readonly id: string;
  readonly name: string;
  readonly sections: readonly CompiledSection[];
  readonly images: readonly SignatureImage[];
  readonly fields: ReadonlySet<string>;
};

export type CompileResult =
  | { readonly kind: 'ok'; readonly value: CompiledSignature; readonly warnings: readonly TemplateWarning[] }
  | { readonly kind: 'problems'; readonly problems: readonly TemplateProblem[] };

/** Compiles all contents of a signature. Pure; linear in the length of the sources. */
export function compileSignature(signature: Signature, tools: CompileTools): CompileResult {
  const work: Work = { signature, tools, problems: [], warnings: [], fields: new Set() };
  const sections = signature.sections.map((section, index): CompiledSection => {
    const place = { section: index + 1, zone: section.zone };
    const content = compileContent(section.new, { ...place, form: 'new' }, work);
    const { reply } = section;
    if (reply === 'same') return { zone: section.zone, new: content, reply: content };
    if (reply === 'none') return { zone: section.zone, new: content, reply: undefined };
    return {
      zone: section.zone,
      new: content,
      reply: compileContent(reply, { ...place, form: 'reply' }, work),
    };
  });
  const [first] = signature.sections;
  if (first)
    for (const sentence of faultsOfImages(signature.images))
      work.problems.push({
        section: 1,
        zone: first.zone,
        form: 'new',
        part: 'html',
        line: 1,
        column: 1,
        sentence,
      });
  if (work.problems.length > 0) return { kind: 'problems', problems: work.problems };
  const { id, name, images } = signature;
  return { kind: 'ok', value: { id, name, sections, images, fields: work.fields }, warnings: work.warnings };
}

/** Paths such as `person.jobTitle` of all fields that the signature shows, for completeness. */
export function fieldsOf(compiled: CompiledSignature): ReadonlySet<string> {
  return compiled.fields;
}

type Work = {
  readonly signature: Signature;
  readonly tools: CompileTools;
  readonly problems: TemplateProblem[];
  readonly warnings: TemplateWarning[];
  readonly fields: Set<string>;
};

type ContentPlace = Pick<TemplatePlace, 'section' | 'zone' | 'form'>;

function compileContent(content: Content, place: ContentPlace, work: Work): CompiledContent {
  const tree = content.html === undefined ? undefined : htmlTree(content.html, place, work);
  const html = tree && withLength(htmlBlocks(tree));
  const plain =
    content.text === undefined ? tree && derivePlain(tree) : plainBlocks(content.text, place, work);
  return { html, plain: plain && withLength(plain) };
}

/** An upper bound of what the literals of a program write. */
function withLength<Blocks extends readonly unknown[]>(blocks: Blocks) {
  return { blocks, literalLength: JSON.stringify(blocks).length };
}

function plainBlocks(source: string, place: ContentPlace, work: Work): PlainBlock[] {
  const report = new TemplateReport();
  const scanned = scan(source, report, work);
  const nodes = scanned ? readPlain(scanned, report) : [];
  tell(source, report, { ...place, part: 'text' }, work);
  return report.faults.length > 0 ? [] : writtenPlain(nodes);
}

function htmlTree(source: string, place: ContentPlace, work: Work): readonly TreeNode[] {
  const report = new TemplateReport();
  const scanned = scan(source, report, work);
  const nodes = scanned ? readSource(scanned, report, work) : [];
  tell(source, report, { ...place, part: 'html' }, work);
  return report.faults.length > 0 ? [] : nodes;
}

function scan(source: string, report: TemplateReport, { tools, fields }: Work): Scanned | undefined {
  if (source.length > limits.signature.sourceCharacters) {
    report.fault(0, `The template is longer than ${limits.signature.sourceCharacters} characters.`);
    return undefined;
  }
  const scanned = scanTemplate(source, tools);
  for (const { at, sentence, suggestion } of scanned.faults) report.fault(at, sentence, suggestion);
  for (const path of shownFields(scanned.tags)) fields.add(path);
  return scanned;
}

function shownFields(tags: readonly PlacedTag[]) {
  return tags.flatMap(({ tag }) => (tag.kind === 'output' ? tag.expression.refs.map(pathOf) : []));
}

function readSource(
  scanned: Scanned,
  report: TemplateReport,
  { tools, signature }: Work,
): readonly TreeNode[] {
  const { nodes, styles } = readHtml(scanned, report);
  checkTree(nodes, signature.images, report);
  checkWeight(scanned.masked.length, report);
  const [style] = styles;
  if (!style || report.faults.length > 0) return nodes;
  if (!tools.inlineCss) {
    report.remark(style.at, '<style> was removed: nothing here inlines style sheets.');
    return nodes;
  }
  if (styles.some(({ css }) => /@media/i.test(css)))
    report.remark(
      style.at,
      '@media was removed: Outlook and Gmail drop it from replies, and it would meet the style of others.',
    );
  return (
    readInlined(scanned, { at: style.at, inlineCss: tools.inlineCss, images: signature.images }, report) ??
    nodes
  );
}

type Inlining = {
  readonly at: number;
  readonly inlineCss: (html: string) => string | CssFault;
  readonly images: readonly SignatureImage[];
};

/** What the inliner made is read like the author's own; faults and remarks stand at the style sheet they came from. */
function readInlined(
  { masked, tags }: Scanned,
  { at, inlineCss, images }: Inlining,
  report: TemplateReport,
): readonly TreeNode[] | undefined {
  const inlined = attempt(() => inlineCss(masked));
  if (typeof inlined === 'object') {
    report.fault(at, inlined.sentence);
    return undefined;
  }
  if (inlined === undefined || inlined.length > limits.signature.outputCharacters / 4) {
    report.fault(
      at,
      'The style sheet cannot be written into the elements: it is broken or applies to too many.',
    );
    return undefined;
  }
  const again = new TemplateReport();
  const { nodes } = readHtml({ masked: inlined, tags }, again);
  checkTree(nodes, images, again);
  const known = new Set(report.remarks.map(({ sentence }) => sentence));
  for (const { sentence, suggestion } of again.faults) report.fault(at, sentence, suggestion);
  for (const { sentence, suggestion } of again.remarks) {
    if (!known.has(sentence)) report.remark(at, sentence, suggestion);
    known.add(sentence);
  }
  return nodes;
}

function attempt<Made>(make: () => Made) {
  try {
    return make();
  } catch {
    return undefined;
  }
}

function tell(
  source: string,
  { faults, remarks }: TemplateReport,
  place: Omit<TemplatePlace, 'line' | 'column'>,
  { problems, warnings }: Work,
) {
  const positionOf = positionsIn(source);
  const placed = ({ at, sentence, suggestion }: Fault) => ({
    ...place,
    ...positionOf(at),
    sentence,
    ...(suggestion === undefined ? {} : { suggestion }),
  });
  const inOrder = (list: readonly Fault[]) => [...list].sort((a, b) => a.at - b.at).map(placed);
  problems.push(...inOrder(faults));
  warnings.push(...inOrder(remarks));
}
