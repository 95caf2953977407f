/**
 * Setup connectors in the browser against the simulated tenant: from the first page to "Connectors configuration successful",
 * without scripts; what goes wrong at Microsoft, and what must not be left behind.
 */
import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { createMailFlowService } from '../../src/app/mail-flow/service.ts';
import { systemClock } from '../../src/clock.ts';
import type { MailFlowService } from '../../src/microsoft/mail-flow-types.ts';
import { openFreshSqlite } from '../support/databases.ts';
import { demonstrationFolder, withoutRelay } from '../support/mail-flow.ts';
import { mailFlowNeeds } from '../support/mail-flow-service.ts';
import { fieldsOf, startSandbox, type TestSandbox } from '../support/sandbox.ts';
import { addAccount, type Browser, createBrowser, startWeb, type Web } from '../support/web.ts';

let sandbox: TestSandbox;
before(async () => {
  sandbox = await startSandbox();
  sandbox.state.pollSeconds = 0.2;
  withoutRelay(sandbox);
});
after(() => sandbox.sandbox.close());

type Started = {
  readonly web: Web;
  readonly service: MailFlowService;
  readonly browser: Browser;
  readonly base: string;
};

async function start(context: Parameters<typeof startWeb>[1]): Promise<Started> {
  let service: MailFlowService | undefined;
  const database = await openFreshSqlite();
  const web = await startWeb(database, context, async store => {
    service = createMailFlowService(await mailFlowNeeds(store, systemClock, demonstrationFolder(sandbox)));
    return { mailFlow: service };
  });
  assert.ok(service);
  const made = service;
  context.after(async () => {
    await made.close();
    await database.close();
  });
  await addAccount(web, 'Ann', [{ tenantId: '', role: 'owner' }]);
  const browser = createBrowser(web.url);
  await browser.signIn('Ann');
  const added = await made.addTenant({ name: `Contoso ${Math.random()}` });
  assert.ok(added.kind === 'ok');
  return { web, service: made, browser, base: `/tenants/${added.value.tenantId}/mail-flow` };
}

/** At Microsoft's page, in another tab. */
async function typeCode(code: string, fields: Readonly<Record<string, string>> = {}) {
  const page = await sandbox.form(`${sandbox.cloud.pages}/devicelogin`, { code });
  const given = { account: 'admin@contoso.com', choice: 'continue', ...fields };
  return sandbox.form(`${sandbox.cloud.pages}/devicelogin/account`, { ...fieldsOf(page), ...given });
}

async function follow(browser: Browser, path: string) {
  let reply = await browser.get(path);
  for (let hops = 0; reply.status === 303 && hops < 5; hops++) reply = await browser.get(reply.location);
  return reply;
}

/** Reads the code of the page, signs in, and waits until the wizard has noticed. */
async function authorise(
  { browser, base, service }: Started,
  then = 'setup',
  fields: Readonly<Record<string, string>> = {},
) {
  await browser.get(`${base}/setup`);
  const begun = await browser.send(`${base}/sign-in`, {
    application: 'microsoft-exchange',
    flow: 'device-code',
    then,
  });
  assert.match(begun.location, /\/sign-in\?then=[a-z-]+&id=[0-9a-f]{32}$/, begun.body);
  const shown = await browser.get(begun.location);
  const code = /id="user-code"[^>]*>\s*([A-Z0-9]+)\s*</.exec(shown.body)?.[1] ?? '';
  assert.match(shown.body, /Waiting for your sign-in/);
  await typeCode(code, fields);
  for (let look = 0; look < 200; look++) {
    const reply = await browser.get(begun.location);
    if (reply.status === 303 || !/Waiting for your sign-in/.test(reply.body)) return reply;
    await new Promise(resolve => setTimeout(resolve, 50));
  }
  return assert.fail(`nobody noticed the sign-in: ${JSON.stringify(await service.listTenants())}`);
}

async function runToItsEnd({ browser, base }: Started) {
  for (let look = 0; look < 400; look++) {
    const reply = await browser.get(`${base}/run`);
    if (!/Stop at the next safe point/.test(reply.body)) return reply;
    await new Promise(resolve => setTimeout(resolve, 25));
  }
  return assert.fail('the run never ended');
}

