/** What a sync brought, in lines for a person. */
import type { SyncSuccess } from '../../directory/sync.ts';

/** Lines of a report that are shown of those that were left out; the first tell what is wrong with the rest. */
const shownRejections = 20;

export function syncReport({ people, groups, newPhotos, gone, rejections, notes }: SyncSuccess): string {
  const left = rejections.first
    .slice(0, shownRejections)
    .map(({ place, sentence }) => `  ${typeof place === 'number' ? `line ${place}` : place}: ${sentence}`);
  return `${[
    `${people} people, ${groups} groups, ${newPhotos} new photos; ${gone} people are gone.`,
    ...(rejections.total > 0 ? [`Left out: ${rejections.total}.`, ...left] : []),
    ...(rejections.total > left.length ? [`  and ${rejections.total - left.length} more`] : []),
    ...notes,
  ].join('\n')}\n`;
}
