/** Who gets to run a cmdlet at all: token, scope, tenant, role, headers and body (reference 1.1 to 1.4, 1.7, 1.9, 2.2). */
import assert from 'node:assert/strict';
import { after, before, describe, it } from 'node:test';
import {
  exchangeScope,
  ownApplication,
  signInAs,
  startSandbox,
  type TestSandbox,
} from '../../support/sandbox.ts';
import { invoke, rule } from '../../support/sandbox-exchange.ts';

let test: TestSandbox;
let admin: string;
before(async () => {
  test = await startSandbox();
  test.state.register(ownApplication());
  admin = await signInAs(test);
});
after(() => test.sandbox.close());

const get = (token: string, more: object = {}) =>
  invoke(test, { token, cmdlet: 'Get-AcceptedDomain', ...more });

describe('a token', () => {
  it('of an administrator for Exchange opens the API', async () => {
    const reply = await get(admin);
    assert.equal(reply.status, 200);
    assert.deepEqual(
      reply.value.map(({ DomainName }) => DomainName),
      ['contoso.com', 'signet.contoso.com', 'contoso.onmicrosoft.com'],
    );
    assert.match(reply.headers['content-type'] ?? '', /^application\/json;odata.metadata=minimal/);
    assert.ok(reply.headers['request-id']);
  });

  it('that is missing, garbled or forged gets 401 with an empty body', async () => {
    const [header, claims] = admin.split('.');
    for (const token of ['', 'garbage', `${header}.${claims}.AAAA`]) {
      const reply = await get(token);
      assert.deepEqual([reply.status, reply.text], [401, '']);
      assert.match(reply.headers['www-authenticate'] ?? '', /^Bearer/);
    }
  });

  it('for Graph gets 401', async () => {
    const graph = await signInAs(test, {
      clientId: ownApplication().appId,
      scope: 'https://graph.microsoft.com/User.Read offline_access',
      tenant: test.contoso.id,
    });
    assert.equal((await get(graph)).status, 401);
  });

  it('of another tenant gets 401', async () => {
    const stranger = await signInAs(test, { account: 'sara.davis@fabrikam.com' });
    assert.equal((await get(stranger)).status, 401);
    assert.equal(
      (
        await get(stranger, {
          tenant: test.fabrikam.id,
          headers: { 'x-anchormailbox': 'UPN:sara.davis@fabrikam.com' },
        })
      ).status,
      200,
    );
  });

  it('that has expired gets 401', async () => {
    const other = await startSandbox();
    try {
      const token = await signInAs(other);
      other.clock.advance(4_800_000);
      assert.equal((await invoke(other, { token, cmdlet: 'Get-AcceptedDomain' })).status, 401);
    } finally {
      await other.sandbox.close();
    }
  });

  it('of Exchange.ManageV2 gets a 403 without body and without reason', async () => {
    const application = ownApplication({
      appId: '77777777-7777-7777-7777-777777777777',
      requires: { delegated: { exchange: ['Exchange.ManageV2'] }, application: {} },
    });
    test.state.register(application);
    const token = await signInAs(test, { clientId: application.appId, tenant: test.contoso.id });
    const reply = await get(token);
    assert.deepEqual([reply.status, reply.text, reply.headers['x-ms-diagnostics']], [403, '', undefined]);
  });

  it('of a person without an Exchange role gets 403 with x-ms-diagnostics and a body of NULs', async () => {
    const reply = await get(await signInAs(test, { account: 'adele.vance@contoso.com' }));
    assert.deepEqual([reply.status, reply.text], [403, '\0\0']);
    assert.match(reply.headers['x-ms-diagnostics'] ?? '', /role/);
  });

  it('of a reader may look and not write', async () => {
    const token = await signInAs(test, { account: 'reader@contoso.com' });
    assert.equal((await get(token)).status, 200);
    const reply = await invoke(test, { token, cmdlet: 'New-TransportRule', parameters: rule });
    assert.equal(reply.status, 403);
    assert.ok(reply.headers['x-ms-diagnostics']);
    assert.deepEqual(test.contoso.transportRules.latest(), []);
  });

  it('that is older than a role gets a 403 without reason, and a new one opens', async () => {
    const { directory } = test.contoso;
    const person = directory.findPerson('lee.gu@contoso.com');
    assert.ok(person);
    const old = await signInAs(test, { account: 'lee.gu@contoso.com' });
    directory.putPerson({ ...person, roles: ['Exchange Administrator'] });
    const reply = await get(old);
    assert.deepEqual([reply.status, reply.headers['x-ms-diagnostics']], [403, undefined]);
    assert.equal((await get(await signInAs(test, { account: 'lee.gu@contoso.com' }))).status, 200);
  });

  it('of a member of a role group for rules alone may write rules and no connectors', async () => {
    const person = test.contoso.directory.findPerson('megan.bowen@contoso.com');
    assert.ok(person);
    test.contoso.roleGroups.set('Signet lease', {
      Name: 'Signet lease',
      Roles: ['Transport Rules'],
      Members: [person.id],
    });
    const token = await signInAs(test, { account: 'megan.bowen@contoso.com' });
    assert.equal((await invoke(test, { token, cmdlet: 'Get-TransportRule' })).status, 200);
    assert.equal((await invoke(test, { token, cmdlet: 'Get-InboundConnector' })).status, 403);
  });
});

