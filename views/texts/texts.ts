/** The words of every page, once per language. English sets the type: a text that another language lacks fails the check. */
import { de } from './de.ts';
import { en } from './en.ts';

export type Texts = typeof en;

export const languages: Readonly<Record<string, { readonly name: string; readonly texts: Texts }>> = {
  en: { name: 'English', texts: en },
  de: { name: 'Deutsch', texts: de },
};
