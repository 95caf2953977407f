/**
 * Forged requests are refused twice: by what the browser says of their origin, and by a token that only our own pages of this
 * session carry. Also reads the form, since the token is in it, and the verb that HTML lacks (`_method`), which counts only
 * behind a good token. GET and HEAD change nothing anywhere.
 */
import type { Context, Next } from 'koa';
import { emptyForm, readForm } from '../form.ts';
import { HttpFault } from '../http-fault.ts';
import { stateOf } from '../state.ts';
import { isTokenOf } from '../tokens.ts';

const verbs: readonly string[] = ['PUT', 'DELETE'];

export async function csrf(context: Context, next: Next): Promise<void> {
  const state = stateOf(context);
  state.form = emptyForm;
  if (context.method === 'GET' || context.method === 'HEAD') return next();
  if (!isOwnOrigin(context)) throw new HttpFault(403, 'forged');
  state.form = await readForm(context.req, state.session?.stage === 'full');
  const sent = context.get('X-Signet-Token') || state.form.text('_token');
  if (!state.token || !isTokenOf(state.token, sent)) throw new HttpFault(403, 'forged');
  const verb = state.form.text('_method');
  if (context.method === 'POST' && verbs.includes(verb)) context.method = verb;
  await next();
}

/**
 * Each header that is there must say so: a page that came through a proxy nobody declared has another origin than the one it
 * asked for. A browser that sends neither is older than all that these pages are made for.
 */
function isOwnOrigin(context: Context) {
  const { origin, askedOrigin } = stateOf(context);
  const site = context.get('Sec-Fetch-Site');
  const from = context.get('Origin').toLowerCase();
  if (site && site !== 'same-origin') return false;
  return from ? from === origin || from === askedOrigin.toLowerCase() : site !== '';
}
