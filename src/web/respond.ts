/**
 * Writes an answer. With `HX-Request` the same tree answers with its inner part, or with the one part that was asked for;
 * without, with the whole page. Pages are never kept by anybody (`no-store`): they show other people's data.
 */
import { promisify } from 'node:util';
import { brotliCompress, constants, gzip } from 'node:zlib';
import type { Context } from 'koa';
import { h, type VNode } from 'preact';
import { Alone, Shell } from '../../views/layout.tsx';
import type { Page } from '../../views/page.ts';
import { renderPage, renderPart } from '../../views/render.ts';
import { limits } from '../limits.ts';
import type { Answer } from './answer.ts';
import { dropCookie, setCookie } from './cookie.ts';
import type { Memory } from './memory.ts';
import { stateOf } from './state.ts';

export type Respond = (context: Context, page: Page, answer: Answer) => Promise<void>;

export function createRespond({ memory }: { readonly memory: Memory }): Respond {
  return async (context, page, answer) => {
    context.set('Cache-Control', 'no-store');
    switch (answer.kind) {
      case 'page':
        context.status = answer.status ?? 200;
        return writeHtml(
          context,
          isFragment(context) ? fragment(context, answer) : whole(withFlash(context, page, memory), answer),
        );
      case 'redirect':
        return redirect(context, answer, memory);
      case 'json':
        context.body = JSON.stringify(answer.value);
        context.set('Content-Type', 'application/json; charset=utf-8');
        return undefined;
      case 'file':
        attach(context, answer);
        context.body = answer.bytes;
        return undefined;
      case 'stream':
        attach(context, answer);
        context.body = answer.bytes;
        context.length = answer.sizeBytes;
        return undefined;
      case 'frame':
        context.set('Content-Security-Policy', framePolicy);
        context.set('X-Frame-Options', 'SAMEORIGIN');
        return writeHtml(context, answer.html);
      case 'picture':
        context.set('Content-Type', answer.type);
        context.body = Buffer.from(answer.bytes);
        return undefined;
      case 'nothing':
        context.status = 204;
    }
  };
}

function attach(context: Context, { name, type }: { readonly name: string; readonly type: string }) {
  context.set('Content-Type', type);
  context.set('Content-Disposition', `attachment; filename="${name.replace(/[^\w.-]/g, '_')}"`);
}

/** What people wrote as HTML runs nothing, loads nothing, sends nothing, and has no origin: even when it is opened by itself. */
const framePolicy =
  "default-src 'none'; img-src data:; style-src 'unsafe-inline'; form-action 'none'; base-uri 'none'; frame-ancestors 'self'; sandbox";

type PageAnswer = Extract<Answer, { kind: 'page' }>;

/** Taken only where it is shown: not by a page that only leads on, a part, or the icon a browser looks for in vain. */
function withFlash(context: Context, page: Page, memory: Memory): Page {
  const { session } = stateOf(context);
  const isShown = context.method === 'GET' && context.status < 400;
  const flash = session && isShown ? memory.takeFlash(session.id) : undefined;
  return flash ? { ...page, flash } : page;
}

function whole(page: Page, { title, view, isAlone }: PageAnswer) {
  const layout = isAlone || !page.account ? Alone : Shell;
  return renderPage(layout({ page, title, children: view }));
}

function fragment(context: Context, { title, view, parts = {} }: PageAnswer) {
  // htmx 4 names its target "div#people".
  const target = context.get('HX-Target').split('#')[1] ?? '';
  const part: VNode | undefined = Object.hasOwn(parts, target) ? parts[target] : undefined;
  if (part) return renderPart(part);
  return `${renderPart(h('title', null, `${title} · Signet`))}${renderPart(view)}`;
}

function redirect(context: Context, answer: Extract<Answer, { kind: 'redirect' }>, memory: Memory) {
  const { session } = stateOf(context);
  const reader = answer.sessionId ?? session?.id;
  if (answer.flash && reader !== undefined) memory.keepFlash(reader, answer.flash);
  if (answer.cookie === null) dropCookie(context);
  else if (answer.cookie !== undefined) setCookie(context, answer.cookie);
  const to = ownPath(answer.to);
  // A 303 would be followed inside the background request, and its page put where a part belongs.
  if (isFragment(context)) {
    context.status = 204;
    context.set('HX-Redirect', to);
    return;
  }
  context.status = 303;
  context.set('Location', to);
  context.body = '';
}

/** Never to another site, whatever a form said. */
export function ownPath(path: string): string {
  return /^\/(?![/\\])[^\s\p{C}]*$/u.test(path) ? path : '/';
}

export function isFragment(context: Context): boolean {
  return context.get('HX-Request') === 'true' && context.get('HX-History-Restore-Request') !== 'true';
}

const asBrotli = promisify(brotliCompress);
const asGzip = promisify(gzip);
const quick = { params: { [constants.BROTLI_PARAM_QUALITY]: 4 } };

async function writeHtml(context: Context, html: string) {
  context.set('Content-Type', 'text/html; charset=utf-8');
  context.set('Vary', 'HX-Request, HX-Target, Accept-Encoding');
  const bytes = Buffer.from(html);
  const encoding = context.acceptsEncodings('br', 'gzip', 'identity');
  if (bytes.length < limits.web.compressBytes || (encoding !== 'br' && encoding !== 'gzip')) {
    context.body = bytes;
    return;
  }
  context.set('Content-Encoding', encoding);
  context.body = encoding === 'br' ? await asBrotli(bytes, quick) : await asGzip(bytes);
}
