/**
 * What the fact sheet says can go wrong, at each step: mail flow stays as it was, the failure names step, cause and remedy, and
 * the same run again completes.
 */
import assert from 'node:assert/strict';
import { after, before, beforeEach, test } from 'node:test';
import type { MailFlowReason, RunPhase, Session } from '../../../src/microsoft/mail-flow-types.ts';
import type { FaultName } from '../../../src/sandbox/faults.ts';
import { endOf, must, signInTo, startMailFlow, type TestMailFlow } from '../../support/mail-flow.ts';
import { startSandbox, type TestSandbox } from '../../support/sandbox.ts';

let sandbox: TestSandbox;
let flow: TestMailFlow;
let session: Session;
let tenantId: string;
const actor = 'a test';

before(async () => {
  sandbox = await startSandbox();
  sandbox.state.pollSeconds = 0.1;
  // No relay runs here: Exchange's test of the connector is another test's.
  delete sandbox.state.hooks.validateConnector;
  flow = await startMailFlow(sandbox);
  ({ tenantId } = must(await flow.service.addTenant({ name: 'Contoso' })));
  session = await signInTo(flow, sandbox, { tenantId });
});
after(async () => {
  await flow.close();
  await sandbox.sandbox.close();
});

/** A tenant without anything of ours; what is kept of it stays, as it does when somebody removes everything by hand. */
beforeEach(() => {
  const { contoso, state, clock } = sandbox;
  state.faults.clear();
  for (const history of [contoso.transportRules, contoso.inboundConnectors, contoso.outboundConnectors])
    history.put([], clock.now());
});

function isRouting() {
  return sandbox.contoso
    .inForce()
    .transportRules.some(
      ({ SetHeaderName, State }) => SetHeaderName === 'X-Signet-Route' && State === 'Enabled',
    );
}

const connect = async () => await endOf(flow.service, await flow.service.connect({ ...session, actor }));

type Fault = readonly [FaultName, MailFlowReason | readonly MailFlowReason[]];

/** Permanent faults: nothing gets past them. */
const faults: readonly Fault[] = [
  ['exchange-unauthorized', 'sign-in'],
  ['exchange-forbidden', 'rights'],
  ['exchange-forbidden-bare', 'stale-token'],
  ['exchange-throttled', 'busy'],
  ['exchange-concurrency', 'busy'],
  ['exchange-unavailable', ['unreachable', 'unknown']],
  ['exchange-crash', ['unreachable', 'unknown', 'refused']],
  ['exchange-error-in-200', ['refused', 'unknown', 'invalid']],
  ['exchange-redirect-away', 'unreachable'],
];

const steps: readonly (readonly [string, RunPhase])[] = [
  ['Get-OrganizationConfig', 'read'],
  ['Get-TransportRule', 'read'],
  ['New-InboundConnector', 'connectors'],
  ['New-OutboundConnector', 'connectors'],
  ['New-TransportRule', 'rule'],
  ['Enable-TransportRule', 'enable'],
];

