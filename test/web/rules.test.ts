/** The pages of rules: what a form says becomes the rule that an import would make, and nobody's work is lost. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { openFreshSqlite } from '../support/databases.ts';
import { addAccount, createBrowser, startWeb } from '../support/web.ts';
import { everybody } from './tenant-scenarios.ts';

test('rules are made, refused, switched, moved, copied and removed by forms alone', async context => {
  const database = await openFreshSqlite();
  context.after(database.close);
  const web = await startWeb(database, context);
  await addAccount(web, 'editor', [{ tenantId: 'acme', role: 'editor' }]);
  await web.store.rules.saveRule('acme', everybody, { basedOn: 0, changedBy: 'test' });
  const browser = createBrowser(web.url);
  await browser.signIn('editor');
  const rules = async () => (await web.store.rules.listRules('acme')).map(({ rule }) => rule);

  await browser.get('/tenants/acme/rules/new');
  const filled = {
    name: 'Winter',
    action: 'none',
    'senders.people': 'Ada@Acme.example\nbob@acme.example',
    'senders.attribute': 'department',
    'senders.is': 'contains',
    'senders.value': 'sales',
    'sendersExcept.domains': 'lab.acme.example',
    'recipients.side': 'external',
    conversation: 'new',
    importance: 'high',
    subjectWords: 'offer',
    minBytes: '1000',
    from: '2026-12-01',
    until: '2026-12-24',
    weekdays: 'mon',
    hoursFrom: '08:00',
    hoursUntil: '17:30',
    onMatch: 'continue',
    onNoMatch: 'stop',
  };
  const refused = await browser.send('/tenants/acme/rules', {
    ...filled,
    'senders.people': 'nobody',
    until: 'x',
  });
  assert.equal(refused.status, 422);
  assert.match(refused.body, /id="senders.people-error"/);
  assert.match(refused.body, /id="until-error"/);
  assert.match(refused.body, />\nnobody</, 'what was typed stays');

  assert.equal((await browser.send('/tenants/acme/rules', filled)).location, '/tenants/acme/rules');
  const made = (await rules())[1];
  const { id = '', ...others } = made ?? {};
  assert.deepEqual(others, {
    name: 'Winter',
    enabled: false,
    senders: {
      include: [
        { kind: 'person', address: 'ada@acme.example' },
        { kind: 'person', address: 'bob@acme.example' },
        { kind: 'attribute', test: { field: 'department', is: 'contains', value: 'sales' } },
      ],
      except: [{ kind: 'domain', domain: 'lab.acme.example' }],
    },
    recipients: { include: [{ kind: 'external' }], except: [] },
    message: {
      conversation: 'new',
      subjectWords: ['offer'],
      textWords: [],
      minBytes: 1000,
      importance: 'high',
    },
    time: {
      from: '2026-12-01',
      until: '2026-12-24',
      weekdays: ['mon'],
      hours: { from: '08:00', until: '17:30' },
    },
    action: { kind: 'no-signature' },
    onMatch: 'continue',
    onNoMatch: 'stop',
  });

  const form = (await browser.get(`/tenants/acme/rules/${id}`)).body;
  assert.match(form, />\nada@acme.example\nbob@acme.example</);
  assert.match(form, /name="minBytes"[^>]*value="1000"/);

  const late = await browser.send(`/tenants/acme/rules/${id}`, {
    ...filled,
    _method: 'PUT',
    basedOn: '7',
    name: 'Mine',
  });
  assert.equal(late.status, 409);
  assert.match(late.body, /value="Mine"/, 'what was typed stays');
  assert.match(late.body, /name="basedOn" value="1"/, 'and a second save is on top of theirs');
  const taken = await browser.send(`/tenants/acme/rules/${id}`, {
    ...filled,
    _method: 'PUT',
    basedOn: '1',
    name: everybody.name,
  });
  assert.equal(taken.status, 422);

  await browser.send(`/tenants/acme/rules/${id}/switch`, { _method: 'PUT' });
  await browser.send(`/tenants/acme/rules/${id}/place`, { _method: 'PUT', to: 'up' });
  await browser.send('/tenants/acme/rules/rule1/copies', {});
  assert.deepEqual(
    (await rules()).map(({ name, enabled }) => [name, enabled]),
    [
      ['Winter', true],
      ['External <b>', true],
      ['External <b> (copy)', false],
    ],
  );
  await browser.send(`/tenants/acme/rules/${id}`, { _method: 'DELETE' });
  assert.deepEqual(
    (await rules()).map(({ name }) => name),
    ['External <b>', 'External <b> (copy)'],
  );

  const [tenant] = (await web.store.tenants.listTenants()).filter(one => one.id === 'acme');
  if (tenant) await web.store.tenants.saveTenant({ ...tenant, managedBy: '/etc/signet.yaml' });
  assert.match((await browser.get('/tenants/acme/rules')).body, /\/etc\/signet\.yaml keeps this/);
  await browser.send('/tenants/acme/rules/rule1', { _method: 'DELETE' });
  assert.equal((await rules()).length, 2, 'what a file keeps is not changed here');
});
