/** One message in full: what it got and why. Never its content, which is nowhere. */
import type { Page } from '../page.ts';
import { type Fact, Facts } from '../parts/facts.tsx';
import { PageHead } from '../parts/page-head.tsx';
import { reasonIn } from '../reason.ts';

export type Decided = {
  readonly recipients: number;
  readonly isSigned: boolean;
  readonly reason: string;
  readonly rules: readonly string[];
  readonly signatures: readonly string[];
  readonly bytesAdded: number;
};

export type MessagePageProps = {
  readonly page: Page;
  readonly title: string;
  readonly logHref: string;
  readonly decisions: readonly Decided[];
  readonly facts: readonly Fact[];
  /** All of the entry, as JSON. */
  readonly record: string;
};

export function MessagePage({ page, title, logHref, decisions, facts, record }: MessagePageProps) {
  const { log, frame } = page.texts;
  return (
    <>
      <PageHead
        title={title}
        crumbs={[{ text: page.tenant?.name ?? '' }, { text: frame.pages.log, href: logHref }]}
      />
      {decisions.length > 0 ? (
        <section class="card" aria-labelledby="decisions-title">
          <div class="card-header">
            <h2 id="decisions-title">{log.decisions}</h2>
          </div>
          {decisions.map(decision => (
            <Decision page={page} decision={decision} />
          ))}
        </section>
      ) : null}
      <section class="card" aria-labelledby="facts-title">
        <div class="card-header">
          <h2 id="facts-title">{log.facts}</h2>
        </div>
        <div class="card-body">
          <Facts facts={facts} />
        </div>
      </section>
      <details class="card">
        <summary class="card-body">{log.technical}</summary>
        <pre class="card-body mono table-box">{record}</pre>
      </details>
    </>
  );
}

function Decision({ page, decision }: { readonly page: Page; readonly decision: Decided }) {
  const { texts, format } = page;
  const { log } = texts;
  const { recipients, isSigned, reason, rules, signatures, bytesAdded } = decision;
  const result = reasonIn(texts, isSigned ? 'stamped' : reason);
  return (
    <div class="card-body">
      <h3>{`${log.decision(format.number(recipients))}: ${result}`}</h3>
      <Facts
        facts={[
          { name: log.rules, value: format.list(rules) || log.noRule },
          { name: log.signatures, value: format.list(signatures) || log.noSignature },
          ...(isSigned ? [{ name: log.added, value: format.bytes(bytesAdded) }] : []),
        ]}
      />
    </div>
  );
}
