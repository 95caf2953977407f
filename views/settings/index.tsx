/** What can be set of the whole appliance, and one's own account. */
import type { Page } from '../page.ts';
import { Icon, type IconName } from '../parts/icon.tsx';
import { PageHead } from '../parts/page-head.tsx';

export type SettingsKey = 'accounts' | 'certificates' | 'backups' | 'retention' | 'audit' | 'about';

export type SettingsIndexProps = { readonly page: Page; readonly pages: readonly SettingsKey[] };

const icons: Readonly<Record<SettingsKey, IconName>> = {
  accounts: 'users',
  certificates: 'certificate',
  backups: 'download',
  retention: 'clock',
  audit: 'shield',
  about: 'info-circle',
};

export function SettingsIndex({ page, pages }: SettingsIndexProps) {
  const { settings, account } = page.texts;
  const own = {
    href: '/account',
    icon: 'key',
    title: account.title,
    sentence: settings.ownSentence,
  } as const;
  const others = pages.map(key => ({ href: `/settings/${key}`, icon: icons[key], ...settings.pages[key] }));
  return (
    <>
      <PageHead title={settings.title} />
      <ul class="plain-list tiles">
        {[own, ...others].map(({ href, icon, title, sentence }) => (
          <li class="card">
            <a class="tile" href={href}>
              <Icon name={icon} />
              <span>
                <strong>{title}</strong>
                <span class="text-secondary">{sentence}</span>
              </span>
            </a>
          </li>
        ))}
      </ul>
    </>
  );
}
