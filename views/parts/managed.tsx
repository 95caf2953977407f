/** Said where a file keeps what the page shows, so that nobody looks for the button. */
import type { Page } from '../page.ts';

export function Managed({ page, file }: { readonly page: Page; readonly file: string | undefined }) {
  if (file === undefined) return null;
  return <div class="alert alert-info">{page.texts.frame.managedBy(file)}</div>;
}
