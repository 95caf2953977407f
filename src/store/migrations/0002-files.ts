/** Tenants: fields of their own, where their people come from, and those that their file no longer holds. */
import type { Migration } from './migration.ts';

export const files: Migration = {
  number: 2,
  name: 'files',
  statements: ({ integer }) => [
    'alter table tenants add column fields text',
    'alter table tenants add column directory text',
    `alter table tenants add column retired_at ${integer}`,
  ],
};
