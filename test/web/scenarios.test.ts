/**
 * Every route for everybody: a guest, each role, another tenant's admin; and for what changes something, with the right token,
 * a wrong one and none. A route without a row fails.
 */
import assert from 'node:assert/strict';
import { testOnEachDatabase } from '../support/databases.ts';
import { addAccount, type Browser, createBrowser, other, startWeb } from '../support/web.ts';

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
    outcomes: { guest: '/session/new', ...forAccounts('/session/new') },
  },
  'PUT /account/look': {
    path: '/account/look',
    fields: { _method: 'PUT', theme: 'dark', back: '/tenants' },
    outcomes: { guest: '/session/new', ...forAccounts('/tenants') },
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
};

testOnEachDatabase('every route answers each person as the table says', async (database, context) => {
  const web = await startWeb(database, context);
  await addAccount(web, 'owner', [{ tenantId: '', role: 'owner' }]);
  for (const role of ['auditor', 'editor', 'admin'] as const)
    await addAccount(web, role, [{ tenantId: 'acme', role }]);
  await addAccount(web, 'foreign', [{ tenantId: other.id, role: 'admin' }]);
  const named = web.server.routes.map(({ method, path }) => `${method} ${path}`);
  assert.deepEqual(Object.keys(scenarios).toSorted(), named.toSorted());

  for (const [name, scenario] of Object.entries(scenarios))
    for (const who of people) {
      const browser = createBrowser(web.url);
      if (who !== 'guest') assert.equal((await browser.signIn(who)).status, 303, who);
      await check(browser, { name: `${name} as ${who}`, scenario, who });
    }
});

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
