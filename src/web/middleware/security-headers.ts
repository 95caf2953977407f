/** Headers that make a browser refuse what we never do (OWASP ASVS 5.0, 3.4). No `unsafe-*` anywhere. */
import type { Context, Next } from 'koa';
import { stateOf } from '../state.ts';

const policy = [
  "default-src 'none'",
  "script-src 'self'",
  "style-src 'self'",
  "img-src 'self' data:",
  "connect-src 'self'",
  "font-src 'self'",
  "form-action 'self'",
  "base-uri 'none'",
  "frame-ancestors 'none'",
  "frame-src 'self'",
].join('; ');

const headers: Readonly<Record<string, string>> = {
  'Content-Security-Policy': policy,
  'X-Content-Type-Options': 'nosniff',
  'Referrer-Policy': 'same-origin',
  'Cross-Origin-Opener-Policy': 'same-origin',
  'Cross-Origin-Resource-Policy': 'same-origin',
  'X-Frame-Options': 'DENY',
  'Permissions-Policy': 'camera=(), geolocation=(), microphone=(), payment=(), usb=()',
};

export async function securityHeaders(context: Context, next: Next): Promise<void> {
  context.set(headers);
  // Names below ours are ours to speak for only when they exist for Signet: no includeSubDomains.
  if (stateOf(context).isSecure) context.set('Strict-Transport-Security', 'max-age=31536000');
  await next();
}
