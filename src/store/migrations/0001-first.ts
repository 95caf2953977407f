/**
 * The first schema (0.1.0). The log and the seats refer to tenants without foreign keys: a batch written behind the mail
 * must not fail because a tenant was removed meanwhile.
 */
import type { Migration } from './migration.ts';

const ofTenant = 'tenant_id text not null references tenants (id) on delete cascade';

export const first: Migration = {
  number: 1,
  name: 'first',
  statements: ({ integer, bytes, table, clusteredTable }) => [
    `create table tenants (
      id text primary key not null, name text not null unique, kind text not null, mode text not null,
      connection text not null, preferences text not null, managed_by text, revision ${integer} not null,
      created_at ${integer} not null
    ) ${table}`,
    `create table domains (${ofTenant}, domain text not null, primary key (tenant_id, domain)) ${clusteredTable}`,
    'create index domains_by_name on domains (domain)',

    `create table people (
      ${ofTenant}, id text not null, source text not null, address text not null, sort_name text not null,
      search text not null, data text not null, hash text not null, revision ${integer} not null,
      primary key (tenant_id, id)
    ) ${table}`,
    'create index people_by_name on people (tenant_id, sort_name, id)',
    'create index people_by_address on people (tenant_id, address)',
    'create index people_by_revision on people (tenant_id, revision)',
    `create table groups (
      ${ofTenant}, id text not null, source text not null, name text not null, address text,
      members ${integer} not null, hash text not null, revision ${integer} not null,
      primary key (tenant_id, id)
    ) ${table}`,
    'create index groups_by_name on groups (tenant_id, name, id)',
    `create table staged_people (
      import_id text not null, id text not null, address text not null, sort_name text not null,
      search text not null, data text not null, hash text not null, primary key (import_id, id)
    ) ${clusteredTable}`,
    `create table staged_groups (
      import_id text not null, id text not null, name text not null, address text, members ${integer} not null,
      hash text not null, primary key (import_id, id)
    ) ${clusteredTable}`,
    `create table staged_removals (
      import_id text not null, kind text not null, id text not null, primary key (import_id, kind, id)
    ) ${clusteredTable}`,
    `create table removals (
      ${ofTenant}, kind text not null, id text not null, revision ${integer} not null,
      primary key (tenant_id, kind, id)
    ) ${clusteredTable}`,
    `create table overrides (
      ${ofTenant}, person_id text not null, attribute text not null, value text not null, until ${integer},
      changed_by text not null, changed_at ${integer} not null, primary key (tenant_id, person_id, attribute)
    ) ${clusteredTable}`,
    `create table photos (
      ${ofTenant}, hash text not null, bytes ${bytes} not null, primary key (tenant_id, hash)
    ) ${table}`,

    `create table images (
      ${ofTenant}, hash text not null, type text not null, bytes ${bytes} not null, primary key (tenant_id, hash)
    ) ${table}`,
    `create table signatures (
      ${ofTenant}, kind text not null, id text not null, name text not null, newest_version ${integer} not null,
      published_version ${integer}, primary key (tenant_id, kind, id), unique (tenant_id, kind, name)
    ) ${table}`,
    `create table signature_versions (
      tenant_id text not null, kind text not null, signature_id text not null, version ${integer} not null,
      name text not null, content text not null, saved_at ${integer} not null, saved_by text not null,
      note text not null, primary key (tenant_id, kind, signature_id, version),
      foreign key (tenant_id, kind, signature_id) references signatures (tenant_id, kind, id) on delete cascade
    ) ${table}`,
    `create table rules (
      ${ofTenant}, id text not null, position ${integer} not null, name text not null, enabled ${integer} not null,
      body text not null, version ${integer} not null, changed_at ${integer} not null, changed_by text not null,
      primary key (tenant_id, id)
    ) ${table}`,

    `create table licences (
      ${ofTenant}, id text not null, seats ${integer} not null, from_day text, until_day text, note text not null,
      file text, added_at ${integer} not null, primary key (tenant_id, id)
    ) ${table}`,
    `create table seats (
      tenant_id text not null, month text not null, person_id text not null, first_at ${integer} not null,
      primary key (tenant_id, month, person_id)
    ) ${clusteredTable}`,

    `create table messages (
      id text primary key not null, tenant_id text not null, at ${integer} not null, sender text not null,
      person_id text, reason text not null, outcome text not null, size_bytes ${integer} not null,
      detail text not null
    ) ${table}`,
    'create index messages_by_time on messages (tenant_id, at, id)',
    'create index messages_by_sender on messages (tenant_id, sender, at, id)',
    'create index messages_by_reason on messages (tenant_id, reason, at, id)',
    `create table message_recipients (
      tenant_id text not null, recipient text not null, at ${integer} not null, message_id text not null,
      primary key (tenant_id, recipient, at, message_id)
    ) ${clusteredTable}`,
    'create index message_recipients_by_time on message_recipients (tenant_id, at)',

    `create table settings (
      name text primary key not null, value text not null, changed_at ${integer} not null
    ) ${table}`,
    `create table secrets (
      owner text not null, row_id text not null, name text not null, sealed ${bytes} not null,
      changed_at ${integer} not null, primary key (owner, row_id, name)
    ) ${table}`,
    `create table jobs (
      name text not null, tenant_id text not null, started_at ${integer}, finished_at ${integer},
      next_at ${integer}, outcome text, result text, primary key (name, tenant_id)
    ) ${table}`,
  ],
};
