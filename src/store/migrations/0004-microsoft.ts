/** Tenants of Microsoft 365: how far their set-up is, how it was chosen, and the short time in which a test is taken. */
import type { Migration } from './migration.ts';

export const microsoft: Migration = {
  number: 4,
  name: 'microsoft',
  statements: ({ integer, table }) => [
    `create table microsoft (
      tenant_id text primary key not null references tenants (id) on delete cascade,
      installation_id text not null, state text not null, changed_at ${integer} not null
    ) ${table}`,
    `create table validations (
      tenant_id text primary key not null references tenants (id) on delete cascade,
      id text not null, until ${integer} not null, recipients text not null, taken ${integer} not null
    ) ${table}`,
  ],
};
