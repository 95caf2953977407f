/** Once a day: what there is to say about licences goes to the log under its code. Mail is never touched. */
import type { LicenceProblem } from '../licence/warnings.ts';
import type { Log } from '../log.ts';
import type { Tenants } from '../store/tenants.ts';
import type { Job } from './scheduler.ts';

export type LicenceWarningsNeeds = {
  readonly tenants: Pick<Tenants, 'listTenants'>;
  readonly warnings: (tenantId: string) => Promise<readonly LicenceProblem[]>;
  readonly log: Log;
};

/** The result, which the store keeps: each tenant that has warnings, and which. */
export type LicenceWarningsResult = {
  readonly warnings: readonly { readonly tenantId: string; readonly problems: readonly LicenceProblem[] }[];
};

export const licenceWarningsJob = 'licence-warnings';

export function createLicenceWarnings({ tenants, warnings, log }: LicenceWarningsNeeds): Job {
  return {
    name: licenceWarningsJob,
    schedule: '7 7 * * *',
    runsAtStart: true,
    async run(): Promise<LicenceWarningsResult> {
      const found: { tenantId: string; problems: readonly LicenceProblem[] }[] = [];
      for (const { id, name, retiredAt } of await tenants.listTenants()) {
        if (retiredAt !== undefined) continue;
        const problems = await warnings(id);
        for (const { code, sentence } of problems)
          log.warn({ tenant: id, name, code, sentence }, 'a licence needs attention');
        if (problems.length > 0) found.push({ tenantId: id, problems });
      }
      return { warnings: found };
    },
  };
}
