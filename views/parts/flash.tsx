/** What the last act did, told once on the page after it. */
import type { Flash } from '../page.ts';

export function FlashNote({ flash }: { readonly flash: Flash | undefined }) {
  return flash ? <div class={`alert alert-${flash.kind}`}>{flash.text}</div> : null;
}
