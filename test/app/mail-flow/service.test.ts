import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import {
  endOf,
  eventsOf,
  must,
  signInTo,
  startMailFlow,
  type TestMailFlow,
} from '../../support/mail-flow.ts';
import { startSandbox, type TestSandbox } from '../../support/sandbox.ts';

let sandbox: TestSandbox;
let flow: TestMailFlow;
before(async () => {
  sandbox = await startSandbox();
  sandbox.state.pollSeconds = 0.2;
  // No relay runs here: Exchange's test of the connector is another test's.
  delete sandbox.state.hooks.validateConnector;
  flow = await startMailFlow(sandbox);
});
after(async () => {
  await flow.close();
  await sandbox.sandbox.close();
});

const actor = 'a test';

test('a tenant is added, connected, looked at, paused, resumed, given a new secret and removed', async () => {
  const { service, store } = flow;
  const { tenantId } = must(await service.addTenant({ name: 'Contoso' }));
  assert.equal(must(await service.status(tenantId)).state, 'not-configured');

  const session = await signInTo(flow, sandbox, { tenantId });
  const view = service.signIn(session);
  assert.ok(
    view?.state.kind === 'signed-in' && view.state.username === 'admin@contoso.com',
    JSON.stringify(view),
  );
  assert.equal(service.signIn({ ...session, owner: 'somebody else' }), undefined);

  const preview = must(await service.preview(session));
  assert.deepEqual(
    [...new Set(preview.plan.map(({ action }) => action)), preview.organisation, preview.isLive],
    ['create', 'Contoso', false],
  );

  const begun = must(await service.connect({ ...session, actor }));
  const events = await eventsOf(service, begun);
  const end = events.at(-1);
  assert.ok(end?.kind === 'end' && end.result.kind === 'succeeded', JSON.stringify(end));
  assert.equal(end.result.sentence, 'Connectors configuration successful.');
  assert.deepEqual(
    events.flatMap(event => (event.kind === 'phase' ? [event.phase] : [])),
    ['read', 'connectors', 'validation', 'rule', 'enable', 'tidy'],
  );
  assert.deepEqual(
    events.map(({ number }) => number),
    events.map((_, index) => index + 1),
  );
  assert.equal(must(await service.status(tenantId)).state, 'waiting');

  const tenant = await store.tenants.findTenant(tenantId);
  assert.deepEqual(tenant?.domains, ['contoso.com', 'contoso.onmicrosoft.com', 'signet.contoso.com']);
  assert.equal(tenant?.connection.microsoft?.cloud, 'sandbox');

  assert.deepEqual(must(await service.verify(session)).state, 'successful');
  assert.equal((await endOf(service, await service.pause({ ...session, actor }))).kind, 'succeeded');
  assert.equal(must(await service.status(tenantId)).state, 'paused');
  assert.equal((await endOf(service, await service.resume({ ...session, actor }))).kind, 'succeeded');
  assert.equal(must(await service.status(tenantId)).state, 'waiting');

  const before = await store.tenants.tenantSecrets(tenantId);
  assert.equal((await endOf(service, await service.rotateSecret({ ...session, actor }))).kind, 'succeeded');
  const after = await store.tenants.tenantSecrets(tenantId);
  assert.equal(after['route-secret-before'], before['route-secret']);
  assert.notEqual(after['route-secret'], before['route-secret']);
  const [route] = sandbox.contoso.transportRules
    .latest()
    .filter(({ SetHeaderName }) => SetHeaderName === 'X-Signet-Route');
  assert.equal(route?.SetHeaderValue, after['route-secret']);
  assert.equal(must(await service.status(tenantId)).rotation?.kind, 'both-taken');
  const again = await endOf(service, await service.rotateSecret({ ...session, actor }));
  assert.ok(again.kind === 'failed' && again.reason === 'rotation', JSON.stringify(again));

  const listed = must(await service.previewRemoval(session));
  assert.equal(listed.length, 5);
  assert.equal((await endOf(service, await service.remove({ ...session, actor }))).kind, 'succeeded');
  assert.equal(sandbox.contoso.transportRules.latest().length, 0);
  assert.equal(sandbox.contoso.inboundConnectors.latest().length, 0);
  assert.equal(must(await service.status(tenantId)).state, 'not-configured');
  service.endSignIn(session);
  const over = await service.preview(session);
  assert.ok(over.kind === 'failed' && over.reason === 'sign-in-needed');
});
