/** `/settings/accounts`: who may sign in, with which roles; and one account with what an owner may do to it. */
import { AccountList } from '../../../views/accounts/index.tsx';
import { AccountDetail } from '../../../views/accounts/show.tsx';
import type { Account, Grant } from '../../store/accounts.ts';
import { type Answer, redirect } from '../answer.ts';
import type { Trail } from '../audit.ts';
import { HttpFault } from '../http-fault.ts';
import type { Memory } from '../memory.ts';
import type { WebNeeds } from '../needs.ts';
import { accountOf, sessionOf, type Visit } from '../visit.ts';
import { grantOf, rolesIn } from './grants.ts';

export type AccountsNeeds = Pick<WebNeeds, 'store' | 'clock'> & {
  readonly trail: Trail;
  readonly memory: Memory;
};

export const accountsPath = '/settings/accounts';

export function listAccounts({ store, memory }: Pick<AccountsNeeds, 'store' | 'memory'>) {
  return (visit: Visit): Promise<Answer> => showList({ store, memory }, visit, {});
}

export type ListErrors = { readonly name?: string; readonly role?: string };

export async function showList(
  { store, memory }: Pick<AccountsNeeds, 'store' | 'memory'>,
  visit: Visit,
  errors: ListErrors,
  status = 200,
): Promise<Answer> {
  const { page } = visit;
  const [accounts, invitations, tenants] = await Promise.all([
    store.accounts.listAccounts(),
    store.invitations.listInvitations(),
    store.tenants.listTenants(),
  ]);
  const factors = await Promise.all(accounts.map(({ id }) => store.factors.listFactors(id)));
  const session = sessionOf(visit).id;
  const link = memory.secret(session, 'link');
  return {
    kind: 'page',
    title: page.texts.accounts.title,
    status,
    view: (
      <AccountList
        page={page}
        accounts={accounts.map((account, index) => ({
          href: `${accountsPath}/${encodeURIComponent(account.id)}`,
          name: account.name,
          roles: rolesIn(page, account.grants, tenants),
          factors: (factors[index] ?? []).map(({ kind }) => kind),
          isDisabled: account.disabledAt !== undefined,
        }))}
        invitations={invitations.map(({ id, name, grants, accountId, expiresAt }) => ({
          id,
          name,
          isReset: accountId !== undefined,
          roles: rolesIn(page, grants, tenants),
          expiresAt,
        }))}
        tenants={tenants.map(({ id, name }) => ({ id, name }))}
        {...(link === undefined ? {} : { link: JSON.parse(link) })}
        sent={{
          name: visit.form.text('name'),
          role: visit.form.text('role'),
          tenant: visit.form.text('tenant'),
        }}
        errors={errors}
      />
    ),
  };
}

export function showOneAccount({ store }: Pick<AccountsNeeds, 'store'>) {
  return async (visit: Visit): Promise<Answer> => {
    const { page } = visit;
    const account = await find(store, visit);
    const [tenants, factors, sessions] = await Promise.all([
      store.tenants.listTenants(),
      store.factors.listFactors(account.id),
      store.sessions.listSessions(account.id),
    ]);
    const names = new Map(tenants.map(({ id, name }) => [id, name]));
    return {
      kind: 'page',
      title: account.name,
      view: (
        <AccountDetail
          page={page}
          path={`${accountsPath}/${encodeURIComponent(account.id)}`}
          name={account.name}
          isSelf={account.id === accountOf(visit).id}
          grants={account.grants.map(({ tenantId, role }) => ({
            tenantId,
            role,
            where: tenantId === '' ? page.texts.accounts.everyTenant : (names.get(tenantId) ?? tenantId),
          }))}
          tenants={tenants.map(({ id, name }) => ({ id, name }))}
          factors={factors}
          sessions={sessions.length}
          {...(sessions[0] ? { seenAt: sessions[0].seenAt } : {})}
          {...(account.disabledAt === undefined ? {} : { disabledAt: account.disabledAt })}
          passwordChangedAt={account.passwordChangedAt}
        />
      ),
    };
  };
}

