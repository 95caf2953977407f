/** Who may sign in, with what, from where; and the audit trail, which the database itself keeps from being changed. */
import type { Migration } from './migration.ts';

const ofAccount = 'account_id text not null references accounts (id) on delete cascade';

export const accounts: Migration = {
  number: 3,
  name: 'accounts',
  statements: ({ integer, bytes, table, clusteredTable, refuseChanges }) => [
    `create table accounts (
      id text primary key not null, name text not null, name_key text not null unique, password_hash text not null,
      password_changed_at ${integer} not null, language text, theme text, created_at ${integer} not null
    ) ${table}`,
    `create table account_roles (
      ${ofAccount}, tenant_id text not null, role text not null, primary key (account_id, tenant_id)
    ) ${clusteredTable}`,
    'create index account_roles_by_tenant on account_roles (tenant_id)',
    `create table factors (
      id text primary key not null, ${ofAccount}, kind text not null, name text not null, credential_id text unique,
      public_key ${bytes}, counter ${integer} not null, transports text not null, created_at ${integer} not null,
      used_at ${integer}
    ) ${table}`,
    'create index factors_by_account on factors (account_id)',
    `create table recovery_codes (
      ${ofAccount}, hash text not null, primary key (account_id, hash)
    ) ${clusteredTable}`,
    `create table sessions (
      token_hash text primary key not null, id text not null unique, ${ofAccount}, stage text not null,
      created_at ${integer} not null, seen_at ${integer} not null, proved_at ${integer}, address text not null,
      agent text not null
    ) ${table}`,
    'create index sessions_by_account on sessions (account_id)',
    `create table audit (
      number ${integer} primary key not null, at ${integer} not null, actor_id text, actor text not null,
      tenant_id text, action text not null, subject text not null, detail text not null, address text not null,
      hash text not null
    ) ${table}`,
    'create index audit_by_tenant on audit (tenant_id, number)',
    ...refuseChanges('audit'),
  ],
};
