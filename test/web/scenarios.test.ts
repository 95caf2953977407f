/**
 * Every route for everybody: a guest, each role, another tenant's admin; and for what changes something, with the right token,
 * a wrong one and none. A route without a row fails.
 */
import assert from 'node:assert/strict';
import { testOnEachDatabase } from '../support/databases.ts';
import { addAccount, type Browser, createBrowser, other, startWeb, type Web } from '../support/web.ts';
import { seedTenant, tenantScenarios } from './tenant-scenarios.ts';

const people = ['guest', 'auditor', 'editor', 'admin', 'owner', 'foreign'] as const;
type Who = (typeof people)[number];
/** A status, or where it leads. */
type Outcome = number | string;
type Scenario = {
  readonly path: string;
  readonly fields?: Readonly<Record<string, string>>;
  readonly outcomes: Readonly<Record<Who, Outcome>>;
  /** In what is shown to those who may see it. */
  readonly holds?: RegExp;
  readonly never?: RegExp;
  /** Whoever did it signs in again. */
  readonly endsSession?: true;
};

const toSignIn = (path: string) => `/session/new?to=${encodeURIComponent(path)}`;

/** For a page of the tenant `acme`. */
function ofTenant(path: string, holds: RegExp): Scenario {
  const seen = { auditor: 200, editor: 200, admin: 200, owner: 200 };
  return {
    path,
    holds,
    never: /<b>|Other Ltd.*domains/,
    outcomes: { guest: toSignIn(path), ...seen, foreign: 404 },
  };
}

function ofAccount(path: string, holds: RegExp): Scenario {
  return { path, holds, outcomes: { guest: toSignIn(path), ...forAccounts(200) } };
}

/** For owners alone. */
function forOwners(path: string, outcome: Outcome, fields?: Scenario['fields']): Scenario {
  const outcomes = { ...forAccounts(403), owner: outcome, guest: fields ? '/session/new' : toSignIn(path) };
  return { path, outcomes, ...(fields ? { fields } : {}) };
}

const remove = { _method: 'DELETE' };
const put = { _method: 'PUT' };

function forAccounts(outcome: Outcome) {
  return { auditor: outcome, editor: outcome, admin: outcome, owner: outcome, foreign: outcome };
}

