/** Whose mail: groups that can be chosen and those that cannot, inside and outside. */
import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import type { Choices, Session } from '../../../src/microsoft/mail-flow-types.ts';
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

async function connectWith(choices: Partial<Choices>) {
  must(await flow.service.choose(tenantId, choices));
  return await endOf(flow.service, await flow.service.connect({ ...session, actor }));
}

const group = (address: string) => ({ senders: { kind: 'group', address }, isInternalToo: false }) as const;
const route = () =>
  sandbox.contoso.transportRules.latest().find(rule => rule.Name === 'Signet - route for signature');

test('groups are listed, and one that Exchange does not route by cannot be chosen', async () => {
  const groups = must(await flow.service.groups(session));
  assert.deepEqual(
    groups.map(({ address, kind, refusal }) => [address, kind, refusal !== undefined]),
    [
      ['everyone@contoso.com', 'dynamic', true],
      ['launch@contoso.com', 'microsoft365', false],
      ['sales@contoso.com', 'distribution', false],
      ['signatures@contoso.com', 'mail-security', false],
    ],
  );
  for (const [address, sentence] of [
    ['everyone@contoso.com', /dynamic distribution group/],
    ['vpn@contoso.com', /There is no mail-enabled group with the address vpn@contoso\.com/],
  ] as const) {
    const end = await connectWith({ scope: group(address) });
    assert.ok(
      end.kind === 'failed' && end.reason === 'invalid' && sentence.test(end.problem.sentence),
      JSON.stringify(end),
    );
  }
  assert.equal(route(), undefined);
});

test('the rule is for the chosen group, then for everyone and inside too, and its end needs an access of its own', async () => {
  const g = await connectWith({ scope: group('signatures@contoso.com') });
  assert.equal(g.kind, 'succeeded', JSON.stringify(g));
  assert.deepEqual(
    [route()?.FromMemberOf, route()?.SentToScope],
    [['signatures@contoso.com'], 'NotInOrganization'],
  );
  const all = { senders: { kind: 'all' }, isInternalToo: true } as const;
  // What was chosen and not carried out is no drift.
  must(await flow.service.choose(tenantId, { scope: all }));
  assert.equal(must(await flow.service.verify(session)).state, 'successful');
  const whole = await connectWith({ scope: all });
  assert.equal(whole.kind, 'succeeded', JSON.stringify(whole));
  assert.deepEqual([route()?.FromMemberOf ?? [], route()?.SentToScope], [[], null]);
  const lease = await connectWith({ leaseHours: 24 });
  assert.ok(
    lease.kind === 'failed' && /standing access "lease"/.test(lease.problem.sentence),
    JSON.stringify(lease),
  );
  must(await flow.service.choose(tenantId, { leaseHours: undefined }));
  assert.equal(route()?.ExpiryDate ?? null, null);
});
