/** The images of signatures: bytes under their SHA-256 (hexadecimal), so that versions and signatures share them. */
import type { Database } from './database.ts';

export type Image = { readonly hash: string; readonly type: string; readonly bytes: Uint8Array };

export type Images = {
  readonly addImage: (tenantId: string, image: Image) => Promise<void>;
  readonly findImage: (tenantId: string, hash: string) => Promise<Image | undefined>;
};

export function createImages({ read, write }: Database): Images {
  return {
    async addImage(tenantId, { hash, type, bytes }) {
      await write
        .insertInto('images')
        .values({ tenant_id: tenantId, hash, type, bytes })
        .onConflict(conflict => conflict.doNothing())
        .execute();
    },
    findImage: (tenantId, hash) =>
      read
        .selectFrom('images')
        .select(['hash', 'type', 'bytes'])
        .where('tenant_id', '=', tenantId)
        .where('hash', '=', hash)
        .executeTakeFirst(),
  };
}
