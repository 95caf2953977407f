/** The device flow, with a client that knows nothing but RFC 8628, against the sandbox and against oidc-provider. */
import assert from 'node:assert/strict';
import { after, afterEach, before, describe, it } from 'node:test';
import { createLocalJWKSet, createRemoteJWKSet, jwtVerify } from 'jose';
import { type DeviceClient, signInByDevice } from '../../support/device-client.ts';
import { startOidcProvider } from '../../support/oidc-provider.ts';
import {
  exchangeScope,
  fieldsOf,
  microsoftsClient,
  ownApplication,
  startSandbox,
  type TestSandbox,
} from '../../support/sandbox.ts';

let test: TestSandbox;
before(async () => {
  test = await startSandbox();
});
afterEach(() => test.state.faults.clear());
after(() => test.sandbox.close());

function client(changes: Partial<DeviceClient> = {}): DeviceClient {
  return {
    discovery: `${test.cloud.authority}/organizations/v2.0/.well-known/openid-configuration`,
    clientId: microsoftsClient,
    scope: exchangeScope,
    send: test.send,
    show: ({ userCode }) => enter(userCode, 'admin@contoso.com'),
    wait: async seconds => test.clock.advance(seconds * 1000),
    ...changes,
  };
}

async function enter(code: string, account: string, choice = 'continue') {
  const page = await test.form(`${test.cloud.pages}/devicelogin`, { code });
  assert.match(page.text, /Pick an account/);
  await test.form(`${test.cloud.pages}/devicelogin/account`, { ...fieldsOf(page), account, choice });
}

describe('a client that knows RFC 8628 alone', () => {
  it('signs in with the sandbox, and the id token verifies against the published keys', async () => {
    const result = await signInByDevice(client());
    assert.equal(result.kind, 'tokens');
    if (result.kind !== 'tokens') return;
    const keys = createLocalJWKSet(JSON.parse((await test.send(result.jwksUri)).text));
    const { payload } = await jwtVerify(String(result.tokens.id_token), keys, {
      audience: microsoftsClient,
      currentDate: new Date(test.clock.now()),
    });
    assert.equal(payload.preferred_username, 'admin@contoso.com');
    assert.equal(payload.iss, result.issuer.replace('{tenantid}', String(payload.tid)));
  });

  it('signs in with oidc-provider in the same way', async () => {
    const provider = await startOidcProvider();
    try {
      const result = await signInByDevice({
        ...client(),
        discovery: `${provider.issuer}/.well-known/openid-configuration`,
        clientId: provider.clientId,
        scope: 'openid',
        send: provider.send,
        show: ({ userCode }) => provider.approve(userCode),
        wait: async () => {},
      });
      assert.equal(result.kind, 'tokens');
      if (result.kind !== 'tokens') return;
      const keys = createRemoteJWKSet(new URL(result.jwksUri));
      const { payload } = await jwtVerify(String(result.tokens.id_token), keys, {
        audience: provider.clientId,
      });
      assert.equal(payload.iss, provider.issuer);
    } finally {
      await provider.close();
    }
  });

  const ends: readonly [string, string, Partial<DeviceClient>][] = [
    [
      'is told when the person declines',
      'authorization_declined',
      { show: ({ userCode }) => enter(userCode, 'admin@contoso.com', 'cancel') },
    ],
    ['is told when the code expires', 'expired_token', { show: async () => test.clock.advance(899_000) }],
    [
      'is told when its registration is unknown',
      'unauthorized_client',
      { clientId: '00000000-0000-0000-0000-000000000001' },
    ],
    ['is told when it asks for no resource', 'invalid_scope', { scope: 'openid' }],
  ];
  for (const [what, error, changes] of ends) {
    it(what, async () => {
      const result = await signInByDevice(client(changes));
      assert.equal(result.kind === 'failed' && result.error, error);
    });
  }

  it('waits while the person takes time, and slows down when it is told to', async () => {
    test.state.faults.put('slow-down', { times: 1, after: 1 });
    const waits: number[] = [];
    let shown = '';
    const result = await signInByDevice(
      client({
        show: async ({ userCode }) => {
          shown = userCode;
        },
        wait: async seconds => {
          test.clock.advance(seconds * 1000);
          waits.push(seconds);
          if (waits.length === 4) await enter(shown, 'admin@contoso.com');
        },
      }),
    );
    assert.equal(result.kind, 'tokens');
    assert.deepEqual(waits, [5, 5, 10, 10]);
  });
});

