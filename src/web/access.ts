/** Who may do what. A role stands for all below it: owner, admin, editor, auditor. Pure. */
import type { Account, Role } from '../store/accounts.ts';

export type Access =
  | { readonly kind: 'anyone' }
  /** Signed out. */
  | { readonly kind: 'guest' }
  /** Behind the passphrase, before the second factor or behind it. */
  | { readonly kind: 'half' }
  /** Whoever may add a second factor: freshly proved, or behind the passphrase of an account that has none yet. */
  | { readonly kind: 'enrol' }
  /** Anybody signed in, whatever the role: one's own account. */
  | { readonly kind: 'account' }
  /** With this role in the tenant of the address. Without any, the page does not exist. */
  | { readonly kind: 'tenant'; readonly role: Role }
  /** With this role in every tenant. */
  | { readonly kind: 'everywhere'; readonly role: Role }
  /** Of the whole appliance. */
  | { readonly kind: 'owner' };

const rank: Readonly<Record<Role, number>> = { owner: 0, admin: 1, editor: 2, auditor: 3 };

/** The account's role in a tenant; undefined for none. */
export function roleIn({ grants }: Pick<Account, 'grants'>, tenantId: string): Role | undefined {
  const held = grants.filter(grant => grant.tenantId === '' || grant.tenantId === tenantId);
  return held.map(({ role }) => role).sort((a, b) => rank[a] - rank[b])[0];
}

export function suffices(held: Role | undefined, needed: Role): boolean {
  return held !== undefined && rank[held] <= rank[needed];
}

export function isOwner({ grants }: Pick<Account, 'grants'>): boolean {
  return grants.some(({ tenantId, role }) => tenantId === '' && role === 'owner');
}
