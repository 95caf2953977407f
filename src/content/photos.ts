/**
 * Photos of people in memory, as far as they fit: rendering is synchronous and the store is not, and no message waits for
 * it. `get` answers from memory alone; a photo that is not there is fetched behind it, so that the next message has it.
 * Who knows a sender early asks with `prepare`, while the message is still coming in. Without its photo a signature goes
 * out with its cell empty, as for a person who has none.
 */
import { limits } from '../limits.ts';
import { pictureFacts } from '../signature/picture.ts';
import type { SignatureImage } from '../signature/signature.ts';

export type PhotoSource = {
  /** Bytes by SHA-256, hexadecimal. May fail: then the photo is asked for again later. */
  readonly find: (tenantId: string, hash: string) => Promise<Uint8Array | undefined>;
  readonly limits?: PhotoLimits;
};

export type Photos = {
  readonly get: (tenantId: string, hash: string) => SignatureImage | undefined;
  /** Starts fetching what is not at hand. Resolves when it is there or cannot be had, and never rejects. */
  readonly prepare: (tenantId: string, hashes: readonly string[]) => Promise<void>;
  /** Puts a photo in that somebody has anyway: just synchronised, or read with a snapshot. */
  readonly fill: (tenantId: string, hash: string, bytes: Uint8Array) => void;
};

type PhotoLimits = { readonly [Name in 'photoMemoryBytes' | 'photoFetches' | 'photosAwaited']: number };

/** The bytes that a photo without bytes counts: that nobody has it is worth remembering, too. */
const entryBytes = 200;

export function createPhotos({ find, limits: bounds = limits.content }: PhotoSource): Photos {
  /** By tenant and hash, the longest unused first. */
  const kept = new Map<string, SignatureImage | undefined>();
  const fetching = new Map<string, Promise<void>>();
  const waiting: (() => void)[] = [];
  let bytesKept = 0;
  let running = 0;

  function keep(key: string, image: SignatureImage | undefined) {
    drop(key);
    kept.set(key, image);
    bytesKept += sizeOf(image);
    for (const oldest of kept.keys()) {
      if (bytesKept <= bounds.photoMemoryBytes) break;
      drop(oldest);
    }
  }

  function drop(key: string) {
    if (!kept.has(key)) return;
    bytesKept -= sizeOf(kept.get(key));
    kept.delete(key);
  }

  /** The promise of a fetch under way, a new one, or nothing when too many wait: the next message asks again. */
  function fetch(tenantId: string, hash: string): Promise<void> | undefined {
    const key = keyOf(tenantId, hash);
    const known = fetching.get(key);
    if (known || kept.has(key) || fetching.size >= bounds.photosAwaited) return known;
    const fetched = fetchOne(tenantId, hash).finally(() => fetching.delete(key));
    fetching.set(key, fetched);
    return fetched;
  }

  async function fetchOne(tenantId: string, hash: string) {
    if (running >= bounds.photoFetches) await new Promise<void>(resolve => waiting.push(resolve));
    running++;
    try {
      const bytes = await find(tenantId, hash);
      keep(keyOf(tenantId, hash), bytes && imageOf(hash, bytes));
    } catch {
      // A locked or broken store has its own alarm; the photo is asked for again with the next message.
    } finally {
      running--;
      waiting.shift()?.();
    }
  }

  return {
    get(tenantId, hash) {
      const key = keyOf(tenantId, hash);
      if (!kept.has(key)) {
        void fetch(tenantId, hash);
        return undefined;
      }
      const image = kept.get(key);
      // Asked again, it is the youngest.
      kept.delete(key);
      kept.set(key, image);
      return image;
    },
    async prepare(tenantId, hashes) {
      await Promise.all(hashes.map(hash => fetch(tenantId, hash)));
    },
    fill: (tenantId, hash, bytes) => keep(keyOf(tenantId, hash), imageOf(hash, bytes)),
  };
}

/** Undefined for what no mail can carry: the person then has no photo. */
function imageOf(hash: string, bytes: Uint8Array): SignatureImage | undefined {
  const type = pictureFacts(bytes)?.type;
  return type && bytes.length <= limits.signature.imageBytes ? { name: hash, type, bytes } : undefined;
}

function keyOf(tenantId: string, hash: string) {
  return `${tenantId} ${hash}`;
}

function sizeOf(image: SignatureImage | undefined) {
  return entryBytes + (image?.bytes.length ?? 0);
}
