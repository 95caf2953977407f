/**
 * Signatures and blocks of the bundle as published versions, and back. A changed one gets a new version on top of whatever
 * drafts there are; a published one that the bundle does not hold goes; images are stored once, under their hash.
 */
import { createHash } from 'node:crypto';
import type { Kysely, Transaction } from 'kysely';
import type { BundleBlock, BundleSection, BundleSignature, BundleTenant } from '../bundle/bundle.ts';
import type { SignatureImage } from '../signature/signature.ts';
import type { Change } from './configuration.ts';
import type { BlockContent, ImageName, SignatureContent } from './signatures.ts';
import type { Tables } from './tables.ts';

type Query = Kysely<Tables> | Transaction<Tables>;
type Kind = 'signature' | 'block';

export async function readSignatures(
  query: Query,
  tenantId: string,
): Promise<Pick<BundleTenant, 'signatures' | 'blocks'>> {
  const images = createImageReader(query, tenantId);
  const blocks = await readPublished<BlockContent>(query, tenantId, 'block');
  const nameOf = new Map(blocks.map(({ id, name }) => [id, name]));
  const signatures = await readPublished<SignatureContent>(query, tenantId, 'signature');
  return {
    blocks: await inOrder(blocks, async ({ name, content }) => ({
      name,
      ...content.section,
      images: await images(content.images),
    })),
    signatures: await inOrder(signatures, async ({ id, name, content }) => ({
      ...(id === name ? {} : { id }),
      name,
      sections: content.sections.flatMap((section): BundleSection[] => {
        if (section.kind === 'own') return [section];
        const block = nameOf.get(section.block);
        return block === undefined ? [] : [{ kind: 'block', block }];
      }),
      images: await images(content.images),
    })),
  };
}

/** One at a time: an answer of the database thread is copied on the main loop. */
async function inOrder<From, To>(list: readonly From[], make: (from: From) => Promise<To>): Promise<To[]> {
  const made: To[] = [];
  for (const from of list) made.push(await make(from));
  return made;
}

function createImageReader(query: Query, tenantId: string) {
  const known = new Map<string, Uint8Array>();
  const bytesOf = async (hash: string) => {
    const row = await query
      .selectFrom('images')
      .select('bytes')
      .where('tenant_id', '=', tenantId)
      .where('hash', '=', hash)
      .executeTakeFirstOrThrow(() => new Error(`expected the bytes of image ${hash}, got none`));
    known.set(hash, row.bytes);
    return row.bytes;
  };
  return (names: readonly ImageName[]): Promise<SignatureImage[]> =>
    inOrder(names, async ({ name, type, hash }) => ({
      name,
      type: type as SignatureImage['type'],
      bytes: known.get(hash) ?? (await bytesOf(hash)),
    }));
}

type Published<Content> = { readonly id: string; readonly name: string; readonly content: Content };

/** By name. One content at a time: a long legal text in many languages makes a large one. */
async function readPublished<Content>(
  query: Query,
  tenantId: string,
  kind: Kind,
): Promise<readonly Published<Content>[]> {
  const headings = await headingsOf(query, tenantId, kind);
  const all: Published<Content>[] = [];
  for (const { id, name, published_version } of headings) {
    if (published_version === null) continue;
    const content = await readContent(query, { tenantId, kind, id, version: published_version });
    if (content !== undefined) all.push({ id, name, content: JSON.parse(content) });
  }
  return all;
}

function headingsOf(query: Query, tenantId: string, kind: Kind) {
  return query
    .selectFrom('signatures')
    .selectAll()
    .where('tenant_id', '=', tenantId)
    .where('kind', '=', kind)
    .orderBy('name')
    .execute();
}

async function readContent(
  query: Query,
  place: { readonly tenantId: string; readonly kind: Kind; readonly id: string; readonly version: number },
) {
  const row = await query
    .selectFrom('signature_versions')
    .select('content')
    .where('tenant_id', '=', place.tenantId)
    .where('kind', '=', place.kind)
    .where('signature_id', '=', place.id)
    .where('version', '=', place.version)
    .executeTakeFirst();
  return row?.content;
}

export async function putSignatures(change: Change, { blocks, signatures }: BundleTenant): Promise<void> {
  for (const { images } of [...blocks, ...signatures]) await putImages(change, images);
  const ids = await putVersions(
    change,
    'block',
    blocks.map(block => ({ name: block.name, content: blockContent(block) })),
  );
  await putVersions(
    change,
    'signature',
    signatures.map(signature => ({
      ...(signature.id === undefined ? {} : { id: signature.id }),
      name: signature.name,
      content: signatureContent(signature, ids),
    })),
  );
}

