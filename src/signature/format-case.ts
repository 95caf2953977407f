/** Upper, lower and title case by the rules of a language (Turkish has two letters i). */

export function upperCased(value: string, language: string): string {
  return inLanguage(language, known => value.toLocaleUpperCase(known));
}

export function lowerCased(value: string, language: string): string {
  return inLanguage(language, known => value.toLocaleLowerCase(known));
}

/** Words begin with a capital. A value all in capitals is lowered first; else the rest keeps its case (`McDonald`, `IT`). */
export function titleCased(value: string, language: string): string {
  const base = value === upperCased(value, language) ? lowerCased(value, language) : value;
  return base.replace(/(?<![\p{L}\p{M}\p{N}'’])\p{L}/gu, letter => upperCased(letter, language));
}

/** A language that a tenant misspelt must not cost the signature. */
function inLanguage(language: string, change: (known: string | undefined) => string) {
  try {
    return change(language);
  } catch {
    return change(undefined);
  }
}
