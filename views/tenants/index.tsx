/** All tenants that one may see. */
import { href as safe } from '../href.ts';
import type { Page } from '../page.ts';
import { Empty } from '../parts/empty.tsx';
import { PageHead } from '../parts/page-head.tsx';
import { type Health, State } from '../parts/state.tsx';

export type TenantRow = {
  readonly href: string;
  readonly name: string;
  readonly domains: readonly string[];
  readonly mode: 'on' | 'shadow' | 'off';
  readonly isRetired: boolean;
};

export type TenantListProps = {
  readonly page: Page;
  readonly text: string;
  readonly tenants: readonly TenantRow[];
  readonly hasAny: boolean;
};

const healthOf: Readonly<Record<TenantRow['mode'], Health>> = { on: 'well', shadow: 'look', off: 'look' };

export function TenantList({ page, text, tenants, hasAny }: TenantListProps) {
  const { texts } = page;
  const words = texts.tenants;
  return (
    <>
      <PageHead title={words.title} />
      <section class="card">
        {hasAny ? (
          <search>
            <form class="filters" action="/tenants" method="get">
              <div class="input-group">
                <input
                  class="form-control"
                  type="search"
                  name="q"
                  value={text}
                  aria-label={words.search}
                  placeholder={words.search}
                />
                <button type="submit" class="btn">
                  {texts.frame.search}
                </button>
              </div>
            </form>
          </search>
        ) : (
          <Empty icon="building" title={words.none} sentence={words.noneHow} />
        )}
        {hasAny && tenants.length === 0 ? <p class="empty-note">{words.nothing(text)}</p> : null}
        {tenants.length > 0 ? (
          <table class="table table-vcenter table-stack mb-0">
            <thead>
              <tr>
                <th scope="col">{words.name}</th>
                <th scope="col">{words.domains}</th>
                <th scope="col">{words.signing}</th>
              </tr>
            </thead>
            <tbody>
              {tenants.map(tenant => (
                <TenantLine page={page} tenant={tenant} />
              ))}
            </tbody>
          </table>
        ) : null}
      </section>
    </>
  );
}

function TenantLine({ page, tenant }: { readonly page: Page; readonly tenant: TenantRow }) {
  const { dashboard, tenants } = page.texts;
  const { href, name, domains, mode, isRetired } = tenant;
  return (
    <tr>
      <th scope="row">
        <a href={safe(href)}>{name}</a>
      </th>
      <td data-name={tenants.domains}>{domains.join(', ')}</td>
      <td>
        {isRetired ? (
          <State health="broken" text={dashboard.modes.off} />
        ) : (
          <State health={healthOf[mode]} text={dashboard.modes[mode]} />
        )}
      </td>
    </tr>
  );
}
