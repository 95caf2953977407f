/**
 * Moves the end of rules that have one, while this appliance takes mail (PRODUCT.md 7: the standing access *lease*). When it does
 * so no more, because it is down, cut off or ill, the rule ends by itself and mail flows unsigned. Off unless it was chosen.
 */
import type { Choices, MailFlowResult, MailFlowService } from '../microsoft/mail-flow-types.ts';
import type { Job } from './scheduler.ts';

export type RuleLeaseNeeds = Pick<MailFlowService, 'listTenants' | 'extendLease'> & {
  readonly choices: (tenantId: string) => Promise<MailFlowResult<Pick<Choices, 'leaseHours'>>>;
  /** Whether the relay takes mail at the moment. */
  readonly isWell: () => boolean;
  readonly now: () => number;
};

const hourMs = 3_600_000;

export function ruleLeaseJob({ listTenants, extendLease, choices, isWell, now }: RuleLeaseNeeds): Job {
  /** Half of it is gone: the other half is for repeating what fails. */
  async function isDue(tenantId: string, leaseUntil: number) {
    const chosen = await choices(tenantId);
    const hours = chosen.kind === 'ok' ? chosen.value.leaseHours : undefined;
    return hours !== undefined && leaseUntil - now() < (hours * hourMs) / 2;
  }

  return {
    name: 'rule-lease',
    schedule: '*/10 * * * *',
    runsAtStart: false,
    run: async signal => {
      const result = { begun: [] as string[], failed: [] as string[] };
      for (const { tenantId, leaseUntil, state } of await listTenants()) {
        const isLive = state === 'successful' || state === 'waiting';
        if (signal.aborted || !isWell() || !isLive || leaseUntil === undefined) continue;
        if (!(await isDue(tenantId, leaseUntil))) continue;
        const begun = await extendLease({ tenantId, actor: 'rule lease' });
        (begun.kind === 'ok' ? result.begun : result.failed).push(tenantId);
      }
      return result;
    },
  };
}
