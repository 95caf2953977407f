import assert from 'node:assert/strict';
import { after, test } from 'node:test';
import { createMetrics } from '../../src/metrics/metrics.ts';

const metrics = createMetrics({
  version: '1.2.3',
  relay: () => ({
    isListening: true,
    connections: 2,
    messages: 1,
    waiting: 0,
    reservedBytes: 5,
    budgetBytes: 100,
  }),
  tenants: () => 3,
  ledgerEntries: () => 4,
  residentBytes: () => 1_000,
});
after(() => metrics.close());

const line = {
  tenant: 't_01',
  outcome: 'delivered',
  bytes: 2_000,
  from: 'anna@contoso.com',
  decisions: [
    { recipients: 1, outcome: 'untouched', reason: 'nothing-to-add' },
    { recipients: 1, outcome: 'stamped' },
  ],
  nextHop: [{ recipients: 1, code: 250, text: 'ok' }],
  ms: { total: 12, process: 3.5 },
};

async function sample(name: string): Promise<string | undefined> {
  const lines = (await metrics.text()).split('\n');
  return lines.find(text => text.startsWith(`${name} `))?.slice(name.length + 1);
}

test('messages are counted by tenant, outcome and reason', async () => {
  metrics.record(line);
  metrics.record(line);
  metrics.record({ ...line, decisions: [], reason: 'calendar' });
  metrics.record({ outcome: 'no-memory' });
  const of = (labels: string) => sample(`signet_messages_total{${labels}}`);
  assert.equal(await of('tenant="t_01",outcome="delivered",reason="stamped"'), '2');
  assert.equal(await of('tenant="t_01",outcome="delivered",reason="calendar"'), '1');
  assert.equal(await of('tenant="none",outcome="no-memory",reason="none"'), '1');
});

test('sizes, stages and refusals of the next hop are counted', async () => {
  metrics.record({
    ...line,
    nextHop: [{ recipients: 1, code: 451, text: 'later' }],
    ms: { handBack: 2_000 },
  });
  assert.equal(await sample('signet_next_hop_refusals_total{tenant="t_01",code="451"}'), '1');
  assert.equal(await sample('signet_stage_seconds_sum{stage="handBack"}'), '2');
  assert.equal(await sample('signet_message_bytes_bucket{le="1024"}'), '0');
});

test('the state of relay and process is told', async () => {
  assert.equal(await sample('signet_relay_listening'), '1');
  assert.equal(await sample('signet_tenants'), '3');
  assert.equal(await sample('signet_connections'), '2');
  assert.equal(await sample('signet_budget_reserved_bytes'), '5');
  assert.equal(await sample('signet_ledger_entries'), '4');
  assert.equal(await sample('signet_resident_memory_bytes'), '1000');
  assert.equal(await sample('signet_build_info{version="1.2.3"}'), '1');
  assert.ok(Number(await sample('signet_event_loop_delay_seconds{quantile="0.99"}')) >= 0);
});

test('no address, and nothing that is no word of a list, becomes a label', async () => {
  metrics.record({ ...line, tenant: 'a@b.de', outcome: 'x"}\n', reason: 'x'.repeat(100), ms: { 'a b': 1 } });
  const text = await metrics.text();
  assert.doesNotMatch(text, /@|x{65}|a b/);
});

test('two sets of metrics count apart', async () => {
  const other = createMetrics({
    version: '1',
    relay: () => ({
      isListening: false,
      connections: 0,
      messages: 0,
      waiting: 0,
      reservedBytes: 0,
      budgetBytes: 0,
    }),
    tenants: () => 0,
    ledgerEntries: () => 0,
    residentBytes: () => 0,
  });
  assert.doesNotMatch(await other.text(), /t_01/);
  other.close();
});
