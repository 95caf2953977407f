/** The sandbox's Graph as exchange-online.md 10 has it, asked by plain HTTPS; clients that do it wrong are refused. */
import assert from 'node:assert/strict';
import { after, afterEach, before, test } from 'node:test';
import { idOf } from '../../../src/sandbox/seed.ts';
import { signInAs, startSandbox, type TestSandbox } from '../../support/sandbox.ts';
import { allPages, graphBatch, graphGet, graphToken } from '../../support/sandbox-graph.ts';

let sandbox: TestSandbox;
let token: string;
before(async () => {
  sandbox = await startSandbox();
  token = await graphToken(sandbox);
});
after(() => sandbox.sandbox.close());
afterEach(() => sandbox.state.faults.clear());

const get = (path: string, headers?: Record<string, string>, as = token) =>
  graphGet(sandbox, as, path, headers);
const mona = idOf('mona.kane@contoso.com');
const signatures = idOf('signatures@contoso.com');

type Wrong = readonly [
  name: string,
  path: string,
  headers: Record<string, string>,
  status: number,
  code: string,
];
const wrong: readonly Wrong[] = [
  [
    'an advanced filter without ConsistencyLevel',
    "users?$filter=endsWith(mail,'x')",
    {},
    400,
    'Request_UnsupportedQuery',
  ],
  [
    'an advanced filter without $count',
    "users?$filter=userType ne 'Guest'",
    { ConsistencyLevel: 'eventual' },
    400,
    'Request_UnsupportedQuery',
  ],
  [
    '$search without ConsistencyLevel',
    'groups?$search="displayName:Sal"',
    {},
    400,
    'Request_UnsupportedQuery',
  ],
  [
    '$search without double quotes',
    'groups?$search=displayName:Sal',
    { ConsistencyLevel: 'eventual' },
    400,
    'Request_BadRequest',
  ],
  ['$count without ConsistencyLevel', 'users?$count=true', {}, 400, 'Request_UnsupportedQuery'],
  ['a page that is too large', 'users?$top=1000', {}, 400, 'Request_BadRequest'],
  ['a property that does not exist', 'users?$select=id,pager', {}, 400, 'Request_BadRequest'],
  ['a filter that is none', 'users?$filter=mail is x', {}, 400, 'Request_BadRequest'],
  ['an option that is none', 'users?$skip=10', {}, 400, 'Request_BadRequest'],
  ['$filter in a delta query', "users/delta?$filter=mail eq 'x'", {}, 400, 'Request_BadRequest'],
  ['$top in a delta query', 'users/delta?$top=10', {}, 400, 'Request_BadRequest'],
  ['an unknown delta token', 'users/delta?$deltatoken=nonsense', {}, 410, 'syncStateNotFound'],
  [
    'a user who is not there',
    'users/00000000-0000-0000-0000-000000000000',
    {},
    404,
    'Request_ResourceNotFound',
  ],
  ['an unknown size of a photo', `users/${mona}/photos/50x50/$value`, {}, 400, 'Request_BadRequest'],
  ["Exchange's dynamic group", `groups/${idOf('everyone@contoso.com')}`, {}, 404, 'Request_ResourceNotFound'],
  ['a path that is none', 'mailboxes', {}, 400, 'BadRequest'],
];
for (const [name, path, headers, status, code] of wrong)
  test(`${name} is refused`, async () => {
    const reply = await get(path, headers);
    assert.deepEqual([reply.status, reply.code], [status, code]);
    assert.ok(reply.headers['request-id']);
  });

const permissions: readonly (readonly [path: string, needed: readonly string[]])[] = [
  ['users', ['User.Read.All']],
  ['users/delta?$select=displayName', ['User.Read.All']],
  [`users/${mona}/photo`, ['User.Read.All', 'ProfilePhoto.Read.All']],
  ['groups', ['GroupMember.Read.All', 'Group.Read.All']],
  ['groups/delta?$select=members', ['GroupMember.Read.All', 'Group.Read.All']],
  [`groups/${signatures}/transitiveMembers`, ['GroupMember.Read.All', 'Group.Read.All']],
  ['organization', ['Organization.Read.All']],
];
test('every path needs its permission and no other will do', async () => {
  const all = [...new Set(permissions.flatMap(([, needed]) => needed)), 'User.ReadBasic.All'];
  for (const role of all) {
    const one = await graphToken(sandbox, [role]);
    for (const [path, needed] of permissions) {
      const reply = await get(path, {}, one);
      const expected = needed.includes(role) ? [200, undefined] : [403, 'Authorization_RequestDenied'];
      assert.deepEqual([reply.status, reply.code], expected, `${path} with ${role}`);
    }
  }
});

