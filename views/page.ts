/** What every view gets beside its own props: who reads, in which words, under which tenant. Plain data and pure functions. */
import type { Format } from './format.ts';
import type { Texts } from './texts/texts.ts';

export type Theme = 'light' | 'dark' | 'auto';

export type Role = 'owner' | 'admin' | 'editor' | 'auditor';

export type MenuKey =
  | 'dashboard'
  | 'signatures'
  | 'rules'
  | 'people'
  | 'mailFlow'
  | 'testLab'
  | 'log'
  | 'licences'
  | 'settings';

export type Flash = { readonly kind: 'success' | 'warning' | 'danger'; readonly text: string };

export type Page = {
  readonly texts: Texts;
  readonly language: string;
  readonly format: Format;
  readonly theme: Theme;
  /** Goes into every form: `<Form>` puts it there. */
  readonly csrf: string;
  /** Path and query of this page. */
  readonly path: string;
  /** Address of a file of views/assets/files.json. */
  readonly asset: (name: string) => string;
  readonly account?: { readonly id: string; readonly name: string };
  readonly tenant?: { readonly id: string; readonly name: string };
  /** Pages that exist and that this account may see. */
  readonly menu: readonly { readonly key: MenuKey; readonly href: string; readonly isHere: boolean }[];
  /** Whether the account may do what needs this role, in this tenant. */
  readonly may: (role: Role) => boolean;
  readonly flash?: Flash;
  /** For searching in the log. */
  readonly requestId: string;
};
