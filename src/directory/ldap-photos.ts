/**
 * Photos of an LDAP directory: all are looked at once for their hash, none is kept; the bytes are fetched again, one by
 * one, for those that the store lacks. Only JPEG, PNG and GIF count, since mail programs show nothing else.
 */
import { createHash } from 'node:crypto';
import { limits } from '../limits.ts';
import { dnKey } from './dn.ts';
import type { Schema } from './ldap-attributes.ts';
import type { LdapConnection, LdapEntry } from './ldap-connection.ts';
import type { Pace } from './pace.ts';

export type PhotoJob = {
  readonly connection: LdapConnection;
  readonly schema: Schema;
  readonly base: string;
  readonly pace: Pace;
  /** Key of the entry's name, and the hash; answers whether a person has it. */
  readonly onPhoto: (dnKey: string, hash: string) => boolean;
};

export type Photos = {
  /** Hash -> name of an entry that has that photo. */
  readonly names: ReadonlyMap<string, string>;
  readonly unusable: number;
};

export async function findPhotos({ connection, schema, base, pace, onPhoto }: PhotoJob): Promise<Photos> {
  const names = new Map<string, string>();
  let unusable = 0;
  const any = schema.photos.map(name => `(${name}=*)`).join('');
  const filter = `(&${schema.filter}(|${any}))`;
  const search = {
    base,
    filter,
    attributes: [],
    binary: schema.photos,
    pageSize: limits.directory.ldapPhotoPage,
  };
  for await (const page of connection.pages(search)) {
    for (const entry of page) {
      if (pace.isDue()) await pace.pause();
      const bytes = photoOf(entry, schema);
      if (!bytes) unusable++;
      else {
        const hash = hashOf(bytes);
        if (onPhoto(dnKey(entry.dn), hash)) names.set(hash, entry.dn);
      }
    }
  }
  return { names, unusable };
}

/** The bytes, if the entry still has that photo. */
export async function fetchPhoto(
  hash: string,
  { names }: Photos,
  { connection, schema }: Pick<PhotoJob, 'connection' | 'schema'>,
): Promise<Uint8Array | undefined> {
  const dn = names.get(hash);
  const entry = dn === undefined ? undefined : await connection.entry(dn, [], schema.photos);
  const bytes = entry && photoOf(entry, schema);
  return bytes && hashOf(bytes) === hash ? bytes : undefined;
}

function photoOf({ attributes }: LdapEntry, { photos }: Schema): Buffer | undefined {
  const values = photos.flatMap(name => attributes.get(name.toLowerCase()) ?? []);
  return values.filter(value => Buffer.isBuffer(value)).find(isPicture);
}

const signatures = ['ffd8ff', '89504e470d0a1a0a', '474946383761', '474946383961'];

function isPicture(bytes: Buffer) {
  const head = bytes.subarray(0, 8).toString('hex');
  return (
    bytes.length <= limits.directory.photoBytes && signatures.some(signature => head.startsWith(signature))
  );
}

function hashOf(bytes: Buffer) {
  return createHash('sha256').update(bytes).digest('hex');
}
