/** `GET /healthz`: the process answers. It tells nothing else, because it asks nobody who they are. */
import type { Context } from 'koa';

export function showHealth(context: Context): void {
  context.set('Cache-Control', 'no-store');
  context.body = { status: 'ok' };
}
