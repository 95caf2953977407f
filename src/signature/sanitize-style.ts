/**
 * Declarations of a `style` attribute, property by property. Values that fetch (`url`, `image-set`), run (`expression`,
 * `behavior`), escape (`\`) or leave the attribute are removed with their property.
 */
import { isAllowedProperty } from './sanitize-lists.ts';

export type Declaration = { readonly property: string; readonly value: string };

export type RemovedDeclaration = { readonly property: string; readonly reason: 'property' | 'value' };

export type CleanStyle = {
  readonly declarations: readonly Declaration[];
  readonly removed: readonly RemovedDeclaration[];
};

/** Reads a decoded `style` attribute. Inside `mso` comments the same rules hold. */
export function cleanStyle(style: string): CleanStyle {
  const declarations: Declaration[] = [];
  const removed: RemovedDeclaration[] = [];
  for (const written of splitDeclarations(style.replace(/\/\*[\s\S]*?(?:\*\/|$)/g, ' '))) {
    const colon = written.indexOf(':');
    const property = (colon === -1 ? written : written.slice(0, colon)).trim().toLowerCase();
    const value = colon === -1 ? '' : written.slice(colon + 1).trim();
    if (property === '' && value === '') continue;
    if (!isAllowedProperty(property)) removed.push({ property, reason: 'property' });
    else if (value === '' || isHarmful(value)) removed.push({ property, reason: 'value' });
    else declarations.push({ property, value: value.replace(/\s+/g, ' ') });
  }
  return { declarations, removed };
}

export function writeStyle(declarations: readonly Declaration[]): string {
  return declarations.map(({ property, value }) => `${property}:${value}`).join(';');
}

/** Only these functions compute from what stands there; all others may fetch, now or in a later browser. */
const FUNCTIONS = /(?:^|[^\w-])(?!(?:rgba?|hsla?|calc|min|max|clamp)\()[\w-]*\(/i;

function isHarmful(value: string) {
  return (
    /[<>{}\\@\u0000-\u0008\uFDD0]|:\s*\/\/|javascript:|vbscript:|data:/i.test(value) || FUNCTIONS.test(value)
  );
}

/** At `;` outside of quotes and parentheses, as CSS Syntax 5.4.4 does. */
function splitDeclarations(style: string): string[] {
  const parts: string[] = [];
  let start = 0;
  let depth = 0;
  let quote = '';
  for (let i = 0; i < style.length; i++) {
    const character = style[i] ?? '';
    if (quote) {
      if (character === quote) quote = '';
    } else if (character === '"' || character === "'") quote = character;
    else if (character === '(') depth++;
    else if (character === ')') depth = Math.max(0, depth - 1);
    else if (character === ';' && depth === 0) {
      parts.push(style.slice(start, i));
      start = i + 1;
    }
  }
  return [...parts, style.slice(start)];
}
