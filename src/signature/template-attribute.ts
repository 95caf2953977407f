/**
 * Attributes of a signature's HTML, made safe: what is not on the list is removed and told; fields stand only in quoted
 * values, never in `style`; an address begins with an allowed scheme, and a picture's name comes from no field.
 */
import { decodeHTMLAttribute } from 'entities';
import { isAllowedAttribute } from './sanitize-lists.ts';
import { cleanStyle, writeStyle } from './sanitize-style.ts';
import { safeUrl, schemeOf, type UrlKind } from './sanitize-url.ts';
import type { PlacedTag } from './template.ts';
import { pictureFields } from './template-fields.ts';
import type { TemplateReport } from './template-report.ts';
import { holdsTag, piecesOf } from './template-scan.ts';
import type { Attribute, AttributePart } from './template-tree.ts';

/** An attribute as the tokenizer found it; `value` masked and not decoded, `at` and `valueAt` offsets in the source. */
export type RawAttribute = {
  readonly name: string;
  readonly value: string;
  readonly isQuoted: boolean;
  readonly at: number;
  readonly valueAt: number;
};

export type AttributeContext = {
  readonly tag: string;
  readonly tags: readonly PlacedTag[];
  readonly report: TemplateReport;
};

const urls: Readonly<Record<string, UrlKind>> = {
  href: 'href',
  src: 'src',
  background: 'src',
  'data-linked-src': 'src',
};

export function isUrlAttribute(name: string): boolean {
  return Object.hasOwn(urls, name);
}

export function urlKindOf(name: string): UrlKind {
  return urls[name] ?? 'href';
}

/** The attribute to keep, undefined when it was removed or refused. */
export function cleanAttribute(raw: RawAttribute, context: AttributeContext): Attribute | undefined {
  const { tag, report } = context;
  const { name, at } = raw;
  if (holdsTag(name)) {
    report.fault(
      at,
      `A template tag cannot stand among the attributes of <${tag}>.`,
      'put it inside a quoted value',
    );
    return undefined;
  }
  // They served the style sheet, which is inlined by now; in a mail they would meet the style sheets of others.
  if (name === 'class' || name === 'id') return undefined;
  if (!isAllowedAttribute(tag, name)) {
    report.remark(at, `The attribute "${name}" of <${tag}> was removed.`);
    return undefined;
  }
  if (!raw.isQuoted && holdsTag(raw.value)) {
    report.fault(
      raw.valueAt,
      `A template tag cannot stand in the unquoted value of "${name}".`,
      `write ${name}="..."`,
    );
    return undefined;
  }
  if (name === 'style') return styleAttribute(raw, context);
  const parts = partsOf(raw, context);
  return isUrlAttribute(name)
    ? urlAttribute({ name, parts, at }, context)
    : textAttribute({ name, parts, at }, report);
}

function styleAttribute({ name, value, at, valueAt }: RawAttribute, { tag, report }: AttributeContext) {
  if (holdsTag(value)) {
    report.fault(valueAt, 'A template tag cannot stand in "style".', 'put {{#if}} around the whole element');
    return undefined;
  }
  const { declarations, removed } = cleanStyle(decodeHTMLAttribute(value));
  for (const { property, reason } of removed)
    report.remark(
      valueAt,
      reason === 'property'
        ? `The CSS property "${property}" of <${tag}> was removed.`
        : `The value of the CSS property "${property}" of <${tag}> was removed with it.`,
    );
  if (declarations.length === 0) return undefined;
  return { name, at, parts: [{ kind: 'text' as const, value: writeStyle(declarations) }] };
}

function textAttribute(attribute: Attribute, report: TemplateReport): Attribute {
  refusePictures(attribute.parts, attribute.at, report);
  return attribute;
}

function urlAttribute(attribute: Attribute, { tag, report }: AttributeContext): Attribute | undefined {
  const { name, parts, at } = attribute;
  const kind = urlKindOf(name);
  const [first] = parts;
  if (parts.every(part => part.kind === 'text')) {
    const url = parts.map(part => part.value).join('');
    const safe = safeUrl(url, kind);
    if (safe) return { name, at, parts: [{ kind: 'text', value: safe }] };
    if (url.trim() !== '')
      report.remark(at, `The address in "${name}" of <${tag}> was removed.`, hintFor(kind));
    return undefined;
  }
  if (tag === 'img' && name === 'src' && isPicture(parts)) return attribute;
  refusePictures(parts, at, report);
  if (first?.kind === 'text' && schemeOf(`${first.value}x`) === 'cid')
    report.fault(at, 'The name of a picture cannot come from a field.', 'put {{#if}} around the whole <img>');
  else if (first?.kind === 'text' && first.value.trim() !== '' && !safeUrl(`${first.value}example.com`, kind))
    report.fault(
      at,
      `An address in "${name}" cannot begin with "${first.value.trim().slice(0, 40)}".`,
      hintFor(kind),
    );
  return attribute;
}

