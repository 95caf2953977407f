/**
 * Looks once an hour whether connectors and rules are still as they were made, where Signet may look without a person (the
 * standing access *watch*). What differs is kept with the tenant; mending it is left to an administrator.
 */
import type { MailFlowService, MailFlowState } from '../microsoft/mail-flow-types.ts';
import type { Job } from './scheduler.ts';

export type DriftWatchNeeds = Pick<MailFlowService, 'listTenants' | 'verify'>;

/** Where something was made. One that failed half-way is told of otherwise. */
const watched: readonly MailFlowState[] = ['waiting', 'successful', 'paused', 'drifted'];

export function driftWatchJob({ listTenants, verify }: DriftWatchNeeds): Job {
  return {
    name: 'drift-watch',
    schedule: '23 * * * *',
    run: async signal => {
      const result = { looked: [] as string[], drifted: [] as string[], failed: [] as string[] };
      for (const { tenantId, state } of await listTenants()) {
        if (signal.aborted || !watched.includes(state)) continue;
        const found = await verify({ tenantId, signal });
        if (found.kind === 'failed') {
          // No standing access was given, or somebody is at work there: neither is a fault.
          if (found.reason !== 'sign-in-needed' && found.reason !== 'running') result.failed.push(tenantId);
          continue;
        }
        result.looked.push(tenantId);
        if (found.value.state === 'drifted') result.drifted.push(tenantId);
      }
      return result;
    },
  };
}
