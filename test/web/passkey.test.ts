/** A passkey in a real browser, with an authenticator that Chromium simulates: made, and then signed in with, by itself. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { openFreshSqlite } from '../support/databases.ts';
import { furnish, hasChromium, signInByKeyboard, startChromium } from '../support/page-tour.ts';
import { startWeb } from '../support/web.ts';

const skip = hasChromium ? false : 'Chromium is not installed (Debian package chromium)';

test('a passkey is made, and opens the pages without a passphrase', { skip }, async context => {
  const database = await openFreshSqlite();
  context.after(database.close);
  const web = await startWeb(database, context);
  await furnish(web);
  const browser = await startChromium();
  context.after(() => browser.close());
  const page = await browser.newPage();
  const devtools = await page.context().newCDPSession(page);
  await devtools.send('WebAuthn.enable');
  const { authenticatorId } = await devtools.send('WebAuthn.addVirtualAuthenticator', {
    options: {
      ...{ protocol: 'ctap2', transport: 'internal', hasResidentKey: true },
      ...{ hasUserVerification: true, isUserVerified: true, automaticPresenceSimulation: true },
    },
  });
  // A passkey belongs to a name, not to an address.
  const url = web.url.replace('127.0.0.1', 'localhost');
  await signInByKeyboard(page, url);
  await page.goto(`${url}/account/factors/new`);
  await page.click('[data-passkey=make]');
  await page.waitForURL(`${url}/account`);
  const kinds = (await web.store.factors.listFactors('ann')).map(({ kind }) => kind);
  assert.deepEqual(kinds.toSorted(), ['passkey', 'totp']);

  await page.context().clearCookies();
  await page.goto(`${url}/session/new`);
  await page.click('[data-passkey=ask]');
  await page.waitForURL(/\/tenants/);

  // A device that has not checked who holds it is no second factor.
  await devtools.send('WebAuthn.setUserVerified', { authenticatorId, isUserVerified: false });
  await page.context().clearCookies();
  await page.goto(`${url}/session/new`);
  await page.click('[data-passkey=ask]');
  await page.waitForSelector('[data-passkey-failed]:not([hidden])');
});
