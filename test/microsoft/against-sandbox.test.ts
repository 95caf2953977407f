/**
 * Our client of Microsoft 365 against the simulated tenant, which was built from the facts and not from this client: sign-in by
 * one-time code, then everything that is done to a tenant, over real sockets.
 */
import assert from 'node:assert/strict';
import { randomUUID } from 'node:crypto';
import { after, before, test } from 'node:test';
import { createTenantSetup } from '../../src/microsoft/apply/setup.ts';
import type { Cloud } from '../../src/microsoft/cloud.ts';
import { createExchange } from '../../src/microsoft/exchange/exchange.ts';
import { createSignIn } from '../../src/microsoft/tokens/sign-in.ts';
import { contosoSettings } from '../support/connector-settings.ts';
import { fieldsOf, startSandbox, type TestSandbox } from '../support/sandbox.ts';

let sandbox: TestSandbox;
before(async () => {
  sandbox = await startSandbox();
});
after(() => sandbox.sandbox.close());

/** Node's `fetch`, as far as the client uses it, over a connection that trusts the sandbox. */
async function fetchSandbox(url: string, { method, headers, body }: RequestInit = {}): Promise<Response> {
  const reply = await sandbox.send(url, {
    ...(method === undefined ? {} : { method }),
    headers: Object.fromEntries(new Headers(headers)),
    ...(typeof body === 'string' ? { body } : {}),
  });
  const hasBody = reply.status !== 204 && reply.status !== 304;
  return new Response(hasBody ? new Uint8Array(reply.bytes) : null, {
    status: reply.status,
    headers: reply.headers,
  });
}

function portsOf({ cloud: { authority, exchange, graph }, clock }: TestSandbox) {
  const cloud: Cloud = {
    ...{ name: 'sandbox', login: authority, exchange, graph },
    exchangeHosts: [new URL(exchange).hostname],
    mailHosts: '.mail.protection.outlook.com',
  };
  const wait = async (ms: number) => clock.advance(ms);
  return { cloud, fetch: fetchSandbox, clock, wait };
}

async function signIn(account: string, choice = 'continue') {
  const ports = portsOf(sandbox);
  const entry = createSignIn({ ...ports, application: { kind: 'microsoft-exchange' } });
  const code = await entry.deviceCode();
  assert.ok(code.kind === 'ok', JSON.stringify(code));
  const page = await sandbox.form(`${sandbox.cloud.pages}/devicelogin`, { code: code.value.userCode });
  await sandbox.form(`${sandbox.cloud.pages}/devicelogin/account`, { ...fieldsOf(page), account, choice });
  return code.value.result;
}

async function setupAs(account: string) {
  const access = await signIn(account);
  assert.ok(access.kind === 'ok', JSON.stringify(access));
  const ports = portsOf(sandbox);
  const exchange = createExchange({ ...ports, access: access.value, newId: randomUUID });
  return createTenantSetup({ ...ports, exchange });
}

function value<Value>(result: { readonly kind: string; readonly value?: Value }): Value {
  assert.equal(result.kind, 'ok', JSON.stringify(result));
  return result.value as Value;
}

test('a tenant is connected, verified, repaired, paused, resumed and removed', async () => {
  const setup = await setupAs('admin@contoso.com');
  const settings = contosoSettings;
  const plan = value(await setup.preview({ settings, isEnabled: true }));
  assert.ok(plan.length >= 4 && plan.every(({ kind }) => kind === 'create'), JSON.stringify(plan));

  value(await setup.connect({ settings, isEnabled: true }));
  const again = value(await setup.preview({ settings, isEnabled: true }));
  assert.deepEqual([...new Set(again.map(({ kind }) => kind))], ['keep']);
  assert.equal(value(await setup.verify({ settings })).kind, 'successful');

  const { transportRules, outboundConnectors } = sandbox.contoso;
  assert.ok(transportRules.latest().some(({ SetHeaderValue }) => SetHeaderValue === settings.routeSecret));
  outboundConnectors.put(
    outboundConnectors.latest().map(connector => ({ ...connector, SmartHosts: ['elsewhere.example'] })),
    sandbox.clock.now(),
  );
  const drifted = value(await setup.verify({ settings }));
  assert.ok(
    drifted.kind === 'drifted' && drifted.differences.some(text => text.includes('elsewhere.example')),
  );
  assert.equal(value(await setup.repair({ settings })).kind, 'successful');

  assert.equal(value(await setup.pause({ settings })).kind, 'paused');
  assert.equal(value(await setup.resume({ settings })).kind, 'successful');
  const rotated = {
    ...settings,
    routeSecret: 'another-secret-of-contoso-0123456789',
    previousRouteSecret: settings.routeSecret,
  };
  assert.equal(value(await setup.rotateSecret({ settings: rotated })).kind, 'successful');
  assert.ok(transportRules.latest().some(({ SetHeaderValue }) => SetHeaderValue === rotated.routeSecret));

  value(await setup.remove({ settings }));
  assert.equal(value(await setup.verify({ settings })).kind, 'not-configured');
  assert.equal(outboundConnectors.latest().length, 0);
});

test('a second run after an answer that was lost completes the set-up', async () => {
  const setup = await setupAs('admin@contoso.com');
  const settings = contosoSettings;
  sandbox.state.faults.put('exchange-lost-reply', { times: 1, only: 'New-OutboundConnector' });
  sandbox.state.faults.put('exchange-unavailable', { times: 1 });
  const first = await setup.connect({ settings, isEnabled: true });
  if (first.kind !== 'ok') value(await setup.connect({ settings, isEnabled: true }));
  assert.equal(value(await setup.verify({ settings })).kind, 'successful');
  value(await setup.remove({ settings }));
});

test('who may not change connectors is told so before anything is changed', async () => {
  const ordinary = sandbox.contoso.directory.people().find(({ roles }) => roles.length === 0);
  const setup = await setupAs(ordinary?.userPrincipalName ?? '');
  const result = await setup.connect({ settings: contosoSettings, isEnabled: true });
  assert.ok(result.kind === 'failed' && result.reason === 'rights', JSON.stringify(result));
  assert.equal(sandbox.contoso.inboundConnectors.latest().length, 0);
});

test('a sign-in that is declined says so', async () => {
  const result = await signIn('admin@contoso.com', 'cancel');
  assert.ok(result.kind === 'failed' && result.reason === 'declined', JSON.stringify(result));
});
