/** `PUT /account/look`: theme, language and time zone of one's own pages. */
import { languages } from '../../../views/texts/texts.ts';
import { type Answer, redirect } from '../answer.ts';
import type { WebNeeds } from '../needs.ts';
import { ownPath } from '../respond.ts';
import { accountOf, type Visit } from '../visit.ts';

const themes: readonly string[] = ['light', 'dark', 'auto'];

export function saveLook({ store }: Pick<WebNeeds, 'store'>) {
  return async (visit: Visit): Promise<Answer> => {
    const { id, ...now } = accountOf(visit);
    const { form } = visit;
    const theme = themes.includes(form.text('theme')) ? form.text('theme') : now.theme;
    const language = form.has('language') ? form.text('language') : (now.language ?? '');
    const timeZone = form.has('timeZone') ? form.text('timeZone') : (now.timeZone ?? '');
    await store.accounts.saveLook(id, {
      ...(theme === undefined ? {} : { theme }),
      ...(Object.hasOwn(languages, language) ? { language } : {}),
      ...(Intl.supportedValuesOf('timeZone').includes(timeZone) ? { timeZone } : {}),
    });
    return redirect(ownPath(form.text('back') || '/'));
  };
}
