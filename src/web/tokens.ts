/**
 * Random tokens and what is derived from them. The cookie's token is secret; its hash is what the store knows; the token
 * against forged requests follows from it one way, and is masked anew in every page, since pages are compressed and a
 * compressed secret beside reflected text can be measured (BREACH).
 */
import { createHash, timingSafeEqual } from 'node:crypto';

export type Random = (bytes: number) => Buffer;

export const newToken = (random: Random): string => random(32).toString('base64url');

export function hashToken(token: string): string {
  return createHash('sha256').update(token).digest('hex');
}

function requestToken(token: string): Buffer {
  return createHash('sha256').update('signet form').update(token).digest();
}

export function maskedToken(token: string, random: Random): string {
  const mask = random(32);
  return Buffer.concat([mask, xor(requestToken(token), mask)]).toString('base64url');
}

export function isTokenOf(token: string, sent: string): boolean {
  const bytes = Buffer.from(sent, 'base64url');
  if (bytes.length !== 64) return false;
  return timingSafeEqual(xor(bytes.subarray(32), bytes.subarray(0, 32)), requestToken(token));
}

function xor(bytes: Buffer, mask: Buffer) {
  return Buffer.from(bytes.map((byte, index) => byte ^ (mask[index] ?? 0)));
}
