/** What the switcher of the menu found. */
import { href as safe } from '../href.ts';
import type { Page } from '../page.ts';

export type TenantChoicesProps = {
  readonly page: Page;
  readonly tenants: readonly { readonly href: string; readonly name: string }[];
  readonly more: number;
  readonly text: string;
};

export function TenantChoices({ page, tenants, more, text }: TenantChoicesProps) {
  const { texts, format } = page;
  if (tenants.length === 0) return <p class="text-secondary px-2 mb-1">{texts.tenants.nothing(text)}</p>;
  return (
    <>
      <ul>
        {tenants.map(({ href, name }) => (
          <li>
            <a class="dropdown-item" href={safe(href)}>
              {name}
            </a>
          </li>
        ))}
      </ul>
      {more > 0 ? <p class="text-secondary px-2 mb-1">{texts.tenants.more(format.number(more))}</p> : null}
    </>
  );
}
