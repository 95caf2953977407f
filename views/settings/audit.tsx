/** Who did what, newest first. */
import { href as safe } from '../href.ts';
import type { Page } from '../page.ts';
import { Empty } from '../parts/empty.tsx';
import { Form } from '../parts/form.tsx';
import { Moment } from '../parts/moment.tsx';
import { PageHead } from '../parts/page-head.tsx';
import { settingsCrumbs } from './crumbs.ts';

export type AuditRow = {
  readonly number: number;
  readonly at: number;
  readonly actor: string;
  /** In words. */
  readonly action: string;
  readonly subject: string;
  readonly tenant?: string;
  readonly address: string;
  /** JSON, or ''. */
  readonly detail: string;
};

export type AuditPageProps = {
  readonly page: Page;
  readonly entries: readonly AuditRow[];
  readonly isFirstPage: boolean;
  readonly older?: string;
};

export function AuditPage({ page, entries, isFirstPage, older }: AuditPageProps) {
  const { audit: words, frame } = page.texts;
  return (
    <>
      <PageHead title={words.headline} crumbs={settingsCrumbs(page, words.title)}>
        <Form page={page} action="/settings/audit/verification">
          <button type="submit" class="btn">
            {words.verify}
          </button>
        </Form>
      </PageHead>
      <section class="card">
        {entries.length === 0 ? <Empty icon="shield" title={words.none} sentence={words.noneHow} /> : null}
        <ul class="plain-list rows">
          {entries.map(entry => (
            <AuditLine page={page} entry={entry} />
          ))}
        </ul>
        {older || !isFirstPage ? (
          <nav class="pager" aria-label={words.title}>
            {isFirstPage ? <span /> : <a href="/settings/audit">{frame.newest}</a>}
            {older ? (
              <a class="btn" href={safe(older)}>
                {frame.older}
              </a>
            ) : null}
          </nav>
        ) : null}
      </section>
      <p class="form-hint mt-2">{words.hint}</p>
    </>
  );
}

function AuditLine({ page, entry }: { readonly page: Page; readonly entry: AuditRow }) {
  const { audit: words } = page.texts;
  const { number, at, actor, action, subject, tenant, address, detail } = entry;
  return (
    <li>
      <span class="audit-number text-secondary">{page.format.number(number)}</span>
      <div class="grow">
        <strong>{action}</strong> {subject === actor ? null : subject}
        <div class="text-secondary small">
          {[words.by(actor), tenant, address].filter(Boolean).join(' · ')}
        </div>
        {detail ? (
          <details class="small">
            <summary>{words.detail}</summary>
            <code>{detail}</code>
          </details>
        ) : null}
      </div>
      <Moment page={page} at={at} />
    </li>
  );
}
