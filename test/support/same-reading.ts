/** What must not change between two readings of a message, before and after stamping, whoever reads. */
import type { Leaf, Reading } from './readers.ts';

/** One sentence for each difference that stamping must not make. */
export function differences(before: Reading, after: Reading): string[] {
  if (before.tree !== after.tree) return [`the tree ${before.tree} became ${after.tree}`];
  return before.leaves.flatMap((leaf, index) => {
    const now = after.leaves[index] as Leaf;
    if (leaf.sha256 === now.sha256 && leaf.fileName === now.fileName) return [];
    return isLetter(leaf) && leaf.fileName === now.fileName
      ? []
      : [`part ${index} of type ${leaf.type} changed`];
  });
}

/** Text without a file name may be what is stamped. */
function isLetter({ type, fileName }: Leaf): boolean {
  return /^text\/(?:plain|html)$/i.test(type) && fileName === '';
}
