/**
 * What was formatted once is kept: parsing a telephone number or asking Intl for a date takes as long as all the rest of a
 * signature, and one tenant's people have the same numbers all day. A pure cache: forgetting changes nothing.
 */
import { limits } from '../limits.ts';

const memory = new Map<string, string>();

/** The value made for the key, now or before. The key names all that the value depends on. */
export function remembered(key: string, make: () => string): string {
  const known = memory.get(key);
  if (known !== undefined) return known;
  const made = make();
  if (memory.size >= limits.signature.rememberedFormats) memory.clear();
  memory.set(key, made);
  return made;
}