export function addGrant(needs: AccountsNeeds) {
  return onAccount(needs, async (visit, account) => {
    const grant = grantOf(
      visit.form,
      (await needs.store.tenants.listTenants()).map(({ id }) => id),
    );
    if (!grant) throw new HttpFault(400, 'malformed');
    // An owner has everything: no other role stands beside that one.
    const kept = account.grants.filter(
      ({ tenantId, role }) => tenantId !== grant.tenantId && role !== 'owner',
    );
    return saveGrants(needs, visit, account, grant.role === 'owner' ? [grant] : [...kept, grant]);
  });
}

export function removeGrant(needs: AccountsNeeds) {
  return onAccount(needs, (visit, account) => {
    const gone = visit.form.text('tenant');
    return saveGrants(
      needs,
      visit,
      account,
      account.grants.filter(({ tenantId }) => tenantId !== gone),
    );
  });
}

async function saveGrants(
  { store, trail }: AccountsNeeds,
  visit: Visit,
  account: Account,
  grants: readonly Grant[],
): Promise<Answer> {
  const detail = { before: account.grants, after: grants };
  await trail.record(visit, { action: 'account-changed', subject: account.name, detail });
  return done(visit, account, await store.accounts.saveGrants(account.id, grants), 'rolesSaved');
}

export function disableAccount({ store, trail, clock }: AccountsNeeds) {
  return onAccount({ store }, async (visit, account) => {
    await trail.record(visit, { action: 'account-disabled', subject: account.name });
    const isDone = await store.accounts.saveDisabledAt(account.id, clock.now());
    if (isDone) await store.sessions.endSessions(account.id);
    return done(visit, account, isDone, 'nowDisabled');
  });
}

export function enableAccount(needs: AccountsNeeds) {
  return onAccount(needs, async (visit, account) => {
    await needs.trail.record(visit, { action: 'account-enabled', subject: account.name });
    return done(
      visit,
      account,
      await needs.store.accounts.saveDisabledAt(account.id, undefined),
      'nowEnabled',
    );
  });
}

export function endSessionsOf(needs: AccountsNeeds) {
  return onAccount(needs, async (visit, account) => {
    await needs.trail.note(visit, { action: 'session-ended', subject: account.name });
    await needs.store.sessions.endSessions(account.id);
    return done(visit, account, true, 'sessionsEnded');
  });
}

export function removeAccount(needs: AccountsNeeds) {
  return onAccount(needs, async (visit, account) => {
    const { accounts } = visit.page.texts;
    if (account.id === accountOf(visit).id)
      return redirect(accountsPath, { kind: 'warning', text: accounts.notYourself });
    await needs.trail.record(visit, {
      action: 'account-removed',
      subject: account.name,
      detail: { grants: account.grants },
    });
    return (await needs.store.accounts.removeAccount(account.id))
      ? redirect(accountsPath, { kind: 'success', text: accounts.removed(account.name) })
      : redirect(accountsPath, { kind: 'warning', text: accounts.lastOwner });
  });
}

function onAccount(
  { store }: Pick<AccountsNeeds, 'store'>,
  act: (visit: Visit, account: Account) => Promise<Answer>,
) {
  return async (visit: Visit): Promise<Answer> => act(visit, await find(store, visit));
}

async function find({ accounts }: WebNeeds['store'], { params }: Visit): Promise<Account> {
  const account = await accounts.findAccount(params.accountId ?? '');
  if (!account) throw new HttpFault(404, 'not-found');
  return account;
}

function done(
  { page: { texts } }: Visit,
  { id, name }: Account,
  isDone: boolean,
  word: 'rolesSaved' | 'nowDisabled' | 'nowEnabled' | 'sessionsEnded',
): Answer {
  const to = `${accountsPath}/${encodeURIComponent(id)}`;
  return isDone
    ? redirect(to, { kind: 'success', text: texts.accounts[word](name) })
    : redirect(to, { kind: 'warning', text: texts.accounts.lastOwner });
}
