/** What a file keeps is changed in the file: the next reading of it would undo what is done here. */
import { redirect } from './answer.ts';
import type { Handle } from './route.ts';
import { tenantOf, type Visit } from './visit.ts';

/** Refuses the route for a tenant that a file keeps, and says so on `backTo`. */
export function unlessManaged(backTo: string, handle: Handle): Handle {
  return visit => {
    const { managedBy } = tenantOf(visit);
    if (managedBy === undefined) return handle(visit);
    const text = visit.page.texts.frame.managedBy(managedBy);
    return redirect(tenantPath(visit, backTo), { kind: 'danger', text });
  };
}

/** An address under the tenant of this visit: `tenantPath(visit, 'rules', id)`. */
export function tenantPath(visit: Visit, ...steps: readonly string[]): string {
  return ['/tenants', tenantOf(visit).id, ...steps.filter(Boolean)]
    .map((step, index) => (index === 0 ? step : encodeURIComponent(step)))
    .join('/');
}

/** Whether this account may change what editors change, here and now. */
export function mayEdit(visit: Visit): boolean {
  return visit.page.may('editor') && tenantOf(visit).managedBy === undefined;
}
