/**
 * What nothing refers to any more: photos of people who are gone, images that no version of a signature shows, and the
 * notes of people and groups that are gone. Who removes finds them twice, with time in between: a photo comes before its
 * person, and an image before the version that shows it.
 */
import { limits } from '../limits.ts';
import type { Database } from './database.ts';

export type Leftovers = {
  /** Hashes. */
  readonly unusedPhotos: (tenantId: string) => Promise<readonly string[]>;
  readonly unusedImages: (tenantId: string) => Promise<readonly string[]>;
  readonly removePhotos: (tenantId: string, hashes: readonly string[]) => Promise<void>;
  readonly removeImages: (tenantId: string, hashes: readonly string[]) => Promise<void>;
  /** Of people and groups that went up to this revision, which every reader has seen. */
  readonly forgetRemovals: (tenantId: string, revision: number) => Promise<void>;
};

/** Contents that come from the thread at once: one may have 64 KB. */
const contentsAtOnce = 10;

export function createLeftovers({ read, write }: Database): Leftovers {
  async function hashesOf(table: 'photos' | 'images', tenantId: string) {
    const hashes = new Set<string>();
    for (let after = ''; ; ) {
      const rows = await read
        .selectFrom(table)
        .select('hash')
        .where('tenant_id', '=', tenantId)
        .where('hash', '>', after)
        .orderBy('hash')
        .limit(limits.store.idRows)
        .execute();
      for (const { hash } of rows) hashes.add(hash);
      after = rows.at(-1)?.hash ?? '';
      if (rows.length < limits.store.idRows) return hashes;
    }
  }

  async function unusedPhotos(tenantId: string) {
    const unused = await hashesOf('photos', tenantId);
    for (let after = ''; unused.size > 0; ) {
      const rows = await read
        .selectFrom('people')
        .select(['id', 'data'])
        .where('tenant_id', '=', tenantId)
        .where('id', '>', after)
        .orderBy('id')
        .limit(limits.store.batchRows)
        .execute();
      for (const { data } of rows) unused.delete(JSON.parse(data).photo);
      after = rows.at(-1)?.id ?? '';
      if (rows.length < limits.store.batchRows) break;
    }
    return [...unused];
  }

  /** Versions of one signature go together with it, so those that are there are all that can be shown again. */
  async function unusedImages(tenantId: string) {
    const unused = await hashesOf('images', tenantId);
    const headings = await read
      .selectFrom('signatures')
      .select(['kind', 'id'])
      .where('tenant_id', '=', tenantId)
      .execute();
    for (const { kind, id } of headings) {
      for (let after = 0; unused.size > 0; ) {
        const rows = await read
          .selectFrom('signature_versions')
          .select(['version', 'content'])
          .where('tenant_id', '=', tenantId)
          .where('kind', '=', kind)
          .where('signature_id', '=', id)
          .where('version', '>', after)
          .orderBy('version')
          .limit(contentsAtOnce)
          .execute();
        for (const { content } of rows)
          for (const { hash } of JSON.parse(content).images) unused.delete(hash);
        after = rows.at(-1)?.version ?? 0;
        if (rows.length < contentsAtOnce) break;
      }
    }
    return [...unused];
  }

  async function remove(table: 'photos' | 'images', tenantId: string, hashes: readonly string[]) {
    const { batchRows } = limits.store;
    for (let start = 0; start < hashes.length; start += batchRows)
      await write
        .deleteFrom(table)
        .where('tenant_id', '=', tenantId)
        .where('hash', 'in', hashes.slice(start, start + batchRows))
        .execute();
  }

  async function forgetRemovals(tenantId: string, revision: number) {
    await write
      .deleteFrom('removals')
      .where('tenant_id', '=', tenantId)
      .where('revision', '<=', revision)
      .execute();
  }

  return {
    unusedPhotos,
    unusedImages,
    removePhotos: (tenantId, hashes) => remove('photos', tenantId, hashes),
    removeImages: (tenantId, hashes) => remove('images', tenantId, hashes),
    forgetRemovals,
  };
}
