/** People and groups as rows: one JSON value each, with the columns that lists and searches need, and a hash to compare. */
import { createHash } from 'node:crypto';
import type { Group, Person } from '../signature/person.ts';
import type { Tables } from './tables.ts';

type PersonRow = Omit<Tables['staged_people'], 'import_id'>;
type GroupRow = Omit<Tables['staged_groups'], 'import_id'>;

export function personRowOf({ id, ...rest }: Person): PersonRow {
  const data = JSON.stringify(rest);
  const { address, aliases, fields } = rest;
  const { displayName = '', jobTitle = '', department = '' } = fields;
  const search = [displayName, address, ...aliases, jobTitle, department].join('\n').toLowerCase();
  const sort_name = (displayName || address).toLowerCase();
  return { id, address, sort_name, search, data, hash: hashOf(data) };
}

export function personOf({ id, data }: { readonly id: string; readonly data: string }): Person {
  return { id, ...JSON.parse(data) };
}

export function groupRowOf({ id, name, address }: Group, members: number): GroupRow {
  const row = { id, name, address: address ?? null, members };
  return { ...row, hash: hashOf(JSON.stringify(row)) };
}

export function groupOf({ id, name, address }: Pick<GroupRow, 'id' | 'name' | 'address'>): Group {
  return { id, name, ...(address === null ? {} : { address }) };
}

/** 96 bits: enough to tell one's own values apart, and half the memory for 50,000 of them. */
function hashOf(text: string) {
  return createHash('sha256').update(text).digest('base64url').slice(0, 16);
}
