/** What signatures take as functions, in one object: made once by who wires an appliance or a command. */
import { createCssInliner, type InlineCss } from './css.ts';
import { createQr, type Qr } from './qr.ts';

export type ContentTools = { readonly inlineCss: InlineCss; readonly qr: Qr };

export function createContentTools(): ContentTools {
  return { inlineCss: createCssInliner(), qr: createQr() };
}
