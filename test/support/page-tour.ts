/** Every page of the admin pages in a real browser, signed in and not, with things on it and without. */
import { existsSync } from 'node:fs';
import { type Browser, chromium, type Page } from 'playwright-core';
import { addAccount, nextCode, other, passphrase, type Web } from './web.ts';

const executablePath = '/usr/bin/chromium';
export const hasChromium = existsSync(executablePath);

/** As root Chromium has no sandbox of its own; it sees our own pages alone. */
export const startChromium = (): Promise<Browser> =>
  chromium.launch({ executablePath, args: ['--no-sandbox', '--disable-dev-shm-usage'] });

export type Stop = {
  readonly name: string;
  readonly path: string;
  /** Done on the page before it is looked at. */
  readonly act?: (page: Page) => Promise<unknown>;
};

export const guestStops: readonly Stop[] = [
  { name: 'sign-in', path: '/session/new' },
  {
    name: 'sign-in-error',
    path: '/session/new',
    act: async page => {
      await page.fill('[name=name]', 'ann');
      await page.fill('[name=password]', 'wrong');
      await page.press('[name=password]', 'Enter');
      await page.waitForSelector('.invalid-feedback');
    },
  },
  { name: 'invitation-over', path: '/invitations/none' },
  { name: 'not-found', path: '/nothing-here' },
];

export const stops: readonly Stop[] = [
  { name: 'tenants', path: '/tenants' },
  { name: 'dashboard', path: '/tenants/acme' },
  { name: 'dashboard-empty', path: '/tenants/other' },
  { name: 'log', path: '/tenants/acme/log' },
  { name: 'log-empty', path: '/tenants/other/log' },
  { name: 'message', path: '/tenants/acme/log/message1' },
  { name: 'account', path: '/account' },
  { name: 'factor-new', path: '/account/factors/new' },
  { name: 'totp-new', path: '/account/factors/totp/new' },
  {
    name: 'totp-error',
    path: '/account/factors/totp/new',
    act: async page => {
      await page.fill('[name=code]', '000000');
      await page.press('[name=code]', 'Enter');
      await page.waitForSelector('.invalid-feedback');
    },
  },
  { name: 'proof', path: '/session/proof' },
  { name: 'proof-recovery', path: '/session/proof?recovery' },
  { name: 'settings', path: '/settings' },
  { name: 'accounts', path: '/settings/accounts' },
  {
    name: 'accounts-link',
    path: '/settings/accounts',
    act: async page => {
      await page.fill('[name=name]', 'newcomer@acme.example');
      await page.press('[name=name]', 'Enter');
      await page.waitForSelector('#link');
    },
  },
  { name: 'account-of-other', path: '/settings/accounts/eve' },
  { name: 'certificates', path: '/settings/certificates' },
  { name: 'retention', path: '/settings/retention' },
  { name: 'backups', path: '/settings/backups' },
  { name: 'audit', path: '/settings/audit' },
  { name: 'about', path: '/settings/about' },
];

export async function furnish(web: Web): Promise<void> {
  await addAccount(web, 'ann', [{ tenantId: '', role: 'owner' }]);
  await addAccount(web, 'eve', [
    { tenantId: 'acme', role: 'editor' },
    { tenantId: other.id, role: 'auditor' },
  ]);
}

/** By keyboard alone, as a person does it. */
export async function signInByKeyboard(page: Page, url: string): Promise<void> {
  await page.goto(`${url}/session/new`);
  await untilFocused(page);
  await page.keyboard.type('ann');
  await page.keyboard.press('Tab');
  await page.keyboard.type(passphrase);
  await page.keyboard.press('Enter');
  await page.waitForURL(/\/session\/proof/);
  await page.goto(`${url}/session/proof?recovery`);
  await untilFocused(page);
  await page.keyboard.type(nextCode());
  await page.keyboard.press('Enter');
  await page.waitForURL(/\/tenants/);
}

/** The page gives the focus to its first field; on a busy machine some time after it is there. */
async function untilFocused(page: Page) {
  await page.waitForSelector('input:focus');
}
