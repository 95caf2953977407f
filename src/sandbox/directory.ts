/**
 * People and groups of a simulated tenant, as Graph and Exchange both show them, with the record of changes from which
 * delta queries are answered (reference 10.1, 10.3). Attribute names are Graph's. Fifty thousand people are served from
 * memory, in the order in which they came.
 */

export type Person = {
  readonly id: string;
  readonly userPrincipalName: string;
  readonly displayName: string;
  readonly givenName?: string | null;
  readonly surname?: string | null;
  readonly mail: string | null;
  /** `SMTP:` the primary one, `smtp:` the others. */
  readonly proxyAddresses: readonly string[];
  readonly jobTitle?: string | null;
  readonly department?: string | null;
  readonly companyName?: string | null;
  readonly officeLocation?: string | null;
  readonly streetAddress?: string | null;
  readonly city?: string | null;
  readonly state?: string | null;
  readonly postalCode?: string | null;
  readonly country?: string | null;
  readonly businessPhones: readonly string[];
  readonly mobilePhone?: string | null;
  readonly faxNumber?: string | null;
  readonly employeeId?: string | null;
  readonly employeeType?: string | null;
  readonly preferredLanguage?: string | null;
  readonly onPremisesExtensionAttributes?: Readonly<Record<string, string | null>>;
  readonly accountEnabled: boolean;
  readonly userType: 'Member' | 'Guest';
  readonly mailbox: 'user' | 'shared' | 'none';
  readonly licensed: boolean;
  readonly managerId?: string;
  /** JPEG or PNG. */
  readonly photo?: Uint8Array;
  /** Entra roles: `Global Administrator`, `Exchange Administrator`, `Global Reader` ... */
  readonly roles: readonly string[];
};

export type GroupKind =
  | 'distribution'
  | 'mail-security'
  | 'security'
  | 'microsoft365'
  | 'dynamic-distribution';

export type Group = {
  readonly id: string;
  readonly kind: GroupKind;
  readonly displayName: string;
  readonly description?: string;
  /** Null for `security`, which is no recipient. */
  readonly mail: string | null;
  /** Further addresses of the group. */
  readonly aliases: readonly string[];
  /** Ids of people and of groups. A dynamic one's are those that its filter finds. */
  readonly members: readonly string[];
  /** Membership is hidden from those without `Member.Read.Hidden`. */
  readonly hidden?: boolean;
  /** A group of Entra whose members a rule finds: `user.department -eq "Sales"`. */
  readonly rule?: string;
};

export type Change = {
  readonly sequence: number;
  readonly moment: number;
  readonly kind: 'person' | 'group' | 'member' | 'manager';
  readonly id: string;
  /** Names of attributes that differ; none: the object is new or gone. */
  readonly attributes: readonly string[];
  /** The member or manager that came or went. */
  readonly other?: string;
  readonly gone?: true;
};

export type Directory = {
  readonly people: () => readonly Person[];
  readonly person: (id: string) => Person | undefined;
  /** By id, user principal name or any address, in any case. */
  readonly findPerson: (key: string) => Person | undefined;
  readonly groups: () => readonly Group[];
  readonly group: (id: string) => Group | undefined;
  /** By id, address, or display name. */
  readonly findGroup: (key: string) => Group | undefined;
  readonly putPerson: (person: Person) => void;
  readonly removePerson: (id: string) => void;
  readonly putGroup: (group: Group) => void;
  readonly removeGroup: (id: string) => void;
  /** Ids of the people in a group, through groups in groups. */
  readonly peopleIn: (groupId: string) => ReadonlySet<string>;
  readonly changesAfter: (sequence: number) => readonly Change[];
  readonly sequence: () => number;
};

