/**
 * `GET` and `POST /session/proof`: the second factor, at sign-in and again before dangerous acts. Where an account has none
 * and needs none, its passphrase proves it.
 */
import { ProofPage, type ProofProps } from '../../../views/sign-in/proof.tsx';
import type { Prove, Proved } from '../accounts/prove.ts';
import type { SignIn } from '../accounts/sign-in.ts';
import { type Answer, redirect } from '../answer.ts';
import type { Trail } from '../audit.ts';
import type { WebNeeds } from '../needs.ts';
import { ownPath } from '../respond.ts';
import { accountOf, sessionOf, type Visit } from '../visit.ts';
import { mayUsePasskeys } from './factors.tsx';

export type ProofNeeds = Pick<WebNeeds, 'store'> & {
  readonly signIn: SignIn;
  readonly prove: Prove;
  readonly trail: Trail;
};

type Errors = ProofProps['errors'];

export function showProof({ store }: Pick<ProofNeeds, 'store'>) {
  return async (visit: Visit): Promise<Answer> => {
    const kinds = await kindsOf(store, visit);
    const isWaiting = sessionOf(visit).stage === 'password';
    return kinds.size === 0 && isWaiting ? redirect('/account/factors/new') : form(visit, kinds, {});
  };
}

export function createProof(needs: ProofNeeds) {
  const { store, trail } = needs;
  return async (visit: Visit): Promise<Answer> => {
    const kinds = await kindsOf(store, visit);
    const shown = await judge(needs, visit, kinds);
    if (shown.kind === 'proved') return goOn(needs, visit, shown.by);
    await trail.note(visit, { action: 'proof-failed', subject: accountOf(visit).name });
    return form(visit, kinds, errorsOf(visit, shown), shown.kind === 'too-many' ? 429 : 422);
  };
}

type Shown =
  | Exclude<Proved, { kind: 'proved' }>
  | { readonly kind: 'password-wrong' }
  | { readonly kind: 'proved'; readonly by: string };

async function judge(
  { prove, signIn }: ProofNeeds,
  visit: Visit,
  kinds: ReadonlySet<string>,
): Promise<Shown> {
  const account = accountOf(visit);
  const { form: sent, address } = visit;
  if (sent.text('recovery').trim() !== '')
    return prove.withRecoveryCode(account, address, sent.text('recovery'));
  if (kinds.size > 0) return prove.withCode(account, address, sent.text('code'));
  // Only a session with full access gets here: where a factor is required, one without waits for its enrolment.
  if (sessionOf(visit).stage !== 'full') return { kind: 'code-wrong' };
  const checked = await signIn.checkPassword(visit, account.name, sent.text('password'));
  if (checked.kind === 'right') return { kind: 'proved', by: 'passphrase' };
  return checked.kind === 'wrong' ? { kind: 'password-wrong' } : checked;
}

export type GoOnNeeds = Pick<ProofNeeds, 'store' | 'signIn' | 'trail'>;

/** Behind the proof: a session with all rights, or the same one freshly proved. */
export async function goOn({ store, signIn, trail }: GoOnNeeds, visit: Visit, by: string): Promise<Answer> {
  const { id, name } = accountOf(visit);
  const to = ownPath(visit.form.text('to') || '/');
  const session = sessionOf(visit);
  const isSignIn = session.stage === 'password';
  await trail.record(visit, { action: isSignIn ? 'sign-in' : 'proof', subject: name, detail: { by } });
  const left = by === 'recovery-code' ? await store.factors.countRecoveryCodes(id) : undefined;
  const text = left === undefined ? '' : visit.page.texts.account.codesLeft(visit.page.format.number(left));
  const note = left === undefined ? {} : { flash: { kind: 'warning', text } as const };
  if (isSignIn) {
    const { token, sessionId } = await signIn.beginFull(visit, id);
    return { kind: 'redirect', to, cookie: token, sessionId, ...note };
  }
  await store.sessions.proveSession(session.id);
  return { kind: 'redirect', to, ...note };
}

async function kindsOf({ factors }: ProofNeeds['store'], visit: Visit): Promise<ReadonlySet<string>> {
  return new Set((await factors.listFactors(accountOf(visit).id)).map(({ kind }) => kind));
}

function errorsOf({ page: { texts } }: Visit, { kind }: Exclude<Shown, { kind: 'proved' }>): Errors {
  const { signIn, errors } = texts;
  switch (kind) {
    case 'code-wrong':
      return { code: signIn.totpWrong };
    case 'code-over':
      return { code: signIn.totpOver };
    case 'clock-off':
      return { code: signIn.clockOff };
    case 'recovery-wrong':
      return { recovery: signIn.recoveryWrong };
    case 'password-wrong':
      return { password: signIn.passwordWrong };
    case 'too-many':
      return { any: errors['too-many'].sentence };
  }
}

export function form(visit: Visit, kinds: ReadonlySet<string>, errors: Errors, status = 200): Answer {
  const { page, query, form: sent } = visit;
  const isSignIn = sessionOf(visit).stage === 'password';
  const { secondTitle, proveTitle } = page.texts.signIn;
  const hasPasskey = kinds.has('passkey') && mayUsePasskeys(visit);
  const isRecovery = query.has('recovery') || errors.recovery !== undefined;
  return {
    kind: 'page',
    title: isSignIn ? secondTitle : proveTitle,
    isAlone: true,
    status,
    view: (
      <ProofPage
        page={page}
        to={sent.text('to') || query.text('to')}
        isSignIn={isSignIn}
        hasTotp={kinds.has('totp')}
        hasPasskey={hasPasskey}
        hasFactor={kinds.size > 0}
        isRecovery={isRecovery}
        errors={errors}
      />
    ),
  };
}
