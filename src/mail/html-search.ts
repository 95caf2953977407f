/** Binary searches in the document order of elements. */
import type { ElementId, HtmlDocument } from './html.ts';

/** The first element that starts at or behind the offset. */
export function firstElementFrom(html: HtmlDocument, at: number): ElementId {
  let low = 1;
  let high = html.starts.length;
  while (low < high) {
    const middle = (low + high) >> 1;
    if ((html.starts[middle] as number) < at) low = middle + 1;
    else high = middle;
  }
  return low;
}
