/** Offsets as line and column, both from 1; a column counts UTF-16 units, as editors do. */

export type Position = { readonly line: number; readonly column: number };

/** Made once for a source, asked for every fault. */
export function positionsIn(source: string): (offset: number) => Position {
  const starts = [0];
  for (const { index, 0: end } of source.matchAll(/\r\n|\r|\n/g)) starts.push(index + end.length);
  return at => {
    // The tokenizer counts from before the start where a document begins with what it cannot make out.
    const offset = Math.min(Math.max(at, 0), source.length);
    const line = lastAtOrBefore(starts, offset);
    return { line: line + 1, column: offset - (starts[line] ?? 0) + 1 };
  };
}

function lastAtOrBefore(starts: readonly number[], offset: number) {
  let low = 0;
  let high = starts.length - 1;
  while (low < high) {
    const middle = Math.ceil((low + high) / 2);
    if ((starts[middle] ?? 0) <= offset) low = middle;
    else high = middle - 1;
  }
  return low;
}
