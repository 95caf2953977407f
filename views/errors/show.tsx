/** A page for what went wrong: what it is, in words, a way on, and the id that the log knows it by. */
import type { Page } from '../page.ts';

export type FaultKind =
  | 'not-found'
  | 'forbidden'
  | 'forged'
  | 'wrong-method'
  | 'too-large'
  | 'malformed'
  | 'too-many'
  | 'insecure'
  | 'unknown-name'
  | 'no-trail'
  | 'internal';

export function Fault({ page, kind }: { readonly page: Page; readonly kind: FaultKind }) {
  const { title, sentence } = page.texts.errors[kind];
  return (
    <div class="empty-note" role="alert">
      <h1>{title}</h1>
      <p>{sentence}</p>
      <p>
        <a class="btn btn-primary" href="/">
          {page.texts.errors.wayOn}
        </a>
      </p>
      <p class="small">
        {page.texts.errors.requestId} <span class="mono">{page.requestId}</span>
      </p>
    </div>
  );
}
