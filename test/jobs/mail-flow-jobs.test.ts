import assert from 'node:assert/strict';
import { test } from 'node:test';
import { refused } from '../../src/app/mail-flow/refused.ts';
import { driftWatchJob } from '../../src/jobs/drift-watch.ts';
import { ruleLeaseJob } from '../../src/jobs/rule-lease.ts';
import { done } from '../../src/microsoft/failure.ts';
import type { MailFlowStatus, RunView } from '../../src/microsoft/mail-flow-types.ts';

const status = (tenantId: string, changes: Partial<MailFlowStatus>): MailFlowStatus => ({
  tenantId,
  name: tenantId,
  state: 'successful',
  sentence: '',
  since: 0,
  signing: 'on',
  method: 'automatic',
  cloud: 'worldwide',
  domains: [],
  scope: { senders: { kind: 'all' }, isInternalToo: false },
  drift: [],
  ...changes,
});
const { signal } = new AbortController();
const hourMs = 3_600_000;

test('the watch looks where something was made and where it may, and tells what drifted', async () => {
  const looked: string[] = [];
  const job = driftWatchJob({
    listTenants: async () => [
      status('fine', {}),
      status('changed', { state: 'waiting' }),
      status('private', {}),
      status('cut-off', { state: 'paused' }),
      status('new', { state: 'not-configured' }),
      status('half', { state: 'failed' }),
    ],
    verify: async ({ tenantId }) => {
      looked.push(tenantId);
      if (tenantId === 'private') return refused('sign-in-needed', 'SIGNET_SIGN_IN_ENDED', 'Sign in.');
      if (tenantId === 'cut-off') return refused('unreachable', 'SIGNET_EXCHANGE_UNREACHABLE', 'No answer.');
      return done({ state: tenantId === 'changed' ? 'drifted' : 'successful', differences: [], lights: [] });
    },
  });
  assert.deepEqual(await job.run(signal), {
    looked: ['fine', 'changed'],
    drifted: ['changed'],
    failed: ['cut-off'],
  });
  assert.deepEqual(looked, ['fine', 'changed', 'private', 'cut-off']);
});

test('a lease is extended when half of it is gone, for live rules, while the appliance is well', async () => {
  const now = Date.parse('2026-11-25T10:00:00Z');
  const run: RunView = {
    id: 'r',
    tenantId: 't',
    action: 'extend-lease',
    actor: 'rule lease',
    startedAt: now,
    state: 'running',
    events: [],
  };
  const jobWith = (isWell: boolean) =>
    ruleLeaseJob({
      listTenants: async () => [
        status('due', { leaseUntil: now + 11 * hourMs }),
        status('over', { leaseUntil: now - hourMs }),
        status('early', { leaseUntil: now + 13 * hourMs }),
        status('paused', { leaseUntil: now + hourMs, state: 'paused' }),
        status('without', {}),
        status('refused', { leaseUntil: now + hourMs }),
      ],
      choices: async () => done({ leaseHours: 24 }),
      extendLease: async ({ tenantId }) =>
        tenantId === 'refused' ? refused('sign-in-needed', 'SIGNET_SIGN_IN_ENDED', 'Sign in.') : done(run),
      isWell: () => isWell,
      now: () => now,
    });
  assert.deepEqual(await jobWith(true).run(signal), { begun: ['due', 'over'], failed: ['refused'] });
  assert.deepEqual(await jobWith(false).run(signal), { begun: [], failed: [] });
});
