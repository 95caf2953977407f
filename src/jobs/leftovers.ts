/**
 * Once a day: photos and images that were unused yesterday and still are go, and the notes of people who were gone
 * yesterday. What yesterday was is remembered by this process: the first run removes nothing.
 */
import type { Leftovers } from '../store/leftovers.ts';
import type { Tenants } from '../store/tenants.ts';
import type { Job } from './scheduler.ts';

export type LeftoversNeeds = {
  readonly tenants: Pick<Tenants, 'tenantRevisions'>;
  readonly leftovers: Leftovers;
};

type Seen = {
  readonly photos: ReadonlySet<string>;
  readonly images: ReadonlySet<string>;
  readonly revision: number;
};

export function createLeftoversJob({ tenants, leftovers }: LeftoversNeeds): Job {
  let yesterday: ReadonlyMap<string, Seen> = new Map();

  async function run(signal: AbortSignal) {
    const today = new Map<string, Seen>();
    const removed = { photos: 0, images: 0 };
    for (const [id, revision] of await tenants.tenantRevisions()) {
      if (signal.aborted) break;
      const before = yesterday.get(id);
      const photos = await leftovers.unusedPhotos(id);
      const images = await leftovers.unusedImages(id);
      const gone = {
        photos: photos.filter(hash => before?.photos.has(hash)),
        images: images.filter(hash => before?.images.has(hash)),
      };
      await leftovers.removePhotos(id, gone.photos);
      await leftovers.removeImages(id, gone.images);
      // Readers follow within seconds; one that could not for a day reads everything at its next start.
      if (before) await leftovers.forgetRemovals(id, before.revision);
      today.set(id, { photos: new Set(photos), images: new Set(images), revision });
      removed.photos += gone.photos.length;
      removed.images += gone.images.length;
    }
    yesterday = today;
    return { removed };
  }

  return { name: 'leftovers', schedule: '41 2 * * *', runsAtStart: true, run };
}
