/** Lines that one text has and the other has not, in order: `-` theirs, `+` ours. Pure, and bounded. */

/** Lines of each side that are compared: the square of it is the work. */
const most = 800;

export function lineDifference(theirs: readonly string[], ours: readonly string[]): readonly string[] {
  const a = theirs.slice(0, most);
  const b = ours.slice(0, most);
  const lengths = commonLengths(a, b);
  const lines: string[] = [];
  let [i, j] = [0, 0];
  while (i < a.length || j < b.length) {
    const [left, right] = [a[i], b[j]];
    if (left !== undefined && left === right) [i, j] = [i + 1, j + 1];
    else if (right === undefined || (left !== undefined && at(lengths, i + 1, j) >= at(lengths, i, j + 1))) {
      lines.push(`- ${left ?? ''}`);
      i++;
    } else {
      lines.push(`+ ${right}`);
      j++;
    }
  }
  return lines;
}

/** Longest common subsequence of what is left from each pair of places on. */
function commonLengths(a: readonly string[], b: readonly string[]) {
  const lengths = Array.from({ length: a.length + 1 }, () => new Uint16Array(b.length + 1));
  for (let i = a.length - 1; i >= 0; i--)
    for (let j = b.length - 1; j >= 0; j--) {
      const row = lengths[i];
      if (row)
        row[j] =
          a[i] === b[j]
            ? at(lengths, i + 1, j + 1) + 1
            : Math.max(at(lengths, i + 1, j), at(lengths, i, j + 1));
    }
  return lengths;
}

function at(lengths: readonly Uint16Array[], i: number, j: number) {
  return lengths[i]?.[j] ?? 0;
}
