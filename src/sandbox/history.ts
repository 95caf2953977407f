/**
 * A collection as it was at any moment of the last hours. Exchange Online is eventually consistent (reference 1.7, 4.4.8):
 * what one call has written, the next `Get-` may not see yet, and mail flow follows later still. So each reader asks for
 * the moment that it has caught up with. Items are never changed in place; a write puts a new list.
 */
export type History<Item> = {
  /** With every write. */
  readonly latest: () => readonly Item[];
  /** As it stood at a moment (milliseconds since 1970); the oldest that is remembered when that is before it. */
  readonly asOf: (moment: number) => readonly Item[];
  readonly put: (items: readonly Item[], moment: number) => void;
  /** Every reader sees this at once: for seeds and tests. */
  readonly reset: (items: readonly Item[]) => void;
};

type Version<Item> = { readonly items: readonly Item[]; readonly since: number };

export function createHistory<Item>(rememberedMs: number, items: readonly Item[] = []): History<Item> {
  let versions: readonly Version<Item>[] = [{ items, since: Number.NEGATIVE_INFINITY }];

  function asOf(moment: number) {
    return (versions.findLast(({ since }) => since <= moment) ?? versions[0])?.items ?? [];
  }

  function put(next: readonly Item[], moment: number) {
    const kept = versions.findLastIndex(({ since }) => since <= moment - rememberedMs);
    versions = [...versions.slice(Math.max(kept, 0)), { items: next, since: moment }];
  }

  function reset(next: readonly Item[]) {
    versions = [{ items: next, since: Number.NEGATIVE_INFINITY }];
  }

  return { latest: () => versions.at(-1)?.items ?? [], asOf, put, reset };
}
