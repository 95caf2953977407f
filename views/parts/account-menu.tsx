/** Who is signed in, the look of the pages, and the way out. */
import type { Page, Theme } from '../page.ts';
import { Form } from './form.tsx';
import { Icon, type IconName } from './icon.tsx';

const themes: readonly { readonly theme: Theme; readonly icon: IconName }[] = [
  { theme: 'light', icon: 'sun' },
  { theme: 'dark', icon: 'moon' },
  { theme: 'auto', icon: 'device-desktop' },
];

export function AccountMenu({ page }: { readonly page: Page }) {
  const { texts, account } = page;
  return (
    <details class="dropdown">
      <summary class="rail-link">
        <Icon name="user" />
        <span class="text-truncate">{account?.name}</span>
      </summary>
      <div class="sheet sheet-up">
        <a class="dropdown-item" href="/account">
          <Icon name="key" />
          {texts.account.title}
        </a>
        <Form page={page} action="/account/look" method="PUT">
          <input type="hidden" name="back" value={page.path} />
          {themes.map(({ theme, icon }) => (
            <button
              type="submit"
              class="dropdown-item"
              name="theme"
              value={theme}
              {...(page.theme === theme ? { 'aria-current': 'true' } : {})}
            >
              <Icon name={icon} />
              {texts.frame.themes[theme]}
            </button>
          ))}
        </Form>
        <Form page={page} action="/session" method="DELETE">
          <button type="submit" class="dropdown-item">
            <Icon name="logout" />
            {texts.signIn.signOut}
          </button>
        </Form>
      </div>
    </details>
  );
}