for (const [fault, expected] of faults)
  test(`${fault} at any step leaves mail flow as it was, is told, and is over with the next run`, async () => {
    for (const [only, phase] of steps) {
      sandbox.state.faults.put(fault, { only });
      const end = await connect();
      const place = `${fault} at ${only}: ${JSON.stringify(end)}`;
      assert.ok(end.kind === 'failed', place);
      assert.ok([expected].flat().includes(end.reason), place);
      assert.equal(end.phase, phase, place);
      assert.equal(end.step !== undefined, phase !== 'read', place);
      assert.match(end.problem.code, /^SIGNET_/);
      assert.match(end.problem.sentence, /^[A-Z"].*[^.]\.$/s, place);
      assert.equal(isRouting(), false, place);
      const status = must(await flow.service.status(tenantId));
      assert.equal(status.failure?.code, end.problem.code);
      sandbox.state.faults.clear();
    }
    const again = await connect();
    assert.equal(again.kind, 'succeeded', JSON.stringify(again));
    assert.equal(isRouting(), true);
    assert.equal(must(await flow.service.status(tenantId)).failure, undefined);
    await flow.store.microsoft.changeMicrosoft(tenantId, state => ({ ...state, status: 'not-configured' }));
  });

for (const [fault, only] of [
  ['exchange-lost-reply', 'New-InboundConnector'],
  ['exchange-lost-reply', 'New-OutboundConnector'],
  ['exchange-lost-reply', 'New-TransportRule'],
  ['exchange-lost-reply', 'Enable-TransportRule'],
  ['exchange-unavailable', 'Get-InboundConnector'],
  ['exchange-silent', 'New-OutboundConnector'],
  ['exchange-warning', 'New-TransportRule'],
  ['exchange-redirect', 'Get-TransportRule'],
  ['exchange-lists-scoped', 'Get-OutboundConnector'],
] as const satisfies readonly (readonly [FaultName, string])[])
  test(`${fault} once at ${only} does not keep the set-up from completing`, async () => {
    sandbox.state.faults.put(fault, { only, times: 1 });
    const end = await connect();
    assert.equal(end.kind, 'succeeded', JSON.stringify(end));
    const { inboundConnectors, outboundConnectors, transportRules } = sandbox.contoso;
    assert.deepEqual(
      [inboundConnectors, outboundConnectors, transportRules].map(history => history.latest().length),
      [1, 1, 3],
      'nothing is there twice',
    );
  });

for (const fault of ['connector-unreachable', 'connector-refuses-mail'] as const)
  test(`${fault}: the rule is not made while Exchange cannot reach Signet`, async () => {
    sandbox.state.faults.put(fault);
    const end = await connect();
    assert.ok(
      end.kind === 'failed' && end.reason === 'validation' && end.phase === 'validation',
      JSON.stringify(end),
    );
    assert.match(end.problem.sentence, /port 25/);
    assert.equal(sandbox.contoso.transportRules.latest().length, 0);
    assert.equal(
      await flow.store.microsoft.findValidation(tenantId),
      undefined,
      'the relay takes tests no more',
    );
    sandbox.state.faults.clear();
    assert.equal((await connect()).kind, 'succeeded');
  });

test('what is live stays live when a later run fails', async () => {
  assert.equal((await connect()).kind, 'succeeded');
  sandbox.state.faults.put('exchange-unavailable', { only: 'Get-TransportRule' });
  assert.equal((await connect()).kind, 'failed');
  assert.equal(isRouting(), true);
  const status = must(await flow.service.status(tenantId));
  assert.deepEqual([status.state, status.failure?.code], ['waiting', 'SIGNET_EXCHANGE_UNREACHABLE']);
});

test('a rotation that is cut short is no drift, and goes on with the secret that it made', async () => {
  assert.equal((await connect()).kind, 'succeeded');
  const secrets = () => flow.store.tenants.tenantSecrets(tenantId);
  const before = await secrets();
  sandbox.state.faults.put('exchange-unavailable', { only: 'Set-TransportRule' });
  const failed = await endOf(flow.service, await flow.service.rotateSecret({ ...session, actor }));
  assert.equal(failed.kind, 'failed');
  sandbox.state.faults.clear();
  const made = await secrets();
  assert.deepEqual(
    [made['route-secret-before'], made['route-secret'] === before['route-secret']],
    [before['route-secret'], false],
  );
  assert.equal(must(await flow.service.status(tenantId)).rotation?.kind, 'unfinished');
  assert.equal(must(await flow.service.verify(session)).state, 'successful');

  const again = await endOf(flow.service, await flow.service.rotateSecret({ ...session, actor }));
  assert.equal(again.kind, 'succeeded', JSON.stringify(again));
  assert.deepEqual(await secrets(), made);
  assert.equal(must(await flow.service.status(tenantId)).rotation?.kind, 'both-taken');
  assert.equal(must(await flow.service.verify(session)).state, 'successful');
});

test('a tenant that takes no connectors says so, and one that was never customised is prepared first', async () => {
  sandbox.contoso.kind = 'developer';
  const developer = await connect();
  assert.ok(
    developer.kind === 'failed' && developer.reason === 'developer-tenant',
    JSON.stringify(developer),
  );
  sandbox.contoso.kind = 'paid';
  sandbox.contoso.setOrganization({ IsDehydrated: true });
  const dehydrated = await connect();
  assert.ok(dehydrated.kind === 'failed' && dehydrated.reason === 'dehydrated', JSON.stringify(dehydrated));
  const asked = await endOf(flow.service, await flow.service.hydrate({ ...session, actor }));
  assert.equal(asked.kind, 'succeeded', JSON.stringify(asked));
  assert.equal((await connect()).kind, 'succeeded');
});

test('sign-ins that fail say how: declined, expired, blocked by a policy, and without the role', async () => {
  const { tenantId: another } = must(await flow.service.addTenant({ name: 'Another' }));
  const outcome = async (fault: FaultName | '', wish: { readonly choice?: string } = {}) => {
    if (fault) sandbox.state.faults.put(fault);
    const failed = await signInTo(flow, sandbox, { tenantId: another, ...wish });
    sandbox.state.faults.clear();
    const state = flow.service.signIn(failed)?.state;
    return state?.kind === 'failed' ? [state.reason, state.problem.code] : [state?.kind];
  };
  assert.deepEqual(await outcome('', { choice: 'cancel' }), ['declined', 'SIGNET_SIGN_IN_ENDED']);
  assert.deepEqual(await outcome('device-code-blocked'), ['blocked-by-policy', 'SIGNET_SIGN_IN_BLOCKED']);
  assert.deepEqual(await outcome('conditional-access'), ['blocked-by-policy', 'SIGNET_SIGN_IN_BLOCKED']);
  const ordinary = sandbox.contoso.directory
    .people()
    .find(({ roles, licensed }) => roles.length === 0 && licensed);
  const weak = await signInTo(flow, sandbox, {
    tenantId: another,
    account: ordinary?.userPrincipalName ?? '',
  });
  const end = await endOf(flow.service, await flow.service.connect({ ...weak, actor }));
  assert.ok(end.kind === 'failed' && end.reason === 'rights', JSON.stringify(end));
  assert.match(end.problem.sentence, /Exchange Administrator/);
});

test('no event, status or failure of all these holds a secret or a token', async () => {
  assert.equal((await connect()).kind, 'succeeded');
  const { service, store } = flow;
  const secrets = Object.values(await store.tenants.tenantSecrets(tenantId));
  assert.ok(secrets.length > 0);
  const told = JSON.stringify([
    await service.run(tenantId),
    await service.listTenants(),
    service.signIn(session),
    await service.preview(session),
  ]);
  const kept =
    JSON.stringify(await store.mailFlowRuns.lastRun(tenantId)) +
    JSON.stringify(await store.microsoft.findMicrosoft(tenantId));
  for (const secret of secrets) assert.ok(secret && !told.includes(secret) && !kept.includes(secret));
  assert.doesNotMatch(told + kept, /eyJ[\w-]{10,}\./, 'no token');
});
