/** Accounts are made by invitation, may rest without being lost, and read times in a zone of their own. */
import type { Migration } from './migration.ts';

export const invitations: Migration = {
  number: 8,
  name: 'invitations',
  statements: ({ integer, table }) => [
    `alter table accounts add column disabled_at ${integer}`,
    'alter table accounts add column time_zone text',
    `create table invitations (
      token_hash text primary key not null, id text not null unique,
      account_id text references accounts (id) on delete cascade, name text not null, grants text not null,
      invited_by text not null, created_at ${integer} not null, expires_at ${integer} not null
    ) ${table}`,
  ],
};
