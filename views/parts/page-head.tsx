/** The head of a page: where one is, the title that is the answer, and what can be done. */
import type { ComponentChildren } from 'preact';

export type Crumb = { readonly text: string; readonly href?: string };

export type PageHeadProps = {
  readonly title: string;
  readonly crumbs?: readonly Crumb[];
  readonly badge?: ComponentChildren;
  /** At most one primary button among them. */
  readonly children?: ComponentChildren;
};

export function PageHead({ title, crumbs = [], badge, children }: PageHeadProps) {
  return (
    <header class="page-head">
      <div>
        {crumbs.length > 0 ? (
          <ol class="crumbs">
            {crumbs.map(({ text, href }) => (
              <li>{href ? <a href={href}>{text}</a> : text}</li>
            ))}
          </ol>
        ) : null}
        <h1>
          {title} {badge}
        </h1>
      </div>
      {children ? <div class="actions">{children}</div> : null}
    </header>
  );
}
