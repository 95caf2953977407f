/** One account, as an owner sees it. */
import type { Page, Role } from '../page.ts';
import { Facts } from '../parts/facts.tsx';
import { Form } from '../parts/form.tsx';
import { PageHead } from '../parts/page-head.tsx';
import { settingsCrumbs } from '../settings/crumbs.ts';
import { AccountDangers } from './dangers.tsx';
import { RoleFields, type TenantChoice } from './role-fields.tsx';

export type AccountDetailProps = {
  readonly page: Page;
  readonly path: string;
  readonly name: string;
  readonly isSelf: boolean;
  readonly grants: readonly { readonly tenantId: string; readonly role: Role; readonly where: string }[];
  readonly tenants: readonly TenantChoice[];
  readonly factors: readonly { readonly kind: 'totp' | 'passkey'; readonly name: string }[];
  readonly sessions: number;
  readonly seenAt?: number;
  readonly disabledAt?: number;
  readonly passwordChangedAt: number;
};

export function AccountDetail(props: AccountDetailProps) {
  const { page, name, disabledAt } = props;
  const words = page.texts.accounts;
  const crumbs = settingsCrumbs(page, words.title, '/settings/accounts');
  return (
    <>
      <PageHead
        title={disabledAt === undefined ? words.maySignIn(name) : words.mayNotSignIn(name)}
        crumbs={crumbs}
      />
      <div class="columns">
        <div class="stack">
          <Roles {...props} />
          <section class="card">
            <div class="card-body">
              <Facts facts={factsOf(props)} />
            </div>
          </section>
        </div>
        <AccountDangers {...props} />
      </div>
    </>
  );
}

function Roles({ page, path, grants, tenants }: AccountDetailProps) {
  const words = page.texts.accounts;
  return (
    <section class="card">
      <div class="card-header">
        <h2>{words.role}</h2>
      </div>
      {grants.length === 0 ? <p class="empty-note">{words.noRole}</p> : null}
      <ul class="plain-list rows">
        {grants.map(({ tenantId, role, where }) => (
          <li>
            <div class="grow">
              <strong>{words.roles[role]}</strong> <span class="text-secondary">{where}</span>
            </div>
            <Form page={page} action={`${path}/grants`} method="DELETE">
              <input type="hidden" name="tenant" value={tenantId} />
              <button type="submit" class="btn btn-sm">
                {words.takeAway}
                <span class="visually-hidden">
                  {' '}
                  {words.roles[role]}, {where}
                </span>
              </button>
            </Form>
          </li>
        ))}
      </ul>
      <Form page={page} action={`${path}/grants`} class="card-footer">
        <RoleFields page={page} tenants={tenants} chosen="editor" tenant="" />
        <button type="submit" class="btn">
          {words.give}
        </button>
      </Form>
    </section>
  );
}

function factsOf({ page, factors, sessions, seenAt, passwordChangedAt }: AccountDetailProps) {
  const { texts, format } = page;
  const words = texts.accounts;
  return [
    { name: words.factor, value: format.list(factors.map(factor => factor.name)) || words.noFactor },
    { name: texts.signIn.password, value: `${texts.account.changed} ${format.relative(passwordChangedAt)}` },
    { name: words.sessions, value: format.number(sessions) },
    { name: words.lastSeen, value: seenAt === undefined ? texts.frame.none : format.relative(seenAt) },
  ];
}
