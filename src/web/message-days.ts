/**
 * Messages a day for the chart. Days that are over do not change, so they are counted once and kept; today is counted again
 * after some seconds. Counting goes over indexes alone, in the store's threads.
 */
import type { Clock } from '../clock.ts';
import { limits } from '../limits.ts';
import type { Messages } from '../store/messages.ts';
import { lastDays, type Span } from './days.ts';

export type DayCount = { readonly day: string; readonly signed: number; readonly untouched: number };

export type MessageDays = (tenantId: string, timeZone: string, days: number) => Promise<readonly DayCount[]>;

export type MessageDaysNeeds = {
  readonly messages: Pick<Messages, 'countMessages'>;
  readonly clock: Clock;
};

/** Days of tenants that are kept: 30 days of 300. */
const most = 10_000;

export function createMessageDays({ messages, clock }: MessageDaysNeeds): MessageDays {
  const kept = new Map<string, { readonly count: DayCount; readonly at: number }>();

  async function countOf(tenantId: string, span: Span, now: number): Promise<DayCount> {
    const key = JSON.stringify([tenantId, span.from, span.until]);
    const known = kept.get(key);
    // The recorder writes behind the mail: a day is complete some time after its end.
    if (known && (known.at > span.until + limits.web.dayCloseMs || now - known.at < limits.web.countsMs))
      return known.count;
    const { all, stamped } = await messages.countMessages(tenantId, span);
    const count = { day: span.day, signed: stamped, untouched: all - stamped };
    if (kept.size >= most) kept.clear();
    kept.set(key, { count, at: now });
    return count;
  }

  return async (tenantId, timeZone, days) => {
    const now = clock.now();
    return Promise.all(lastDays(now, timeZone, days).map(span => countOf(tenantId, span, now)));
  };
}
