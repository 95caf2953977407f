/**
 * One-time links: an owner makes them, whoever opens one chooses a passphrase. A link to a new passphrase leaves the second
 * factor as it is (ASVS 5.0, 6.4.3): that one is taken away on the host alone.
 */
import { InvitationPage } from '../../../views/accounts/invitation.tsx';
import { limits } from '../../limits.ts';
import type { NewInvitation } from '../../store/invitations.ts';
import { type Passwords, passwordFault } from '../accounts/password.ts';
import type { SignIn } from '../accounts/sign-in.ts';
import { type Answer, redirect } from '../answer.ts';
import { HttpFault } from '../http-fault.ts';
import type { WebNeeds } from '../needs.ts';
import { hashToken, newToken } from '../tokens.ts';
import { accountOf, sessionOf, type Visit } from '../visit.ts';
import { type AccountsNeeds, accountsPath, showList } from './accounts.tsx';
import { isName } from './first-run.tsx';
import { grantOf } from './grants.ts';

export type InvitationsNeeds = AccountsNeeds &
  Pick<WebNeeds, 'random'> & { readonly signIn: SignIn; readonly passwords: Passwords };

export function createInvitation(needs: InvitationsNeeds) {
  const { store, trail } = needs;
  return async (visit: Visit): Promise<Answer> => {
    const { form, page } = visit;
    const name = form.text('name').trim();
    const grant = grantOf(
      form,
      (await store.tenants.listTenants()).map(({ id }) => id),
    );
    const isTaken = isName(name) && (await store.accounts.findAccountNamed(name)) !== undefined;
    const errors = {
      ...(isName(name) ? {} : { name: page.texts.signIn.nameMissing }),
      ...(isTaken ? { name: page.texts.accounts.nameTaken } : {}),
      ...(grant ? {} : { role: page.texts.accounts.roleMissing }),
    };
    if (!grant || Object.keys(errors).length > 0) return showList(needs, visit, errors, 422);
    await trail.record(visit, { action: 'invited', subject: name, detail: { grant } });
    return addLink(needs, visit, { name, grants: [grant] });
  };
}

/** A new passphrase for an account that is there. */
export function createReset(needs: InvitationsNeeds) {
  return async (visit: Visit): Promise<Answer> => {
    const account = await needs.store.accounts.findAccount(visit.params.accountId ?? '');
    if (!account) throw new HttpFault(404, 'not-found');
    const { id: accountId, name } = account;
    await needs.trail.record(visit, { action: 'reset-begun', subject: name });
    return addLink(needs, visit, { accountId, name, grants: [] });
  };
}

async function addLink(
  { store, random, clock, memory }: InvitationsNeeds,
  visit: Visit,
  invitation: Pick<NewInvitation, 'accountId' | 'name' | 'grants'>,
): Promise<Answer> {
  const token = newToken(random);
  await store.invitations.addInvitation({
    ...invitation,
    id: random(9).toString('base64url'),
    tokenHash: hashToken(token),
    invitedBy: accountOf(visit).name,
    expiresAt: clock.now() + limits.web.invitationMs,
  });
  const link = { name: invitation.name, address: `${visit.origin}/invitations/${token}` };
  memory.keepSecret(sessionOf(visit).id, 'link', JSON.stringify(link));
  return redirect(accountsPath);
}

/** The link has been passed on: it is not shown again. */
export function forgetLink({ memory }: Pick<InvitationsNeeds, 'memory'>) {
  return (visit: Visit): Answer => {
    memory.keepSecret(sessionOf(visit).id, 'link', undefined);
    return redirect(accountsPath);
  };
}

export function removeInvitation({ store, trail, memory }: AccountsNeeds) {
  return async (visit: Visit): Promise<Answer> => {
    const all = await store.invitations.listInvitations();
    const found = all.find(({ id }) => id === visit.params.invitationId);
    if (!found) return redirect(accountsPath);
    await trail.record(visit, { action: 'invitation-withdrawn', subject: found.name });
    await store.invitations.removeInvitation(found.id);
    memory.keepSecret(sessionOf(visit).id, 'link', undefined);
    return redirect(accountsPath, { kind: 'success', text: visit.page.texts.accounts.withdrawn(found.name) });
  };
}

export function showInvitation({ store }: Pick<InvitationsNeeds, 'store'>) {
  return async (visit: Visit): Promise<Answer> => {
    const invitation = await store.invitations.findInvitation(hashToken(visit.params.token ?? ''));
    return form(visit, invitation?.name, {}, invitation ? 200 : 404);
  };
}

export function acceptInvitation(needs: InvitationsNeeds) {
  const { store, trail, passwords, random, signIn } = needs;
  return async (visit: Visit): Promise<Answer> => {
    const tokenHash = hashToken(visit.params.token ?? '');
    const invitation = await store.invitations.findInvitation(tokenHash);
    if (!invitation) return form(visit, undefined, {}, 404);
    const { name, grants, accountId } = invitation;
    const { texts } = visit.page;
    const password = visit.form.text('password');
    const fault = passwordFault(password, [name]);
    if (fault) return form(visit, name, { password: texts.signIn.passwordFaults[fault] }, 422);
    const passwordHash = await passwords.hash(password);
    const id = accountId ?? random(9).toString('base64url');
    const action = accountId === undefined ? 'account-added' : 'password-changed';
    await trail.record(visit, { action, subject: name, by: { id, name } });
    // Of two who send it at once, one goes on.
    if (!(await store.invitations.takeInvitation(tokenHash))) return form(visit, undefined, {}, 404);
    if (accountId !== undefined) {
      await store.accounts.savePasswordHash(id, passwordHash);
      await store.sessions.endSessions(id);
    } else if (!(await store.accounts.addAccount({ id, name, grants, passwordHash })))
      return form(visit, name, { password: texts.accounts.nameTaken }, 422);
    const { token } = await signIn.begin(visit, id);
    return { kind: 'redirect', to: '/session/proof', cookie: token };
  };
}

function form(
  visit: Visit,
  name: string | undefined,
  errors: { readonly password?: string },
  status = 200,
): Answer {
  const { page, params } = visit;
  return {
    kind: 'page',
    title: page.texts.accounts.invitationTitle,
    isAlone: true,
    status,
    view: <InvitationPage page={page} token={params.token ?? ''} name={name} errors={errors} />,
  };
}
