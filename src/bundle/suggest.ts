/** Finds what was probably meant by a misspelt word: at most a third of its letters wrong, else no guess. */

/** The nearest of `known`, or undefined when none is near; upper and lower case do not count. */
export function nearest(word: string, known: readonly string[]): string | undefined {
  const lower = word.toLowerCase();
  // Comparing is quadratic in the length, and a word this long is no misspelling of a key.
  if (lower.length > 60) return undefined;
  const ranked = known
    .map(candidate => ({ candidate, distance: distance(lower, candidate.toLowerCase()) }))
    .sort((a, b) => a.distance - b.distance);
  const best = ranked[0];
  return best &&
    best.distance <= Math.floor((best.candidate.length + 1) / 4) + (best.candidate.length > 3 ? 1 : 0)
    ? best.candidate
    : undefined;
}

/** ` did you mean "x"?`, or the words to choose from. */
export function remedy(word: string, known: readonly string[]): string {
  const near = nearest(word, known);
  if (near !== undefined) return `did you mean "${near}"?`;
  return known.length > 0 && known.length <= 40 ? `use one of ${known.join(', ')}.` : 'check its spelling.';
}

/** Optimal string alignment: one for each letter added, left out, changed, or swapped with its neighbour. */
function distance(a: string, b: string): number {
  const rows = [Array.from({ length: b.length + 1 }, (_, column) => column)];
  for (let row = 1; row <= a.length; row++) {
    const current = [row];
    for (let column = 1; column <= b.length; column++) {
      const isSame = a[row - 1] === b[column - 1];
      const isSwap = row > 1 && column > 1 && a[row - 1] === b[column - 2] && a[row - 2] === b[column - 1];
      current[column] = Math.min(
        (rows[row - 1]?.[column] ?? 0) + 1,
        (current[column - 1] ?? 0) + 1,
        (rows[row - 1]?.[column - 1] ?? 0) + (isSame ? 0 : 1),
        isSwap ? (rows[row - 2]?.[column - 2] ?? 0) + 1 : Number.POSITIVE_INFINITY,
      );
    }
    rows.push(current);
  }
  return rows[a.length]?.[b.length] ?? 0;
}
