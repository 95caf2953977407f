/** What to do when Signet is down and nobody can reach its pages: made for paper, without any secret. */
import type { ManualSetup } from '../../src/microsoft/mail-flow-types.ts';
import type { Page } from '../page.ts';
import { PageHead } from '../parts/page-head.tsx';
import { crumbsOf } from './wizard.tsx';

export function EmergencyPage({
  page,
  base,
  emergency,
}: {
  readonly page: Page;
  readonly base: string;
  readonly emergency: ManualSetup['emergency'];
}) {
  return (
    <>
      <PageHead title={emergency.title} crumbs={crumbsOf(page, base)}>
        <button type="button" class="btn btn-primary" data-print hidden>
          {page.texts.mailFlow.print}
        </button>
      </PageHead>
      <section class="card">
        <div class="card-body prose">
          {emergency.sections.map(({ title, paragraphs, commands }) => (
            <>
              <h2>{title}</h2>
              {paragraphs.map(paragraph => (
                <p>{paragraph}</p>
              ))}
              {commands.map(command => (
                <pre class="mono command">{command}</pre>
              ))}
            </>
          ))}
        </div>
      </section>
    </>
  );
}
