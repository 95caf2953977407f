/** A random id for each request: error pages show it, the log has it. What a client sends under that name is ignored. */
import type { Context, Next } from 'koa';
import { stateOf } from '../state.ts';
import type { Random } from '../tokens.ts';

export function requestId(random: Random) {
  return async (context: Context, next: Next): Promise<void> => {
    const id = random(8).toString('hex');
    stateOf(context).requestId = id;
    context.set('X-Request-Id', id);
    await next();
  };
}
