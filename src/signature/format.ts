/**
 * The formats behind `|`: text in, text out, deterministic. The empty value stays empty in all of them but `default`.
 * What cannot be formatted (a phone number that is none, a date that is none) passes unchanged.
 */
import { limits } from '../limits.ts';
import { lowerCased, titleCased, upperCased } from './format-case.ts';
import { formatDate } from './format-date.ts';
import { dialledNumber, formatPhone, isPhoneStyle, phoneStyles } from './format-phone.ts';
import type { FormatCall } from './template.ts';
import { nearest } from './template-fields.ts';

/** Where and in which language a value is formatted. */
export type FormatPlace = {
  readonly language: string;
  readonly timeZone: string;
  /** Countries as the directory writes them, the person's first; a phone number without `+` is read with the first known. */
  readonly countries: readonly (string | undefined)[];
};

export type Complaint = { readonly sentence: string; readonly suggestion?: string };

type Format = {
  readonly minArguments: number;
  readonly maxArguments: number;
  readonly check?: (values: readonly string[]) => Complaint | undefined;
  readonly apply: (value: string, values: readonly string[], place: FormatPlace) => string;
};

const plain = { minArguments: 0, maxArguments: 0 };

const formats: Readonly<Record<string, Format>> = {
  phone: {
    minArguments: 0,
    maxArguments: 2,
    check: checkPhone,
    apply: (value, [style = 'international', country], place) =>
      isPhoneStyle(style) ? formatPhone(value, style, [country, ...place.countries]) : value,
  },
  tel: {
    minArguments: 0,
    maxArguments: 1,
    check: ([country]) => checkCountry(country),
    apply: (value, [country], place) => dialledNumber(value, [country, ...place.countries]),
  },
  upper: {
    ...plain,
    apply: (value, _, { language }) => upperCased(value, language),
  },
  lower: {
    ...plain,
    apply: (value, _, { language }) => lowerCased(value, language),
  },
  title: {
    ...plain,
    apply: (value, _, { language }) => titleCased(value, language),
  },
  date: {
    minArguments: 0,
    maxArguments: 2,
    check: ([, language]) => checkLanguage(language),
    apply: (value, [pattern, language], place) =>
      formatDate(value, { pattern, language: language ?? place.language, timeZone: place.timeZone }),
  },
  default: { minArguments: 1, maxArguments: 1, apply: (value, [other = '']) => value || other },
  replace: {
    minArguments: 2,
    maxArguments: 2,
    check: ([wanted]) => (wanted === '' ? { sentence: 'The text to be replaced is empty.' } : undefined),
    apply: (value, [wanted = '', other = '']) => value.replaceAll(wanted, () => other),
  },
  url: { ...plain, apply: value => encodeURIComponent(value.toWellFormed()) },
};

/** What is wrong with a call, undefined when nothing is. */
export function checkFormat({ name, arguments: values }: FormatCall): Complaint | undefined {
  const format = formats[name];
  if (!format) {
    const suggestion = nearest(name, Object.keys(formats));
    return { sentence: `There is no format "${name}".`, ...(suggestion === undefined ? {} : { suggestion }) };
  }
  const { minArguments: min, maxArguments: max } = format;
  if (values.length < min || values.length > max)
    return { sentence: `The format "${name}" takes ${countOf(min, max)}, got ${values.length}.` };
  return format.check?.(values);
}

function countOf(min: number, max: number) {
  if (max === 0) return 'no value';
  const most = `${max} value${max === 1 ? '' : 's'}`;
  return min === max ? most : `at most ${most}`;
}

/** Sends a value through the formats. Never longer than a value may be, whatever `replace` makes of it. */
export function applyFormats(value: string, calls: readonly FormatCall[], place: FormatPlace): string {
  let result = shortened(value);
  for (const { name, arguments: values } of calls) {
    const format = formats[name];
    if (format && (result !== '' || name === 'default'))
      result = shortened(format.apply(result, values, place));
  }
  return result;
}

function shortened(value: string) {
  return value.length <= limits.signature.valueCharacters
    ? value
    : value.slice(0, limits.signature.valueCharacters).toWellFormed();
}

function checkPhone([style, country]: readonly string[]): Complaint | undefined {
  if (style === undefined || isPhoneStyle(style)) return checkCountry(country);
  const suggestion = nearest(style, phoneStyles);
  return {
    sentence: `There is no phone format "${style}": expected ${phoneStyles.join(', ')}.`,
    ...(suggestion === undefined ? {} : { suggestion }),
  };
}

function checkCountry(country: string | undefined): Complaint | undefined {
  if (country === undefined || /^[A-Z]{2}$/.test(country)) return undefined;
  return { sentence: `"${country}" is no country code: expected two capitals such as "DE".` };
}

function checkLanguage(language: string | undefined): Complaint | undefined {
  try {
    if (language !== undefined) Intl.getCanonicalLocales(language);
    return undefined;
  } catch {
    return { sentence: `"${language}" is no language: expected a code such as "de" or "en-GB".` };
  }
}