const scenarios: Readonly<Record<string, Scenario>> = {
  'GET /': {
    path: '/',
    outcomes: {
      guest: '/session/new',
      ...forAccounts('/tenants/acme'),
      owner: '/tenants',
      foreign: '/tenants/other',
    },
  },
  'GET /first-run': {
    path: '/first-run',
    outcomes: { guest: '/session/new', ...forAccounts('/session/new') },
  },
  'POST /first-run': {
    path: '/first-run',
    fields: { code: 'AAAAA-AAAAA-AAAAA-AAAAA', name: 'mallory', password: 'a long enough passphrase' },
    outcomes: { guest: '/session/new', ...forAccounts('/session/new') },
  },
  'GET /session/new': {
    path: '/session/new',
    holds: /password/,
    outcomes: { guest: 200, ...forAccounts('/') },
  },
  'POST /session': {
    path: '/session',
    fields: { name: 'owner', password: 'not the right one' },
    outcomes: { guest: 422, ...forAccounts('/') },
  },
  'DELETE /session': {
    path: '/session',
    fields: { _method: 'DELETE' },
    endsSession: true,
    outcomes: { guest: '/session/new', ...forAccounts('/session/new') },
  },
  'POST /session/passkey-options': {
    path: '/session/passkey-options',
    fields: { x: '' },
    holds: /"challenge"/,
    outcomes: { guest: 200, ...forAccounts('/') },
  },
  'POST /session/passkey': {
    path: '/session/passkey',
    fields: { response: '{}' },
    outcomes: { guest: 422, ...forAccounts('/') },
  },
  'GET /session/proof': {
    path: '/session/proof',
    holds: /one-time-code/,
    outcomes: { guest: toSignIn('/session/proof'), ...forAccounts(200) },
  },
  'POST /session/proof': {
    path: '/session/proof',
    fields: { code: '000000' },
    outcomes: { guest: '/session/new', ...forAccounts(422) },
  },
  'POST /session/proof/passkey-options': {
    path: '/session/proof/passkey-options',
    fields: { x: '' },
    holds: /"challenge"/,
    outcomes: { guest: '/session/new', ...forAccounts(200) },
  },
  'POST /session/proof/passkey': {
    path: '/session/proof/passkey',
    fields: { response: 'not JSON', to: '/account' },
    outcomes: { guest: '/session/new', ...forAccounts('/session/proof?to=%2Faccount') },
  },
  'GET /account': ofAccount('/account', /You are signed in as/),
  'PUT /account/password': {
    path: '/account/password',
    fields: { _method: 'PUT', current: 'not the right one', password: 'short' },
    outcomes: { guest: '/session/new', ...forAccounts(422) },
  },
  'DELETE /account/sessions': {
    path: '/account/sessions',
    fields: { _method: 'DELETE' },
    outcomes: { guest: '/session/new', ...forAccounts('/account') },
  },
  'DELETE /account/sessions/:sessionId': {
    path: '/account/sessions/of-nobody',
    fields: { _method: 'DELETE' },
    outcomes: { guest: '/session/new', ...forAccounts('/account') },
  },
  'GET /account/factors/new': ofAccount('/account/factors/new', /authenticator app/),
  'GET /account/factors/totp/new': ofAccount('/account/factors/totp/new', /<path d="M/),
  'POST /account/factors/totp': {
    path: '/account/factors/totp',
    fields: { code: '000000' },
    outcomes: { guest: '/session/new', ...forAccounts(422) },
  },
  'POST /account/factors/passkey/options': {
    path: '/account/factors/passkey/options',
    fields: { x: '' },
    holds: /"challenge"/,
    outcomes: { guest: '/session/new', ...forAccounts(200) },
  },
  'POST /account/factors/passkey': {
    path: '/account/factors/passkey',
    fields: { response: '{}' },
    outcomes: { guest: '/session/new', ...forAccounts('/account/factors/new') },
  },
  'DELETE /account/factors/:factorId': {
    path: '/account/factors/of-nobody',
    fields: { _method: 'DELETE' },
    outcomes: { guest: '/session/new', ...forAccounts(404) },
  },
  'GET /account/recovery-codes': {
    path: '/account/recovery-codes',
    outcomes: { guest: toSignIn('/account/recovery-codes'), ...forAccounts('/account') },
  },
  'POST /account/recovery-codes': {
    path: '/account/recovery-codes',
    fields: { x: '' },
    outcomes: { guest: '/session/new', ...forAccounts('/account/recovery-codes') },
  },
  'PUT /account/recovery-codes/kept': {
    path: '/account/recovery-codes/kept',
    fields: { _method: 'PUT' },
    outcomes: { guest: '/session/new', ...forAccounts('/') },
  },
  'PUT /account/look': {
    path: '/account/look',
    fields: { _method: 'PUT', theme: 'dark', back: '/tenants' },
    outcomes: { guest: '/session/new', ...forAccounts('/tenants') },
  },
  'GET /settings': ofAccount('/settings', /Your account/),
  'GET /settings/about': ofAccount('/settings/about', /Mail at rest: 0/),
  'GET /settings/certificates': forOwners('/settings/certificates', 200),
  'GET /settings/retention': forOwners('/settings/retention', 200),
  'GET /settings/audit': forOwners('/settings/audit', 200),
  'POST /settings/audit/verification': forOwners('/settings/audit/verification', '/settings/audit', {
    x: '',
  }),
  'GET /settings/backups': forOwners('/settings/backups', 200),
  'POST /settings/backups': { ...forOwners('/settings/backups', 200, { x: '' }), holds: /^SQLite format 3/ },
  'PUT /settings/backups': forOwners('/settings/backups', '/settings/backups', { ...put, keep: '7' }),
  'GET /settings/accounts': { ...forOwners('/settings/accounts', 200), holds: /foreign/ },
  'POST /settings/accounts/invitations': forOwners('/settings/accounts/invitations', '/settings/accounts', {
    ...{ name: 'newcomer', role: 'editor', tenant: 'acme' },
  }),
  'DELETE /settings/accounts/invitations/:invitationId': forOwners(
    '/settings/accounts/invitations/none',
    '/settings/accounts',
    remove,
  ),
  'DELETE /settings/accounts/link': forOwners('/settings/accounts/link', '/settings/accounts', remove),
  'GET /settings/accounts/:accountId': { ...forOwners('/settings/accounts/editor', 200), holds: /Editor/ },
  'DELETE /settings/accounts/:accountId': forOwners('/settings/accounts/nobody', 404, remove),
  'POST /settings/accounts/:accountId/grants': forOwners(
    '/settings/accounts/foreign/grants',
    '/settings/accounts/foreign',
    { role: 'admin', tenant: 'other' },
  ),
  'DELETE /settings/accounts/:accountId/grants': forOwners(
    '/settings/accounts/foreign/grants',
    '/settings/accounts/foreign',
    { ...remove, tenant: 'nowhere' },
  ),
  'PUT /settings/accounts/:accountId/disabled': forOwners('/settings/accounts/nobody/disabled', 404, put),
  'DELETE /settings/accounts/:accountId/disabled': forOwners(
    '/settings/accounts/foreign/disabled',
    '/settings/accounts/foreign',
    remove,
  ),
  'DELETE /settings/accounts/:accountId/sessions': forOwners(
    '/settings/accounts/nobody/sessions',
    404,
    remove,
  ),
  'POST /settings/accounts/:accountId/reset': forOwners('/settings/accounts/nobody/reset', 404, { x: '' }),
  'GET /invitations/:token': {
    path: '/invitations/unknown',
    outcomes: { guest: 404, ...forAccounts(404) },
  },
  'POST /invitations/:token': {
    path: '/invitations/unknown',
    fields: { password: 'seven green kites over Kiel' },
    outcomes: { guest: 404, ...forAccounts(404) },
  },
  'GET /tenants': {
    path: '/tenants',
    holds: /Acme|Other Ltd/,
    outcomes: { guest: toSignIn('/tenants'), ...forAccounts(200) },
  },
  'GET /tenants/:tenantId': ofTenant('/tenants/acme', /Mail is being signed/),
  'GET /tenants/:tenantId/log': ofTenant('/tenants/acme/log', /ada@acme\.example/),
  'GET /tenants/:tenantId/log/:messageId': ofTenant(
    '/tenants/acme/log/message1',
    /External &lt;b>|External &lt;b&gt;/,
  ),
  ...tenantScenarios,
};

testOnEachDatabase('every route answers each person as the table says', async (database, context) => {
  const web = await startWeb(database, context);
  await addAccount(web, 'owner', [{ tenantId: '', role: 'owner' }]);
  for (const role of ['auditor', 'editor', 'admin'] as const)
    await addAccount(web, role, [{ tenantId: 'acme', role }]);
  await addAccount(web, 'foreign', [{ tenantId: other.id, role: 'admin' }]);
  await seedTenant(web);
  const named = web.server.routes.map(({ method, path }) => `${method} ${path}`);
  assert.deepEqual(Object.keys(scenarios).toSorted(), named.toSorted());

  for (const who of people) {
    // All of them come from one address, which may ask so often in a minute and no more.
    web.clock.set(web.clock.now() + 61_000);
    let browser = await begin(web, who);
    for (const [name, scenario] of Object.entries(scenarios)) {
      await check(browser, { name: `${name} as ${who}`, scenario, who });
      if (scenario.endsSession) browser = await begin(web, who);
    }
  }
});

async function begin({ url, clock }: Web, who: Who): Promise<Browser> {
  // All of them together ask more than one address may ask in a minute.
  clock.set(clock.now() + 60_000);
  const browser = createBrowser(url);
  if (who !== 'guest') assert.equal((await browser.signIn(who)).status, 303, who);
  return browser;
}

type Case = { readonly name: string; readonly scenario: Scenario; readonly who: Who };

async function check(browser: Browser, { name, scenario, who }: Case) {
  const { path, fields, outcomes, holds, never } = scenario;
  await browser.get('/tenants');
  await browser.get('/session/new');
  if (fields) {
    for (const forged of [{ _token: 'x'.repeat(86) }, { _token: '' }])
      assert.equal((await browser.send(path, { ...fields, ...forged })).status, 403, `${name}, forged`);
    const crossSite = await browser.send(path, fields, { 'Sec-Fetch-Site': 'cross-site' });
    assert.equal(crossSite.status, 403, `${name}, from another site`);
  }
  const reply = fields ? await browser.send(path, fields) : await browser.get(path);
  const expected = outcomes[who];
  const where = `${name}: ${reply.status} ${reply.location}`;
  if (typeof expected === 'number') assert.equal(reply.status, expected, where);
  else assert.deepEqual([reply.status, reply.location], [303, expected], where);
  if (expected !== 200) return;
  if (holds) assert.match(reply.body, holds, where);
  if (never) assert.doesNotMatch(reply.body, never, where);
}

testOnEachDatabase('a tenant of others is not even named', async (database, context) => {
  const web = await startWeb(database, context);
  await addAccount(web, 'foreign', [{ tenantId: other.id, role: 'admin' }]);
  const browser = createBrowser(web.url);
  await browser.signIn('foreign');
  for (const path of ['/tenants', '/tenants?q=acme', '/tenants/acme', '/tenants/acme/log'])
    assert.doesNotMatch((await browser.get(path)).body, /Acme|acme\.example/, path);
});
