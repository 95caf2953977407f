import assert from 'node:assert/strict';
import { once } from 'node:events';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { test } from 'node:test';
import { type Cloud, cloudOf } from '../../../src/microsoft/cloud.ts';
import { command } from '../../../src/microsoft/exchange/cmdlets.ts';
import { createExchange } from '../../../src/microsoft/exchange/exchange.ts';
import type { ExchangeReason } from '../../../src/microsoft/exchange/exchange-types.ts';
import { done } from '../../../src/microsoft/failure.ts';
import { networkError, type ScriptedReply, scriptedFetch } from '../../support/scripted-fetch.ts';

const tenantId = '11111111-1111-1111-1111-111111111111';
const base = `https://outlook.office365.com/adminapi/beta/${tenantId}/InvokeCommand`;
const getDomains = command('Get-AcceptedDomain', {});
const setConnector = command('Set-OutboundConnector', {
  Identity: 'bbbb',
  SmartHosts: ['signet2.contoso.com'],
});

function client(
  replies: readonly ScriptedReply[],
  { username }: { readonly username: string | undefined } = { username: 'admin@contoso.onmicrosoft.com' },
) {
  const { fetch, asked, left } = scriptedFetch(replies);
  const waits: number[] = [];
  const tokens: boolean[] = [];
  let id = 0;
  const exchange = createExchange({
    cloud: cloudOf('worldwide'),
    fetch,
    access: {
      tenantId,
      username,
      token: async (resource, { fresh = false } = {}) => {
        assert.equal(resource, 'exchange');
        tokens.push(fresh);
        return done(`token-${tokens.length}`);
      },
    },
    clock: { now: () => Date.UTC(2026, 7, 1, 10) },
    wait: async ms => {
      waits.push(ms);
    },
    newId: () => `id-${++id}`,
  });
  return { exchange, asked, waits, tokens, left };
}

function errorBody(message: string, code = 'BadRequest') {
  return {
    error: { code, message: 'Error executing cmdlet', details: [{ code: 'Client', target: '', message }] },
  };
}

test('a cmdlet goes out as the admin API wants it', async () => {
  const { exchange, asked } = client([{ body: { value: [] } }]);
  await exchange.run(setConnector, { select: ['Name', 'SmartHosts'] });
  const [request] = asked;
  assert.ok(request);
  assert.equal(request.url, `${base}?$select=Name,SmartHosts`);
  assert.equal(request.method, 'POST');
  assert.deepEqual(Object.fromEntries(request.headers), {
    accept: 'application/json',
    authorization: 'Bearer token-1',
    'client-request-id': 'id-2',
    'connection-id': 'id-1',
    'content-type': 'application/json; charset=utf-8',
    prefer: 'odata.maxpagesize=1000',
    'x-anchormailbox': 'UPN:admin@contoso.onmicrosoft.com',
    'x-clientapplication': 'Signet',
    'x-cmdletname': 'Set-OutboundConnector',
    'x-responseformat': 'json',
    'x-serializationlevel': 'Partial',
  });
  assert.deepEqual(JSON.parse(request.body), {
    CmdletInput: {
      CmdletName: 'Set-OutboundConnector',
      Parameters: { Identity: 'bbbb', SmartHosts: ['signet2.contoso.com'] },
    },
  });
});

test('an application, and a name that is no header text, are anchored at the system mailbox', async () => {
  for (const username of [undefined, 'ädmin@contoso.com', 'a\r\nX-Evil: 1@contoso.com']) {
    const { exchange, asked } = client([{ body: { value: [] } }], { username });
    await exchange.run(getDomains);
    const anchor = asked[0]?.headers.get('x-anchormailbox');
    assert.equal(anchor, `APP:SystemMailbox{bb558c35-97f1-4cb9-8ff7-d53741dc928c}@${tenantId}`);
  }
});

