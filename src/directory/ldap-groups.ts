/**
 * Groups of an LDAP directory and who is in them, taken from the groups' own member lists: `memberOf` is missing on many
 * OpenLDAP servers, and never names the primary group. Large groups of Active Directory come in ranges. Active
 * Directory's primary group (usually Domain Users) is not resolved: it holds everybody.
 */

import { normalAddress } from './address.ts';
import { dnKey, firstValue } from './dn.ts';
import type { Schema } from './ldap-attributes.ts';
import type { LdapConnection, LdapEntry } from './ldap-connection.ts';
import { idOf, texts } from './ldap-person.ts';
import type { Pace } from './pace.ts';
import type { SourceGroup } from './source.ts';

/** How members are named: by distinguished name, or (posixGroup) by user name. */
export type Members = {
  /** Notes that this person is in the group; false when no person has that name. */
  readonly join: (dnKey: string, groupId: string) => boolean;
  readonly joinByUid: (uid: string, groupId: string) => void;
};

export type GroupJob = {
  readonly connection: LdapConnection;
  readonly schema: Schema;
  readonly base: string;
  readonly members: Members;
  readonly pace: Pace;
  readonly onGroup: (done: number) => void;
};

const memberNames = ['member', 'uniqueMember'];

/** All groups with their parent groups; people are told to `members` on the way, so that no member list is kept. */
export async function readGroups(job: GroupJob): Promise<readonly SourceGroup[]> {
  const { connection, schema, base, onGroup } = job;
  const found = new Map<string, Omit<SourceGroup, 'memberOf'>>();
  const parents = new Map<string, string[]>();
  const search = {
    base,
    filter: schema.groupFilter,
    attributes: [
      'cn',
      'displayName',
      'mail',
      ...memberNames,
      'memberUid',
      ...(schema.idIsBinary ? [] : [schema.id]),
    ],
    binary: schema.idIsBinary ? [schema.id] : [],
    // A group can hold 1,500 names of 200 bytes.
    pageSize: 50,
  };
  for await (const page of connection.pages(search)) {
    for (const entry of page) {
      const group = readGroup(entry, schema);
      found.set(dnKey(entry.dn), group);
      await readMembers(entry, group.id, parents, job);
    }
    onGroup(found.size);
  }
  return [...found].map(([key, group]) => ({ ...group, memberOf: parents.get(key) ?? [] }));
}

function readGroup(entry: LdapEntry, schema: Schema): Omit<SourceGroup, 'memberOf'> {
  const name = texts(entry, 'displayName')[0] ?? texts(entry, 'cn')[0] ?? firstValue(entry.dn);
  const address = normalAddress(texts(entry, 'mail')[0] ?? '');
  return { id: idOf(entry, schema), name, ...(address !== undefined && { address }) };
}

async function readMembers(
  entry: LdapEntry,
  groupId: string,
  parents: Map<string, string[]>,
  { connection, members, pace }: GroupJob,
) {
  for (const uid of texts(entry, 'memberUid')) members.joinByUid(uid, groupId);
  for (const name of memberNames) {
    for await (const dns of memberLists(entry, name, connection)) {
      for (const dn of dns) {
        if (pace.isDue()) await pace.pause();
        if (typeof dn !== 'string') continue;
        const key = dnKey(dn);
        // Not a person that we read: perhaps a group, which may come later.
        if (members.join(key, groupId)) continue;
        const list = parents.get(key);
        if (list) list.push(groupId);
        else parents.set(key, [groupId]);
      }
    }
  }
}

/** `member`, or `member;range=0-1499` and what follows it (MS-ADTS 3.1.1.3.1.3.3), to the range that ends with `*`. */
async function* memberLists(
  entry: LdapEntry,
  name: string,
  connection: LdapConnection,
): AsyncGenerator<LdapValues> {
  yield entry.attributes.get(name.toLowerCase()) ?? [];
  for (let range = findRange(entry, name); range; ) {
    yield range.values;
    if (range.end === undefined) return;
    const next = await connection.entry(entry.dn, [`${name};range=${range.end + 1}-*`]);
    const following = next && findRange(next, name);
    // A server that goes back or stands still would keep us for ever.
    range = following && following.start === range.end + 1 ? following : undefined;
  }
}

type LdapValues = readonly (string | Buffer)[];
type Range = { readonly start: number; readonly end: number | undefined; readonly values: LdapValues };

function findRange(entry: LdapEntry, name: string): Range | undefined {
  const pattern = new RegExp(`^${name};range=(\\d+)-(\\d+|\\*)$`, 'i');
  for (const key of entry.attributes.keys()) {
    const [, start, end] = pattern.exec(key) ?? [];
    if (start === undefined) continue;
    const values = entry.attributes.get(key) ?? [];
    if (values.length > 0)
      return { start: Number(start), end: end === '*' ? undefined : Number(end), values };
  }
  return undefined;
}
