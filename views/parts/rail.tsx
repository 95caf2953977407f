/** The menu: tenant switcher, pages, and the account at its foot. */
import type { MenuKey, Page } from '../page.ts';
import { AccountMenu } from './account-menu.tsx';
import { Icon, type IconName } from './icon.tsx';
import { TenantSwitch } from './tenant-switch.tsx';

const icons: Readonly<Record<MenuKey, IconName>> = {
  dashboard: 'layout-dashboard',
  signatures: 'writing-sign',
  rules: 'list-check',
  people: 'users',
  mailFlow: 'route',
  testLab: 'flask',
  log: 'history',
  licences: 'license',
  settings: 'settings',
};

export function Rail({ page }: { readonly page: Page }) {
  const { texts, menu } = page;
  return (
    <nav class="rail" id="menu" aria-label={texts.frame.menu}>
      <div class="rail-head">
        <a class="rail-brand" href="/">
          <Icon name="rosette-discount-check" class="brand-mark" />
          Signet
        </a>
        <a class="icon-button rail-close" href="#main">
          <Icon name="x" />
          <span class="visually-hidden">{texts.frame.closeMenu}</span>
        </a>
      </div>
      <TenantSwitch page={page} />
      <ul>
        {menu.map(({ key, href, isHere }) => (
          <li>
            <a class="rail-link" href={href} {...(isHere ? { 'aria-current': 'page' } : {})}>
              <Icon name={icons[key]} />
              {texts.frame.pages[key]}
            </a>
          </li>
        ))}
      </ul>
      <div class="rail-foot">
        <AccountMenu page={page} />
      </div>
    </nav>
  );
}
