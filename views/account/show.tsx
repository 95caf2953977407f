/** One's own account: how one gets in, where one is signed in, and how the pages look. */
import type { Page } from '../page.ts';
import { PageHead } from '../parts/page-head.tsx';
import { FactorList, type FactorRow } from './factors.tsx';
import { LookForm, type LookProps } from './look.tsx';
import { PasswordForm } from './password.tsx';
import { SessionList, type SessionRow } from './sessions.tsx';

export type PasswordErrors = { readonly current?: string; readonly password?: string };

export type AccountPageProps = Omit<LookProps, 'page'> & {
  readonly page: Page;
  readonly name: string;
  readonly passwordChangedAt: number;
  readonly factors: readonly FactorRow[];
  /** Recovery codes that are left. */
  readonly codes: number;
  readonly sessions: readonly SessionRow[];
  readonly errors: PasswordErrors;
};

export function AccountPage(props: AccountPageProps) {
  const { page, name, factors, codes, sessions, passwordChangedAt, errors, ...look } = props;
  const { account } = page.texts;
  return (
    <>
      <PageHead title={account.headline(name)} crumbs={[{ text: account.title }]} />
      <div class="columns">
        <div class="stack">
          <FactorList page={page} factors={factors} codes={codes} />
          <SessionList page={page} sessions={sessions} />
        </div>
        <div class="stack">
          <PasswordForm page={page} changedAt={passwordChangedAt} name={name} errors={errors} />
          <LookForm page={page} {...look} />
        </div>
      </div>
    </>
  );
}
