/** Searches in the order and in the nesting of elements. */
import type { ElementId, HtmlDocument } from './html.ts';

/** The first element that starts at or behind the offset. */
export function firstElementFrom(html: HtmlDocument, at: number): ElementId {
  let low = 1;
  let high = html.count;
  while (low < high) {
    const middle = (low + high) >> 1;
    if (html.start(middle) < at) low = middle + 1;
    else high = middle;
  }
  return low;
}

/**
 * Asks for the nearest element, from a given one outwards, that passes the test. Answers are kept, so that many questions
 * about deeply nested markup cost one step per element in all.
 */
export function nearest(
  html: HtmlDocument,
  test: (element: ElementId) => boolean,
): (element: ElementId) => ElementId | undefined {
  const known: (ElementId | undefined)[] = [0];
  return element => {
    const path: ElementId[] = [];
    let id = element;
    while (known[id] === undefined && !test(id)) {
      path.push(id);
      id = html.parent(id);
    }
    const answer = known[id] ?? id;
    known[id] = answer;
    for (const passed of path) known[passed] = answer;
    return answer === 0 ? undefined : answer;
  };
}