test('a token of Exchange, of nobody, or an expired one is refused with 401', async () => {
  const exchange = await signInAs(sandbox);
  const mine = await graphToken(sandbox);
  for (const bad of [exchange, 'nonsense', `${mine.slice(0, -4)}AAAA`])
    assert.equal((await get('users', {}, bad)).code, 'InvalidAuthenticationToken');
  sandbox.clock.advance(3_700_000);
  assert.equal((await get('users', {}, mine)).status, 401);
  token = await graphToken(sandbox);
});

test('a token of one tenant shows nothing of another', async () => {
  const stranger = await graphToken(sandbox, ['User.Read.All'], sandbox.fabrikam);
  const { value } = await get('users?$select=mail', {}, stranger);
  assert.deepEqual(value.map(({ mail }) => mail).sort(), [
    'karl.hoffmann@fabrikam.com',
    'sara.davis@fabrikam.com',
  ]);
  assert.equal((await get(`users/${mona}`, {}, stranger)).status, 404);
});

test('users come in pages with the properties that were asked for', async () => {
  const first = await get('users?$select=displayName,mail&$top=15&$count=true', {
    ConsistencyLevel: 'eventual',
  });
  assert.deepEqual(Object.keys(first.value[0] ?? {}).sort(), ['displayName', 'id', 'mail']);
  assert.equal(first.body['@odata.count'], sandbox.contoso.directory.people().length);
  const { rows, pages } = await allPages(sandbox, token, 'users?$select=id&$top=15');
  assert.deepEqual([rows.length, pages], [sandbox.contoso.directory.people().length, 3]);
});

test('groups say of what kind they are, and are found by words and by beginnings', async () => {
  const { value } = await get('groups?$select=mail,groupTypes,securityEnabled&$filter=mailEnabled eq true');
  const byMail = Object.fromEntries(
    value.map(({ mail, groupTypes, securityEnabled }) => [mail, [groupTypes, securityEnabled]]),
  );
  assert.deepEqual(byMail, {
    'sales@contoso.com': [[], false],
    'signatures@contoso.com': [[], true],
    'launch@contoso.com': [['Unified'], false],
  });
  const found = await get('groups?$search="displayName:laun"&$select=mail', { ConsistencyLevel: 'eventual' });
  assert.deepEqual(
    found.value.map(({ mail }) => mail),
    ['launch@contoso.com'],
  );
  const begun = await get("groups?$filter=startsWith(displayName,'sig')&$select=mail");
  assert.deepEqual(
    begun.value.map(({ mail }) => mail),
    ['signatures@contoso.com'],
  );
});

test('members are direct ones, transitive ones are all of them, and the cast leaves people', async () => {
  const direct = await get(`groups/${signatures}/members?$select=id&$top=999`);
  assert.ok(direct.value.some(({ id }) => id === idOf('sales@contoso.com')));
  const all = await get(`groups/${signatures}/transitiveMembers/microsoft.graph.user?$select=id&$top=999`);
  assert.deepEqual(new Set(all.value.map(({ id }) => id)), sandbox.contoso.directory.peopleIn(signatures));
});

test('without User.Read.All a member is an id and nothing else', async () => {
  const groups = await graphToken(sandbox, ['GroupMember.Read.All']);
  const { value } = await get(
    `groups/${signatures}/transitiveMembers/microsoft.graph.user?$select=id,mail`,
    {},
    groups,
  );
  assert.ok(value.length > 0 && value.every(row => row.mail === undefined));
});

