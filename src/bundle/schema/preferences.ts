/** Preferences of a tenant (PRODUCT.md 7). What is not written keeps its default, which src/signature/preferences.ts names. */
import { z } from 'zod';
import { address, choice, domain, mapping, text, wholeNumber } from './words.ts';

const none = z.null().transform(() => undefined);
const word = text('a word of up to 40 characters', value =>
  /^[^\s\u0000-\u001f\u007f]{3,40}$/.test(value) ? value : undefined,
);
/** null switches a code word off. */
const codeWord = choice<string | undefined>(input => (input === null ? none : word));

const timeZone = text('a time zone such as Europe/Berlin', value => {
  try {
    return new Intl.DateTimeFormat('en', { timeZone: value }).resolvedOptions().timeZone && value;
  } catch {
    return undefined;
  }
});

const language = text('a language such as en or de-AT', value => {
  try {
    return Intl.getCanonicalLocales(value)[0];
  } catch {
    return undefined;
  }
});

export const preferences = mapping({
  delivery: z.enum(['one-for-all', 'per-recipient']).exactOptional(),
  identity: z.enum(['from', 'sender']).exactOptional(),
  unknownSenders: z.enum(['none', 'from-message']).exactOptional(),
  respectOtherProducts: z.boolean().exactOptional(),
  removeClientSignatures: z.boolean().exactOptional(),
  codeWords: mapping({ place: codeWord.exactOptional(), suppress: codeWord.exactOptional() }).exactOptional(),
  imagesInternal: z.enum(['embedded', 'linked']).exactOptional(),
  imagesExternal: z.enum(['embedded', 'linked']).exactOptional(),
  extraInternalDomains: z.array(domain).exactOptional(),
  timeZone: timeZone.exactOptional(),
  language: language.exactOptional(),
  logRetentionDays: wholeNumber('a number of days from 1 to 3650', 1, 3_650).exactOptional(),
  logAddresses: z.enum(['plain', 'hashed']).exactOptional(),
  alertAddresses: z.array(address).exactOptional(),
  holdBackBeyondLicence: z.boolean().exactOptional(),
});
