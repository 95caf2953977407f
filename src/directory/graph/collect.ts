/**
 * What is known of users, groups, photos and managers while rows come in: those kept from before, then those of today, all
 * alike. A later row counts more, and `@removed` takes away what an earlier one brought (exchange-online.md 10.1, 10.3).
 */
import { createShardedMap, type ShardedMap } from '../sharded-map.ts';
import { createValues } from '../values.ts';
import { readUser, textOf } from './graph-person.ts';
import type { PageKind } from './memory.ts';
import type { Row } from './request.ts';

export type User = { readonly id: string; readonly read: ReturnType<typeof readUser> };
export type GroupDraft = { name: string; address: string; readonly members: Set<string> };

export type Collected = {
  readonly take: (kind: PageKind, row: Row) => void;
  readonly users: ShardedMap<User>;
  readonly groups: ReadonlyMap<string, GroupDraft>;
  /** Person -> ETag of the photo, '' for who has none; absent: not looked at yet. */
  readonly photos: ShardedMap<string>;
  /** Person -> manager. */
  readonly managers: ShardedMap<string>;
  /** Whether any row told of a manager. */
  readonly hasManagers: () => boolean;
};

export function createCollected(): Collected {
  const values = createValues();
  const users = createShardedMap<User>();
  const groups = new Map<string, GroupDraft>();
  const photos = createShardedMap<string>();
  const managers = createShardedMap<string>();
  let hasManagers = false;

  function takeUser(row: Row) {
    const id = textOf(row.id);
    if ('@removed' in row) {
      for (const map of [users, photos, managers]) map.delete(id);
      return;
    }
    const manager = managerIn(row);
    if (manager !== undefined) {
      hasManagers = true;
      if (manager === '') managers.delete(id);
      else managers.set(id, manager);
    }
    // Every user has a principal name: a row without one tells of a relation only, and the rest stays as it was.
    if (row.userPrincipalName !== undefined || !users.has(id))
      users.set(id, { id, read: readUser(row, values) });
  }

  /** Members of a large group come in several rows of the same id, and may be taken away in a later one. */
  function takeGroup(row: Row) {
    const id = textOf(row.id);
    if ('@removed' in row) return void groups.delete(id);
    const group = groups.get(id) ?? { name: '', address: '', members: new Set<string>() };
    groups.set(id, group);
    group.name = textOf(row.displayName) || group.name;
    group.address = row.mail === null ? '' : textOf(row.mail) || group.address;
    for (const member of (row['members@delta'] ?? []) as readonly Row[])
      if ('@removed' in member) group.members.delete(textOf(member.id));
      else group.members.add(textOf(member.id));
  }

  const takers: Readonly<Record<PageKind, (row: Row) => void>> = {
    people: takeUser,
    groups: takeGroup,
    photos: row => photos.set(textOf(row.id), textOf(row.etag)),
    managers: row => {
      if (textOf(row.manager) === '') managers.delete(textOf(row.id));
      else managers.set(textOf(row.id), textOf(row.manager));
    },
  };
  return {
    take: (kind, row) => takers[kind](row),
    users,
    groups,
    photos,
    managers,
    hasManagers: () => hasManagers,
  };
}

/** '' when the row says that there is none any more; undefined when it says nothing. */
function managerIn(row: Row): string | undefined {
  const given = row['manager@delta'];
  if (!Array.isArray(given) || given.length === 0) return undefined;
  return textOf((given as readonly Row[]).find(one => !('@removed' in one))?.id);
}