describe('the token endpoint of the device flow', () => {
  const base = () => `${test.cloud.authority}/organizations/oauth2/v2.0`;
  async function start(clientId = microsoftsClient, scope = exchangeScope) {
    return JSON.parse((await test.form(`${base()}/devicecode`, { client_id: clientId, scope })).text);
  }
  async function poll(deviceCode: string, fields: Readonly<Record<string, string>> = {}) {
    const reply = await test.form(`${base()}/token`, {
      grant_type: 'device_code',
      device_code: deviceCode,
      client_id: microsoftsClient,
      ...fields,
    });
    return { status: reply.status, body: JSON.parse(reply.text) };
  }

  it('names a page that can be opened, and carries no complete address with the code in it', async () => {
    const device = await start();
    assert.equal(device.verification_uri, `${test.cloud.pages}/devicelogin`);
    assert.equal(device.verification_uri_complete, undefined);
    assert.deepEqual([device.expires_in, device.interval], [900, 5]);
    assert.match((await test.send(device.verification_uri)).text, /This is a simulation/);
  });

  it('answers pending with its AADSTS number, and slow_down to a client that does not wait', async () => {
    const { device_code: code } = await start();
    const first = await poll(code);
    assert.deepEqual(
      [first.status, first.body.error, first.body.error_codes],
      [400, 'authorization_pending', [70016]],
    );
    assert.match(first.body.error_description, /^AADSTS70016: /);
    assert.equal((await poll(code)).body.error, 'slow_down');
    test.clock.advance(5000);
    assert.equal((await poll(code)).body.error, 'authorization_pending');
  });

  it('gives tokens for a device code once', async () => {
    const { user_code: userCode, device_code: code } = await start();
    await enter(userCode, 'admin@contoso.com');
    assert.equal((await poll(code)).status, 200);
    assert.equal((await poll(code)).body.error, 'invalid_grant');
  });

  it('gives no token to another application, or for a code it never made', async () => {
    test.state.register(ownApplication({ signInAudience: 'AzureADMultipleOrgs' }));
    const { user_code: userCode, device_code: code } = await start();
    await enter(userCode, 'admin@contoso.com');
    const other = await poll(code, { client_id: ownApplication().appId });
    assert.deepEqual(other.body.error_codes, [700005]);
    assert.equal((await poll('made-up')).body.error, 'bad_verification_code');
  });

  it('refuses a registration that does not allow public clients with 7000218', async () => {
    const application = ownApplication({
      appId: '88888888-8888-8888-8888-888888888888',
      isFallbackPublicClient: false,
      signInAudience: 'AzureADMultipleOrgs',
    });
    test.state.register(application);
    const { device_code: code } = await start(application.appId);
    const reply = await poll(code, { client_id: application.appId });
    assert.deepEqual(
      [reply.status, reply.body.error, reply.body.error_codes],
      [401, 'invalid_client', [7000218]],
    );
  });

  it('tells the polling client 53003 when a policy blocks device codes', async () => {
    test.state.faults.put('device-code-blocked');
    const { user_code: userCode, device_code: code } = await start();
    await enter(userCode, 'admin@contoso.com');
    const reply = await poll(code);
    assert.deepEqual([reply.body.error, reply.body.error_codes], ['invalid_grant', [53003]]);
  });

  it('may never tell it, until the code expires', async () => {
    test.state.faults.put('device-code-never-completes');
    const { user_code: userCode, device_code: code } = await start();
    await enter(userCode, 'admin@contoso.com');
    assert.equal((await poll(code)).body.error, 'authorization_pending');
    test.clock.advance(900_000);
    assert.equal((await poll(code)).body.error, 'expired_token');
  });

  it('gives Microsoft’s own client no Graph data, and no more than it is preauthorised for', async () => {
    for (const scope of [
      'https://graph.microsoft.com/.default',
      'User.Read',
      'https://outlook.office365.com/Exchange.Manage',
    ]) {
      const reply = await test.form(`${base()}/devicecode`, { client_id: microsoftsClient, scope });
      assert.deepEqual(JSON.parse(reply.text).error_codes, [65002], scope);
    }
  });
});
