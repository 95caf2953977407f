/** One request as a route sees it: who, where, what was sent, and what the page needs. */
import type { Page } from '../../views/page.ts';
import type { Account } from '../store/accounts.ts';
import type { Session } from '../store/sessions.ts';
import type { StoredTenant } from '../store/tenants.ts';
import type { Form } from './form.ts';

export type Visit = {
  readonly page: Page;
  readonly params: Readonly<Record<string, string>>;
  readonly query: Form;
  readonly form: Form;
  /** `https://signet.example.com`: what the browser calls us. */
  readonly origin: string;
  /** Of the client, as far as declared proxies tell. */
  readonly address: string;
  readonly agent: string;
  /** Of the browser's cookie, for guests too; it opens nothing. */
  readonly guestId: string;
  readonly account?: Account;
  readonly session?: Session;
  /** Of `:tenantId`, for routes that are a tenant's. */
  readonly tenant?: StoredTenant;
};

/** For routes that only accounts reach: their access says so, and this tells the compiler. */
export function accountOf({ account }: Visit): Account {
  if (!account) throw new Error('expected an account, got a route that guests reach');
  return account;
}

export function sessionOf({ session }: Visit): Session {
  if (!session) throw new Error('expected a session, got a route that guests reach');
  return session;
}

export function tenantOf({ tenant }: Visit): StoredTenant {
  if (!tenant) throw new Error('expected a tenant, got a route without :tenantId');
  return tenant;
}
