/**
 * One-time codes of authenticator apps (RFC 6238): SHA-1, six digits, 30 seconds, which is all that common apps know. A code
 * counts in its own 30 seconds only (ASVS 5.0, 6.5.5), and once; one that would have counted just before or behind is told
 * apart, so that the page can say "the next one" or "look at the clocks" in the place of "wrong".
 */
import { Secret, TOTP } from 'otpauth';
import type { Random } from '../tokens.ts';

export type CodeVerdict =
  | { readonly kind: 'right'; readonly step: number }
  /** Of the 30 seconds before. */
  | { readonly kind: 'over' }
  /** Of another time within five minutes: a clock is off. */
  | { readonly kind: 'clock' }
  | { readonly kind: 'wrong' };

const stepMs = 30_000;
/** Steps to both sides in which a code shows that a clock is off. */
const farSteps = 10;

/** Base32 of 160 bits, the length of the key that RFC 4226 recommends. */
export function newSeed(random: Random): string {
  return new Secret({ buffer: new Uint8Array(random(20)).buffer }).base32;
}

/** What the QR code says: `otpauth://totp/Signet:ann?...`. */
export function seedAddress(seed: string, name: string): string {
  return totpOf(seed, name).toString();
}

/** `sent` in any spacing. `now`: milliseconds since 1970. */
export function judgeCode(seed: string, sent: string, now: number): CodeVerdict {
  const token = sent.replace(/\D/g, '');
  if (token.length !== 6) return { kind: 'wrong' };
  const delta = totpOf(seed, '').validate({ token, timestamp: now, window: farSteps });
  if (delta === null) return { kind: 'wrong' };
  if (delta === 0) return { kind: 'right', step: Math.floor(now / stepMs) };
  return delta === -1 ? { kind: 'over' } : { kind: 'clock' };
}

function totpOf(seed: string, name: string) {
  return new TOTP({
    issuer: 'Signet',
    label: name,
    algorithm: 'SHA1',
    digits: 6,
    period: stepMs / 1_000,
    secret: Secret.fromBase32(seed),
  });
}
