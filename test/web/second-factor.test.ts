/** Between passphrase and pages stands the second factor, at sign-in and again before dangerous acts. */
import assert from 'node:assert/strict';
import { testOnEachDatabase } from '../support/databases.ts';
import {
  addAccount,
  type Browser,
  codeOf,
  createBrowser,
  factorSeed,
  passphrase,
  startWeb,
} from '../support/web.ts';

const everything = [{ tenantId: '', role: 'owner' }] as const;
const halfMinute = 30_000;

async function typePassphrase(browser: Browser, name: string) {
  await browser.get('/session/new');
  assert.equal((await browser.send('/session', { name, password: passphrase })).status, 303);
  await browser.get('/session/proof');
}

testOnEachDatabase('a passphrase alone opens nothing', async (database, context) => {
  const web = await startWeb(database, context);
  await addAccount(web, 'ann', everything);
  const browser = createBrowser(web.url);
  await typePassphrase(browser, 'ann');
  for (const path of ['/tenants', '/account', '/tenants/acme/log'])
    assert.equal((await browser.get(path)).location, `/session/proof?to=${encodeURIComponent(path)}`);
  // Else whoever learned the passphrase would add a factor of their own and be in.
  assert.match((await browser.get('/account/factors/totp/new')).location, /^\/session\/proof/);
  assert.equal((await browser.send('/account/factors/totp', { code: '000000' })).location, '/session/proof');
  assert.equal((await web.store.factors.listFactors('ann')).length, 1);
});

testOnEachDatabase('a code counts once, and in its own 30 seconds only', async (database, context) => {
  const web = await startWeb(database, context);
  await addAccount(web, 'ann', everything);
  const now = web.clock.now();
  const code = codeOf(factorSeed, now);
  const browser = createBrowser(web.url);
  await typePassphrase(browser, 'ann');
  const asks = async (sent: string) => browser.send('/session/proof', { code: sent, to: '/tenants' });
  assert.match((await asks(codeOf(factorSeed, now - halfMinute))).body, /used already/);
  assert.match((await asks(codeOf(factorSeed, now + halfMinute))).body, /clock/);
  assert.match((await asks(codeOf(factorSeed, now - 4 * halfMinute))).body, /clock/);
  assert.match((await asks('12345')).body, /is wrong/);
  const right = await asks(`${code.slice(0, 3)} ${code.slice(3)}`);
  assert.deepEqual([right.status, right.location], [303, '/tenants']);
  assert.equal((await browser.get('/tenants')).status, 200);

  const second = createBrowser(web.url);
  await typePassphrase(second, 'ann');
  const again = await second.send('/session/proof', { code });
  assert.equal(again.status, 422);
  assert.match(again.body, /used already/);
});

testOnEachDatabase(
  'the first factor brings ten recovery codes, each good once',
  async (database, context) => {
    const web = await startWeb(database, context);
    const browser = createBrowser(web.url);
    await browser.get('/first-run');
    const wish = { name: 'Ann', password: passphrase, code: web.server.firstRunCode };
    await browser.send('/first-run', wish);
    const shown = await browser.get('/account/factors/totp/new');
    const seed = /id="seed">([A-Z2-7 ]+)</.exec(shown.body)?.[1] ?? '';
    assert.equal((await browser.get('/account/factors/totp/new')).body.includes(seed), true);
    await browser.send('/account/factors/totp', { code: codeOf(seed, web.clock.now()), name: 'My phone' });
    const page = await browser.get('/account/recovery-codes');
    const codes = [...page.body.matchAll(/<li>((?:[A-Z2-9]{5}-){4}[A-Z2-9]{5})\s*<\/li>/g)].map(
      ([, code]) => code,
    );
    assert.equal(new Set(codes).size, 10);
    await browser.send('/account/recovery-codes/kept', { _method: 'PUT' });
    assert.equal((await browser.get('/account/recovery-codes')).location, '/account');
    assert.match((await browser.get('/account')).body, /My phone/);

    for (const [round, status] of [
      [1, 303],
      [2, 422],
    ] as const) {
      const other = createBrowser(web.url);
      await typePassphrase(other, 'ann');
      const sent = await other.send('/session/proof', {
        recovery: codes[0]?.toLowerCase() ?? '',
        to: '/account',
      });
      assert.equal(sent.status, status, `time ${round}`);
      if (round === 1) assert.match((await other.get('/account')).body, /9 left/);
    }
  },
);

