/** The frame of each step: crumbs, title, steps, one card. */
import type { ComponentChildren } from 'preact';
import type { Page } from '../page.ts';
import { PageHead } from '../parts/page-head.tsx';
import { Steps } from './steps.tsx';

export type WizardProps = {
  readonly page: Page;
  /** `/tenants/ID/mail-flow`. */
  readonly base: string;
  readonly at: number;
  readonly aside?: { readonly text: string; readonly href: string };
  readonly children: ComponentChildren;
};

export function Wizard({ page, base, at, aside, children }: WizardProps) {
  const { mailFlow } = page.texts;
  const hrefs = [`${base}/setup`, `${base}/sign-in?then=setup`, `${base}/scope`, `${base}/configure`];
  return (
    <>
      <PageHead title={mailFlow.setup} crumbs={crumbsOf(page, base)}>
        {aside ? <a href={aside.href}>{aside.text}</a> : null}
      </PageHead>
      <Steps page={page} at={at} hrefs={hrefs} />
      <div class="wizard">{children}</div>
    </>
  );
}

export function crumbsOf(page: Page, base: string) {
  return [
    ...(page.tenant ? [{ text: page.tenant.name }] : []),
    { text: page.texts.mailFlow.crumb, href: base },
  ];
}
