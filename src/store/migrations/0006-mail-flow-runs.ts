/** What was done to tenants at Microsoft: each run with its events, one under way for each tenant at most. */
import type { Migration } from './migration.ts';

export const mailFlowRuns: Migration = {
  number: 6,
  name: 'mail flow runs',
  statements: ({ integer, table }) => [
    `create table mail_flow_runs (
      id text primary key not null,
      tenant_id text not null references tenants (id) on delete cascade,
      action text not null, actor text not null, started_at ${integer} not null,
      seen_at ${integer} not null, finished_at ${integer}, events text not null
    ) ${table}`,
    'create index mail_flow_runs_by_tenant on mail_flow_runs (tenant_id, started_at)',
    'create unique index mail_flow_runs_under_way on mail_flow_runs (tenant_id) where finished_at is null',
  ],
};
