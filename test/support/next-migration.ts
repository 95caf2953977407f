/** A migration as one to come may be: it makes a table, moves data into it, changes a table, and drops a column. */
import type { Migration } from '../../src/store/migrations/migration.ts';

export const nextMigration = (number: number): Migration => ({
  number,
  name: 'next',
  statements: ({ integer, table }) => [
    `create table tokens (tenant_id text primary key not null, token text not null, at ${integer}) ${table}`,
    'insert into tokens (tenant_id, token, at) select id, connection, created_at from tenants',
    'alter table tenants add column note text',
    "update tenants set note = 'moved'",
    'alter table tenants drop column managed_by',
  ],
});
