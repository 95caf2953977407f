/** What is kept, where, and how long. */
import { href as safe } from '../href.ts';
import type { Page } from '../page.ts';
import { Facts } from '../parts/facts.tsx';
import { PageHead } from '../parts/page-head.tsx';
import { settingsCrumbs } from './crumbs.ts';

export type RetentionPageProps = {
  readonly page: Page;
  readonly tenants: readonly {
    readonly href: string;
    readonly name: string;
    readonly days: number;
    readonly isHashed: boolean;
  }[];
  readonly sessionHours: number;
  readonly idleMinutes: number;
};

export function RetentionPage({ page, tenants, sessionHours, idleMinutes }: RetentionPageProps) {
  const { settings: words, tenants: tenantWords } = page.texts;
  const { format } = page;
  const facts = [
    { name: words.mail, value: words.mailKept },
    { name: words.trail, value: words.trailKept },
    {
      name: words.sessions,
      value: words.sessionsKept(format.number(sessionHours), format.number(idleMinutes)),
    },
  ];
  return (
    <>
      <PageHead title={words.retentionHeadline} crumbs={settingsCrumbs(page, words.pages.retention.title)} />
      <div class="columns">
        <section class="card">
          <div class="card-header">
            <h2>{words.messageLog}</h2>
          </div>
          {tenants.length === 0 ? <p class="empty-note">{tenantWords.none}</p> : null}
          {tenants.length > 0 ? (
            <table class="table table-vcenter table-stack mb-0">
              <thead>
                <tr>
                  <th scope="col">{tenantWords.name}</th>
                  <th scope="col">{words.kept}</th>
                  <th scope="col">{words.addresses}</th>
                </tr>
              </thead>
              <tbody>
                {tenants.map(({ href, name, days, isHashed }) => (
                  <tr>
                    <th scope="row">
                      <a href={safe(href)}>{name}</a>
                    </th>
                    <td data-name={words.kept}>{words.days(format.number(days))}</td>
                    <td data-name={words.addresses}>{isHashed ? words.hashed : words.plain}</td>
                  </tr>
                ))}
              </tbody>
            </table>
          ) : null}
          <p class="card-footer form-hint mb-0">{words.retentionHint}</p>
        </section>
        <section class="card">
          <div class="card-body">
            <Facts facts={facts} />
          </div>
        </section>
      </div>
    </>
  );
}