test('lists that are changed, not replaced, are hash tables', async () => {
  const { exchange, asked } = client([{ body: { value: [] } }]);
  await exchange.run(
    command('Set-InboundConnector', { Identity: 'c', SenderIPAddresses: { add: ['203.0.113.10'] } }),
  );
  assert.deepEqual(JSON.parse(asked[0]?.body ?? '').CmdletInput.Parameters.SenderIPAddresses, {
    '@odata.type': '#Exchange.GenericHashTable',
    Add: ['203.0.113.10'],
  });
});

test('rows come without annotations, warnings beside them', async () => {
  const row = { DomainName: 'contoso.com', 'DomainType@data.type': 'x.AcceptedDomainType', Default: true };
  const { exchange } = client([
    { body: { '@adminapi.warnings': ['No settings have been modified.\r\n'], value: [row] } },
  ]);
  assert.deepEqual(await exchange.run(getDomains), {
    kind: 'ok',
    value: {
      rows: [{ DomainName: 'contoso.com', Default: true }],
      warnings: ['No settings have been modified.'],
    },
  });
});

for (const [name, reply] of [
  ['an empty list', { body: { value: [] } }],
  ['204', { status: 204 }],
  ['an empty body', { body: '' }],
  ['NULs', { body: '\0\0' }],
] as const)
  test(`${name} is the answer of a cmdlet that prints nothing`, async () => {
    const { exchange } = client([reply]);
    assert.deepEqual(await exchange.run(setConnector), { kind: 'ok', value: { rows: [], warnings: [] } });
  });

test('the next page is the same request, posted to the link, without its port', async () => {
  const link = `https://outlook.office365.com:443/adminapi/beta/${tenantId}/InvokeCommand?$skiptoken=AAAA`;
  const { exchange, asked } = client([
    { body: { value: [{ Name: 'a' }], '@odata.nextLink': link } },
    { body: { value: [{ Name: 'b' }] } },
  ]);
  const answer = await exchange.run(command('Get-TransportRule', { ResultSize: 'Unlimited' }));
  assert.deepEqual(answer.kind === 'ok' && answer.value.rows, [{ Name: 'a' }, { Name: 'b' }]);
  assert.equal(asked[1]?.url, `${base}?$skiptoken=AAAA`);
  assert.equal(asked[1]?.method, 'POST');
  assert.equal(asked[1]?.body, asked[0]?.body);
  assert.notEqual(asked[1]?.headers.get('client-request-id'), asked[0]?.headers.get('client-request-id'));
});

for (const link of [
  'https://evil.example/adminapi',
  'http://outlook.office365.com/adminapi',
  'https://outlook.office365.com.evil.example/x',
  'https://outlook.office365.com:8443/x',
  'https://token@outlook.office365.com/x',
  'https://evilooutlook.com/x',
  'javascript:alert(1)',
])
  test(`no token goes to ${link}`, async () => {
    for (const reply of [
      { body: { value: [], '@odata.nextLink': link } },
      { status: 302, headers: { location: link } },
    ]) {
      const { exchange, asked } = client([
        reply,
        ...Array(5).fill({ status: 302, headers: { location: link } }),
      ]);
      const answer = await exchange.run(setConnector);
      assert.equal(answer.kind, 'failed');
      assert.ok(asked.every(({ url }) => url.startsWith('https://outlook.office365.com/')));
    }
  });

test('a redirect to a regional host keeps method, body and token, and loses port 446', async () => {
  const { exchange, asked } = client([
    { status: 302, headers: { location: 'https://am0pr05.outlook.com:446/adminapi/x' } },
    { body: { value: [] } },
  ]);
  assert.equal((await exchange.run(getDomains)).kind, 'ok');
  assert.equal(asked[1]?.url, 'https://am0pr05.outlook.com/adminapi/x');
  assert.equal(asked[1]?.method, 'POST');
  assert.equal(asked[1]?.body, asked[0]?.body);
  assert.equal(asked[1]?.headers.get('authorization'), 'Bearer token-1');
});

