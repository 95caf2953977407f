/** Signing in and out. `GET /session/new` is the form, `POST /session` begins one, `DELETE /session` ends it. */
import { NewSession } from '../../../views/sign-in/new.tsx';
import type { SignIn } from '../accounts/sign-in.ts';
import type { Answer } from '../answer.ts';
import type { Trail } from '../audit.ts';
import type { WebNeeds } from '../needs.ts';
import { ownPath } from '../respond.ts';
import { accountOf, sessionOf, type Visit } from '../visit.ts';
import { mayUsePasskeys } from './factors.tsx';

export type SessionNeeds = Pick<WebNeeds, 'store'> & { readonly signIn: SignIn; readonly trail: Trail };

export function newSession(visit: Visit): Answer {
  return form(visit, {});
}

export function createSession({ store, signIn, trail }: SessionNeeds) {
  return async (visit: Visit): Promise<Answer> => {
    const name = visit.form.text('name').trim();
    const result = await signIn.checkPassword(visit, name, visit.form.text('password'));
    const { texts } = visit.page;
    if (result.kind === 'too-many')
      return form(visit, { name, error: texts.errors['too-many'].sentence }, 429);
    if (result.kind === 'wrong') {
      // Never what was typed: people type passphrases there, and the trail keeps everything for good.
      const subject = (await store.accounts.findAccountNamed(name))?.name ?? 'unknown account';
      await trail.note(visit, { action: 'sign-in-failed', subject });
      return form(visit, { name, error: texts.signIn.wrong }, 422);
    }
    const to = ownPath(visit.form.text('to') || '/');
    const by = result.account;
    await trail.record(visit, { action: 'passphrase-right', subject: by.name, by });
    const { token, stage } = await signIn.begin(visit, by.id);
    const next = stage === 'full' ? to : `/session/proof?to=${encodeURIComponent(to)}`;
    return { kind: 'redirect', to: next, cookie: token };
  };
}

export function endSession({ store, trail }: Pick<SessionNeeds, 'store' | 'trail'>) {
  return async (visit: Visit): Promise<Answer> => {
    const { accountId, id } = sessionOf(visit);
    await store.sessions.endSession(accountId, id);
    await trail.note(visit, { action: 'sign-out', subject: accountOf(visit).name });
    return { kind: 'redirect', to: '/session/new', cookie: null };
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
    view: <NewSession page={page} to={to} mayUsePasskeys={mayUsePasskeys(visit)} {...again} />,
  };
}
