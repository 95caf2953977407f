/** `GET /tenants?q=`: the tenants of this account, by name or domain; the switcher of the menu asks here too. */
import { TenantChoices } from '../../../views/tenants/choices.tsx';
import { TenantList } from '../../../views/tenants/index.tsx';
import { limits } from '../../limits.ts';
import type { StoredTenant } from '../../store/tenants.ts';
import { roleIn } from '../access.ts';
import type { Answer } from '../answer.ts';
import type { WebNeeds } from '../needs.ts';
import { accountOf, type Visit } from '../visit.ts';

export function listTenants({ store }: Pick<WebNeeds, 'store'>) {
  return async (visit: Visit): Promise<Answer> => {
    const { page, query } = visit;
    const account = accountOf(visit);
    const text = query.text('q').trim();
    const all = (await store.tenants.listTenants()).filter(({ id }) => roleIn(account, id));
    const found = all.filter(tenant => matches(tenant, text.toLowerCase()));
    const shown = found.map(({ id, name, domains, mode, retiredAt }) => ({
      href: `/tenants/${encodeURIComponent(id)}`,
      name,
      domains,
      mode,
      isRetired: retiredAt !== undefined,
    }));
    const choices = shown.slice(0, limits.web.tenantChoices);
    const more = shown.length - choices.length;
    return {
      kind: 'page',
      title: page.texts.tenants.title,
      view: <TenantList page={page} text={text} tenants={shown} hasAny={all.length > 0} />,
      parts: { 'tenant-choices': <TenantChoices page={page} tenants={choices} more={more} text={text} /> },
    };
  };
}

function matches({ name, domains }: StoredTenant, text: string) {
  return name.toLowerCase().includes(text) || domains.some(domain => domain.includes(text));
}