const notFound =
  "Ex6F9304|Microsoft.Exchange.Configuration.Tasks.ManagementObjectNotFoundException|The operation couldn't be performed because object 'x' couldn't be found on 'AM0PR05A01DC001'.";

const refusals: readonly (readonly [string, ScriptedReply, ExchangeReason, RegExp])[] = [
  [
    'not found as 404',
    { status: 404, body: errorBody(notFound, 'NotFound') },
    'not-found',
    /object 'x' couldn't be found/,
  ],
  ['not found as 400', { status: 400, body: errorBody(notFound) }, 'not-found', /couldn't be found/],
  ['not found as 500', { status: 500, body: errorBody(notFound) }, 'not-found', /couldn't be found/],
  [
    'a connector that a rule names and that is not there yet',
    {
      status: 400,
      body: errorBody("|X.RecipientTaskException|The connector 'Signet - to relay' couldn't be found."),
    },
    'not-yet',
    /wait a minute/,
  ],
  [
    'a name that is taken',
    {
      status: 400,
      body: errorBody(
        "|Microsoft.Exchange.Data.Directory.ADObjectAlreadyExistsException|A connector with the name 'Signet - to relay' already exists.",
      ),
    },
    'already-exists',
    /already exists/,
  ],
  [
    'a dehydrated tenant',
    {
      status: 400,
      body: errorBody(
        "|Microsoft.Exchange.Management.Tasks.TenantDehydratedException|The command you tried to run isn't currently allowed in your organization. To run this command, you first need to run the command: Enable-OrganizationCustomization.",
      ),
    },
    'dehydrated',
    /Enable-OrganizationCustomization/,
  ],
  [
    'a value that does not fit',
    {
      status: 400,
      headers: { 'x-exceptiontype': 'Microsoft.Exchange.Configuration.Tasks.TaskInvalidOperationException' },
      body: errorBody(
        'Ex000001|Microsoft.Exchange.Management.Transport.InvalidConnectorSettingException|Not both.',
      ),
    },
    'invalid',
    /Not both/,
  ],
  [
    'details that are JSON again',
    {
      status: 400,
      body: errorBody(JSON.stringify(errorBody('Ex1|X.ParameterBindingException|No such parameter.'))),
    },
    'invalid',
    /No such parameter/,
  ],
  [
    'an internal exception with odd key case',
    {
      status: 400,
      body: {
        error: {
          Message: 'Error executing cmdlet',
          innerError: { InternalException: { Message: "object 'y' wasn't found", Type: 'A.B' } },
        },
      },
    },
    'not-found',
    /'y' wasn't found/,
  ],
  [
    'a missing role, with diagnostics',
    {
      status: 403,
      headers: {
        'x-ms-diagnostics':
          '2000012;reason="The user isn\'t assigned to a role that allows this cmdlet.";error_category="invalid_grant"',
      },
      body: '\0\0',
    },
    'rights',
    /isn't assigned to a role.*Exchange Administrator/,
  ],
  [
    'a developer tenant',
    {
      status: 400,
      body: errorBody('|X.Y|Inbound connectors are not available in an E5 developer subscription.'),
    },
    'developer-tenant',
    /paid tenant/,
  ],
  [
    'an error inside a 200',
    { body: { value: [], '@adminapi.errors': ['non-terminating error text'] } },
    'refused',
    /non-terminating error text/,
  ],
  ['plain text', { status: 400, body: 'Bad thing' }, 'refused', /Bad thing/],
  ['a proxy page as 200', { body: '<html>Please log in</html>' }, 'refused', /not JSON/],
];

for (const [name, reply, reason, sentence] of refusals)
  test(`${name}: ${reason}`, async () => {
    const { exchange, asked, waits } = client([reply]);
    const answer = await exchange.run(setConnector);
    assert.ok(answer.kind === 'failed');
    assert.equal(answer.reason, reason);
    assert.match(answer.problem.sentence, sentence);
    assert.match(answer.problem.sentence, /^[^\n]+\.$/);
    assert.equal(asked.length, 1);
    assert.deepEqual(waits, []);
  });

test('what Microsoft said, and the id of the request, are kept for its support', async () => {
  const { exchange } = client([
    { status: 404, headers: { 'request-id': '4444' }, body: errorBody(notFound) },
  ]);
  const answer = await exchange.run(setConnector);
  assert.match(
    (answer.kind === 'failed' && answer.detail) || '',
    /^HTTP 404; ManagementObjectNotFoundException; The operation.*; request-id 4444$/,
  );
});

test('401 asks for a fresh token once, then for the administrator', async () => {
  const unauthorised = { status: 401, headers: { 'www-authenticate': 'Bearer error="invalid_token"' } };
  const once = client([unauthorised, { body: { value: [] } }]);
  assert.equal((await once.exchange.run(setConnector)).kind, 'ok');
  assert.deepEqual(once.tokens, [false, true]);
  assert.equal(once.asked[1]?.headers.get('authorization'), 'Bearer token-2');
  const twice = client([unauthorised, unauthorised]);
  const answer = await twice.exchange.run(setConnector);
  assert.ok(answer.kind === 'failed' && answer.reason === 'sign-in');
});

test('403 without diagnostics is a stale token first', async () => {
  const forbidden = { status: 403, headers: { 'request-id': '5555' } };
  const { exchange, tokens } = client([forbidden, forbidden]);
  const answer = await exchange.run(setConnector);
  assert.ok(answer.kind === 'failed' && answer.reason === 'stale-token');
  assert.deepEqual(tokens, [false, true]);
});

const tooMany =
  'You have reached the maximum number of concurrent requests per tenant. Please wait and try again.';

test('throttling is waited for, as long as Microsoft says, also for writes', async () => {
  const { exchange, waits } = client([
    { status: 429, headers: { 'retry-after': '30' } },
    { status: 400, headers: { 'content-type': 'text/plain' }, body: tooMany },
    { status: 429, headers: { 'retry-after': 'Sat, 01 Aug 2026 10:00:07 GMT' } },
    { body: { value: [] } },
  ]);
  assert.equal((await exchange.run(setConnector)).kind, 'ok');
  assert.deepEqual(waits, [30_000, 6_000, 7_000]);
});

test('throttling beyond patience is told, not waited for', async () => {
  const { exchange, waits } = client([{ status: 429, headers: { 'retry-after': '900' } }]);
  const answer = await exchange.run(getDomains);
  assert.ok(answer.kind === 'failed' && answer.reason === 'busy');
  assert.deepEqual(waits, []);
});

for (const [name, reply] of [
  ['503', { status: 503, body: '<html>Service Unavailable</html>' }],
  ['504', { status: 504 }],
  ['500 of no cmdlet', { status: 500 }],
  ['a reset connection', { error: networkError('ECONNRESET') }],
] as const) {
  test(`a read is repeated after ${name}, anchored at the system mailbox where a server answered`, async () => {
    const { exchange, asked, waits } = client([reply, reply, { body: { value: [] } }]);
    assert.equal((await exchange.run(getDomains)).kind, 'ok');
    assert.deepEqual(waits, [3_000, 6_000]);
    const anchor = asked[2]?.headers.get('x-anchormailbox');
    assert.equal(anchor?.startsWith('APP:'), name.startsWith('503') || name.startsWith('504'));
  });

  test(`after ${name} nobody knows whether a write happened, and it is not repeated`, async () => {
    const { exchange, asked } = client([reply]);
    const answer = await exchange.run(setConnector);
    assert.ok(answer.kind === 'failed');
    assert.equal(answer.reason, 'unknown');
    assert.equal(asked.length, 1);
  });
}

test('a name that does not resolve is no doubt about a write', async () => {
  const { exchange } = client([{ error: networkError('ENOTFOUND') }]);
  const answer = await exchange.run(setConnector);
  assert.ok(answer.kind === 'failed' && answer.reason === 'unreachable');
  assert.match(answer.problem.sentence, /ENOTFOUND/);
});

test('one call at a time, in the order of asking', async () => {
  const order: string[] = [];
  const slow = client([
    { body: { value: [{ n: 1 }] } },
    { body: { value: [{ n: 2 }] } },
    { body: { value: [{ n: 3 }] } },
  ]);
  const calls = ['a', 'b', 'c'].map(async name => {
    const answer = await slow.exchange.run(getDomains);
    order.push(`${name}${answer.kind === 'ok' && answer.value.rows[0]?.n}`);
  });
  await Promise.all(calls);
  assert.deepEqual(order, ['a1', 'b2', 'c3']);
});

test('the list of cmdlets that the account may run is asked for as the module does', async () => {
  const { exchange, asked } = client([
    { status: 302, headers: { location: 'https://eur.outlook.office365.com/adminapi/v1.0/m' } },
    { body: { value: [{ exportedCmdlets: 'Get-Mailbox, New-InboundConnector,New-TransportRule' }] } },
  ]);
  assert.deepEqual(await exchange.availableCmdlets(), {
    kind: 'ok',
    value: ['Get-Mailbox', 'New-InboundConnector', 'New-TransportRule'],
  });
  assert.equal(asked[0]?.method, 'GET');
  assert.equal(asked[0]?.headers.get('commandname'), '*');
});

test('no failure repeats the token or a parameter', async () => {
  for (const [, reply] of refusals) {
    const { exchange } = client([reply]);
    const secret = 'route-secret-0123456789abcdef-0123';
    const answer = await exchange.run(
      command('Set-TransportRule', {
        Identity: 'r',
        SetHeaderName: 'X-Signet-Route',
        SetHeaderValue: secret,
      }),
    );
    assert.doesNotMatch(JSON.stringify(answer), /token-1|route-secret/);
  }
});

async function withServer(handle: Parameters<typeof createServer>[1], work: (cloud: Cloud) => Promise<void>) {
  const server = createServer({}, handle).listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;
  try {
    await work({
      ...cloudOf('worldwide'),
      name: 'sandbox',
      exchange: `http://127.0.0.1:${port}`,
      exchangeHosts: [],
    });
  } finally {
    server.closeAllConnections();
    server.close();
  }
}

function overHttp(cloud: Cloud) {
  return createExchange({
    cloud,
    fetch: (url, init) => fetch(url, init),
    access: { tenantId, username: undefined, token: async () => done('t') },
    clock: { now: () => 0 },
    wait: async () => {},
    newId: () => 'id',
  });
}

test("over real HTTP: Node's fetch pages, and a silent server is given up in time", async () => {
  let requests = 0;
  await withServer(
    (request, response) => {
      requests++;
      if (requests > 2) return;
      request.resume().on('end', () => {
        const next = requests === 1 ? { '@odata.nextLink': `http://${request.headers.host}/next` } : {};
        response.end(JSON.stringify({ value: [{ requests }], ...next }));
      });
    },
    async cloud => {
      const exchange = overHttp(cloud);
      const answer = await exchange.run(getDomains);
      assert.deepEqual(answer.kind === 'ok' && answer.value.rows, [{ requests: 1 }, { requests: 2 }]);
      const silent = await exchange.run(setConnector, { timeoutMs: 100 });
      assert.ok(silent.kind === 'failed' && silent.reason === 'unknown');
      assert.match(silent.problem.sentence, /no answer in time/);
    },
  );
});

test('over real HTTP: a call that is stopped ends at once, and says that a write may have happened', async () => {
  const stop = new AbortController();
  await withServer(
    () => stop.abort(),
    async cloud => {
      const answer = await overHttp(cloud).run(setConnector, { signal: stop.signal });
      assert.ok(answer.kind === 'failed' && answer.reason === 'unknown');
    },
  );
});
