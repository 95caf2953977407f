/** What mail clients make of CSS that is safe: kept in the template, and told as a warning (outlook-html.md). */
import type { Declaration } from './sanitize-style.ts';

const wordIgnores: Readonly<Record<string, string>> = {
  float: 'lay it out with a table',
  flex: 'lay it out with a table',
  grid: 'lay it out with a table',
  'grid-template-columns': 'lay it out with a table',
  'justify-content': 'lay it out with a table',
  'align-items': 'lay it out with a table',
  gap: 'use padding on the cells of a table',
  'background-image': 'use background-color',
  'background-size': 'use background-color',
  'border-radius': 'corners are square there',
  'max-width': 'set the width attribute as well',
  'min-width': 'set the width attribute as well',
  opacity: 'use a lighter colour',
  'object-fit': 'save the picture in its final shape',
  'box-sizing': 'leave room for padding and border',
  overflow: 'give the text the room it needs',
};

export type CssRemark = { readonly sentence: string; readonly suggestion?: string };

/** Remarks on the declarations of one element, each sentence once. */
export function remarksOnCss(declarations: readonly Declaration[]): CssRemark[] {
  return declarations.flatMap(({ property, value }) => [
    ...ignored(property, value),
    ...tooSmall(property, value),
    ...darkMode(property, value),
  ]);
}

function ignored(property: string, value: string): CssRemark[] {
  const suggestion = wordIgnores[property];
  if (suggestion !== undefined)
    return [{ sentence: `Outlook for Windows ignores the CSS property "${property}".`, suggestion }];
  if (property === 'display' && /flex|grid/.test(value))
    return [
      { sentence: `Outlook for Windows ignores "display:${value}".`, suggestion: 'lay it out with a table' },
    ];
  return [];
}

const SMALLEST_PX = 9;
const pxPer: Readonly<Record<string, number>> = { px: 1, pt: 4 / 3, em: 16, rem: 16 };

function tooSmall(property: string, value: string): CssRemark[] {
  if (property !== 'font-size' && property !== 'font') return [];
  const [, size, unit = ''] = /(?:^|\s)(\d{1,4}(?:\.\d{1,4})?)(px|pt|r?em)/.exec(value) ?? [];
  const px = Number(size) * (pxPer[unit] ?? 1);
  if (!size || px === 0 || px >= SMALLEST_PX) return [];
  return [
    { sentence: `Text of ${size}${unit} is too small to read.`, suggestion: `use at least ${SMALLEST_PX}px` },
  ];
}

const BLACK = /^(?:#000|#000000|black|rgb\(0, ?0, ?0\)|windowtext)$/i;
const WHITE = /^(?:#fff|#ffffff|white|rgb\(255, ?255, ?255\))$/i;

function darkMode(property: string, value: string): CssRemark[] {
  if (property === 'color' && BLACK.test(value))
    return [
      {
        sentence: 'Black text may vanish on the black background of dark mode.',
        suggestion: 'use a dark grey such as #222222',
      },
    ];
  if ((property === 'background-color' || property === 'background') && WHITE.test(value))
    return [
      {
        sentence: 'A white background stands out as a box in dark mode.',
        suggestion: 'leave the background away',
      },
    ];
  return [];
}
