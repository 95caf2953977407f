/** Which language and which locale a reader gets: the account's choice, else what the browser asks for, else English. */
import { languages } from '../../views/texts/texts.ts';

export type Reading = { readonly language: string; readonly locale: string };

export function readingOf(header: string, chosen?: string): Reading {
  const asked = tagsOf(header);
  const language =
    [chosen, ...asked.map(languageOf)].find(tag => tag !== undefined && tag in languages) ?? 'en';
  // The region decides how dates look: of "de-AT" the texts are German and the dates Austrian.
  const locale = asked.find(tag => languageOf(tag) === language) ?? (language === 'en' ? 'en-GB' : language);
  return { language, locale };
}

/** In the header's own order of preference; what is no language tag is left out. */
function tagsOf(header: string): readonly string[] {
  return header
    .split(',')
    .slice(0, 10)
    .map(part => {
      const [tag = '', quality] = part.split(';q=');
      return { tag: tag.trim(), quality: quality === undefined ? 1 : Number(quality) };
    })
    .filter(({ tag, quality }) => isTag(tag) && quality > 0)
    .sort((a, b) => b.quality - a.quality)
    .map(({ tag }) => tag);
}

function isTag(tag: string) {
  return /^[a-z]{2,3}(-[a-z0-9]{2,8}){0,3}$/i.test(tag) && canonical(tag);
}

function canonical(tag: string) {
  try {
    return Intl.getCanonicalLocales(tag).length === 1;
  } catch {
    return false;
  }
}

const languageOf = (tag: string) => tag.split('-', 1)[0]?.toLowerCase() ?? '';
