/** The faults of the Exchange admin API (reference 1.1, 1.5, 1.7, example 11), at the point where each of them really occurs. */
import type { Faults } from '../faults.ts';
import { type Answer, json, type Request } from '../http.ts';
import type { ExchangeNeeds } from './caller.ts';
import { answerError, cmdletError, gatewayError } from './errors.ts';

/** Before the cmdlet is looked at. */
export function faultBefore(
  { state, origins }: ExchangeNeeds,
  request: Request,
  cmdlet: string,
): Answer | undefined {
  const { faults, time } = state;
  if (faults.strikes('exchange-unauthorized', cmdlet)) {
    return { status: 401, headers: { 'www-authenticate': 'Bearer realm="", error="invalid_token"' } };
  }
  if (faults.strikes('exchange-redirect-away', cmdlet)) {
    return { status: 302, headers: { location: 'https://outlook.office365.com.evil.example/adminapi' } };
  }
  if (faults.strikes('exchange-redirect', cmdlet)) {
    return {
      status: 302,
      headers: { location: `${origins.exchange}${request.url.pathname}${request.url.search}` },
    };
  }
  const throttled = faults.strikes('exchange-throttled', cmdlet);
  if (throttled) {
    const seconds = throttled.retryAfterSeconds ?? 30;
    const reset = new Date(time.now() + seconds * 1000).toISOString();
    const headers = {
      'retry-after': String(seconds),
      'rate-limit-remaining': '0',
      'rate-limit-reset': reset,
    };
    return { status: 429, headers };
  }
  if (faults.strikes('exchange-concurrency', cmdlet)) {
    const body =
      'You have reached the maximum number of concurrent requests per tenant. Please wait and try again.';
    return { status: 400, headers: { 'content-type': 'text/plain' }, body };
  }
  if (faults.strikes('exchange-unavailable', cmdlet)) {
    return {
      status: 503,
      headers: { 'content-type': 'text/html' },
      body: '<html>Service Unavailable</html>',
    };
  }
  if (faults.strikes('exchange-forbidden', cmdlet)) {
    const reason =
      '2000012;reason="The user isn\'t assigned to a role that allows this cmdlet.";error_category="invalid_grant"';
    return { status: 403, headers: { 'x-ms-diagnostics': reason }, body: '\0\0' };
  }
  return faults.strikes('exchange-forbidden-bare', cmdlet) ? { status: 403 } : undefined;
}

/** In place of the work. */
export function faultInstead(faults: Faults, cmdlet: string): Answer | undefined {
  if (faults.strikes('exchange-crash', cmdlet)) {
    const crash = cmdletError(
      'operation',
      'An unexpected error has occurred and a Watson dump is being generated.',
    );
    return answerError({ ...crash, status: 500 });
  }
  if (faults.strikes('exchange-error-in-200', cmdlet)) {
    return json(200, { value: [], '@adminapi.errors': [`${cmdlet} could not be completed.`] });
  }
  return faults.strikes('exchange-silent', cmdlet) ? json(200, { value: [] }) : undefined;
}

/** When the work is done. */
export function faultAfter(faults: Faults, cmdlet: string): Answer | undefined {
  return faults.strikes('exchange-lost-reply', cmdlet)
    ? gatewayError(504, 'GatewayTimeout', 'Gateway Timeout')
    : undefined;
}
