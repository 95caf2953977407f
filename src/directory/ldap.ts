/**
 * People and groups from Active Directory or an OpenLDAP server. Reads only, over TLS (`ldaps:` or StartTLS) unless plain
 * text is allowed, in pages; what cannot work ends in one sentence with a remedy. Half a directory is never delivered.
 */
import { failed, type Result } from '../problem.ts';
import { dnKey } from './dn.ts';
import { type Schema, schemaOf } from './ldap-attributes.ts';
import { connectLdap, type LdapConnection } from './ldap-connection.ts';
import { type Members, readGroups } from './ldap-groups.ts';
import { readLdapPerson, texts } from './ldap-person.ts';
import { fetchPhoto, findPhotos, type Photos } from './ldap-photos.ts';
import { ldapProblem } from './ldap-problem.ts';
import { checkLdapSettings, type LdapFlavour, type LdapServer, type LdapSource } from './ldap-settings.ts';
import { createPace, type Pace } from './pace.ts';
import { createRejectionList, type RejectionList } from './rejections.ts';
import { createShardedMap, type ShardedMap } from './sharded-map.ts';
import type { OnProgress, Reading, Source, SourcePerson } from './source.ts';
import { createValues } from './values.ts';

export type { LdapSource } from './ldap-settings.ts';

export type LdapDependencies = {
  /** The password of `bindName`, asked for at every run; '' without one. */
  readonly password: () => Promise<string>;
  /** Milliseconds that only go forward. */
  readonly elapsed: () => number;
};

export function createLdapSource(source: LdapSource, { password, elapsed }: LdapDependencies): Source {
  return {
    read: async (signal, onProgress) => {
      const server = checkLdapSettings(source);
      if (server.kind === 'problem') return server;
      const account = { name: source.bindName, password: await password() };
      if (account.name !== '' && account.password === '') return unauthenticated(account.name);
      try {
        const { timeLimitSeconds } = source;
        const connection = await connectLdap({ server: server.value, account, timeLimitSeconds, signal });
        const pace = createPace(elapsed, signal);
        return await readAll({ source, server: server.value, connection, pace, onProgress });
      } catch (error) {
        signal.throwIfAborted();
        const problem = ldapProblem(error, source, server.value);
        if (!problem) throw error;
        return problem;
      }
    },
  };
}

/** RFC 4513 5.1.2: a name with an empty password "succeeds" and is anonymous. */
function unauthenticated(name: string) {
  return failed('SIGNET_DIRECTORY_CREDENTIALS', `The password of "${name}" is missing: enter it.`);
}

type Job = {
  readonly source: LdapSource;
  readonly server: LdapServer;
  readonly connection: LdapConnection;
  readonly pace: Pace;
  readonly onProgress: OnProgress;
};

/** Owns the connection until the reading does. */
async function readAll(job: Job): Promise<Result<Reading>> {
  const { source, connection } = job;
  try {
    const flavour = source.flavour === 'auto' ? await detectFlavour(connection) : source.flavour;
    const schema = schemaOf(flavour, source);
    const crowd = await readPeople(job, schema);
    const groups = await readGroups({
      ...job,
      schema,
      base: source.groupBase || source.base,
      members: crowd,
      onGroup: done => job.onProgress({ stage: 'groups', done }),
    });
    const photos = await readPhotos(job, schema, crowd);
    return { kind: 'ok', value: await readingOf(job, schema, { crowd, groups, photos }) };
  } catch (error) {
    await connection.close();
    throw error;
  }
}

/** Active Directory says so in its root entry (MS-ADTS 3.1.1.3.4.3.1). */
async function detectFlavour(connection: LdapConnection): Promise<LdapFlavour> {
  const root = await connection.entry('', ['supportedCapabilities']);
  const isActiveDirectory = root && texts(root, 'supportedCapabilities').includes('1.2.840.113556.1.4.800');
  return isActiveDirectory ? 'active-directory' : 'openldap';
}

type Draft = { person: SourcePerson; readonly memberOf: string[]; readonly managerKey: string };

