/**
 * Signatures, and blocks (sections that several signatures share): every save makes a version, one version is published,
 * and a save that did not start from the newest version is refused with that version, so that nobody's work is lost.
 */
import type { Kysely, Transaction } from 'kysely';
import type { Clock } from '../clock.ts';
import type { SignatureSection } from '../signature/signature.ts';
import type { Database } from './database.ts';
import type { Tables } from './tables.ts';
import { bumpRevision } from './tenants.ts';

/** An image of the content; its bytes are in `images` under their SHA-256, hexadecimal. */
export type ImageName = { readonly name: string; readonly type: string; readonly hash: string };

export type SignatureContent = {
  readonly sections: readonly (
    | { readonly kind: 'own'; readonly section: SignatureSection }
    /** `block` is a block's id. */
    | { readonly kind: 'block'; readonly block: string }
  )[];
  readonly images: readonly ImageName[];
};

export type BlockContent = { readonly section: SignatureSection; readonly images: readonly ImageName[] };

export type Version<Content> = {
  readonly version: number;
  readonly name: string;
  readonly content: Content;
  readonly savedAt: number;
  readonly savedBy: string;
  readonly note: string;
};

export type Heading = {
  readonly id: string;
  readonly name: string;
  readonly newestVersion: number;
  readonly publishedVersion?: number;
};

export type Draft<Content> = {
  readonly id: string;
  readonly name: string;
  readonly content: Content;
  /** The version that the editor began with, 0 for a new signature. */
  readonly basedOn: number;
  readonly savedBy: string;
  readonly note?: string;
  /** Published in the same transaction. */
  readonly publish?: boolean;
};

export type Saved<Content> =
  | { readonly kind: 'saved'; readonly version: number }
  /** Somebody saved meanwhile: their version, and the one this draft began with, for a diff. */
  | { readonly kind: 'newer'; readonly newest: Version<Content>; readonly base?: Version<Content> }
  /** Another one of the tenant has this name. */
  | { readonly kind: 'name-taken' };

export type Versions<Content> = {
  readonly list: (tenantId: string) => Promise<readonly Heading[]>;
  readonly save: (tenantId: string, draft: Draft<Content>) => Promise<Saved<Content>>;
  readonly findVersion: (
    tenantId: string,
    id: string,
    version: number,
  ) => Promise<Version<Content> | undefined>;
  /** Newest first, without their content. */
  readonly listVersions: (
    tenantId: string,
    id: string,
  ) => Promise<readonly Omit<Version<Content>, 'content'>[]>;
  /** False when there is no such version. */
  readonly publish: (tenantId: string, id: string, version: number) => Promise<boolean>;
  readonly withdraw: (tenantId: string, id: string) => Promise<void>;
  /** Makes an old version the newest one again, and publishes it. Undefined when there is no such version. */
  readonly rollBackTo: (
    tenantId: string,
    id: string,
    version: number,
    savedBy: string,
  ) => Promise<number | undefined>;
  readonly remove: (tenantId: string, id: string) => Promise<void>;
  /** What the relay's snapshot shows. */
  readonly listPublished: (
    tenantId: string,
  ) => Promise<readonly { readonly id: string; readonly name: string; readonly content: Content }[]>;
};

/** Contents that come from the thread at once: one may have 64 KB. */
const contentsAtOnce = 10;

