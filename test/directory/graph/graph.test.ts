import assert from 'node:assert/strict';
import { test } from 'node:test';
import { createGraphSource } from '../../../src/directory/graph/graph.ts';
import { createPace } from '../../../src/directory/pace.ts';
import { settle } from '../../../src/directory/settle.ts';
import type { Result } from '../../../src/problem.ts';

const origin = 'https://graph.microsoft.com';
const elapsed = () => performance.now();

type Reply = {
  readonly status?: number;
  readonly headers?: Readonly<Record<string, string>>;
  readonly body?: unknown;
};

/** Graph by a script: each request takes the next reply of the first key that its URL contains. */
function scripted(
  script: Readonly<Record<string, readonly Reply[]>>,
  tokens: readonly Result<string>[] = [],
) {
  const left = Object.entries(script).map(([key, replies]): [string, Reply[]] => [key, [...replies]]);
  const requests: string[] = [];
  const waits: number[] = [];
  const asked: boolean[] = [];
  const source = createGraphSource({
    origin,
    elapsed,
    now: () => 0,
    photos: false,
    random: () => 0.5,
    token: ({ fresh }) => {
      asked.push(fresh);
      return Promise.resolve(tokens[asked.length - 1] ?? { kind: 'ok', value: `token-${fresh}` });
    },
    wait: ms => {
      waits.push(ms);
      return Promise.resolve();
    },
    fetch: (url, init) => {
      requests.push(`${url} ${new Headers(init.headers).get('authorization')}`);
      // Nobody has a manager beyond what the deltas say.
      if (url.endsWith('/$batch')) return Promise.resolve(nobody(String(init.body)));
      const reply = left.find(([key]) => url.includes(key))?.[1].shift();
      if (!reply) return Promise.reject(new Error('connection refused'));
      const { status = 200, headers = {}, body = { value: [] } } = reply;
      const text = typeof body === 'string' ? body : JSON.stringify(body);
      return Promise.resolve(new Response(text, { status, headers }));
    },
  });
  const read = (signal = new AbortController().signal) => source.read(signal, () => {});
  return { read, requests, waits, asked };
}

function nobody(body: string): Response {
  const { requests } = JSON.parse(body) as { requests: readonly { id: string }[] };
  return Response.json({ responses: requests.map(({ id }) => ({ id, status: 404 })) });
}

const page = (value: readonly unknown[], next?: string): Reply => ({
  body: { value, ...(next ? { '@odata.nextLink': next } : { '@odata.deltaLink': `${origin}/v1.0/x` }) },
});
const noGroups = { 'groups/delta': [page([])] };

/** exo-examples/17, with a manager, a shared mailbox, a guest and an account without mail. */
const ann = {
  id: 'u1',
  userPrincipalName: 'ann@contoso.com',
  mail: 'Ann@contoso.com',
  proxyAddresses: ['SMTP:Ann@contoso.com', 'smtp:a.lee@contoso.com', 'sip:ann@contoso.com'],
  displayName: 'Ann Lee',
  jobTitle: 'Buyer',
  businessPhones: ['+1 555 0100'],
  mobilePhone: null,
  accountEnabled: true,
  onPremisesExtensionAttributes: { extensionAttribute1: 'Team A', extensionAttribute2: null },
  'manager@delta': [{ '@odata.type': '#microsoft.graph.user', id: 'u2' }],
};
const shared = { id: 'u2', mail: null, proxyAddresses: ['SMTP:info@contoso.com'], accountEnabled: false };
const guest = { id: 'u3', userType: 'Guest', mail: 'x@fabrikam.com' };
const nameless = { id: 'u4', userPrincipalName: 'svc@contoso.onmicrosoft.com', mail: null };

async function settled(read: Awaited<ReturnType<ReturnType<typeof scripted>['read']>>) {
  if (read.kind === 'problem') return assert.fail(read.problem.sentence);
  return { reading: read.value, ...(await settle(read.value, createPace(elapsed), () => {})) };
}

