/** `GET /account/factors/new`: which second factor; `DELETE /account/factors/:factorId`: one goes. */
import { isIP } from 'node:net';
import { NewFactor } from '../../../views/account/new-factor.tsx';
import { type Answer, redirect } from '../answer.ts';
import type { Trail } from '../audit.ts';
import { HttpFault } from '../http-fault.ts';
import type { WebNeeds } from '../needs.ts';
import { accountOf, sessionOf, type Visit } from '../visit.ts';

export function newFactor(visit: Visit): Answer {
  const { page } = visit;
  const isFirst = sessionOf(visit).stage === 'password';
  return {
    kind: 'page',
    title: page.texts.account.newFactorTitle,
    isAlone: true,
    view: <NewFactor page={page} isFirst={isFirst} mayUsePasskeys={mayUsePasskeys(visit)} />,
  };
}

/** A passkey belongs to a name: browsers make none for an address. */
export function mayUsePasskeys({ origin }: Pick<Visit, 'origin'>): boolean {
  return isIP(new URL(origin).hostname.replace(/^\[|\]$/g, '')) === 0;
}

export type RemoveFactorNeeds = Pick<WebNeeds, 'store' | 'factorPolicy'> & { readonly trail: Trail };

export function removeFactor({ store, factorPolicy, trail }: RemoveFactorNeeds) {
  return async (visit: Visit): Promise<Answer> => {
    const { texts } = visit.page;
    const { id: accountId, name: subject } = accountOf(visit);
    const factors = await store.factors.listFactors(accountId);
    const factor = factors.find(({ id }) => id === visit.params.factorId);
    if (!factor) throw new HttpFault(404, 'not-found');
    if (factors.length === 1 && factorPolicy === 'required')
      return redirect('/account', { kind: 'warning', text: texts.account.lastFactor });
    const { kind, name } = factor;
    await trail.record(visit, { action: 'factor-removed', subject, detail: { kind, name } });
    await store.factors.removeFactor(accountId, factor.id);
    await store.sessions.endSessions(accountId, sessionOf(visit).id);
    return redirect('/account', { kind: 'success', text: texts.account.factorRemoved(name) });
  };
}
