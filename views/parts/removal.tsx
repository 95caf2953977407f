/** Asks once more before something goes, and names what goes with it. */
import type { ComponentChildren } from 'preact';
import { href as safe } from '../href.ts';
import type { Page } from '../page.ts';
import { Form } from './form.tsx';
import { type Crumb, PageHead } from './page-head.tsx';

export type RemovalProps = {
  readonly page: Page;
  readonly title: string;
  readonly crumbs: readonly Crumb[];
  readonly sentence: string;
  readonly action: string;
  readonly back: string;
  readonly button: string;
  readonly isHindered?: boolean;
  readonly children?: ComponentChildren;
};

export function Removal(props: RemovalProps) {
  const { page, title, crumbs, sentence, action, back, button, isHindered = false, children } = props;
  return (
    <>
      <PageHead title={title} crumbs={crumbs} />
      <section class="card">
        <div class="card-body">
          <p>{sentence}</p>
          <Form page={page} action={action} method="DELETE">
            {children}
            <div class="actions">
              {isHindered ? null : (
                <button type="submit" class="btn btn-danger">
                  {button}
                </button>
              )}
              <a class="btn" href={safe(back)}>
                {page.texts.frame.cancel}
              </a>
            </div>
          </Form>
        </div>
      </section>
    </>
  );
}
