/**
 * Who is in which group when groups are members of groups: pure, iterative, and indifferent to cycles. Nothing is built
 * ahead but the edges; people in the same groups share one list, so that 50,000 people in 5,000 groups stay small.
 */
import { limits } from '../limits.ts';
import { createShardedMap } from './sharded-map.ts';
import type { SourceGroup } from './source.ts';

export type Memberships = {
  /**
   * Ids of all groups reached from the given ones, nearest first, each once. Ids of unknown groups are left out. At most
   * `limits.directory.groupsPerPerson`.
   */
  readonly of: (direct: readonly string[]) => readonly string[];
  /** How many different lists were cut at the limit so far. */
  readonly cut: () => number;
};

/** Linear in groups and edges; `of` costs what it answers and the edges from there, once for every different input. */
export function createMemberships(groups: readonly SourceGroup[]): Memberships {
  const indexOf = new Map(groups.map(({ id }, index) => [id, index]));
  const known = (ids: readonly string[]) => ids.flatMap(id => indexOf.get(id) ?? []);
  const parents = groups.map(({ memberOf }) => known(memberOf));
  const seenIn = new Uint32Array(groups.length);
  const lists = createShardedMap<readonly string[]>();
  let round = 0;
  let cut = 0;

  const reach = (start: readonly number[]) => {
    round++;
    const found: number[] = [];
    const visit = (index: number) => {
      if (seenIn[index] === round) return;
      seenIn[index] = round;
      found.push(index);
    };
    start.forEach(visit);
    // The list grows while it is walked: breadth first, nearest groups first.
    for (let at = 0; at < found.length && found.length <= limits.directory.groupsPerPerson; at++)
      parents[found[at] ?? -1]?.forEach(visit);
    if (found.length > limits.directory.groupsPerPerson) cut++;
    return found.slice(0, limits.directory.groupsPerPerson).flatMap(index => groups[index]?.id ?? []);
  };
  return {
    of: direct => {
      const start = [...new Set(known(direct))].sort((a, b) => a - b);
      const key = start.join();
      const list = lists.get(key) ?? reach(start);
      lists.set(key, list);
      return list;
    },
    cut: () => cut,
  };
}
