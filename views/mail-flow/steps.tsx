/** Where in the wizard one is; steps before are links back. */
import type { Page } from '../page.ts';

export type StepsProps = {
  readonly page: Page;
  /** 0 to 4. */
  readonly at: number;
  /** Of the steps that may be gone back to. */
  readonly hrefs: readonly (string | undefined)[];
};

export function Steps({ page, at, hrefs }: StepsProps) {
  return (
    <ol class="wizard-steps">
      {page.texts.mailFlow.steps.map((name, index) => {
        const href = index < at ? hrefs[index] : undefined;
        return (
          <li
            class={index < at ? 'is-done' : index === at ? 'is-here' : ''}
            {...(index === at ? { 'aria-current': 'step' } : {})}
          >
            <span class="wizard-number" aria-hidden="true">
              {index + 1}
            </span>
            {href ? <a href={href}>{name}</a> : <span>{name}</span>}
          </li>
        );
      })}
    </ol>
  );
}
