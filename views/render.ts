/** Views as text. The escaping is the library's; nothing here takes text for HTML. */
import type { VNode } from 'preact';
import { renderToStaticMarkup } from 'preact-render-to-string';

export function renderPage(view: VNode): string {
  return `<!doctype html>${renderToStaticMarkup(view)}`;
}

export function renderPart(view: VNode): string {
  return renderToStaticMarkup(view);
}
