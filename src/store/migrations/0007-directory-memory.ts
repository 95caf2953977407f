/** What was read of a directory that tells its changes: its pages as they came, and where the next changes begin. */
import type { Migration } from './migration.ts';

export const directoryMemory: Migration = {
  number: 7,
  name: 'directory memory',
  statements: ({ integer, bytes, table }) => [
    `create table directory_memories (
      tenant_id text primary key not null references tenants (id) on delete cascade,
      state text not null, pages ${integer} not null
    ) ${table}`,
    `create table directory_pages (
      tenant_id text not null references tenants (id) on delete cascade,
      number ${integer} not null, kind text not null, content ${bytes} not null,
      primary key (tenant_id, number)
    ) ${table}`,
  ],
};
