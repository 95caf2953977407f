/**
 * HTML of a signature as a tree (template-tree.ts). Reads with htmlparser2's tokenizer; keeps what is on the lists
 * (sanitize-lists.ts), removes and tells the rest, refuses template tags where no value could be made safe.
 */
import { decodeHTML } from 'entities';
import { Tokenizer } from 'htmlparser2';
import { tagNamed } from '../mail/html-tags.ts';
import { allowedTags, droppedTags, vmlTags } from './sanitize-lists.ts';
import {
  cleanAttribute,
  pictureHint,
  pictureSentence,
  type RawAttribute,
  refuseStrayBraces,
} from './template-attribute.ts';
import { TreeBuilder } from './template-build.ts';
import { pictureFields } from './template-fields.ts';
import type { TemplateReport } from './template-report.ts';
import { holdsTag, piecesOf, type Scanned } from './template-scan.ts';
import type { Attribute, TreeNode } from './template-tree.ts';

export type StyleSheet = { readonly css: string; readonly at: number };

export type HtmlTree = { readonly nodes: readonly TreeNode[]; readonly styles: readonly StyleSheet[] };

/** Reads masked HTML: the author's, or what the CSS inliner made of it. */
export function readHtml(
  { masked, tags }: Pick<Scanned, 'masked' | 'tags'>,
  report: TemplateReport,
): HtmlTree {
  const styles: StyleSheet[] = [];
  const builder = new TreeBuilder(report);
  read(new HtmlReader({ masked, tags, base: 0, report, builder, styles, isMso: false }), masked);
  return { nodes: builder.finish(), styles };
}

function read(reader: HtmlReader, masked: string) {
  const tokenizer = new Tokenizer({ decodeEntities: false }, reader);
  tokenizer.write(masked);
  tokenizer.end();
}

type Reading = {
  readonly masked: string;
  readonly tags: Scanned['tags'];
  /** Offset of `masked` in the source. */
  readonly base: number;
  readonly report: TemplateReport;
  readonly builder: TreeBuilder;
  readonly styles: StyleSheet[];
  readonly isMso: boolean;
};

/** Unwrapped without a word: they frame every page and every paragraph of Word. */
const silent = new Set(['html', 'body', 'head', 'o:p', 'tbody', 'meta', 'title']);

class HtmlReader {
  readonly #is: Reading;
  #name = '';
  #nameAt = 0;
  #attributeAt = 0;
  #attributeName = '';
  #valueAt = 0;
  #valueEnd = 0;
  #attributes: RawAttribute[] = [];
  /** The element whose content is being dropped, and how many of its name are open in it. */
  #dropping: { readonly name: string; readonly at: number; depth: number } | undefined;

  constructor(reading: Reading) {
    this.#is = reading;
  }

  onopentagname(start: number, end: number) {
    this.#name = this.#is.masked.slice(start, end).toLowerCase();
    this.#nameAt = this.#is.base + start - 1;
    this.#attributes = [];
  }

  onattribname(start: number, end: number) {
    this.#attributeName = this.#is.masked.slice(start, end).toLowerCase();
    this.#attributeAt = start;
    this.#valueAt = end;
    this.#valueEnd = end;
  }

  onattribdata(start: number, end: number) {
    if (this.#valueEnd === this.#valueAt) this.#valueAt = start;
    this.#valueEnd = end;
  }

  onattribend(quote: number) {
    const { masked, base } = this.#is;
    this.#attributes.push({
      name: this.#attributeName,
      value: masked.slice(this.#valueAt, this.#valueEnd),
      isQuoted: quote === 2 || quote === 3,
      at: base + this.#attributeAt,
      valueAt: base + this.#valueAt,
    });
  }

  onopentagend() {
    this.#open(false);
  }

  onselfclosingtag() {
    this.#open(true);
  }