test('members of a hidden group need Member.Read.Hidden', async () => {
  const { directory } = sandbox.contoso;
  const group = {
    id: idOf('hidden'),
    kind: 'microsoft365',
    displayName: 'Hidden',
    mail: 'hidden@contoso.com',
  } as const;
  directory.putGroup({ ...group, aliases: [], members: [mona], hidden: true });
  assert.equal((await get(`groups/${group.id}/members`)).status, 403);
  const { rows } = await allPages(sandbox, token, 'groups/delta?$select=displayName,members');
  assert.equal(rows.find(({ id }) => id === group.id)?.['members@delta'], undefined);
  const more = await graphToken(sandbox, ['GroupMember.Read.All', 'Member.Read.Hidden']);
  assert.equal((await get(`groups/${group.id}/members`, {}, more)).value.length, 1);
  directory.removeGroup(group.id);
});

test('a photo has an ETag and sizes, and who has none gets 404', async () => {
  const people = sandbox.contoso.directory.people();
  const [shown, bare] = [people.find(({ photo }) => photo), people.find(({ photo }) => !photo)];
  const about = await get(`users/${shown?.id}/photo`);
  const etag = String(about.body['@odata.mediaEtag']);
  assert.deepEqual([about.body.id, about.body['@odata.mediaContentType']], ['240x240', 'image/png']);
  const bytes = await get(`users/${shown?.id}/photos/120x120/$value`);
  assert.deepEqual([bytes.headers.etag, bytes.bytes.equals(Buffer.from(shown?.photo ?? []))], [etag, true]);
  assert.equal((await get(`users/${shown?.id}/photo/$value`, { 'if-none-match': etag })).status, 304);
  assert.deepEqual((await get(`users/${bare?.id}/photo/$value`)).code, 'ImageNotFound');
});

test('a delta query brings all, then what changed, and says what is gone', async () => {
  const { directory } = sandbox.contoso;
  const first = await allPages(sandbox, token, 'users/delta?$select=displayName,jobTitle,manager', {
    Prefer: 'odata.maxpagesize=7',
  });
  assert.deepEqual(
    [first.rows.length, first.pages],
    [directory.people().length, Math.ceil(directory.people().length / 7)],
  );
  const [one, two, three] = directory.people();
  const boss = directory.people().find(({ id }) => id !== three?.managerId && id !== three?.id);
  assert.ok(one && two && three && boss);
  assert.deepEqual((await allPages(sandbox, token, first.deltaLink)).rows, []);
  directory.putPerson({ ...one, jobTitle: 'Chair' });
  directory.putPerson({ ...two, mobilePhone: '+1 425 555 0999' });
  directory.putPerson({ ...three, managerId: boss.id });
  directory.putPerson({ ...one, id: idOf('new'), userPrincipalName: 'new@contoso.com', proxyAddresses: [] });
  directory.removePerson(idOf('new'));
  const second = await allPages(sandbox, token, first.deltaLink);
  assert.deepEqual(second.rows, [
    { id: one.id, displayName: one.displayName, jobTitle: 'Chair' },
    {
      id: three.id,
      displayName: three.displayName,
      ...(three.jobTitle === undefined ? {} : { jobTitle: three.jobTitle }),
      'manager@delta': [{ '@odata.type': '#microsoft.graph.user', id: boss.id }],
    },
    { id: idOf('new'), '@removed': { reason: 'changed' } },
  ]);
  const minimal = await allPages(sandbox, token, first.deltaLink, { Prefer: 'return=minimal' });
  assert.deepEqual(minimal.rows[0], { id: one.id, jobTitle: 'Chair' });
  for (const person of [one, two, three]) directory.putPerson(person);
});

test('members of a large group come in several rows, and who left is told', async () => {
  const { directory } = sandbox.contoso;
  const ids = directory.people().map(({ id }) => id);
  const group = {
    id: idOf('large'),
    kind: 'distribution',
    displayName: 'Large',
    mail: 'large@contoso.com',
    aliases: [],
  } as const;
  directory.putGroup({ ...group, members: ids });
  const { rows, deltaLink } = await allPages(sandbox, token, 'groups/delta?$select=displayName,members');
  const mine = rows.filter(({ id }) => id === group.id);
  assert.equal(mine.length, Math.ceil(ids.length / 20));
  directory.putGroup({ ...group, members: ids.slice(1) });
  const { rows: later } = await allPages(sandbox, token, deltaLink);
  assert.deepEqual(later[0]?.['members@delta'], [
    { '@odata.type': '#microsoft.graph.user', id: ids[0], '@removed': { reason: 'deleted' } },
  ]);
  directory.removeGroup(group.id);
});

