/** Owners invite, give and take roles, disable and remove; and never take the last owner away. */
import assert from 'node:assert/strict';
import type { TestContext } from 'node:test';
import type { Database } from '../../src/store/database.ts';
import { testOnEachDatabase } from '../support/databases.ts';
import {
  addAccount,
  type Browser,
  codeOf,
  createBrowser,
  factorSeed,
  passphrase,
  startWeb,
  type Web,
} from '../support/web.ts';

const del = { _method: 'DELETE' };
const accountsPath = '/settings/accounts';

async function startWithOwner(database: Database, context: TestContext) {
  const web = await startWeb(database, context);
  await addAccount(web, 'ann', [{ tenantId: '', role: 'owner' }]);
  const owner = createBrowser(web.url);
  await owner.signIn('ann');
  await owner.get(accountsPath);
  return { web, owner };
}

async function invite(owner: Browser, fields: Readonly<Record<string, string>>) {
  assert.equal((await owner.send(`${accountsPath}/invitations`, fields)).location, accountsPath);
  return linkOf(owner);
}

async function linkOf(owner: Browser) {
  const { body } = await owner.get(accountsPath);
  const [, path] = /id="link">https?:\/\/[^/]+(\/invitations\/[\w-]{43})/.exec(body) ?? [];
  assert.ok(path, 'the link is shown');
  return path;
}

async function subjectsOf({ store }: Web) {
  return (await store.audit.listAudit({ size: 30 })).map(({ action, subject }) => `${action} ${subject}`);
}

testOnEachDatabase('an invited person chooses passphrase and factor, once', async (database, context) => {
  const { web, owner } = await startWithOwner(database, context);
  const link = await invite(owner, { name: 'Eve', role: 'editor', tenant: 'acme' });
  await owner.send(`${accountsPath}/link`, del);
  assert.doesNotMatch((await owner.get(accountsPath)).body, /id="link"/);

  const eve = createBrowser(web.url);
  assert.match((await eve.get(link)).body, /Welcome, Eve/);
  assert.equal((await eve.send(link, { password: 'short' })).status, 422);
  assert.equal((await eve.send(link, { password: passphrase })).location, '/session/proof');
  assert.equal((await eve.get('/tenants')).location, '/account/factors/new');
  await eve.enrol(web.clock.now());
  assert.equal((await eve.get('/tenants/acme')).status, 200);
  assert.equal((await eve.get('/tenants/other')).status, 404);
  assert.equal((await createBrowser(web.url).get(link)).status, 404);
  assert.ok((await subjectsOf(web)).includes('account-added Eve'));
});

testOnEachDatabase('a link ends after three days, and when it is withdrawn', async (database, context) => {
  const { web, owner } = await startWithOwner(database, context);
  const first = await invite(owner, { name: 'Eve', role: 'editor', tenant: 'acme' });
  const second = await invite(owner, { name: 'Eve', role: 'auditor', tenant: 'acme' });
  assert.equal((await createBrowser(web.url).get(first)).status, 404, 'the later one replaces it');
  const [invitation] = await web.store.invitations.listInvitations();
  await owner.send(`${accountsPath}/invitations/${invitation?.id}`, del);
  assert.equal((await createBrowser(web.url).get(second)).status, 404);
  const third = await invite(owner, { name: 'Eve', role: 'auditor', tenant: 'acme' });
  web.clock.set(web.clock.now() + 3 * 86_400_000);
  assert.equal((await createBrowser(web.url).get(third)).status, 404);
});

testOnEachDatabase('a name that is taken, or a role that is none, is refused', async (database, context) => {
  const { owner } = await startWithOwner(database, context);
  const wishes = [
    { name: 'ANN', role: 'editor', tenant: '' },
    { name: '', role: 'editor', tenant: '' },
    { name: 'Eve', role: 'emperor', tenant: '' },
    { name: 'Eve', role: 'editor', tenant: 'nowhere' },
  ];
  for (const wish of wishes)
    assert.equal((await owner.send(`${accountsPath}/invitations`, wish)).status, 422, wish.name);
});

