/** Signing in and out. `GET /session/new` is the form, `POST /session` begins one, `DELETE /session` ends it. */
import { NewSession } from '../../../views/sign-in/new.tsx';
import type { SignIn } from '../accounts/sign-in.ts';
import { type Answer, redirect } from '../answer.ts';
import { auditEntry } from '../audit.ts';
import type { WebNeeds } from '../needs.ts';
import { ownPath } from '../respond.ts';
import { sessionOf, type Visit } from '../visit.ts';

export type SessionNeeds = Pick<WebNeeds, 'store'> & { readonly signIn: SignIn };

export function newSession(visit: Visit): Answer {
  return form(visit, {});
}

export function createSession({ store, signIn }: SessionNeeds) {
  return async (visit: Visit): Promise<Answer> => {
    const name = visit.form.text('name').trim();
    const result = await signIn.withPassword(visit, name, visit.form.text('password'));
    const { texts } = visit.page;
    if (result.kind === 'too-many')
      return form(visit, { name, error: texts.errors['too-many'].sentence }, 429);
    if (result.kind === 'wrong') {
      // Never what was typed: people type passphrases there, and the trail keeps everything for good.
      const subject = (await store.accounts.findAccountNamed(name))?.name ?? 'unknown account';
      await store.audit.recordAudit(auditEntry(visit, { action: 'sign-in-failed', subject, actor: 'guest' }));
      return form(visit, { name, error: texts.signIn.wrong }, 422);
    }
    const to = ownPath(visit.form.text('to') || '/');
    const { id: actorId, name: actor } = result.account;
    const entry = auditEntry(visit, { action: 'sign-in', subject: actor });
    await store.audit.recordAudit({ ...entry, actorId, actor });
    return { kind: 'redirect', to, cookie: result.token };
  };
}

export function endSession({ store }: Pick<WebNeeds, 'store'>) {
  return async (visit: Visit): Promise<Answer> => {
    const { accountId, id } = sessionOf(visit);
    await store.sessions.endSession(accountId, id);
    await store.audit.recordAudit(
      auditEntry(visit, { action: 'sign-out', subject: visit.account?.name ?? '' }),
    );
    return { ...redirect('/session/new'), cookie: null } as Answer;
  };
}

type Again = { readonly name?: string; readonly error?: string };

function form(visit: Visit, again: Again, status = 200): Answer {
  const { page, query } = visit;
  const to = visit.form.text('to') || query.text('to');
  return {
    kind: 'page',
    title: page.texts.signIn.title,
    isAlone: true,
    status,
    view: <NewSession page={page} to={to} {...again} />,
  };
}
