/** The tenant one works in. Opens a search; without JavaScript the search is a page. */
import type { Page } from '../page.ts';
import { Icon } from './icon.tsx';

export function TenantSwitch({ page }: { readonly page: Page }) {
  const { texts, tenant } = page;
  return (
    <details class="dropdown">
      <summary class="switch">
        <span>{tenant?.name ?? texts.tenants.all}</span>
        <Icon name="selector" />
      </summary>
      <div class="sheet">
        <search>
          <form action="/tenants" method="get">
            <input
              class="form-control mb-2"
              type="search"
              name="q"
              aria-label={texts.tenants.search}
              placeholder={texts.tenants.search}
              autocomplete="off"
              hx-get="/tenants"
              hx-trigger="input changed delay:200ms, focus once"
              hx-target="#tenant-choices"
            />
          </form>
        </search>
        <div id="tenant-choices" aria-live="polite" />
        <a class="dropdown-item" href="/tenants">
          <Icon name="building" />
          {texts.tenants.title}
        </a>
      </div>
    </details>
  );
}
