/**
 * A person as vCard 3.0 (RFC 2426), which every telephone's camera reads. Only the name and what reaches a person at work;
 * values are escaped, lines are not folded: readers of codes see one string.
 */
import { cleanValue } from './escape.ts';
import type { Person, PersonField } from './person.ts';

/** CRLF-ended lines. Empty properties are left out, so that the code stays coarse enough to be read from a screen. */
export function vcardOf({ fields, address }: Person): string {
  const value = (name: PersonField) => escaped(fields[name]);
  const family = value('surname');
  const given = value('givenName');
  const name = value('displayName') || [given, family].filter(Boolean).join(' ') || escaped(address);
  const organisation = [value('companyName'), value('department')];
  const place = [
    value('streetAddress'),
    value('city'),
    value('state'),
    value('postalCode'),
    value('country'),
  ];
  const lines = [
    'BEGIN:VCARD',
    'VERSION:3.0',
    `N:${family || (given ? '' : name)};${given};;;`,
    `FN:${name}`,
    organisation.some(Boolean) && `ORG:${organisation.join(';').replace(/;$/, '')}`,
    property('TITLE', value('jobTitle')),
    property('TEL;TYPE=WORK,VOICE', value('businessPhone')),
    property('TEL;TYPE=CELL', value('mobilePhone')),
    property('TEL;TYPE=WORK,FAX', value('faxNumber')),
    property('EMAIL;TYPE=INTERNET', value('email') || escaped(address)),
    place.some(Boolean) && `ADR;TYPE=WORK:;;${place.join(';')}`,
    'END:VCARD',
  ];
  return lines
    .filter(Boolean)
    .map(line => `${line}\r\n`)
    .join('');
}

function property(name: string, value: string) {
  return value && `${name}:${value}`;
}

/** RFC 2426 4: backslash, comma, semicolon; a clean value has no line ends. */
function escaped(value: string | undefined) {
  return cleanValue(value ?? '').replace(/[\\,;]/g, character => `\\${character}`);
}
