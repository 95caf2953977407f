/**
 * The markers that mail clients leave where quoted history begins, and around the writer's own signature, matched on parsed
 * attributes (outlook-html.md 1 and 2.1). Attributes that a client re-prefixed with `x_` match none of them.
 */
import { attributesOf, type ElementId, type HtmlDocument } from './html.ts';
import { classesOf } from './html-page.ts';
import { firstElementFrom, nearest } from './html-search.ts';

/**
 * `open`: all behind it is quoted. `container`: the quotation is inside. `prefix`: an attribution, the quotation follows.
 */
export type Marker = { readonly element: ElementId; readonly shape: 'open' | 'container' | 'prefix' };

type Shape = Marker['shape'] | 'old-header';

const shapesById: ReadonlyMap<string, Shape> = new Map([
  ['appendonsend', 'open'],
  ['divrplyfwdmsg', 'open'],
  ['olk_src_body_section', 'open'],
  ['mail-editor-reference-message-container', 'open'],
]);
const shapesByClass: ReadonlyMap<string, Shape> = new Map([
  ['outlookmessageheader', 'old-header'],
  ['yahoo-quoted-begin', 'open'],
  ['ms-outlook-mobile-reference-message', 'open'],
  ['moz-cite-prefix', 'prefix'],
  ['gmail_attr', 'prefix'],
  ['gmail_quote_attribution', 'prefix'],
  ['protonmail_quote', 'container'],
  ['zmail_extra', 'container'],
  ['moz-forward-container', 'container'],
  ['gmail_quote', 'container'],
  ['gmail_extra_quote', 'container'],
]);
const signatureId =
  /^(?:signature|ms-outlook-mobile-signature|linebreakatbeginningofsignature|apple-mail-signature)$/;
const signatureClass =
  /^(?:moz-signature|gmail_signature|gmail_signature_prefix|protonmail_signature_block|zmail_signature)$/;
const carriers = new Set(['div', 'span', 'p', 'blockquote', 'table', 'section', 'hr', 'a']);
/** Most start tags hold none of these; reading their attributes would be the dearest step of all. */
const HINT = /append|rply|olk_|mail-|cite|quote|border|moz-|gmail|zmail|outlook|attr/i;

/** Searches for markers that do not lie in a blockquote, which is how people quote a phrase or paste a mail. */
export function markerFinder(html: HtmlDocument): (from: number) => Marker | undefined {
  const blockquote = nearest(html, id => html.name(id) === 'blockquote');
  return from => {
    for (let element = firstElementFrom(html, from); element < html.count; element++) {
      if (!html.hasAttributes(element) || !carriers.has(html.name(element))) continue;
      if (!HINT.test(html.tag(element))) continue;
      const shape = shapeOf(html, element);
      // Old Outlook wraps the whole original in a blockquote; nobody else writes its class.
      if (shape === 'old-header') return { element, shape: 'open' };
      if (shape && blockquote(html.parent(element)) === undefined) return { element, shape };
    }
    return undefined;
  };
}

/** Elements by which a client frames the writer's own signature. */
export function isClientSignature(html: HtmlDocument, element: ElementId): boolean {
  if (!html.hasAttributes(element) || !/signature|autosig/i.test(html.tag(element))) return false;
  const attributes = attributesOf(html, element);
  if (signatureId.test((attributes.get('id') ?? '').toLowerCase())) return true;
  if (attributes.get('name')?.toLowerCase() === '_mailautosig') return true;
  return classesOf(html, element).some(token => signatureClass.test(token));
}

/** In a blockquote, or in content that a client re-prefixed with `x_` because it was quoted or pasted before. */
export function foreignFinder(html: HtmlDocument): (element: ElementId) => boolean {
  const around = nearest(html, id => html.name(id) === 'blockquote' || isPrefixed(html, id));
  return element => around(element) !== undefined;
}

function isPrefixed(html: HtmlDocument, element: ElementId): boolean {
  if (!html.hasAttributes(element) || !/x_/i.test(html.tag(element))) return false;
  const id = attributesOf(html, element).get('id') ?? '';
  return /^x_/i.test(id) || classesOf(html, element).some(token => token.startsWith('x_'));
}

function shapeOf(html: HtmlDocument, element: ElementId): Shape | undefined {
  const attributes = attributesOf(html, element);
  const byId = shapesById.get((attributes.get('id') ?? '').toLowerCase());
  if (byId) return byId;
  if (html.name(element) === 'blockquote' && attributes.get('type')?.toLowerCase() === 'cite')
    return 'container';
  for (const token of classesOf(html, element)) {
    const shape = shapesByClass.get(token);
    if (shape) return shape;
    // Yahoo prefixes its own classes with a word of each message's own.
    if (token.endsWith('yahoo_quoted') && !token.startsWith('x_')) return 'container';
  }
  const style = html.name(element) === 'div' ? attributes.get('style') : undefined;
  return style && /border/i.test(style) ? shapeOfStyle(propertiesOf(style)) : undefined;
}

/** The rules by which the Word engine and Windows Mail set off a header block or a quotation. */
function shapeOfStyle(property: (name: string) => string): Shape | undefined {
  const isBare =
    /^(?:none|medium none|0|currentcolor none)/.test(property('border')) ||
    property('border-style').startsWith('solid none none');
  const hasRule = /solid/.test(property('border-top')) && /\b1(?:\.0)?p[tx]\b/.test(property('border-top'));
  if (isBare && hasRule && /^3(?:\.0)?pt\b/.test(property('padding'))) return 'open';
  const left = property('border-left');
  const isIndent = /solid/.test(left) && /blue|#0000ff|rgb\(0, ?0, ?255\)/.test(left) && /1\.5pt/.test(left);
  if (isBare && isIndent) return 'container';
  const isGrey = /rgb\(229, ?229, ?229\)|#e5e5e5/.test(property('border-top-color'));
  return isGrey && /^5px/.test(property('padding-top') || property('padding')) ? 'open' : undefined;
}

/** Servers write styles anew, with other blanks and in another order: they are read, not compared. */
function propertiesOf(style: string): (name: string) => string {
  const properties = new Map<string, string>();
  for (const declaration of style.toLowerCase().split(';')) {
    const colon = declaration.indexOf(':');
    if (colon > 0) properties.set(declaration.slice(0, colon).trim(), declaration.slice(colon + 1).trim());
  }
  return name => properties.get(name) ?? '';
}
