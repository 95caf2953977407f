/** `npm run screenshots [FOLDER]`: every page, on a desk and on a phone, light and dark, into build/screenshots. */
import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { argv } from 'node:process';
import { test } from 'node:test';
import { openFreshSqlite } from '../test/support/databases.ts';
import {
  furnish,
  guestStops,
  type Stop,
  signInByKeyboard,
  startChromium,
  stops,
} from '../test/support/page-tour.ts';
import { startWeb } from '../test/support/web.ts';

const folder = argv[2] ?? join(import.meta.dirname, '../build/screenshots');
const sizes = { desk: { width: 1280, height: 820 }, phone: { width: 390, height: 844 } } as const;

test(`screenshots in ${folder}`, async context => {
  mkdirSync(folder, { recursive: true });
  const database = await openFreshSqlite();
  context.after(database.close);
  const web = await startWeb(database, context);
  await furnish(web);
  const browser = await startChromium();
  context.after(() => browser.close());
  const page = await browser.newPage({ viewport: sizes.desk, reducedMotion: 'reduce' });
  const take = async ({ name, path, act }: Stop) => {
    await page.goto(web.url + path);
    await act?.(page);
    for (const [size, viewport] of Object.entries(sizes))
      for (const colorScheme of ['light', 'dark'] as const) {
        await page.setViewportSize(viewport);
        await page.emulateMedia({ colorScheme });
        await page.screenshot({ path: join(folder, `${name}-${size}-${colorScheme}.png`), fullPage: true });
      }
  };
  for (const stop of guestStops) await take(stop);
  await signInByKeyboard(page, web.url);
  for (const stop of stops) await take(stop);
});
