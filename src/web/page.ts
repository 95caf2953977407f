/** Makes what every view gets, of one request. */
import { createFormats } from '../../views/format.ts';
import type { MenuKey, Page, Theme } from '../../views/page.ts';
import { en } from '../../views/texts/en.ts';
import { languages } from '../../views/texts/texts.ts';
import type { Clock } from '../clock.ts';
import type { Account } from '../store/accounts.ts';
import type { StoredTenant } from '../store/tenants.ts';
import { isOwner, roleIn, suffices } from './access.ts';
import type { Assets } from './assets.ts';
import { readingOf } from './language.ts';
import type { Route } from './route.ts';
import { maskedToken, type Random } from './tokens.ts';

export type PageWish = {
  readonly acceptLanguage: string;
  /** Path and query. */
  readonly path: string;
  readonly requestId: string;
  readonly token: string;
  readonly account?: Account;
  /** The one of the address, else the one of the menu. */
  readonly tenant?: StoredTenant;
};

export type PagesNeeds = {
  readonly assets: Pick<Assets, 'address'>;
  readonly clock: Clock;
  readonly random: Random;
  readonly timeZone: string;
  readonly routes: readonly Route[];
};

const menuPaths: Readonly<Record<MenuKey, string>> = {
  dashboard: '/tenants/:tenantId',
  signatures: '/tenants/:tenantId/signatures',
  rules: '/tenants/:tenantId/rules',
  people: '/tenants/:tenantId/people',
  mailFlow: '/tenants/:tenantId/mail-flow',
  testLab: '/tenants/:tenantId/test-lab',
  log: '/tenants/:tenantId/log',
  licences: '/tenants/:tenantId/licences',
  settings: '/settings',
};

export type Pages = (wish: PageWish) => Page;

export function createPages({ assets, clock, random, timeZone, routes }: PagesNeeds): Pages {
  const formats = createFormats();
  const table = new Map(routes.filter(({ method }) => method === 'GET').map(route => [route.path, route]));

  return ({ acceptLanguage, path, requestId, token, account, tenant }) => {
    const { language, locale } = readingOf(acceptLanguage, account?.language);
    const zone = account?.timeZone ?? tenant?.preferences.timeZone ?? timeZone;
    return {
      texts: languages[language]?.texts ?? en,
      language,
      format: formats({ locale, timeZone: zone, now: clock.now() }),
      theme: (account?.theme as Theme | undefined) ?? 'auto',
      csrf: token === '' ? '' : maskedToken(token, random),
      path,
      asset: assets.address,
      ...(account ? { account: { id: account.id, name: account.name } } : {}),
      ...(tenant ? { tenant: { id: tenant.id, name: tenant.name } } : {}),
      menu: account ? menuOf(account, tenant, path) : [],
      may: role => account !== undefined && suffices(roleIn(account, tenant?.id ?? ''), role),
      requestId,
    };
  };

  /** Only pages that exist, and that this account may open. */
  function menuOf(account: Account, tenant: StoredTenant | undefined, path: string): Page['menu'] {
    const here = path.split('?', 1)[0] ?? '';
    return Object.entries(menuPaths).flatMap(([key, pattern]) => {
      const route = table.get(pattern);
      if (!route || !mayOpen(account, route, tenant)) return [];
      const href = pattern.replace(':tenantId', encodeURIComponent(tenant?.id ?? ''));
      const isHere = key === 'dashboard' ? here === href : here === href || here.startsWith(`${href}/`);
      return [{ key: key as MenuKey, href, isHere }];
    });
  }
}

function mayOpen(account: Account, { access }: Route, tenant: StoredTenant | undefined) {
  if (access.kind === 'owner') return isOwner(account);
  if (access.kind === 'everywhere') return suffices(roleIn(account, ''), access.role);
  if (access.kind === 'tenant')
    return tenant !== undefined && suffices(roleIn(account, tenant.id), access.role);
  return true;
}
