/** Where one is under Settings. */
import type { Page } from '../page.ts';
import type { Crumb } from '../parts/page-head.tsx';

/** `href`: for a page below `title`. */
export function settingsCrumbs({ texts }: Page, title: string, href?: string): readonly Crumb[] {
  return [
    { text: texts.frame.pages.settings, href: '/settings' },
    { text: title, ...(href ? { href } : {}) },
  ];
}