function hintFor(kind: UrlKind) {
  return kind === 'href'
    ? 'write the whole address with https:, mailto: or tel:'
    : 'write an address with https:, or upload the picture and write cid:NAME';
}

/** `{{person.photo}}` or `{{person.vcard}}` as the whole value. */
export function isPicture(parts: readonly AttributePart[]): boolean {
  const [only] = parts;
  if (parts.length !== 1 || only?.kind !== 'output') return false;
  const { refs, formats } = only.expression;
  return formats.length === 0 && refs.every(({ name }) => pictureFields.has(name));
}

function refusePictures(parts: readonly AttributePart[], at: number, report: TemplateReport) {
  for (const part of parts) {
    if (part.kind === 'output' && part.expression.refs.some(({ name }) => pictureFields.has(name)))
      report.fault(at, pictureSentence, pictureHint);
    if (part.kind === 'choice') refusePictures([...part.met, ...part.otherwise], at, report);
  }
}

export const pictureSentence = 'A photo or vCard is a picture: it can only be the whole "src" of an <img>.';
export const pictureHint = 'write <img src="{{person.photo}}" width="96" height="96" alt="">';

type Block = { readonly parts: AttributePart[]; readonly at: number } & (
  | { readonly kind: 'root' }
  | { readonly kind: 'if' | 'else'; readonly choice: Choice }
);
type Choice = {
  readonly test: Extract<AttributePart, { kind: 'choice' }>['test'];
  met: AttributePart[];
  otherwise: AttributePart[];
};

/** A value as text, outputs and conditions, each closed inside the value. */
function partsOf({ value, valueAt }: RawAttribute, { tags, report }: AttributeContext): AttributePart[] {
  const root: AttributePart[] = [];
  const stack: Block[] = [{ kind: 'root', parts: root, at: valueAt }];
  for (const piece of piecesOf(value, valueAt)) {
    const top = stack.at(-1);
    if (!top) break;
    if (piece.kind === 'text') top.parts.push({ kind: 'text', value: literalText(piece, report) });
    else {
      const tag = tags[piece.index]?.tag;
      if (tag?.kind === 'output') top.parts.push(tag);
      else if (tag?.kind === 'if') {
        const choice: Choice = { test: tag.test, met: [], otherwise: [] };
        if (stack.length < MAX_DEPTH) stack.push({ kind: 'if', parts: choice.met, choice, at: piece.at });
        else report.fault(piece.at, 'Conditions nest too deeply in this value.');
      } else if (tag?.kind === 'else' && top.kind === 'if') {
        stack.pop();
        stack.push({ kind: 'else', parts: top.choice.otherwise, choice: top.choice, at: top.at });
      } else if (tag?.kind === 'end-if' && top.kind !== 'root') {
        stack.pop();
        stack.at(-1)?.parts.push({ kind: 'choice', ...top.choice });
      } else report.fault(piece.at, misplaced(tag?.kind));
    }
  }
  for (const { kind, at } of stack)
    if (kind !== 'root') report.fault(at, 'This {{#if}} has no {{/if}} inside the attribute.');
  return root;
}

const MAX_DEPTH = 10;

function misplaced(kind: string | undefined) {
  if (kind === 'line' || kind === 'end-line') return '{{#line}} cannot stand in an attribute.';
  return kind === 'else'
    ? '{{else}} stands in an attribute without {{#if}} before it.'
    : '{{/if}} stands in an attribute without {{#if}} before it.';
}

function literalText({ value, at }: { readonly value: string; readonly at: number }, report: TemplateReport) {
  refuseStrayBraces(value, at, report);
  return decodeHTMLAttribute(value);
}

/** `}}` in literal text is what is left of a misspelt tag. */
export function refuseStrayBraces(value: string, at: number, report: TemplateReport): void {
  const stray = value.indexOf('}}');
  if (stray !== -1) report.fault(at + stray, '"}}" stands here without "{{" before it.');
}