type Crowd = Members & {
  readonly drafts: readonly Draft[];
  readonly byName: Pick<ShardedMap<Draft>, 'get'>;
  readonly rejections: RejectionList;
};

async function readPeople({ source, connection, pace, onProgress }: Job, schema: Schema): Promise<Crowd> {
  const crowd = createCrowd();
  const options = { schema, includeDisabled: source.includeDisabled, values: createValues() };
  const search = { base: source.base, filter: schema.filter, ...namesOf(schema) };
  for await (const page of connection.pages(search)) {
    for (const entry of page) {
      if (pace.isDue()) await pace.pause();
      const read = readLdapPerson(entry, options);
      if (read.kind === 'person') crowd.add(entry.dn, read.person, read.managerDn, texts(entry, 'uid'));
      else crowd.rejections.add({ place: entry.dn, reason: read.reason, sentence: read.sentence });
    }
    onProgress({ stage: 'people', done: crowd.drafts.length });
  }
  return crowd;
}

function namesOf({ fields, address, aliases, id, idIsBinary, account }: Schema) {
  const names = [...fields.flatMap(([, attributes]) => attributes), ...address, ...aliases, ...account];
  const all = [...names, 'manager', 'uid', ...(idIsBinary ? [] : [id])];
  return { attributes: [...new Set(all)], binary: idIsBinary ? [id] : [] };
}

function createCrowd() {
  const drafts: Draft[] = [];
  const byName = createShardedMap<Draft>();
  const byUid = createShardedMap<Draft>();
  const addresses = createShardedMap<string>();
  const ids = createShardedMap<true>();
  const rejections = createRejectionList();
  return {
    drafts,
    byName,
    rejections,
    add: (dn: string, person: SourcePerson, managerDn: string, uids: readonly string[]) => {
      const twin = addresses.get(person.address);
      const sentence = twin
        ? `${person.address} belongs to ${twin} already.`
        : `The id ${person.id} exists twice.`;
      if (twin !== undefined) return rejections.add({ place: dn, reason: 'duplicate-address', sentence });
      if (ids.has(person.id)) return rejections.add({ place: dn, reason: 'duplicate-id', sentence });
      const draft = { person, memberOf: [], managerKey: managerDn && dnKey(managerDn) };
      addresses.set(person.address, dn);
      ids.set(person.id, true);
      byName.set(dnKey(dn), draft);
      for (const uid of uids) byUid.set(uid, draft);
      drafts.push(draft);
    },
    join: (key: string, groupId: string) => {
      const draft = byName.get(key);
      draft?.memberOf.push(groupId);
      return draft !== undefined;
    },
    joinByUid: (uid: string, groupId: string) => void byUid.get(uid)?.memberOf.push(groupId),
  };
}

const noPhotos: Photos = { names: new Map(), unusable: 0 };

async function readPhotos(
  { source, connection, pace }: Job,
  schema: Schema,
  { byName }: Crowd,
): Promise<Photos> {
  if (!source.photos) return noPhotos;
  const onPhoto = (key: string, photo: string) => {
    const draft = byName.get(key);
    if (draft) draft.person = { ...draft.person, photo };
    return draft !== undefined;
  };
  return await findPhotos({ connection, schema, base: source.base, pace, onPhoto });
}

type Found = Pick<Reading, 'groups'> & { readonly crowd: Crowd; readonly photos: Photos };

async function readingOf(
  { connection, pace }: Job,
  schema: Schema,
  { crowd, groups, photos }: Found,
): Promise<Reading> {
  const notes =
    photos.unusable > 0 ? [`Photos left out as too large or no picture: ${photos.unusable}.`] : [];
  const people: SourcePerson[] = [];
  for (const { person, memberOf, managerKey } of crowd.drafts) {
    if (pace.isDue()) await pace.pause();
    const manager = crowd.byName.get(managerKey)?.person.id;
    people.push({ ...person, memberOf, ...(manager !== undefined && { manager }) });
  }
  return {
    people,
    groups,
    rejections: crowd.rejections.all(),
    notes,
    photo: hash => fetchPhoto(hash, photos, { connection, schema }),
    close: connection.close,
  };
}
