/** Every failure becomes a page with the request's id; the cause goes to the log and to nobody else. */
import type { Context, Next } from 'koa';
import type { Log } from '../../log.ts';
import { HttpFault } from '../http-fault.ts';
import { stateOf } from '../state.ts';

export type ErrorsNeeds = {
  readonly log: Log;
  readonly showFault: (context: Context, fault: HttpFault) => Promise<void>;
};

export function errors({ log, showFault }: ErrorsNeeds) {
  return async (context: Context, next: Next): Promise<void> => {
    try {
      await next();
      if (context.status === 404 && context.body === undefined) throw new HttpFault(404, 'not-found');
    } catch (error) {
      const fault = error instanceof HttpFault ? error : new HttpFault(500, 'internal');
      if (fault !== error)
        log.error({ err: error, request: stateOf(context).requestId, path: context.path }, 'a page failed');
      await showFault(context, fault);
    }
  };
}