test('users come with their addresses, fields, managers and nested groups', async () => {
  const { read, requests } = scripted({
    'users/delta?$select': [
      page([ann, { id: 'gone', mail: 'g@contoso.com' }], `${origin}/v1.0/users/delta?$skiptoken=2`),
    ],
    'skiptoken=2': [page([shared, guest, nameless, { id: 'gone', '@removed': { reason: 'changed' } }])],
    'groups/delta': [
      page([
        {
          id: 'g1',
          displayName: 'Sales',
          mail: 'sales@contoso.com',
          'members@delta': [{ id: 'u1' }, { id: 'u2' }],
        },
        { id: 'g2', displayName: 'All', 'members@delta': [{ id: 'g1' }] },
        { id: 'g1', 'members@delta': [{ id: 'u2', '@removed': { reason: 'deleted' } }] },
        { id: 'g3', '@removed': { reason: 'deleted' } },
      ]),
    ],
  });
  const { people, groups, reading } = await settled(await read());
  assert.deepEqual(
    [...people].sort((one, other) => (one.id < other.id ? -1 : 1)),
    [
      {
        id: 'u1',
        kind: 'user',
        address: 'ann@contoso.com',
        aliases: ['a.lee@contoso.com'],
        fields: {
          displayName: 'Ann Lee',
          email: 'Ann@contoso.com',
          userPrincipalName: 'ann@contoso.com',
          jobTitle: 'Buyer',
          businessPhone: '+1 555 0100',
          extensionAttribute1: 'Team A',
        },
        custom: {},
        groups: ['g1', 'g2'],
        managerId: 'u2',
      },
      {
        id: 'u2',
        kind: 'shared',
        address: 'info@contoso.com',
        aliases: [],
        fields: { email: 'info@contoso.com' },
        custom: {},
        groups: [],
      },
    ],
  );
  assert.deepEqual(groups, [
    { id: 'g1', name: 'Sales', address: 'sales@contoso.com' },
    { id: 'g2', name: 'All' },
  ]);
  assert.deepEqual(reading.rejections.byReason, { 'not-a-person': 1, 'no-address': 1 });
  assert.ok(
    requests.every(
      request => request.startsWith(`${origin}/v1.0/`) && request.endsWith(' Bearer token-false'),
    ),
  );
});

test('throttling is obeyed to the second, and passing trouble is tried again', async () => {
  const { read, waits } = scripted({
    'users/delta': [
      { status: 429, headers: { 'Retry-After': '17' } },
      { status: 503 },
      { body: '{"value":[' },
      page([ann]),
    ],
    ...noGroups,
  });
  assert.equal((await settled(await read())).people.length, 1);
  assert.deepEqual(waits, [17_000, 2_000, 4_000]);
});

test('410 starts the reading over, and three times is enough', async () => {
  const next = `${origin}/v1.0/users/delta?$skiptoken=2`;
  const first = page([{ ...ann, id: 'old', mail: 'old@contoso.com', proxyAddresses: [] }], next);
  const over = scripted({
    '$select=id,proxy': [first, page([ann])],
    'skiptoken=2': [{ status: 410 }],
    ...noGroups,
  });
  assert.deepEqual(
    (await settled(await over.read())).people.map(({ id }) => id),
    ['u1'],
  );
  const never = scripted({ 'users/delta': Array.from({ length: 5 }, () => ({ status: 410 })) });
  assert.equal((await never.read()).kind, 'problem');
  assert.equal(never.requests.length, 3);
});

test('a token that is refused is asked for anew, once', async () => {
  const once = scripted({ 'users/delta': [{ status: 401 }, page([ann])], ...noGroups });
  assert.equal((await once.read()).kind, 'ok');
  assert.deepEqual(once.asked, [false, true, false]);
  const twice = scripted({ 'users/delta': [{ status: 401 }, { status: 401 }] });
  const read = await twice.read();
  assert.equal(read.kind === 'problem' && read.problem.code, 'SIGNET_DIRECTORY_CREDENTIALS');
});

const refusals: readonly (readonly [name: string, replies: readonly Reply[], code: string])[] = [
  [
    'no consent',
    [{ status: 403, body: { error: { code: 'Authorization_RequestDenied' } } }],
    'SIGNET_DIRECTORY_CREDENTIALS',
  ],
  ['no connection', [], 'SIGNET_DIRECTORY_UNREACHABLE'],
  ['a bad request', [{ status: 400 }], 'SIGNET_DIRECTORY_REFUSED'],
  ['endless throttling', Array.from({ length: 9 }, () => ({ status: 429 })), 'SIGNET_DIRECTORY_LIMIT'],
  ['a page elsewhere', [page([ann], 'https://evil.example/v1.0/users')], 'SIGNET_DIRECTORY_REFUSED'],
];
for (const [name, replies, code] of refusals)
  test(`nothing is delivered after ${name}`, async () => {
    const { read, requests } = scripted({ 'users/delta': replies, ...noGroups });
    const result = await read();
    assert.equal(result.kind === 'problem' && result.problem.code, code);
    assert.ok(requests.every(request => request.startsWith(`${origin}/`)));
    assert.ok(!JSON.stringify(result).includes('token-'));
  });

test('an aborted reading rejects', async () => {
  const stop = new AbortController();
  stop.abort(new Error('stopped'));
  await assert.rejects(scripted({ 'users/delta': [page([ann])] }).read(stop.signal), /stopped/);
});

test('two users of one address: the first is kept, the other is told', async () => {
  const { read } = scripted({ 'users/delta': [page([ann, { ...ann, id: 'u9' }])], ...noGroups });
  const { people, reading } = await settled(await read());
  assert.deepEqual([people.length, reading.rejections.byReason], [1, { 'duplicate-address': 1 }]);
});