test('options beside a link are refused, and a link of another tenant, another kind or of last week is gone', async () => {
  const { deltaLink } = await allPages(sandbox, token, 'users/delta?$select=displayName');
  assert.equal((await get(`${deltaLink}&$select=mail`)).status, 400);
  assert.equal((await get(deltaLink.replace('/users/', '/groups/'))).status, 410);
  const stranger = await graphToken(sandbox, ['User.Read.All'], sandbox.fabrikam);
  assert.equal((await get(deltaLink, {}, stranger)).status, 410);
  sandbox.clock.advance(7 * 24 * 3_600_000 + 1);
  token = await graphToken(sandbox);
  assert.equal((await get(deltaLink)).code, 'syncStateNotFound');
});

test('a batch answers each request with its own status, and twenty are the most', async () => {
  const shown = sandbox.contoso.directory.people().find(({ photo }) => photo);
  const request = (id: number | string, url: string) => ({ id: String(id), method: 'GET', url });
  const { body } = await graphBatch(sandbox, token, [
    request('a', `/users/${mona}?$select=displayName`),
    request('b', `/users/${shown?.id}/photo/$value`),
    request('c', '/users/nobody'),
  ]);
  const responses = body.responses as readonly { id: string; status: number; body: unknown }[];
  const byId = new Map(responses.map(one => [one.id, one]));
  assert.deepEqual([...byId.values()].map(({ id, status }) => [id, status]).sort(), [
    ['a', 200],
    ['b', 200],
    ['c', 404],
  ]);
  assert.deepEqual(byId.get('a')?.body, { displayName: 'Mona Kane', id: mona });
  assert.ok(Buffer.from(String(byId.get('b')?.body), 'base64').equals(Buffer.from(shown?.photo ?? [])));

  const many = (count: number) => Array.from({ length: count }, (_, index) => request(index, '/users'));
  assert.equal((await graphBatch(sandbox, token, many(20))).status, 200);
  const wrongBatches = [
    many(21),
    [],
    [request(1, '/users'), request(1, '/groups')],
    [request(1, `${sandbox.cloud.graph}/v1.0/users`)],
  ];
  for (const requests of wrongBatches) assert.equal((await graphBatch(sandbox, token, requests)).status, 400);
});

test('throttling strikes whole requests and single ones of a batch, and names its wait', async () => {
  sandbox.state.faults.put('graph-throttled', { times: 1, retryAfterSeconds: 9 });
  const reply = await get('users');
  assert.deepEqual([reply.status, reply.headers['retry-after'], reply.code], [429, '9', 'TooManyRequests']);
  sandbox.state.faults.put('graph-throttled', { times: 1, only: mona });
  const { body } = await graphBatch(sandbox, token, [
    { id: '1', method: 'GET', url: `/users/${mona}` },
    { id: '2', method: 'GET', url: '/users?$top=1' },
  ]);
  const responses = body.responses as readonly { status: number; headers: Record<string, string> }[];
  assert.deepEqual(responses.map(({ status }) => status).sort(), [200, 429]);
  assert.equal(responses.find(({ status }) => status === 429)?.headers['retry-after'], '17');
});

const faults = [
  ['graph-unauthorized', 401],
  ['graph-unavailable', 503],
  ['graph-forbidden', 403],
  ['graph-resync', 410],
] as const;
test('every fault strikes by its name and is over when it is switched off', async () => {
  for (const [name, status] of faults) {
    sandbox.state.faults.put(name, { times: 1 });
    assert.equal((await get('users/delta?$select=mail')).status, status, name);
    assert.equal((await get('users/delta?$select=mail')).status, 200, name);
  }
  sandbox.state.faults.put('graph-cut-short', { times: 1 });
  assert.throws(() => JSON.parse('{"value":[{"id":'));
  assert.ok(!(await get('users')).text.endsWith('}'));
});
