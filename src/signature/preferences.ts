/** The preferences of a tenant nobody has changed anything in (PRODUCT.md 7). The one place of these defaults. */
import { defaultCodeWords } from '../mail/report.ts';
import type { Preferences } from './tenant.ts';

/** The server's own zone is the caller's to put in: `{ ...defaultPreferences, timeZone }`. */
export const defaultPreferences: Preferences = {
  delivery: 'one-for-all',
  identity: 'from',
  unknownSenders: 'none',
  respectOtherProducts: true,
  removeClientSignatures: false,
  codeWords: defaultCodeWords,
  imagesInternal: 'embedded',
  imagesExternal: 'embedded',
  extraInternalDomains: [],
  timeZone: 'UTC',
  language: 'en',
  logRetentionDays: 90,
  logAddresses: 'plain',
  alertAddresses: [],
  holdBackBeyondLicence: false,
};
