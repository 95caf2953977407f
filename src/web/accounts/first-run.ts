/**
 * The one-time code that guards the page which makes the first account: printed in the log at each start until there is
 * one. Whoever reads the log has the host.
 */
import { createHash, timingSafeEqual } from 'node:crypto';
import type { Random } from '../tokens.ts';

export type FirstRun = {
  readonly code: string;
  readonly isCode: (sent: string) => boolean;
};

/** Without signs that look alike. */
const signs = 'ABCDEFGHJKMNPQRSTUVWXYZ23456789';

export function createFirstRun(random: Random): FirstRun {
  const code = readable(random, 4, 5);
  return { code, isCode: sent => timingSafeEqual(digest(sent), digest(code)) };
}

/** Groups of signs, such as `K7QMD-2XW9P`: some 4.9 bits a sign. */
export function readable(random: Random, groups: number, length: number): string {
  return Array.from({ length: groups }, () => group(random, length)).join('-');
}

function group(random: Random, length: number) {
  const limit = 256 - (256 % signs.length);
  let text = '';
  while (text.length < length) {
    const [byte = 0] = random(1);
    // Bytes beyond the last whole turn would make some signs likelier.
    if (byte < limit) text += signs[byte % signs.length];
  }
  return text;
}

/** As people type it: any case, any gaps. */
export function bare(text: string): string {
  return text.toUpperCase().replace(/[^A-Z0-9]/g, '');
}

function digest(text: string) {
  return createHash('sha256').update(bare(text)).digest();
}
