/**
 * Finds the session of the request's cookie. It ends after 30 minutes without a request and 12 hours in any case (ASVS 7.3);
 * one that waits for its second factor after 10 minutes.
 */
import type { Context, Next } from 'koa';
import type { Clock } from '../../clock.ts';
import { limits } from '../../limits.ts';
import type { Accounts } from '../../store/accounts.ts';
import type { Session, Sessions } from '../../store/sessions.ts';
import { readCookie } from '../cookie.ts';
import { stateOf } from '../state.ts';
import { hashToken } from '../tokens.ts';

export type SessionNeeds = {
  readonly sessions: Pick<Sessions, 'findSession' | 'touchSession' | 'endSession'>;
  readonly accounts: Pick<Accounts, 'findAccount'>;
  readonly clock: Clock;
};

export function session({ sessions, accounts, clock }: SessionNeeds) {
  return async (context: Context, next: Next): Promise<void> => {
    const state = stateOf(context);
    state.token = readCookie(context) ?? '';
    const found = state.token === '' ? undefined : await sessions.findSession(hashToken(state.token));
    if (found) await take(found);
    await next();

    async function take(one: Session) {
      const now = clock.now();
      if (isOver(one, now)) return sessions.endSession(one.accountId, one.id);
      const account = await accounts.findAccount(one.accountId);
      if (!account) return undefined;
      if (account.disabledAt !== undefined) return sessions.endSession(one.accountId, one.id);
      state.session = one;
      state.account = account;
      if (now - one.seenAt > limits.web.touchMs) await sessions.touchSession(one.id);
    }
  };
}

function isOver({ stage, createdAt, seenAt }: Session, now: number) {
  const { halfSessionMs, idleSessionMs, sessionMs } = limits.web;
  if (stage === 'password') return now - createdAt > halfSessionMs;
  return now - seenAt > idleSessionMs || now - createdAt > sessionMs;
}
