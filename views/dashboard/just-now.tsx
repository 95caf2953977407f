/** The last messages: who to whom, and what became of them. */
import { href as safe } from '../href.ts';
import type { Page } from '../page.ts';
import { Moment } from '../parts/moment.tsx';

export type Recent = {
  readonly href: string;
  readonly sender: string;
  readonly recipients: readonly string[];
  /** The signatures it got, or why it went untouched. */
  readonly result: string;
  readonly at: number;
};

export type JustNowProps = { readonly page: Page; readonly recent: readonly Recent[]; readonly href: string };

export function JustNow({ page, recent, href }: JustNowProps) {
  const { texts } = page;
  return (
    <section class="card" aria-labelledby="just-now-title">
      <div class="card-header">
        <h2 id="just-now-title">{texts.dashboard.justNow}</h2>
        <a href={safe(href)}>{texts.frame.pages.log}</a>
      </div>
      {recent.length === 0 ? <p class="empty-note">{texts.dashboard.noMessages}</p> : null}
      <ul class="plain-list feed">
        {recent.map(message => (
          <li>
            <div>
              <a class="line bare" href={safe(message.href)}>
                {texts.dashboard.fromTo(message.sender, message.recipients)}
              </a>
              <small class="line text-secondary">{message.result}</small>
            </div>
            <Moment page={page} at={message.at} />
          </li>
        ))}
      </ul>
    </section>
  );
}
