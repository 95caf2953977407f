/**
 * Ten codes for the day when the second factor is lost. Each has 123 bits, more than the 112 from which on a plain hash is
 * enough (ASVS 5.0, 6.5.2).
 */
import { hashToken, type Random } from '../tokens.ts';
import { bare, readable } from './first-run.ts';

export const recoveryCodeCount = 10;

export function newRecoveryCodes(random: Random): readonly string[] {
  return Array.from({ length: recoveryCodeCount }, () => readable(random, 5, 5));
}

/** In any case and spacing. */
export const hashRecoveryCode = (code: string): string => hashToken(bare(code));
