/** Who may sign in, who is invited, and the form that invites. */
import { href as safe } from '../href.ts';
import type { Page } from '../page.ts';
import { Form } from '../parts/form.tsx';
import { Moment } from '../parts/moment.tsx';
import { PageHead } from '../parts/page-head.tsx';
import { State } from '../parts/state.tsx';
import { settingsCrumbs } from '../settings/crumbs.ts';
import { InviteForm, type InviteFormProps } from './invite.tsx';
import { LinkNote, type LinkNoteProps } from './link-note.tsx';

export type AccountRow = {
  readonly href: string;
  readonly name: string;
  readonly roles: readonly string[];
  readonly factors: readonly ('totp' | 'passkey')[];
  readonly isDisabled: boolean;
};

export type InvitationRow = {
  readonly id: string;
  readonly name: string;
  readonly isReset: boolean;
  readonly roles: readonly string[];
  readonly expiresAt: number;
};

export type AccountListProps = Omit<InviteFormProps, 'page'> & {
  readonly page: Page;
  readonly accounts: readonly AccountRow[];
  readonly invitations: readonly InvitationRow[];
  readonly link?: LinkNoteProps['link'];
};

export function AccountList({ page, accounts, invitations, link, ...invite }: AccountListProps) {
  const words = page.texts.accounts;
  return (
    <>
      <PageHead
        title={words.headline(page.format.number(accounts.length))}
        crumbs={settingsCrumbs(page, words.title)}
      />
      {link ? <LinkNote page={page} link={link} /> : null}
      <div class="columns">
        <div class="stack">
          <section class="card">
            <div class="card-header">
              <h2>{words.title}</h2>
            </div>
            <table class="table table-vcenter table-stack mb-0">
              <thead>
                <tr>
                  <th scope="col">{words.name}</th>
                  <th scope="col">{words.role}</th>
                  <th scope="col">{words.factor}</th>
                </tr>
              </thead>
              <tbody>
                {accounts.map(account => (
                  <AccountLine page={page} account={account} />
                ))}
              </tbody>
            </table>
          </section>
          {invitations.length > 0 ? <Invited page={page} invitations={invitations} /> : null}
        </div>
        <InviteForm page={page} {...invite} />
      </div>
    </>
  );
}

function AccountLine({ page, account }: { readonly page: Page; readonly account: AccountRow }) {
  const { accounts: words, account: own } = page.texts;
  const { href, name, roles, factors, isDisabled } = account;
  const kinds = [...new Set(factors)].map(kind => own.factorKinds[kind]);
  return (
    <tr>
      <th scope="row">
        <a href={safe(href)}>{name}</a>
        {isDisabled ? <span class="badge badge-look ms-2">{words.disabled}</span> : null}
      </th>
      <td data-name={words.role}>{roles.length > 0 ? page.format.list(roles) : words.noRole}</td>
      <td data-name={words.factor}>
        {kinds.length > 0 ? (
          <State health="well" text={page.format.list(kinds)} />
        ) : (
          <State health="look" text={words.noFactor} />
        )}
      </td>
    </tr>
  );
}

function Invited({ page, invitations }: Pick<AccountListProps, 'page' | 'invitations'>) {
  const words = page.texts.accounts;
  return (
    <section class="card">
      <div class="card-header">
        <h2>{words.invited}</h2>
      </div>
      <ul class="plain-list rows">
        {invitations.map(({ id, name, roles, isReset, expiresAt }) => (
          <li>
            <div class="grow">
              <strong>{name}</strong>
              <div class="text-secondary small">
                {isReset ? words.newPassword : page.format.list(roles)} · {words.ends}{' '}
                <Moment page={page} at={expiresAt} />
              </div>
            </div>
            <Form
              page={page}
              action={`/settings/accounts/invitations/${encodeURIComponent(id)}`}
              method="DELETE"
            >
              <button type="submit" class="btn btn-sm">
                {words.withdraw}
                <span class="visually-hidden"> {name}</span>
              </button>
            </Form>
          </li>
        ))}
      </ul>
    </section>
  );
}
