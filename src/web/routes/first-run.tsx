/** `GET` and `POST /first-run`: the first account. They end to exist with it. */
import { FirstRunPage } from '../../../views/sign-in/first-run.tsx';
import type { FirstRun } from '../accounts/first-run.ts';
import type { Pace } from '../accounts/pace.ts';
import { type Passwords, passwordFault } from '../accounts/password.ts';
import type { SignIn } from '../accounts/sign-in.ts';
import { type Answer, redirect } from '../answer.ts';
import type { Trail } from '../audit.ts';
import type { WebNeeds } from '../needs.ts';
import type { Visit } from '../visit.ts';

export type FirstRunNeeds = Pick<WebNeeds, 'store' | 'random'> & {
  readonly signIn: SignIn;
  readonly firstRun: FirstRun;
  readonly passwords: Passwords;
  readonly pace: Pace;
  readonly trail: Trail;
};

type Errors = { code?: string; name?: string; password?: string };

export function showFirstRun({ store }: Pick<FirstRunNeeds, 'store'>) {
  return async (visit: Visit): Promise<Answer> =>
    (await store.accounts.countAccounts()) > 0 ? redirect('/session/new') : form(visit, {});
}

export function createFirstAccount(needs: FirstRunNeeds) {
  const { store, signIn, firstRun, passwords, pace, random, trail } = needs;
  return async (visit: Visit): Promise<Answer> => {
    if ((await store.accounts.countAccounts()) > 0) return redirect('/session/new');
    const attempt = { account: 'first run', address: visit.address };
    if (!(await pace.await(attempt)))
      return form(visit, { code: visit.page.texts.errors['too-many'].sentence }, 429);
    const errors = check(visit, firstRun);
    if (errors.code) pace.failed(attempt);
    if (Object.keys(errors).length > 0) return form(visit, errors, 422);
    const name = visit.form.text('name').trim();
    const id = random(9).toString('base64url');
    const passwordHash = await passwords.hash(visit.form.text('password'));
    const grants = [{ tenantId: '', role: 'owner' }] as const;
    await trail.record(visit, { action: 'first-account', subject: name, by: { id, name } });
    const isFirst = await store.accounts.addFirstAccount({ id, name, grants, passwordHash });
    if (!isFirst) return redirect('/session/new');
    const { token } = await signIn.begin(visit, id);
    return { kind: 'redirect', to: '/', cookie: token };
  };
}

function check({ form: sent, page: { texts } }: Visit, { isCode }: FirstRun): Errors {
  const errors: Errors = {};
  if (!isCode(sent.text('code'))) errors.code = texts.signIn.codeWrong;
  const name = sent.text('name').trim();
  if (!isName(name)) errors.name = texts.signIn.nameMissing;
  const fault = passwordFault(sent.text('password'), [name]);
  if (fault) errors.password = texts.signIn.passwordFaults[fault];
  return errors;
}

export function isName(name: string): boolean {
  return name.length > 0 && name.length <= 100 && !/\p{C}/u.test(name);
}

function form(visit: Visit, errors: Errors, status = 200): Answer {
  const { page, form: sent } = visit;
  return {
    kind: 'page',
    title: page.texts.signIn.setupTitle,
    isAlone: true,
    status,
    view: <FirstRunPage page={page} code={sent.text('code')} name={sent.text('name')} errors={errors} />,
  };
}