async function putImages({ transaction, tenantId }: Change, images: readonly SignatureImage[]) {
  for (const { type, bytes } of images)
    await transaction
      .insertInto('images')
      .values({ tenant_id: tenantId, hash: hashOf(bytes), type, bytes })
      .onConflict(conflict => conflict.doNothing())
      .execute();
}

function hashOf(bytes: Uint8Array) {
  return createHash('sha256').update(bytes).digest('hex');
}

function imageNames(images: readonly SignatureImage[]): ImageName[] {
  return images.map(({ name, type, bytes }) => ({ name, type, hash: hashOf(bytes) }));
}

function blockContent({ zone, new: shown, reply, images }: BundleBlock): BlockContent {
  return { section: { zone, new: shown, reply }, images: imageNames(images) };
}

function signatureContent(
  { sections, images }: BundleSignature,
  blockIds: ReadonlyMap<string, string>,
): SignatureContent {
  return {
    sections: sections.map(section =>
      section.kind === 'own'
        ? section
        : { kind: 'block', block: blockIds.get(section.block) ?? section.block },
    ),
    images: imageNames(images),
  };
}

type Wanted = { readonly id?: string; readonly name: string; readonly content: unknown };

/** Answers the id of each name. */
async function putVersions(
  change: Change,
  kind: Kind,
  wanted: readonly Wanted[],
): Promise<ReadonlyMap<string, string>> {
  const { transaction, tenantId } = change;
  const headings = await headingsOf(transaction, tenantId, kind);
  const placed = place(wanted, headings);
  const kept = new Set(placed.map(({ id }) => id));
  for (const { id, published_version } of headings)
    if (!kept.has(id) && published_version !== null) await removeVersions(change, kind, id);
  const renamed = placed.filter(({ name, heading }) => heading && heading.name !== name);
  // Two may have exchanged their names, which are unique at every moment.
  for (const { id } of renamed) await rename(change, kind, { id, name: `\u0001${id}` });
  for (const item of placed) await putVersion(change, kind, item);
  return new Map(placed.map(({ name, id }) => [name, id]));
}

type Heading = Tables['signatures'];
type Placed = Wanted & { readonly id: string; readonly heading: Heading | undefined };

/** By id where one is given, else by name; a new one is called by its name, unless another one has that id. */
function place(wanted: readonly Wanted[], headings: readonly Heading[]): readonly Placed[] {
  const byId = new Map(headings.map(heading => [heading.id, heading]));
  const byName = new Map(headings.map(heading => [heading.name, heading]));
  const given = new Set(wanted.flatMap(({ id }) => id ?? []));
  return wanted.map(item => {
    const named = byName.get(item.name);
    const id = item.id ?? (named && !given.has(named.id) ? named.id : item.name);
    return { ...item, id, heading: byId.get(id) };
  });
}

async function removeVersions({ transaction, tenantId }: Change, kind: Kind, id: string) {
  await transaction
    .deleteFrom('signatures')
    .where('tenant_id', '=', tenantId)
    .where('kind', '=', kind)
    .where('id', '=', id)
    .execute();
}

async function rename(
  { transaction, tenantId }: Change,
  kind: Kind,
  { id, name }: { readonly id: string; readonly name: string },
) {
  await transaction
    .updateTable('signatures')
    .set({ name })
    .where('tenant_id', '=', tenantId)
    .where('kind', '=', kind)
    .where('id', '=', id)
    .execute();
}

async function putVersion(change: Change, kind: Kind, { id, name, content, heading }: Placed) {
  const { transaction, tenantId, now, by } = change;
  const text = JSON.stringify(content);
  const shown = heading?.published_version ?? undefined;
  if (heading && shown !== undefined) {
    const stored = await readContent(transaction, { tenantId, kind, id, version: shown });
    if (stored === text && heading.name === name) return;
  }
  const version = (heading?.newest_version ?? 0) + 1;
  const row = { name, newest_version: version, published_version: version };
  await transaction
    .insertInto('signatures')
    .values({ tenant_id: tenantId, kind, id, ...row })
    .onConflict(conflict => conflict.columns(['tenant_id', 'kind', 'id']).doUpdateSet(row))
    .execute();
  await transaction
    .insertInto('signature_versions')
    .values({
      tenant_id: tenantId,
      kind,
      signature_id: id,
      version,
      name,
      content: text,
      saved_at: now,
      saved_by: by,
      note: '',
    })
    .execute();
}
