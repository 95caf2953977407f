/**
 * What HTML of a signature may hold (smtp-relay.md 8): allow-lists, since what is unknown today may be an attack tomorrow.
 * Mail clients know HTML of 1999; nothing that they show well is missing here.
 */

const names = (list: string): ReadonlySet<string> => new Set(list.split(/\s+/));

/** Elements that are kept. Others are unwrapped: the tags go, the content stays. */
export const allowedTags = names(
  'a abbr b big blockquote br caption center cite code col colgroup dd del div dl dt em font h1 h2 h3 h4 h5 h6 hr i img ins kbd li mark ol p q s samp small span strike strong sub sup table tbody td tfoot th thead tr tt u ul wbr',
);

/** Elements that go with all their content. */
export const droppedTags = names(
  'script style template iframe object embed applet svg math noscript noembed noframes frameset frame canvas audio video picture source track title textarea select option button input datalist output progress meter dialog portal xmp plaintext listing marquee base link meta param xml',
);

/** VML and friends, inside `<!--[if mso]>` only: what draws buttons and backgrounds in Word. */
export const vmlTags = names(
  'v:roundrect v:rect v:fill v:textbox v:image v:oval v:shape v:stroke v:imagedata w:anchorlock w:wrap o:lock',
);

const everywhere = names('align bgcolor class dir height id lang style title valign width');
const byTag: Readonly<Record<string, ReadonlySet<string>>> = {
  a: names('href name rel target'),
  col: names('span'),
  colgroup: names('span'),
  font: names('color face size'),
  hr: names('color noshade size'),
  img: names('alt border data-linked-src hspace src vspace'),
  li: names('type value'),
  ol: names('start type reversed'),
  table: names('background border bordercolor cellpadding cellspacing role rules summary frame'),
  td: names('abbr colspan headers nowrap rowspan scope'),
  th: names('abbr colspan headers nowrap rowspan scope'),
  tr: names('bordercolor'),
  ul: names('type'),
};
const vmlAttributes = names(
  'arcsize aspect color coordsize fill fillcolor fitshape href inset origin position size src stroke strokecolor strokeweight stroked style type xmlns:v xmlns:o xmlns:w filled hrpct o:spid coordorigin path rotation anchory anchorx',
);

export function isAllowedAttribute(tag: string, attribute: string): boolean {
  if (vmlTags.has(tag)) return vmlAttributes.has(attribute);
  return everywhere.has(attribute) || (byTag[tag]?.has(attribute) ?? false);
}

/** Properties of CSS that are kept; `mso-*` too, which only Word reads. */
const properties = names(
  `background background-color background-image background-position background-repeat background-size
   border border-bottom border-bottom-color border-bottom-style border-bottom-width border-collapse border-color
   border-left border-left-color border-left-style border-left-width border-radius border-right border-right-color
   border-right-style border-right-width border-spacing border-style border-top border-top-color border-top-style
   border-top-width border-width box-sizing clear color direction display empty-cells float font font-family font-size
   font-stretch font-style font-variant font-weight height letter-spacing line-height list-style list-style-position
   list-style-type margin margin-bottom margin-left margin-right margin-top max-height max-width min-height min-width
   object-fit opacity outline overflow overflow-wrap padding padding-bottom padding-left padding-right padding-top
   table-layout text-align text-decoration text-decoration-color text-decoration-line text-indent text-transform
   unicode-bidi vertical-align visibility white-space width word-break word-spacing word-wrap
   border-top-left-radius border-top-right-radius border-bottom-left-radius border-bottom-right-radius
   align-items flex flex-direction flex-wrap gap grid grid-template-columns justify-content
   color-scheme -ms-interpolation-mode -ms-text-size-adjust -webkit-text-size-adjust`.trim(),
);

export function isAllowedProperty(name: string): boolean {
  return properties.has(name) || /^mso-[a-z-]{1,60}$/.test(name);
}
