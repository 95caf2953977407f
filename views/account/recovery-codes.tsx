/** Ten codes, to be printed or copied: they are shown on this page and nowhere else. */
import type { Page } from '../page.ts';
import { Form } from '../parts/form.tsx';
import { Icon } from '../parts/icon.tsx';

export function RecoveryCodes({ page, codes }: { readonly page: Page; readonly codes: readonly string[] }) {
  const { account, frame } = page.texts;
  return (
    <section class="card alone-card alone-wide">
      <div class="card-body">
        <h1>{account.codesTitle}</h1>
        <p>{account.codesIntro}</p>
        <ul class="codes" id="codes">
          {codes.map(code => (
            <li>{`${code}\n`}</li>
          ))}
        </ul>
        <div class="d-flex flex-wrap gap-2">
          <button type="button" class="btn" data-copy="codes" data-done={frame.copied} hidden>
            <Icon name="copy" />
            <span class="copy-label">{frame.copy}</span>
          </button>
          <button type="button" class="btn" data-print hidden>
            <Icon name="printer" />
            {frame.print}
          </button>
          <Form page={page} action="/account/recovery-codes/kept" method="PUT" class="ms-auto">
            <button type="submit" class="btn btn-primary">
              {account.codesKept}
            </button>
          </Form>
        </div>
      </div>
    </section>
  );
}
