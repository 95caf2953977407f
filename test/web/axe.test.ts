/** Nothing on any page keeps people with disabilities out, as far as axe can tell; and what it cannot: no page scrolls sideways. */
import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { test } from 'node:test';
import type { Page } from 'playwright-core';
import { openFreshSqlite } from '../support/databases.ts';
import {
  furnish,
  guestStops,
  hasChromium,
  type Stop,
  signInByKeyboard,
  startChromium,
  stops,
} from '../support/page-tour.ts';
import { startWeb } from '../support/web.ts';

const axe = readFileSync(createRequire(import.meta.url).resolve('axe-core/axe.min.js'), 'utf8');
const rules = ['wcag2a', 'wcag2aa', 'wcag21a', 'wcag21aa', 'wcag22aa', 'best-practice'];
const run = `axe.run(document, { runOnly: ${JSON.stringify(rules)}, resultTypes: ['violations'] }).then(({ violations }) =>
  violations.flatMap(({ id, nodes }) => nodes.map(({ target, failureSummary }) => id + ' ' + target + ' ' + failureSummary)))`;

const skip = hasChromium ? false : 'Chromium is not installed (Debian package chromium)';

test('axe finds nothing on any page, light and dark, and none is wider than a phone', {
  skip,
}, async context => {
  const database = await openFreshSqlite();
  context.after(database.close);
  const web = await startWeb(database, context);
  await furnish(web);
  const browser = await startChromium();
  context.after(() => browser.close());
  const page = await browser.newPage({ viewport: { width: 390, height: 844 }, reducedMotion: 'reduce' });
  const faults: string[] = [];
  for (const stop of guestStops) faults.push(...(await examine(page, web.url, stop)));
  await signInByKeyboard(page, web.url);
  for (const stop of stops) faults.push(...(await examine(page, web.url, stop)));
  assert.deepEqual(faults, []);
});

async function examine(page: Page, url: string, { name, path, act }: Stop): Promise<readonly string[]> {
  await page.goto(url + path);
  await act?.(page);
  const faults: string[] = [];
  await page.evaluate(axe);
  for (const colorScheme of ['light', 'dark'] as const) {
    await page.emulateMedia({ colorScheme });
    const found: readonly string[] = await page.evaluate(run);
    faults.push(...found.map(fault => `${name}, ${colorScheme}: ${fault}`));
  }
  const width: number = await page.evaluate('document.documentElement.scrollWidth');
  return width > 390 ? [...faults, `${name}: ${width} px wide`] : faults;
}
