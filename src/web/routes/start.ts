/** `GET /`: the tenant one worked in last, the only one there is, or the list. */
import { roleIn } from '../access.ts';
import { type Answer, redirect } from '../answer.ts';
import type { Memory } from '../memory.ts';
import type { WebNeeds } from '../needs.ts';
import { accountOf, sessionOf, type Visit } from '../visit.ts';

export function showStart({ store, memory }: Pick<WebNeeds, 'store'> & { readonly memory: Memory }) {
  return async (visit: Visit): Promise<Answer> => {
    const account = accountOf(visit);
    const tenants = (await store.tenants.listTenants()).filter(({ id }) => roleIn(account, id));
    const last = memory.lastTenant(sessionOf(visit).id);
    const [first, ...others] = tenants;
    const chosen = tenants.find(({ id }) => id === last) ?? (others.length === 0 ? first : undefined);
    return redirect(chosen ? `/tenants/${encodeURIComponent(chosen.id)}` : '/tenants');
  };
}
