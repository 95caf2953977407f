/** `GET /account`: one's own account; `PUT /account/password` and the sessions that end from here. */
import { AccountPage, type PasswordErrors } from '../../../views/account/show.tsx';
import { languages } from '../../../views/texts/texts.ts';
import { type Passwords, passwordFault } from '../accounts/password.ts';
import type { SignIn } from '../accounts/sign-in.ts';
import { type Answer, redirect } from '../answer.ts';
import type { Trail } from '../audit.ts';
import { browserOf } from '../browser.ts';
import type { WebNeeds } from '../needs.ts';
import { accountOf, sessionOf, type Visit } from '../visit.ts';

export type AccountNeeds = Pick<WebNeeds, 'store'> & {
  readonly signIn: SignIn;
  readonly passwords: Passwords;
  readonly trail: Trail;
};

export function showAccount({ store }: Pick<AccountNeeds, 'store'>) {
  return (visit: Visit): Promise<Answer> => show(store, visit, {});
}

export function savePassword({ store, signIn, passwords, trail }: AccountNeeds) {
  return async (visit: Visit): Promise<Answer> => {
    const { form, page } = visit;
    const { id, name } = accountOf(visit);
    const checked = await signIn.checkPassword(visit, name, form.text('current'));
    const texts = page.texts.signIn;
    if (checked.kind === 'too-many')
      return show(store, visit, { current: page.texts.errors['too-many'].sentence }, 429);
    const errors: PasswordErrors = checked.kind === 'wrong' ? { current: texts.passwordWrong } : {};
    const tenants = (await store.tenants.listTenants()).map(tenant => tenant.name);
    const fault = passwordFault(form.text('password'), [name, ...tenants]);
    const all = fault ? { ...errors, password: texts.passwordFaults[fault] } : errors;
    if (Object.keys(all).length > 0) return show(store, visit, all, 422);
    await trail.record(visit, { action: 'password-changed', subject: name });
    await store.accounts.savePasswordHash(id, await passwords.hash(form.text('password')));
    await store.sessions.endSessions(id, sessionOf(visit).id);
    return redirect('/account', { kind: 'success', text: page.texts.account.passwordChanged });
  };
}

export function endOwnSession({ store, trail }: Pick<AccountNeeds, 'store' | 'trail'>) {
  return async (visit: Visit): Promise<Answer> => {
    const { id, name } = accountOf(visit);
    await store.sessions.endSession(id, visit.params.sessionId ?? '');
    await trail.note(visit, { action: 'session-ended', subject: name });
    return redirect('/account', { kind: 'success', text: visit.page.texts.account.sessionEnded });
  };
}

export function endOtherSessions({ store, trail }: Pick<AccountNeeds, 'store' | 'trail'>) {
  return async (visit: Visit): Promise<Answer> => {
    const { id, name } = accountOf(visit);
    const { account } = visit.page.texts;
    const count = await store.sessions.endSessions(id, sessionOf(visit).id);
    await trail.note(visit, { action: 'session-ended', subject: name, detail: { sessions: count } });
    return redirect('/account', { kind: 'success', text: account.sessionsEnded(count) });
  };
}

async function show(
  store: WebNeeds['store'],
  visit: Visit,
  errors: PasswordErrors,
  status = 200,
): Promise<Answer> {
  const { page } = visit;
  const account = accountOf(visit);
  const here = sessionOf(visit).id;
  const [factors, codes, sessions] = await Promise.all([
    store.factors.listFactors(account.id),
    store.factors.countRecoveryCodes(account.id),
    store.sessions.listSessions(account.id),
  ]);
  return {
    kind: 'page',
    title: page.texts.account.title,
    status,
    view: (
      <AccountPage
        page={page}
        name={account.name}
        passwordChangedAt={account.passwordChangedAt}
        factors={factors}
        codes={codes}
        sessions={sessions.map(session => ({
          id: session.id,
          browser: browserOf(session.agent),
          address: session.address,
          seenAt: session.seenAt,
          createdAt: session.createdAt,
          isHere: session.id === here,
        }))}
        language={account.language ?? ''}
        languages={Object.entries(languages).map(([value, { name: label }]) => ({ value, label }))}
        timeZone={account.timeZone ?? ''}
        timeZones={Intl.supportedValuesOf('timeZone')}
        errors={errors}
      />
    ),
  };
}