export function createDirectory(now: () => number): Directory {
  const people = new Map<string, Person>();
  const byKey = new Map<string, string>();
  const groups = new Map<string, Group>();
  const changes: Change[] = [];
  let list: readonly Person[] | undefined;
  let sequence = 0;

  function record(change: Omit<Change, 'sequence' | 'moment'>) {
    sequence += 1;
    changes.push({ ...change, sequence, moment: now() });
  }

  function putPerson(person: Person) {
    const before = people.get(person.id);
    forget(before);
    people.set(person.id, person);
    for (const key of keysOf(person)) byKey.set(key, person.id);
    list = undefined;
    const attributes = before ? differing(before, person) : [];
    if (before && attributes.length === 0) return;
    record({ kind: 'person', id: person.id, attributes });
    if (before && before.managerId !== person.managerId) recordManager(before.managerId, person);
  }

  function recordManager(before: string | undefined, { id, managerId }: Person) {
    const other = managerId ?? before;
    if (other) record({ kind: 'manager', id, attributes: [], other, ...(managerId ? {} : { gone: true }) });
  }

  function forget(person: Person | undefined) {
    for (const key of person ? keysOf(person) : []) byKey.delete(key);
  }

  function removePerson(id: string) {
    const before = people.get(id);
    if (!before) return;
    forget(before);
    people.delete(id);
    list = undefined;
    record({ kind: 'person', id, attributes: [], gone: true });
    for (const group of groups.values()) {
      if (group.members.includes(id))
        putGroup({ ...group, members: group.members.filter(one => one !== id) });
    }
  }

  function putGroup(group: Group) {
    const before = groups.get(group.id);
    groups.set(group.id, group);
    const attributes = before ? differing(before, group) : [];
    if (!before || attributes.some(name => name !== 'members')) {
      record({ kind: 'group', id: group.id, attributes: attributes.filter(name => name !== 'members') });
    }
    recordMembers(before?.members ?? [], group);
  }

  function recordMembers(before: readonly string[], { id, members }: Group) {
    const [old, now] = [new Set(before), new Set(members)];
    for (const other of [...now].filter(one => !old.has(one)))
      record({ kind: 'member', id, attributes: [], other });
    for (const other of [...old].filter(one => !now.has(one)))
      record({ kind: 'member', id, attributes: [], other, gone: true });
  }

  function removeGroup(id: string) {
    if (groups.delete(id)) record({ kind: 'group', id, attributes: [], gone: true });
  }

  function findGroup(key: string) {
    const wanted = key.toLowerCase();
    const all = [...groups.values()];
    return groups.get(wanted) ?? all.find(one => addressesOf(one).includes(wanted)) ?? byName(all, wanted);
  }

  function peopleIn(groupId: string) {
    const found = new Set<string>();
    const seen = new Set<string>();
    const walk = (id: string) => {
      if (seen.has(id)) return;
      seen.add(id);
      for (const member of groups.get(id)?.members ?? []) {
        if (people.has(member)) found.add(member);
        else walk(member);
      }
    };
    walk(groupId);
    return found;
  }

  return {
    people: () => {
      list ??= [...people.values()];
      return list;
    },
    person: id => people.get(id),
    findPerson: key => people.get(byKey.get(key.toLowerCase()) ?? ''),
    groups: () => [...groups.values()],
    group: id => groups.get(id),
    findGroup,
    putPerson,
    removePerson,
    putGroup,
    removeGroup,
    peopleIn,
    // Sequences have no gaps, so the first change after one stands at its index.
    changesAfter: after => changes.slice(Math.max(after, 0)),
    sequence: () => sequence,
  };
}

function keysOf({ id, userPrincipalName, proxyAddresses }: Person) {
  const addresses = proxyAddresses.map(address => address.replace(/^smtp:/i, ''));
  return [id, userPrincipalName, ...addresses].map(key => key.toLowerCase());
}

function addressesOf({ mail, aliases }: Group) {
  return [mail ?? '', ...aliases].map(address => address.toLowerCase());
}

function byName(groups: readonly Group[], wanted: string) {
  return groups.find(({ displayName }) => displayName.toLowerCase() === wanted);
}

function differing(before: object, after: object): string[] {
  const [old, now] = [new Map(Object.entries(before)), new Map(Object.entries(after))];
  const names = new Set([...old.keys(), ...now.keys()]);
  return [...names].filter(name => JSON.stringify(old.get(name)) !== JSON.stringify(now.get(name)));
}
