/**
 * PURE. Where Signet's rules stand among the tenant's. Only their own order matters: what marks mail comes before what
 * routes it. Rules that an administrator put in between stay there as long as that order holds.
 */
export type Placed = { readonly key: string; readonly priority: number | undefined };

/**
 * `wanted`: keys of rules in their order, with the priority of those that exist. Answers the priority that each should
 * have: unchanged where the order holds, consecutive from the first one on where not, `start` for the very first.
 */
export function placeRules(
  wanted: readonly Placed[],
  { start, count }: { readonly start: number; readonly count: number },
): ReadonlyMap<string, number> {
  const existing = wanted.flatMap(({ key, priority }) => (priority === undefined ? [] : [{ key, priority }]));
  const isOrdered = existing.every(
    ({ priority }, i) => i === 0 || priority > (existing[i - 1]?.priority ?? -1),
  );
  const base = Math.min(...existing.map(({ priority }) => priority));
  const places = new Map(existing.map(({ key, priority }, i) => [key, isOrdered ? priority : base + i]));
  const first = existing.length > 0 ? base : Math.max(0, Math.min(start, count));
  let next = first;
  for (const { key } of wanted) {
    const place = places.get(key);
    if (place === undefined) insert(places, key, next);
    next = (places.get(key) ?? next) + 1;
  }
  return places;
}

/** A new rule pushes those at its place and behind it on by one, as Exchange does. */
function insert(places: Map<string, number>, key: string, at: number) {
  for (const [other, place] of places) if (place >= at) places.set(other, place + 1);
  places.set(key, at);
}