  onclosetag(start: number, end: number) {
    const name = this.#is.masked.slice(start, end).toLowerCase();
    const at = this.#is.base + start - 2;
    if (holdsTag(name)) return this.#is.report.fault(at, 'A template tag cannot be the name of an element.');
    if (this.#dropping) {
      if (this.#dropping.name === name && --this.#dropping.depth === 0) this.#dropping = undefined;
      return;
    }
    if (this.#isKept(name)) this.#is.builder.close(name, at);
  }

  ontext(start: number, end: number) {
    const { masked, base } = this.#is;
    const text = masked.slice(start, end);
    if (this.#dropping) return this.#dropText(text, base + start);
    for (const piece of piecesOf(text, base + start)) {
      if (piece.kind === 'tag') this.#tag(piece.index);
      else this.#text(piece.value, piece.at);
    }
  }

  oncomment(start: number, end: number, endOffset: number) {
    const { masked, base, report } = this.#is;
    const content = masked.slice(start, end - endOffset);
    const at = base + start - (masked.startsWith('<!--', start - 4) ? 4 : 2);
    if (!this.#dropping && this.#conditional(content, base + start, at)) return;
    if (holdsTag(content))
      report.fault(
        at,
        'A template tag cannot stand in a comment.',
        'take the comment away, or move the tag out of it',
      );
    else if (!this.#dropping)
      report.remark(at, `${content.startsWith('[') ? 'A conditional' : 'A'} comment was removed.`);
  }

  ondeclaration(start: number, end: number) {
    if (holdsTag(this.#is.masked.slice(start, end)))
      this.#is.report.fault(this.#is.base + start, 'A template tag cannot stand in a declaration.');
  }

  onprocessinginstruction(start: number, end: number) {
    this.ondeclaration(start, end);
  }

  oncdata(start: number, end: number) {
    this.ondeclaration(start, end);
  }

  onattribentity() {}
  ontextentity() {}

  onend() {
    const { report } = this.#is;
    if (this.#dropping)
      report.remark(this.#dropping.at, `<${this.#dropping.name}> is not closed: all behind it was removed.`);
  }

  #open(isSelfClosing: boolean) {
    const name = this.#name;
    const at = this.#nameAt;
    const { report, builder } = this.#is;
    if (holdsTag(name)) return report.fault(at, 'A template tag cannot be part of the name of an element.');
    if (this.#dropping) {
      if (this.#dropping.name === name) this.#dropping.depth++;
      this.#dropAttributes(name);
      return;
    }
    if (droppedTags.has(name)) return this.#drop(name, at, isSelfClosing);
    if (!this.#isKept(name)) {
      this.#dropAttributes(name);
      if (!silent.has(name)) report.remark(at, `<${name}> was removed, its content was kept.`);
      return;
    }
    const attributes = this.#cleanAttributes(name);
    if (name === 'img' && !attributes.some(attribute => attribute.name === 'src')) {
      report.remark(at, 'A picture without an address was removed.');
      return;
    }
    builder.open(name, attributes, at);
    if (isSelfClosing && name.includes(':')) builder.close(name, at);
  }

  #isKept(name: string) {
    return allowedTags.has(name) || (this.#is.isMso && vmlTags.has(name));
  }

  #cleanAttributes(tag: string): Attribute[] {
    const { report, tags } = this.#is;
    const kept = new Map<string, Attribute>();
    for (const raw of this.#attributes) {
      if (kept.has(raw.name)) continue;
      const clean = cleanAttribute(raw, { tag, tags, report });
      if (clean) kept.set(raw.name, clean);
    }
    return [...kept.values()];
  }

  /** A field may not vanish unseen with what is removed. */
  #dropAttributes(tag: string) {
    for (const { name, value, at } of this.#attributes)
      if (holdsTag(name) || holdsTag(value))
        this.#is.report.fault(at, `A template tag cannot stand in <${tag}>, which is removed.`);
  }

  #drop(name: string, at: number, isSelfClosing: boolean) {
    this.#dropAttributes(name);
    if (name !== 'style' && !silent.has(name))
      this.#is.report.remark(at, `<${name}> was removed${tagNamed(name).isVoid ? '' : ' with its content'}.`);
    if (name === 'plaintext' || !(tagNamed(name).isVoid || (isSelfClosing && name.includes(':'))))
      this.#dropping = { name, at, depth: 1 };
  }

  #dropText(text: string, at: number) {
    const name = this.#dropping?.name ?? '';
    if (holdsTag(text))
      this.#is.report.fault(at + text.indexOf('\uFDD0'), `A template tag cannot stand in <${name}>.`);
    if (name === 'style') this.#is.styles.push({ css: text, at: this.#dropping?.at ?? at });
  }

  #tag(index: number) {
    const placed = this.#is.tags[index];
    if (!placed) return;
    const { tag, start } = placed;
    if (tag.kind === 'output' && tag.expression.refs.some(({ name }) => pictureFields.has(name)))
      this.#is.report.fault(start, pictureSentence, pictureHint);
    this.#is.builder.tag(placed);
  }

  #text(value: string, at: number) {
    const { report, builder, masked, base } = this.#is;
    refuseStrayBraces(value, at, report);
    const end = at - base + value.length;
    if (/<\/?$/.test(value) && masked.startsWith('\uFDD0', end))
      report.fault(at + value.length, 'A template tag cannot be the name of an element.');
    builder.add({ kind: 'text', value: decodeHTML(value), at });
  }

  /** `<!--[if mso]>...<![endif]-->`, and the pair around what everyone but Outlook sees. */
  #conditional(content: string, contentAt: number, at: number): boolean {
    const { report, builder, masked, tags, styles } = this.#is;
    if (content === '<![endif]') return builder.closeMso();
    const [whole = '', condition = ''] = /^\[if ([^\]]*)\]>/.exec(content) ?? [];
    if (!whole || !isCondition(condition)) return false;
    if (content === `${whole}<!` || content === `${whole}<!--`) {
      builder.openMso(condition, true, at);
      return true;
    }
    if (!content.endsWith('<![endif]')) return false;
    const from = contentAt - this.#is.base + whole.length;
    const inner = masked.slice(from, from + content.length - whole.length - '<![endif]'.length);
    const own = new TreeBuilder(report);
    read(
      new HtmlReader({
        masked: inner,
        tags,
        base: this.#is.base + from,
        report,
        builder: own,
        styles,
        isMso: true,
      }),
      inner,
    );
    const children = own.finish();
    if (own.isBalanced) builder.add({ kind: 'mso', condition, isRevealed: false, children, at });
    else
      report.remark(
        at,
        'A conditional comment was removed: it opens or closes elements of the text around it.',
      );
    return true;
  }
}

function isCondition(condition: string) {
  if (condition.length > 80 || !/^[!()&|\s\w]+$/.test(condition)) return false;
  return (condition.match(/\w+/g) ?? []).every(word => /^(?:mso|ie|vml|gte?|lte?|true|\d{1,2})$/i.test(word));
}
