/** A rule as a form says it, through the bundle's schema: what an import refuses, the form refuses, in the same words. */
import { rule as schema } from '../../bundle/schema/rule.ts';
import { missing, parameters } from '../../bundle/schema/words.ts';
import type { Editing } from '../../web/editing.ts';

export const readRule: Editing['readRule'] = (id, written) => {
  const parsed = schema.safeParse(written, parameters);
  if (parsed.success) return { kind: 'ok', value: { ...parsed.data, id } };
  const mistakes = parsed.error.issues.map(({ path, message }) => ({
    path: path.filter(step => typeof step !== 'symbol'),
    sentence: message === missing ? `This ${missing}` : capital(message),
  }));
  return { kind: 'mistakes', mistakes };
};

function capital(text: string) {
  return text.charAt(0).toUpperCase() + text.slice(1);
}