describe('the list of cmdlets that a caller may run', () => {
  async function probe(token: string, headers: Readonly<Record<string, string>> = { commandname: '*' }) {
    const url = `${test.cloud.exchange}/adminapi/v1.0/${test.contoso.id}/EXOModuleFile?Version=3.9.2`;
    const reply = await test.send(url, { headers: { authorization: `Bearer ${token}`, ...headers } });
    return {
      status: reply.status,
      names: reply.status === 200 ? String(JSON.parse(reply.text).value[0].exportedCmdlets).split(',') : [],
    };
  }

  it('is whole for an Exchange administrator', async () => {
    const { names } = await probe(await signInAs(test, { account: 'exchange.admin@contoso.com' }));
    for (const name of ['New-InboundConnector', 'New-OutboundConnector', 'New-TransportRule'])
      assert.ok(names.includes(name));
  });

  it('lacks what a reader may not do', async () => {
    const { names } = await probe(await signInAs(test, { account: 'reader@contoso.com' }));
    assert.ok(names.includes('Get-TransportRule'));
    assert.ok(!names.includes('New-TransportRule'));
  });

  it('is refused to a person without a role, without a token and without its header', async () => {
    assert.equal((await probe(await signInAs(test, { account: 'adele.vance@contoso.com' }))).status, 403);
    assert.equal((await probe('')).status, 401);
    assert.equal((await probe(admin, {})).status, 400);
  });
});

describe('a call', () => {
  const wrong: readonly [string, number, object][] = [
    ['without an anchor mailbox', 400, { headers: { 'x-anchormailbox': undefined } }],
    ['with an anchor of no known form', 400, { headers: { 'x-anchormailbox': 'admin@contoso.com' } }],
    [
      'with an anchor in another organisation',
      404,
      { headers: { 'x-anchormailbox': 'UPN:sara.davis@fabrikam.com' } },
    ],
    ['that is not JSON', 415, { headers: { 'content-type': 'text/plain' } }],
    ['with a list for parameters', 400, { parameters: [] }],
    ['with null for parameters', 400, { parameters: null }],
    ['that wants CLIXML', 406, { headers: { 'x-responseformat': 'clixml' } }],
  ];
  for (const [what, status, more] of wrong) {
    it(`${what} is refused`, async () => assert.equal((await get(admin, more)).status, status));
  }

  const right: readonly [string, object][] = [
    [
      'with the system mailbox as anchor',
      {
        headers: {
          'x-anchormailbox':
            'APP:SystemMailbox{bb558c35-97f1-4cb9-8ff7-d53741dc928c}@11111111-1111-1111-1111-111111111111',
        },
      },
    ],
    ['with the initial domain for the tenant', { tenant: 'contoso.onmicrosoft.com' }],
  ];
  for (const [what, more] of right) {
    it(`${what} is answered`, async () => assert.equal((await get(admin, more)).status, 200));
  }

  it('by GET is refused', async () => {
    const url = `${test.cloud.exchange}/adminapi/beta/${test.contoso.id}/InvokeCommand`;
    assert.equal((await test.send(url, { headers: { authorization: `Bearer ${admin}` } })).status, 405);
  });

  it('of a cmdlet that does not exist is told so in the usual shape', async () => {
    const reply = await invoke(test, { token: admin, cmdlet: 'Remove-Everything' });
    assert.equal(reply.status, 400);
    assert.match(
      reply.problem,
      /^System.Management.Automation.CommandNotFoundException\|The term 'Remove-Everything' is not recognized/,
    );
  });

  it('shows the selected properties alone, and types beside truths and lists', async () => {
    const { value } = await get(admin, { query: '?$select=Name,Default' });
    assert.deepEqual(value[0], { Default: true, 'Default@data.type': 'System.Boolean', Name: 'contoso.com' });
  });

  it('finds exchangeScope usable for a registration with consent', async () => {
    const token = await signInAs(test, {
      clientId: ownApplication().appId,
      scope: exchangeScope,
      tenant: test.contoso.id,
    });
    assert.equal((await get(token)).status, 200);
  });
});
