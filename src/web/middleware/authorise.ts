/**
 * Whether this account may use this route. A tenant that the account has no role in does not exist for it: the answer is the
 * one for a typing mistake, so that nobody learns who is served here. Before the first account there is only the first run.
 */
import type { Account } from '../../store/accounts.ts';
import type { Session } from '../../store/sessions.ts';
import type { StoredTenant } from '../../store/tenants.ts';
import { type Access, isOwner, roleIn, suffices } from '../access.ts';

export type Verdict =
  | { readonly kind: 'go' }
  | { readonly kind: 'redirect'; readonly to: string }
  | { readonly kind: 'not-found' }
  | { readonly kind: 'forbidden' };

export type Claim = {
  readonly access: Access;
  readonly isGet: boolean;
  /** Path and query, to come back to. */
  readonly path: string;
  readonly account?: Account | undefined;
  readonly session?: Session | undefined;
  readonly tenant?: StoredTenant | undefined;
};

export type AuthoriseNeeds = {
  readonly hasAccounts: () => Promise<boolean>;
};

export function createAuthorise({ hasAccounts }: AuthoriseNeeds) {
  return async (claim: Claim): Promise<Verdict> => {
    const { access, account, session } = claim;
    const isFull = account !== undefined && session?.stage === 'full';
    if (access.kind === 'anyone') return { kind: 'go' };
    if (access.kind === 'guest') return isFull ? { kind: 'redirect', to: '/' } : { kind: 'go' };
    return isFull ? may(claim, account) : signInFirst(claim, await hasAccounts());
  };
}

function may({ access, tenant }: Claim, account: Account): Verdict {
  if (access.kind === 'owner') return isOwner(account) ? { kind: 'go' } : { kind: 'forbidden' };
  if (access.kind !== 'tenant') return { kind: 'go' };
  const held = tenant && roleIn(account, tenant.id);
  if (!held) return { kind: 'not-found' };
  return suffices(held, access.role) ? { kind: 'go' } : { kind: 'forbidden' };
}

function signInFirst({ isGet, path }: Claim, hasAccounts: boolean): Verdict {
  if (!hasAccounts) return { kind: 'redirect', to: '/first-run' };
  const to = isGet && path !== '/' ? `?to=${encodeURIComponent(path)}` : '';
  return { kind: 'redirect', to: `/session/new${to}` };
}
