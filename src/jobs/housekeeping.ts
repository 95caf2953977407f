/** What is over goes: log entries older than their tenant keeps them, and local overrides whose time has come. */
import type { Messages } from '../store/messages.ts';
import type { People } from '../store/people.ts';
import type { Tenants } from '../store/tenants.ts';
import type { Job } from './scheduler.ts';

export type HousekeepingNeeds = {
  readonly tenants: Pick<Tenants, 'listTenants'>;
  readonly messages: Pick<Messages, 'removeMessagesBefore'>;
  readonly people: Pick<People, 'removeExpiredOverrides'>;
  readonly now: () => number;
  /** For tenants that choose none. */
  readonly retentionDays: number;
};

const day = 24 * 60 * 60 * 1_000;

export function housekeepingJobs(needs: HousekeepingNeeds): readonly Job[] {
  const { tenants, messages, people, now, retentionDays } = needs;
  return [
    {
      name: 'log-retention',
      schedule: '17 3 * * *',
      async run(signal) {
        let removed = 0;
        for (const { id, preferences } of await tenants.listTenants()) {
          const before = now() - (preferences.logRetentionDays ?? retentionDays) * day;
          removed += await messages.removeMessagesBefore(id, before, signal);
        }
        return { removed };
      },
    },
    {
      name: 'expired-overrides',
      schedule: '* * * * *',
      run: async () => ({ removed: await people.removeExpiredOverrides() }),
    },
  ];
}