testOnEachDatabase('a reset gives a passphrase, never a second factor', async (database, context) => {
  const { web, owner } = await startWithOwner(database, context);
  await addAccount(web, 'eve', [{ tenantId: 'acme', role: 'editor' }]);
  const before = createBrowser(web.url);
  await before.signIn('eve');
  await owner.send(`${accountsPath}/eve/reset`, {});
  const eve = createBrowser(web.url);
  const link = await linkOf(owner);
  await eve.get(link);
  assert.equal((await eve.send(link, { password: 'nine old bells of Lübeck' })).location, '/session/proof');
  assert.match((await eve.get('/tenants')).location, /^\/session\/proof/);
  assert.equal((await before.get('/tenants')).status, 303, 'sessions of before have ended');
  await eve.get('/session/proof');
  const code = codeOf(factorSeed, web.clock.now());
  assert.equal((await eve.send('/session/proof', { code })).status, 303);
  assert.equal((await eve.get('/tenants/acme')).status, 200);
});

testOnEachDatabase('who is disabled is out at once, and back when enabled', async (database, context) => {
  const { web, owner } = await startWithOwner(database, context);
  await addAccount(web, 'eve', [{ tenantId: 'acme', role: 'editor' }]);
  const eve = createBrowser(web.url);
  await eve.signIn('eve');
  await owner.send(`${accountsPath}/eve/disabled`, { _method: 'PUT' });
  assert.equal((await eve.get('/tenants')).status, 303);
  await eve.get('/session/new');
  const refused = await eve.send('/session', { name: 'eve', password: passphrase });
  assert.match(refused.body, /Name or passphrase is wrong/);
  await owner.send(`${accountsPath}/eve/disabled`, del);
  assert.equal((await eve.signIn('eve')).status, 303);
  assert.equal((await eve.get('/tenants')).status, 200);
});

testOnEachDatabase('there is always an owner, and nobody removes themselves', async (database, context) => {
  const { web, owner } = await startWithOwner(database, context);
  await addAccount(web, 'bob', [{ tenantId: '', role: 'owner' }]);
  await owner.send(`${accountsPath}/bob/disabled`, { _method: 'PUT' });
  for (const act of [
    () => owner.send(`${accountsPath}/ann/grants`, { ...del, tenant: '' }),
    () => owner.send(`${accountsPath}/ann/grants`, { role: 'auditor', tenant: '' }),
    () => owner.send(`${accountsPath}/ann/disabled`, { _method: 'PUT' }),
  ]) {
    const { location } = await act();
    assert.match((await owner.get(location)).body, /no owner left/);
  }
  await owner.send(`${accountsPath}/ann`, del);
  assert.match((await owner.get(accountsPath)).body, /cannot remove the account/);
  await owner.send(`${accountsPath}/bob`, del);
  assert.deepEqual(
    (await web.store.accounts.listAccounts()).map(({ name }) => name),
    ['ann'],
  );
});

testOnEachDatabase(
  'the trail shows who did what, and says whether it is whole',
  async (database, context) => {
    const { owner } = await startWithOwner(database, context);
    await invite(owner, { name: 'Eve <b>', role: 'editor', tenant: 'acme' });
    const page = await owner.get('/settings/audit');
    assert.match(page.body, /Invited<\/strong> Eve &lt;b/);
    assert.doesNotMatch(page.body, /<b>/);
    await owner.send('/settings/audit/verification', {});
    assert.match((await owner.get('/settings/audit')).body, /The trail is whole: \d+ entries/);
  },
);

testOnEachDatabase('a backup comes as a file, and only behind a fresh proof', async (database, context) => {
  const { web, owner } = await startWithOwner(database, context);
  const reply = await owner.send('/settings/backups', {});
  assert.equal(reply.headers.get('content-disposition'), 'attachment; filename="signet.sqlite"');
  assert.equal(reply.headers.get('content-length'), '16');
  assert.ok((await subjectsOf(web)).includes('backup-taken ann'));
  web.clock.set(web.clock.now() + 16 * 60_000);
  await owner.get('/settings/backups');
  assert.match((await owner.send('/settings/backups', {})).location, /^\/session\/proof/);
  const wrong = await owner.send('/settings/backups', { _method: 'PUT', keep: '-1' });
  assert.match(wrong.location, /^\/session\/proof/);
});
