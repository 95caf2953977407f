/** From an empty appliance to an owner: the code guards it, and it is over with the first account. */
import assert from 'node:assert/strict';
import { testOnEachDatabase } from '../support/databases.ts';
import { addAccount, createBrowser, passphrase, startWeb } from '../support/web.ts';

testOnEachDatabase(
  'the first account needs the code of the log, and is the last one made this way',
  async (database, context) => {
    const { url, server, store, clock } = await startWeb(database, context);
    const browser = createBrowser(url);
    assert.equal((await browser.get('/')).location, '/first-run');
    await browser.get('/first-run');
    const wish = { name: 'Ann', password: passphrase };
    const wrong = await browser.send('/first-run', { ...wish, code: 'AAAAA-AAAAA-AAAAA-AAAAA' });
    assert.equal(wrong.status, 422);
    assert.match(wrong.body, /value="Ann"/);
    assert.doesNotMatch(wrong.body, new RegExp(passphrase));
    const short = await browser.send('/first-run', { ...wish, password: 'short', code: server.firstRunCode });
    assert.equal(short.status, 422);
    const made = await browser.send('/first-run', { ...wish, code: server.firstRunCode.toLowerCase() });
    assert.deepEqual([made.status, made.location], [303, '/']);
    assert.equal((await browser.get('/tenants')).location, '/account/factors/new');
    await browser.enrol(clock.now());
    assert.equal((await browser.get('/tenants')).status, 200);

    const late = createBrowser(url);
    await late.get('/session/new');
    const second = await late.send('/first-run', { ...wish, name: 'Bob', code: server.firstRunCode });
    assert.equal(second.location, '/session/new');
    assert.equal(await store.accounts.countAccounts(), 1);
  },
);

testOnEachDatabase(
  'a session ends when it signs out, after 30 quiet minutes, and after 12 hours',
  async (database, context) => {
    const web = await startWeb(database, context);
    const browser = createBrowser(web.url);
    await addAccount(web, 'Ann', [{ tenantId: '', role: 'owner' }]);
    await browser.signIn('Ann');
    const start = web.clock.now();
    const minute = 60_000;
    for (let now = start; now < start + 12 * 60 * minute; now += 29 * minute) {
      web.clock.set(now);
      assert.equal((await browser.get('/tenants')).status, 200, `${(now - start) / minute} minutes`);
    }
    web.clock.set(start + 12 * 60 * minute + 1);
    assert.equal((await browser.get('/tenants')).status, 303);

    await browser.signIn('ann');
    assert.equal((await browser.get('/tenants')).status, 200);
    web.clock.set(web.clock.now() + 31 * minute);
    assert.equal((await browser.get('/tenants')).status, 303);

    await browser.signIn('Ann');
    await browser.get('/tenants');
    assert.equal((await browser.send('/session', { _method: 'DELETE' })).location, '/session/new');
    assert.equal((await browser.get('/tenants')).status, 303);
  },
);

testOnEachDatabase('pages keep their promises of safety in every answer', async (database, context) => {
  const { url } = await startWeb(database, context);
  const browser = createBrowser(url);
  for (const path of ['/first-run', '/nothing-here', '/tenants']) {
    const { headers } = await browser.get(path);
    const policy = headers.get('content-security-policy') ?? '';
    assert.match(policy, /default-src 'none'/);
    assert.doesNotMatch(policy, /unsafe/);
    assert.equal(headers.get('x-content-type-options'), 'nosniff');
    assert.equal(headers.get('cache-control'), 'no-store');
    assert.match(headers.get('x-request-id') ?? '', /^[0-9a-f]{16}$/);
  }
  const missing = await browser.get('/nothing-here');
  assert.equal(missing.status, 404);
  assert.match(missing.body, new RegExp(missing.headers.get('x-request-id') ?? 'none'));
});

testOnEachDatabase('what was typed as a name never stands in the audit trail', async (database, context) => {
  const { url, server, store } = await startWeb(database, context);
  const browser = createBrowser(url);
  await browser.get('/first-run');
  await browser.send('/first-run', { name: 'Ann', password: passphrase, code: server.firstRunCode });
  const guest = createBrowser(url);
  await guest.get('/session/new');
  assert.equal((await guest.send('/session', { name: passphrase, password: 'x' })).status, 422);
  assert.equal((await guest.send('/session', { name: 'ann', password: 'x' })).status, 422);
  const subjects = (await store.audit.listAudit({ size: 10 })).map(({ subject }) => subject);
  assert.deepEqual(subjects, ['Ann', 'unknown account', 'Ann']);
});
