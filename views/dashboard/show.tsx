/** How mail is, at a glance: the title is the answer. */
import type { Page } from '../page.ts';
import { PageHead } from '../parts/page-head.tsx';
import { type Attention, AttentionList } from './attention.tsx';
import { type Day, MessageChart } from './chart.tsx';
import { JustNow, type Recent } from './just-now.tsx';
import { type Light, StatusStrip } from './status-strip.tsx';

export type DashboardProps = {
  readonly page: Page;
  readonly title: string;
  readonly lights: readonly Light[];
  readonly attention: readonly Attention[];
  readonly days: readonly Day[];
  readonly today: {
    readonly signed: number;
    readonly untouched: number;
    readonly failed: number;
  };
  readonly recent: readonly Recent[];
  readonly logHref: string;
};

export function Dashboard({ page, title, lights, attention, days, today, recent, logHref }: DashboardProps) {
  const { texts, format } = page;
  const figures = [
    [texts.dashboard.signedToday, today.signed],
    [texts.dashboard.untouchedToday, today.untouched],
    [texts.dashboard.failedToday, today.failed],
  ] as const;
  return (
    <>
      <PageHead title={title} crumbs={page.tenant ? [{ text: page.tenant.name }] : []} />
      <StatusStrip lights={lights} />
      <AttentionList page={page} attention={attention} />
      <div class="columns">
        <section class="card" aria-labelledby="messages-title">
          <div class="card-header">
            <h2 id="messages-title">{texts.dashboard.chartTitle}</h2>
            <div class="legend" aria-hidden="true">
              <span>
                <i class="dot dot-signed" /> {texts.dashboard.signed}
              </span>
              <span>
                <i class="dot dot-rest" /> {texts.dashboard.untouched}
              </span>
            </div>
          </div>
          <div class="card-body">
            <MessageChart page={page} days={days} />
            <dl class="figures">
              {figures.map(([name, count]) => (
                <div>
                  <dt>{name}</dt>
                  <dd>{format.number(count)}</dd>
                </div>
              ))}
            </dl>
          </div>
        </section>
        <JustNow page={page} recent={recent} href={logHref} />
      </div>
    </>
  );
}