testOnEachDatabase(
  'dangerous acts want a fresh proof, and say that nothing was done',
  async (database, context) => {
    const web = await startWeb(database, context);
    await addAccount(web, 'ann', everything);
    const browser = createBrowser(web.url);
    await browser.signIn('ann');
    assert.equal((await browser.get('/account/factors/new')).status, 200);
    web.clock.set(web.clock.now() + 16 * 60_000);
    await browser.get('/account');
    assert.equal(
      (await browser.get('/account/factors/new')).location,
      '/session/proof?to=%2Faccount%2Ffactors%2Fnew',
    );
    const from = { Referer: `${web.url}/account` };
    const held = await browser.send('/account/recovery-codes', {}, from);
    assert.equal(held.location, '/session/proof?to=%2Faccount');
    const proof = await browser.get(held.location);
    assert.match(proof.body, /Nothing was changed yet/);
    const code = codeOf(factorSeed, web.clock.now());
    assert.equal((await browser.send('/session/proof', { code, to: '/account' })).location, '/account');
    assert.equal(
      (await browser.send('/account/recovery-codes', {}, from)).location,
      '/account/recovery-codes',
    );
  },
);

testOnEachDatabase('the last second factor stays; of two one may go', async (database, context) => {
  const web = await startWeb(database, context);
  await addAccount(web, 'ann', everything);
  const browser = createBrowser(web.url);
  await browser.signIn('ann');
  await browser.get('/account');
  const [factor] = await web.store.factors.listFactors('ann');
  const path = `/account/factors/${encodeURIComponent(factor?.id ?? '')}`;
  await browser.send(path, { _method: 'DELETE' });
  assert.match((await browser.get('/account')).body, /only second factor/);
  await web.store.factors.addTotp('ann', { id: 'second', name: 'Tablet', seed: factorSeed, step: 0 });
  await browser.send(path, { _method: 'DELETE' });
  assert.deepEqual(
    (await web.store.factors.listFactors('ann')).map(({ id }) => id),
    ['second'],
  );
});

testOnEachDatabase(
  'a new passphrase wants the present one, and ends other sessions',
  async (database, context) => {
    const web = await startWeb(database, context);
    await addAccount(web, 'ann', everything);
    const [browser, other] = [createBrowser(web.url), createBrowser(web.url)];
    await browser.signIn('ann');
    await other.signIn('ann');
    await browser.get('/account');
    const password = 'eleven quiet harbours of Wismar';
    const change = (current: string) =>
      browser.send('/account/password', { _method: 'PUT', current, password });
    assert.match((await change('wrong')).body, /not your passphrase/);
    assert.equal((await other.get('/tenants')).status, 200);
    assert.equal((await change(passphrase)).location, '/account');
    assert.equal((await browser.get('/tenants')).status, 200);
    assert.equal((await other.get('/tenants')).status, 303);
  },
);

testOnEachDatabase(
  'where factors are only offered, a passphrase is enough and proves',
  async (database, context) => {
    const web = await startWeb(database, context, { factorPolicy: 'offered' });
    const browser = createBrowser(web.url);
    await browser.get('/first-run');
    await browser.send('/first-run', { name: 'Ann', password: passphrase, code: web.server.firstRunCode });
    assert.equal((await browser.get('/tenants')).status, 200);
    web.clock.set(web.clock.now() + 16 * 60_000);
    assert.match((await browser.get('/account/factors/new')).location, /^\/session\/proof/);
    await browser.get('/session/proof');
    assert.equal((await browser.send('/session/proof', { password: 'wrong' })).status, 422);
    const proved = await browser.send('/session/proof', { password: passphrase, to: '/account/factors/new' });
    assert.equal(proved.location, '/account/factors/new');
  },
);
