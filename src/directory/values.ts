/**
 * Values of people as they are kept: trimmed, without control characters, of bounded length, and equal ones in memory
 * once. 50,000 people share a few hundred departments, cities and companies.
 */
import { limits } from '../limits.ts';
import { createShardedMap } from './sharded-map.ts';

export type Values = {
  /** The same text; for a value met before, the same string. */
  readonly share: (text: string) => string;
};

/** More different values than this are no longer worth remembering. */
const REMEMBERED = 20_000;

export function createValues(): Values {
  const known = createShardedMap<string>();
  let size = 0;
  return {
    share: text => {
      const same = known.get(text);
      if (same !== undefined) return same;
      // Newest first would be better kept, but names come once and departments early: the first ones stay.
      if (size++ < REMEMBERED) known.set(text, text);
      return text;
    },
  };
}

/**
 * Trimmed, line ends kept as LF, other control characters gone (they break signatures and logs), composed (NFC), cut at
 * `limits.directory.valueCharacters`; '' for an empty value.
 */
export function tidy(text: string): string {
  const trimmed = text.trim();
  if (/^[\x20-\x7e]*$/.test(trimmed) && trimmed.length <= limits.directory.valueCharacters) return trimmed;
  const clean = trimmed.replace(/\r\n?/g, '\n').replace(/[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f]/g, '');
  return clean.normalize('NFC').slice(0, limits.directory.valueCharacters).trim();
}
