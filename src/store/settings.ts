/** Settings of the appliance by name, as JSON; and what the jobs did last, so that a restart does not forget it. */
import type { Clock } from '../clock.ts';
import type { Database } from './database.ts';
import type { Tables } from './tables.ts';

export type JobState = {
  readonly name: string;
  /** Absent for a job of the whole appliance. */
  readonly tenantId?: string;
  readonly startedAt?: number;
  readonly finishedAt?: number;
  readonly nextAt?: number;
  readonly outcome?: 'success' | 'failure';
  /** What the job says about its last run. Survives JSON. */
  readonly result?: unknown;
};

export type Settings = {
  /** Undefined when never set; the caller checks what it gets. */
  readonly readSetting: (name: string) => Promise<unknown>;
  readonly saveSetting: (name: string, value: unknown) => Promise<void>;
  readonly saveJob: (state: JobState) => Promise<void>;
  readonly listJobs: () => Promise<readonly JobState[]>;
};

export function createSettings({
  database: { read, write },
  clock,
}: {
  readonly database: Database;
  readonly clock: Clock;
}): Settings {
  return {
    async readSetting(name) {
      const row = await read
        .selectFrom('settings')
        .select('value')
        .where('name', '=', name)
        .executeTakeFirst();
      return row && JSON.parse(row.value);
    },
    async saveSetting(name, value) {
      const row = { value: JSON.stringify(value), changed_at: clock.now() };
      await write
        .insertInto('settings')
        .values({ name, ...row })
        .onConflict(conflict => conflict.column('name').doUpdateSet(row))
        .execute();
    },
    async saveJob({ name, tenantId = '', startedAt, finishedAt, nextAt, outcome, result }) {
      const row = {
        started_at: startedAt ?? null,
        finished_at: finishedAt ?? null,
        next_at: nextAt ?? null,
        outcome: outcome ?? null,
        result: result === undefined ? null : JSON.stringify(result),
      };
      await write
        .insertInto('jobs')
        .values({ name, tenant_id: tenantId, ...row })
        .onConflict(conflict => conflict.columns(['name', 'tenant_id']).doUpdateSet(row))
        .execute();
    },
    async listJobs() {
      const rows = await read.selectFrom('jobs').selectAll().orderBy('name').orderBy('tenant_id').execute();
      return rows.map(jobOf);
    },
  };
}

function jobOf(row: Tables['jobs']): JobState {
  return {
    name: row.name,
    ...(row.tenant_id === '' ? {} : { tenantId: row.tenant_id }),
    ...(row.started_at === null ? {} : { startedAt: row.started_at }),
    ...(row.finished_at === null ? {} : { finishedAt: row.finished_at }),
    ...(row.next_at === null ? {} : { nextAt: row.next_at }),
    ...(row.outcome === null ? {} : { outcome: row.outcome as 'success' | 'failure' }),
    ...(row.result === null ? {} : { result: JSON.parse(row.result) }),
  };
}
