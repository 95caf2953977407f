/**
 * Passkeys made, shown as the second factor, and shown in the place of passphrase and second factor together. Each in two
 * steps: what the browser's dialogue is to ask (JSON), and what came of it (a form).
 */
import { NewSession } from '../../../views/sign-in/new.tsx';
import { afterEnrolment, type EnrolmentNeeds } from '../accounts/enrolment.ts';
import type { Pace } from '../accounts/pace.ts';
import type { Asking, Passkeys } from '../accounts/passkeys.ts';
import { type Answer, redirect } from '../answer.ts';
import type { WebNeeds } from '../needs.ts';
import { ownPath } from '../respond.ts';
import { accountOf, sessionOf, type Visit } from '../visit.ts';
import { type GoOnNeeds, goOn } from './proof.tsx';
import { nameOf } from './totp.tsx';

export type PasskeyNeeds = EnrolmentNeeds &
  GoOnNeeds &
  Pick<WebNeeds, 'store' | 'random'> & { readonly passkeys: Passkeys; readonly pace: Pace };

const ofSession = (visit: Visit): Asking => ({ asker: sessionOf(visit).id, origin: visit.origin });
const ofGuest = (visit: Visit): Asking => ({ asker: `guest ${visit.guestId}`, origin: visit.origin });

export function offerPasskey({ passkeys }: Pick<PasskeyNeeds, 'passkeys'>) {
  return async (visit: Visit): Promise<Answer> => ({
    kind: 'json',
    value: await passkeys.offer(ofSession(visit), accountOf(visit)),
  });
}

export function createPasskey(needs: PasskeyNeeds) {
  const { store, passkeys, trail, random } = needs;
  return async (visit: Visit): Promise<Answer> => {
    const { id: accountId, name: subject } = accountOf(visit);
    const { account, signIn } = visit.page.texts;
    const made = await passkeys.take(ofSession(visit), visit.form.text('response'));
    if (!made) return redirect('/account/factors/new', { kind: 'danger', text: signIn.passkeyFailed });
    const name = nameOf(visit) || account.passkeyName;
    await trail.record(visit, { action: 'factor-added', subject, detail: { kind: 'passkey', name } });
    await store.factors.addPasskey({ ...made, accountId, id: random(9).toString('base64url'), name });
    return afterEnrolment(needs, visit);
  };
}

export function askForPasskey({ passkeys }: Pick<PasskeyNeeds, 'passkeys'>) {
  return async (visit: Visit): Promise<Answer> => ({
    kind: 'json',
    value: await passkeys.ask(ofSession(visit), accountOf(visit)),
  });
}

export function proveByPasskey(needs: PasskeyNeeds) {
  return async (visit: Visit): Promise<Answer> => {
    const { id, name } = accountOf(visit);
    if ((await needs.passkeys.check(ofSession(visit), visit.form.text('response'))) === id)
      return goOn(needs, visit, 'passkey');
    await needs.trail.note(visit, { action: 'proof-failed', subject: name });
    const to = encodeURIComponent(ownPath(visit.form.text('to') || '/'));
    const text = visit.page.texts.signIn.passkeyFailed;
    return redirect(`/session/proof?to=${to}`, { kind: 'danger', text });
  };
}

export function askForAnyPasskey({ passkeys }: Pick<PasskeyNeeds, 'passkeys'>) {
  return async (visit: Visit): Promise<Answer> => ({
    kind: 'json',
    value: await passkeys.ask(ofGuest(visit)),
  });
}

/** The device has checked who holds it: this is passphrase and second factor in one. */
export function signInByPasskey({ store, passkeys, signIn, trail }: PasskeyNeeds) {
  return async (visit: Visit): Promise<Answer> => {
    const id = await passkeys.check(ofGuest(visit), visit.form.text('response'));
    const account = id === undefined ? undefined : await store.accounts.findAccount(id);
    const to = ownPath(visit.form.text('to') || '/');
    if (!account || account.disabledAt !== undefined) {
      await trail.note(visit, { action: 'sign-in-failed', subject: account?.name ?? 'unknown account' });
      return failed(visit, to);
    }
    const { name } = account;
    await trail.record(visit, { action: 'sign-in', subject: name, detail: { by: 'passkey' }, by: account });
    const { token, sessionId } = await signIn.beginFull(visit, account.id);
    return { kind: 'redirect', to, cookie: token, sessionId };
  };
}

function failed({ page }: Visit, to: string): Answer {
  return {
    kind: 'page',
    title: page.texts.signIn.title,
    isAlone: true,
    status: 422,
    view: <NewSession page={page} to={to} mayUsePasskeys error={page.texts.signIn.passkeyFailed} />,
  };
}
