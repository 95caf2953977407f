/** What needs attention: the cause in plain words and the way to mend it; the code stands small beside it for searching. */
import { href as safe } from '../href.ts';
import type { Page } from '../page.ts';

export type Attention = {
  readonly isBroken: boolean;
  /** What is the matter; then why, or what it leads to. */
  readonly sentence: string;
  readonly cause: string;
  readonly code?: string;
  readonly way?: { readonly text: string; readonly href: string };
};

export type AttentionListProps = { readonly page: Page; readonly attention: readonly Attention[] };

export function AttentionList({ page, attention }: AttentionListProps) {
  if (attention.length === 0) return null;
  const isBroken = attention.some(one => one.isBroken);
  return (
    <section
      class={`card attention ${isBroken ? 'is-broken' : ''}`}
      aria-label={page.texts.dashboard.attention}
    >
      <ul>
        {attention.map(({ sentence, cause, code, way }) => (
          <li>
            <p>
              <strong>{sentence}</strong> <span class="text-secondary">{cause}</span>{' '}
              {code ? <small class="mono text-secondary">{code}</small> : null}
            </p>
            {way ? (
              <a class="btn btn-sm" href={safe(way.href)}>
                {way.text}
              </a>
            ) : null}
          </li>
        ))}
      </ul>
    </section>
  );
}
