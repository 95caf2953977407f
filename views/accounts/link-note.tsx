/** A one-time link, to be passed on: it stands here until that is said, and nowhere else. */
import type { Page } from '../page.ts';
import { Form } from '../parts/form.tsx';
import { Icon } from '../parts/icon.tsx';

export type LinkNoteProps = {
  readonly page: Page;
  readonly link: { readonly name: string; readonly address: string };
};

export function LinkNote({ page, link }: LinkNoteProps) {
  const { accounts: words, frame } = page.texts;
  return (
    <section class="card link-note" aria-label={words.linkFor(link.name)}>
      <div class="card-body">
        <h2>{words.linkFor(link.name)}</h2>
        <p class="text-secondary">{words.linkHint}</p>
        <p class="mono link-address" id="link">
          {link.address}
        </p>
        <div class="d-flex flex-wrap gap-2">
          <button type="button" class="btn" data-copy="link" data-done={frame.copied} hidden>
            <Icon name="copy" />
            <span class="copy-label">{frame.copy}</span>
          </button>
          <Form page={page} action="/settings/accounts/link" method="DELETE">
            <button type="submit" class="btn">
              {words.linkPassedOn}
            </button>
          </Form>
        </div>
      </div>
    </section>
  );
}
