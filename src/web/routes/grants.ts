/** Roles as forms send them and pages say them. An owner is one of all tenants; the other roles may be of one or of all. */
import type { Page } from '../../../views/page.ts';
import type { Grant, Role } from '../../store/accounts.ts';
import type { Form } from '../form.ts';

const roles: readonly Role[] = ['owner', 'admin', 'editor', 'auditor'];

/** Undefined for what no form of ours offers. */
export function grantOf(form: Form, tenantIds: readonly string[]): Grant | undefined {
  const role = roles.find(one => one === form.text('role'));
  const tenantId = form.text('tenant');
  if (role === undefined || (tenantId !== '' && !tenantIds.includes(tenantId))) return undefined;
  return { role, tenantId: role === 'owner' ? '' : tenantId };
}

/** One sentence part for each: `admin of Contoso`. */
export function rolesIn(
  { texts }: Page,
  grants: readonly Grant[],
  tenants: readonly { readonly id: string; readonly name: string }[],
): readonly string[] {
  const names = new Map(tenants.map(({ id, name }) => [id, name]));
  return grants.map(({ role, tenantId }) => {
    const word = texts.accounts.roles[role];
    if (role === 'owner') return word;
    const where = tenantId === '' ? texts.accounts.everyTenant : (names.get(tenantId) ?? tenantId);
    return texts.accounts.roleOf(word, where);
  });
}
