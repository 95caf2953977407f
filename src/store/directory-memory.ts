/**
 * What is kept of a tenant's directory between two syncs, where the directory tells its changes: pages as they came, numbered
 * from 0, and a state that the reader alone understands. Kept as a whole or not at all.
 */
import type { Database } from './database.ts';

export type MemoryPage = { readonly kind: string; readonly content: Uint8Array };

export type DirectoryMemories = {
  readonly findMemory: (
    tenantId: string,
  ) => Promise<{ readonly state: string; readonly pages: number } | undefined>;
  readonly findMemoryPage: (tenantId: string, number: number) => Promise<MemoryPage | undefined>;
  /** In one transaction: behind the pages that are there, or in their place. Rejects with nothing changed. */
  readonly keepMemory: (
    tenantId: string,
    kept: { readonly state: string; readonly pages: readonly MemoryPage[]; readonly isWhole: boolean },
  ) => Promise<void>;
  readonly forgetMemory: (tenantId: string) => Promise<void>;
};

export function createDirectoryMemories({ read, write }: Database): DirectoryMemories {
  const findMemory: DirectoryMemories['findMemory'] = tenantId =>
    read
      .selectFrom('directory_memories')
      .select(['state', 'pages'])
      .where('tenant_id', '=', tenantId)
      .executeTakeFirst();

  const keepMemory: DirectoryMemories['keepMemory'] = (tenantId, { state, pages, isWhole }) =>
    write.transaction().execute(async transaction => {
      const before = await transaction
        .selectFrom('directory_memories')
        .select('pages')
        .where('tenant_id', '=', tenantId)
        .executeTakeFirst();
      if (isWhole)
        await transaction.deleteFrom('directory_pages').where('tenant_id', '=', tenantId).execute();
      const first = isWhole ? 0 : (before?.pages ?? 0);
      for (const [index, { kind, content }] of pages.entries())
        await transaction
          .insertInto('directory_pages')
          .values({ tenant_id: tenantId, number: first + index, kind, content })
          .execute();
      const row = { state, pages: first + pages.length };
      await transaction
        .insertInto('directory_memories')
        .values({ tenant_id: tenantId, ...row })
        .onConflict(conflict => conflict.column('tenant_id').doUpdateSet(row))
        .execute();
    });

  return {
    findMemory,
    findMemoryPage: (tenantId, number) =>
      read
        .selectFrom('directory_pages')
        .select(['kind', 'content'])
        .where('tenant_id', '=', tenantId)
        .where('number', '=', number)
        .executeTakeFirst(),
    keepMemory,
    forgetMemory: tenantId =>
      write.transaction().execute(async transaction => {
        await transaction.deleteFrom('directory_pages').where('tenant_id', '=', tenantId).execute();
        await transaction.deleteFrom('directory_memories').where('tenant_id', '=', tenantId).execute();
      }),
  };
}
