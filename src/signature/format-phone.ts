/**
 * Telephone numbers as each country writes them (libphonenumber). A number that is none passes unchanged: the directory
 * also says "ask reception".
 */
import {
  type CountryCode,
  getCountries,
  isSupportedCountry,
  parsePhoneNumberFromString,
} from 'libphonenumber-js';
import { remembered } from './format-memory.ts';

export const phoneStyles = ['international', 'national', 'e164', 'rfc3966'] as const;

export type PhoneStyle = (typeof phoneStyles)[number];

export function isPhoneStyle(value: string): value is PhoneStyle {
  return phoneStyles.some(style => style === value);
}

/** A longer value is no number, and is neither parsed nor remembered. */
const LONGEST = 100;

const formatNames = {
  international: 'INTERNATIONAL',
  national: 'NATIONAL',
  e164: 'E.164',
  rfc3966: 'RFC3966',
} as const;

/** `countries` are ISO codes or names as a directory holds them; the first one that is known counts. */
export function formatPhone(
  value: string,
  style: PhoneStyle,
  countries: readonly (string | undefined)[],
): string {
  if (value.length > LONGEST) return value;
  const country = countryOf(countries);
  return remembered(`${style} ${country} ${value}`, () => {
    const number = parsed(value, country);
    return number ? number.format(formatNames[style]) : value;
  });
}

/** What a telephone dials, for `tel:`: E.164 with extension (RFC 3966 3), else the digits that there are. */
export function dialledNumber(value: string, countries: readonly (string | undefined)[]): string {
  if (value.length > LONGEST) return '';
  const country = countryOf(countries);
  return remembered(`tel ${country} ${value}`, () => {
    const number = parsed(value, country);
    if (number) return number.format('RFC3966').slice('tel:'.length);
    const digits = value.replace(/[^\d]/g, '');
    return value.trim().startsWith('+') ? `+${digits}` : digits;
  });
}

function parsed(value: string, country: CountryCode | undefined) {
  const number = parsePhoneNumberFromString(value, country ? { defaultCountry: country } : undefined);
  return number?.isPossible() ? number : undefined;
}

function countryOf(countries: readonly (string | undefined)[]): CountryCode | undefined {
  for (const written of countries) {
    const code = written && codeOf(written);
    if (code) return code;
  }
  return undefined;
}

function codeOf(written: string): CountryCode | undefined {
  const code = written.trim().toUpperCase();
  if (isSupportedCountry(code)) return code;
  return countryNames().get(written.trim().toLowerCase());
}

const languages = [
  'en',
  'de',
  'fr',
  'es',
  'it',
  'nl',
  'pl',
  'pt',
  'sv',
  'da',
  'nb',
  'fi',
  'cs',
  'hu',
  'tr',
  'ja',
];
const otherNames: Readonly<Record<string, CountryCode>> = {
  uk: 'GB',
  'great britain': 'GB',
  england: 'GB',
  usa: 'US',
  'united states of america': 'US',
  'the netherlands': 'NL',
  holland: 'NL',
  'czech republic': 'CZ',
  turkey: 'TR',
};

let names: ReadonlyMap<string, CountryCode> | undefined;

/** Names of countries in the languages above: a constant table, but one of 4,000 entries that not everyone needs. */
function countryNames() {
  names ??= new Map([
    ...languages.flatMap(language => {
      const display = new Intl.DisplayNames([language], { type: 'region' });
      return getCountries().map(code => [(display.of(code) ?? code).toLowerCase(), code] as const);
    }),
    ...Object.entries(otherNames),
  ]);
  return names;
}
