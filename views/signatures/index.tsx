/** All signatures of the tenant: what each looks like, who gets it, and whether it is published. */
import { href as safe } from '../href.ts';
import type { Page } from '../page.ts';
import { Empty } from '../parts/empty.tsx';
import { Field, Form } from '../parts/form.tsx';
import { Managed } from '../parts/managed.tsx';
import { PageHead } from '../parts/page-head.tsx';
import { State } from '../parts/state.tsx';

export type SignatureCard = {
  readonly href: string;
  readonly previewHref: string;
  readonly name: string;
  /** Sentences of the rules that give it. */
  readonly sentences: readonly string[];
  readonly state: 'published' | 'changed' | 'draft';
};

export type SignatureListProps = {
  readonly page: Page;
  readonly action: string;
  readonly cards: readonly SignatureCard[];
  readonly managedBy?: string | undefined;
  readonly mayEdit: boolean;
  readonly typed: string;
  readonly error?: string | undefined;
};

const healthOf = { published: 'well', changed: 'look', draft: 'unknown' } as const;

export function SignatureList({ page, action, cards, managedBy, mayEdit, typed, error }: SignatureListProps) {
  const { signatures } = page.texts;
  return (
    <>
      <PageHead title={signatures.title} crumbs={page.tenant ? [{ text: page.tenant.name }] : []} />
      <Managed page={page} file={managedBy} />
      {mayEdit ? (
        <section class="card">
          <Form page={page} action={action} class="card-body inline-form">
            <Field name="name" label={signatures.newName} value={typed} error={error} />
            <button type="submit" class="btn btn-primary">
              {signatures.add}
            </button>
          </Form>
        </section>
      ) : null}
      {cards.length === 0 ? (
        <section class="card">
          <Empty icon="writing-sign" title={signatures.none} sentence={signatures.noneHow} />
        </section>
      ) : null}
      <div class="card-grid">
        {cards.map(card => (
          <section class="card">
            <iframe
              class="preview"
              sandbox=""
              loading="lazy"
              src={safe(card.previewHref)}
              title={card.name}
            />
            <div class="card-body">
              <h2>
                <a href={safe(card.href)}>{card.name}</a>
              </h2>
              <State health={healthOf[card.state]} text={signatures.states[card.state]} />
              {card.sentences.length === 0 ? <p class="text-secondary mb-0">{signatures.noRule}</p> : null}
              {card.sentences.map(sentence => (
                <p class="mb-0">{sentence}</p>
              ))}
            </div>
          </section>
        ))}
      </div>
    </>
  );
}
