/** So many requests of one address in a minute, then 429: a runaway script must not keep others from the pages. */
import type { Context, Next } from 'koa';
import type { Clock } from '../../clock.ts';
import { limits } from '../../limits.ts';
import { HttpFault } from '../http-fault.ts';
import { stateOf } from '../state.ts';

const minuteMs = 60_000;
/** Addresses that are counted at once; more make the count begin anew. */
const most = 50_000;

export function throttle(clock: Clock) {
  const counts = new Map<string, number>();
  let since = clock.elapsed();
  return async (context: Context, next: Next): Promise<void> => {
    if (clock.elapsed() - since > minuteMs || counts.size > most) {
      counts.clear();
      since = clock.elapsed();
    }
    const { address } = stateOf(context);
    const count = (counts.get(address) ?? 0) + 1;
    counts.set(address, count);
    if (count > limits.web.requestsPerMinute) {
      context.set('Retry-After', '60');
      throw new HttpFault(429, 'too-many');
    }
    await next();
  };
}