export function createVersions<Content>(
  kind: 'signature' | 'block',
  { database, clock }: { readonly database: Database; readonly clock: Clock },
): Versions<Content> {
  const { read, write } = database;

  async function list(tenantId: string) {
    const rows = await read
      .selectFrom('signatures')
      .selectAll()
      .where('tenant_id', '=', tenantId)
      .where('kind', '=', kind)
      .orderBy('name')
      .execute();
    return rows.map(headingOf);
  }

  const save: Versions<Content>['save'] = (tenantId, draft) =>
    write.transaction().execute(async (transaction): Promise<Saved<Content>> => {
      const { id, name, basedOn } = draft;
      if (await nameIsTaken(transaction, tenantId, draft)) return { kind: 'name-taken' };
      const heading = await findHeading(transaction, tenantId, id);
      const newestVersion = heading?.newest_version ?? 0;
      if (newestVersion !== basedOn) {
        const newest = await readVersion(transaction, tenantId, id, newestVersion);
        const base = await readVersion(transaction, tenantId, id, basedOn);
        if (newest) return { kind: 'newer', newest, ...(base && { base }) };
      }
      const version = newestVersion + 1;
      const published = draft.publish ? version : (heading?.published_version ?? null);
      const row = { name, newest_version: version, published_version: published };
      await transaction
        .insertInto('signatures')
        .values({ tenant_id: tenantId, kind, id, ...row })
        .onConflict(conflict => conflict.columns(['tenant_id', 'kind', 'id']).doUpdateSet(row))
        .execute();
      await addVersion(transaction, tenantId, draft, version);
      if (draft.publish) await bumpRevision(transaction, tenantId);
      return { kind: 'saved', version };
    });

  async function nameIsTaken(query: Query, tenantId: string, { id, name }: Draft<Content>) {
    const row = await query
      .selectFrom('signatures')
      .select('id')
      .where('tenant_id', '=', tenantId)
      .where('kind', '=', kind)
      .where('name', '=', name)
      .where('id', '!=', id)
      .executeTakeFirst();
    return row !== undefined;
  }

  function findHeading(query: Query, tenantId: string, id: string) {
    return query
      .selectFrom('signatures')
      .selectAll()
      .where('tenant_id', '=', tenantId)
      .where('kind', '=', kind)
      .where('id', '=', id)
      .executeTakeFirst();
  }

  async function addVersion(query: Query, tenantId: string, draft: Draft<Content>, version: number) {
    const { id, name, content, savedBy, note = '' } = draft;
    await query
      .insertInto('signature_versions')
      .values({
        tenant_id: tenantId,
        kind,
        signature_id: id,
        version,
        name,
        content: JSON.stringify(content),
        saved_at: clock.now(),
        saved_by: savedBy,
        note,
      })
      .execute();
  }

  async function readVersion(query: Query, tenantId: string, id: string, version: number) {
    const row = await query
      .selectFrom('signature_versions')
      .selectAll()
      .where('tenant_id', '=', tenantId)
      .where('kind', '=', kind)
      .where('signature_id', '=', id)
      .where('version', '=', version)
      .executeTakeFirst();
    return row && versionOf<Content>(row);
  }

  async function listVersions(tenantId: string, id: string) {
    const rows = await read
      .selectFrom('signature_versions')
      .select(['version', 'name', 'saved_at', 'saved_by', 'note'])
      .where('tenant_id', '=', tenantId)
      .where('kind', '=', kind)
      .where('signature_id', '=', id)
      .orderBy('version', 'desc')
      .execute();
    return rows.map(({ saved_at, saved_by, ...row }) => ({ ...row, savedAt: saved_at, savedBy: saved_by }));
  }

  const publish: Versions<Content>['publish'] = (tenantId, id, version) =>
    write.transaction().execute(async transaction => {
      if (!(await readVersion(transaction, tenantId, id, version))) return false;
      await point(transaction, tenantId, id, version);
      return true;
    });

  async function point(
    transaction: Transaction<Tables>,
    tenantId: string,
    id: string,
    version: number | null,
  ) {
    await transaction
      .updateTable('signatures')
      .set({ published_version: version })
      .where('tenant_id', '=', tenantId)
      .where('kind', '=', kind)
      .where('id', '=', id)
      .execute();
    await bumpRevision(transaction, tenantId);
  }

  const withdraw: Versions<Content>['withdraw'] = (tenantId, id) =>
    write.transaction().execute(transaction => point(transaction, tenantId, id, null));

  const rollBackTo: Versions<Content>['rollBackTo'] = (tenantId, id, version, savedBy) =>
    write.transaction().execute(async transaction => {
      const heading = await findHeading(transaction, tenantId, id);
      const old = await readVersion(transaction, tenantId, id, version);
      if (!heading || !old) return undefined;
      const next = heading.newest_version + 1;
      const draft = { id, name: heading.name, content: old.content, basedOn: next - 1, savedBy };
      await addVersion(transaction, tenantId, { ...draft, note: `version ${version} again` }, next);
      await transaction
        .updateTable('signatures')
        .set({ newest_version: next })
        .where('tenant_id', '=', tenantId)
        .where('kind', '=', kind)
        .where('id', '=', id)
        .execute();
      await point(transaction, tenantId, id, next);
      return next;
    });

  const remove: Versions<Content>['remove'] = (tenantId, id) =>
    write.transaction().execute(async transaction => {
      await transaction
        .deleteFrom('signatures')
        .where('tenant_id', '=', tenantId)
        .where('kind', '=', kind)
        .where('id', '=', id)
        .execute();
      await bumpRevision(transaction, tenantId);
    });

  async function listPublished(tenantId: string) {
    const all: { id: string; name: string; content: Content }[] = [];
    for (let after = ''; ; after = all.at(-1)?.id ?? '') {
      const rows = await read
        .selectFrom('signatures')
        .innerJoin('signature_versions', join =>
          join
            .onRef('signature_versions.tenant_id', '=', 'signatures.tenant_id')
            .onRef('signature_versions.kind', '=', 'signatures.kind')
            .onRef('signature_versions.signature_id', '=', 'signatures.id')
            .onRef('signature_versions.version', '=', 'signatures.published_version'),
        )
        .select(['signatures.id', 'signatures.name', 'signature_versions.content'])
        .where('signatures.tenant_id', '=', tenantId)
        .where('signatures.kind', '=', kind)
        .where('signatures.id', '>', after)
        .orderBy('signatures.id')
        .limit(contentsAtOnce)
        .execute();
      all.push(
        ...rows.map(({ id, name, content }) => ({ id, name, content: JSON.parse(content) as Content })),
      );
      if (rows.length < contentsAtOnce) return all;
    }
  }

  return {
    list,
    save,
    findVersion: (tenantId, id, version) => readVersion(read, tenantId, id, version),
    listVersions,
    publish,
    withdraw,
    rollBackTo,
    remove,
    listPublished,
  };
}

type Query = Kysely<Tables> | Transaction<Tables>;

function headingOf(row: Tables['signatures']): Heading {
  const { id, name, newest_version: newestVersion, published_version: publishedVersion } = row;
  return { id, name, newestVersion, ...(publishedVersion === null ? {} : { publishedVersion }) };
}

function versionOf<Content>(row: Tables['signature_versions']): Version<Content> {
  const { version, name, content, saved_at: savedAt, saved_by: savedBy, note } = row;
  return { version, name, content: JSON.parse(content), savedAt, savedBy, note };
}
