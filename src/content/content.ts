/** What signatures take as functions, in one object: made once by who wires an appliance or a command. */
import type { FitPicture } from '../bundle/images.ts';
import type { StartWorker } from '../start-worker.ts';
import { createCssInliner, type InlineCss } from './css.ts';
import { createFitPicture } from './fit.ts';
import { createQr, type Qr } from './qr.ts';

export type ContentTools = { readonly inlineCss: InlineCss; readonly qr: Qr; readonly fit: FitPicture };

export function createContentTools(startWorker: StartWorker): ContentTools {
  return { inlineCss: createCssInliner(), qr: createQr(), fit: createFitPicture(startWorker) };
}
