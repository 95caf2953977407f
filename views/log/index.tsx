/** The messages of a tenant, newest first, with a search that an index answers. */
import { href as safe } from '../href.ts';
import type { Page } from '../page.ts';
import { Empty } from '../parts/empty.tsx';
import { PageHead } from '../parts/page-head.tsx';
import { type MessageRow, MessageRows } from './rows.tsx';
import { type Search, SearchForm } from './search.tsx';

export type MessageLogProps = {
  readonly page: Page;
  readonly action: string;
  readonly search: Search;
  readonly isSearch: boolean;
  readonly rows: readonly MessageRow[];
  /** Where the older ones are. */
  readonly older?: string;
  readonly isFirstPage: boolean;
};

export function MessageLog(props: MessageLogProps) {
  const { page, action, search, isSearch, rows, older, isFirstPage } = props;
  const { log, frame } = page.texts;
  const isEmpty = rows.length === 0;
  return (
    <>
      <PageHead title={log.title} crumbs={page.tenant ? [{ text: page.tenant.name }] : []} />
      <section class="card">
        {isEmpty && !isSearch && isFirstPage ? (
          <Empty icon="history" title={log.none} sentence={log.noneHow} />
        ) : (
          <SearchForm page={page} action={action} search={search} isSearch={isSearch} />
        )}
        {isEmpty && (isSearch || !isFirstPage) ? <p class="empty-note">{log.nothing}</p> : null}
        {isEmpty ? null : <MessageRows page={page} rows={rows} />}
        {older || !isFirstPage ? (
          <nav class="pager" aria-label={frame.pages.log}>
            {isFirstPage ? <span /> : <a href={safe(action)}>{frame.newest}</a>}
            {older ? (
              <a class="btn" href={safe(older)}>
                {frame.older}
              </a>
            ) : null}
          </nav>
        ) : null}
      </section>
    </>
  );
}
