/** A time as people say it, with the exact one on hover and for machines. */
import type { Page } from '../page.ts';

export function Moment({ page, at }: { readonly page: Page; readonly at: number }) {
  const { format } = page;
  return (
    <time dateTime={new Date(at).toISOString()} title={format.dateTime(at)}>
      {format.relative(at)}
    </time>
  );
}