test('the wizard leads from instructions to a successful configuration, and on to pause and removal', async context => {
  const started = await start(context);
  const { browser, base } = started;
  assert.match((await browser.get(base)).body, /Mail does not reach Signet yet[\s\S]*Setup connectors/);
  assert.match((await browser.get(`${base}/setup`)).body, /What will happen/);
  assert.equal((await browser.get(`${base}/scope`)).location, `${base}/sign-in?then=setup`);

  assert.equal((await authorise(started)).location, `${base}/scope`);
  const scope = await browser.get(`${base}/scope`);
  assert.match(scope.body, /Signed in as admin@contoso\.com/);
  assert.match(scope.body, /name="group" value="[^"]+@contoso\.com"/);
  const found = await browser.get(`${base}/scope?q=no%20such%20group`, {
    'HX-Request': 'true',
    'HX-Target': 'div#group-choices',
  });
  assert.match(found.body, /^<div id="group-choices"><p[^>]*>No mail-enabled group/);

  await browser.get(`${base}/scope`);
  const none = await browser.send(`${base}/scope`, { _method: 'PUT', senders: 'group', next: 'yes' });
  assert.deepEqual([none.status, /Choose a group/.test(none.body)], [422, true]);
  const saved = await browser.send(`${base}/scope`, {
    _method: 'PUT',
    senders: 'all',
    internal: 'yes',
    next: 'yes',
  });
  assert.equal(saved.location, `${base}/configure`, saved.body);
  const plan = await browser.get(`${base}/configure`);
  assert.match(plan.body, /What will be done in Exchange[\s\S]*Create[\s\S]*I know how to pause/);

  const unsure = await browser.send(`${base}/runs`, { action: 'connect' });
  assert.deepEqual([unsure.status, /Tick this first/.test(unsure.body)], [422, true]);
  const begun = await browser.send(`${base}/runs`, { action: 'connect', know: 'yes' });
  assert.equal(begun.location, `${base}/run`, begun.body);
  const done = await runToItsEnd(started);
  assert.match(done.body, /<h1>\s*Connectors configuration successful/);
  assert.match((await browser.get(base)).body, /Waiting for Exchange|Connectors configuration successful/);

  assert.match((await browser.get(`${base}/act?action=verify`)).body, /Exchange is as it was set up/);
  await browser.get(`${base}/act?action=pause`);
  assert.equal((await browser.send(`${base}/runs`, { action: 'pause' })).location, `${base}/run`);
  await runToItsEnd(started);
  assert.match((await browser.get(base)).body, /Signet is paused[\s\S]*Resume/);

  const removal = await browser.get(`${base}/act?action=remove`);
  assert.match(removal.body, /Remove [2-9] objects from Contoso/);
  await browser.send(`${base}/runs`, { action: 'remove' });
  await runToItsEnd(started);
  assert.match(
    (await browser.get(`${base}/act?action=remove`)).body,
    /class="plan"><\/ul>|no object of this Signet/,
  );
  assert.match((await browser.get(base)).body, /Mail does not reach Signet yet/);
});

for (const [what, fields, says] of [
  ['declined', { choice: 'cancel' }, /The sign-in did not work\.<\/strong> [^<]+/],
  ['without the role', {}, /SIGNET_EXCHANGE_RIGHTS/],
] as const)
  test(`a sign-in that is ${what} is told, with a way on`, async context => {
    const started = await start(context);
    if (what === 'declined') {
      const reply = await authorise(started, 'setup', fields);
      assert.match(reply.body, says);
      assert.match(reply.body, /Try again with a new code/);
      return;
    }
    const ordinary = sandbox.contoso.directory.people().find(({ roles }) => roles.length === 0);
    const account = ordinary?.userPrincipalName ?? '';
    await authorise(started, 'setup', { account });
    const shown = await follow(started.browser, `${started.base}/configure`);
    assert.match(shown.body, says);
  });

test('stop signing now is local and instant, and taken back', async context => {
  const { browser, base, service } = await start(context);
  await browser.get(base);
  const stopped = await browser.send(`${base}/signing`, { _method: 'PUT', signing: 'off' });
  assert.equal(stopped.location, base);
  assert.match((await browser.get(base)).body, /Mail passes unsigned[\s\S]*Sign again/);
  await browser.send(`${base}/signing`, { _method: 'PUT', signing: 'on' });
  const [status] = await service.listTenants();
  assert.equal(status?.signing, 'on');
});

test('the manual method shows steps and script, and the emergency page holds no secret', async context => {
  const { browser, service } = await start(context);
  const added = await service.addTenant({ name: 'By hand', domains: ['contoso.com'] });
  assert.ok(added.kind === 'ok');
  const other = `/tenants/${added.value.tenantId}/mail-flow`;
  const manual = await browser.get(`${other}/manual`);
  assert.match(manual.body, /New-InboundConnector[\s\S]*New-OutboundConnector[\s\S]*New-TransportRule/);
  const script = await browser.get(`${other}/script`);
  const secret = /X-Signet-Route[\s\S]{0,200}?'([\w-]{32,64})'/.exec(script.body)?.[1] ?? '';
  assert.ok(secret.length >= 32, script.body);
  for (const path of ['/emergency', '/removal-script', '']) {
    const page = await browser.get(`${other}${path}`);
    assert.equal(page.status, 200);
    assert.equal(page.body.includes(secret), false, path);
  }
});

test('nobody reads the sign-in of another browser', async context => {
  const started = await start(context);
  await authorise(started);
  const stranger = createBrowser(started.web.url);
  await stranger.signIn('Ann');
  assert.equal((await stranger.get(`${started.base}/scope`)).location, `${started.base}/sign-in?then=setup`);
  assert.match((await stranger.get(`${started.base}/sign-in`)).body, /no sign-in under way/);
});
