/**
 * Faults that can be switched on by name, in process or by `PUT /sandbox/faults/NAME`. A fault changes nothing in a
 * tenant's state except where its sentence says so; switched off, the next call goes well again.
 */

import { type MailFaultName, mailFaults } from './flow/faults.ts';

/** Each with what it does and the section of the reference that it comes from. */
const serviceFaults = {
  'device-code-blocked': 'A Conditional Access policy blocks the device code flow: AADSTS53003 (2.5)',
  'device-code-never-completes': 'The same policy, whose block the polling client never hears of (2.5)',
  'conditional-access': 'Conditional Access blocks every sign-in and every refresh: AADSTS53003 (2.5)',
  'device-code-expired': 'Device codes are expired as soon as they are asked for (3.3)',
  'slow-down': 'The token endpoint answers a poll with slow_down (3.3)',
  'refresh-revoked': 'Refresh tokens are revoked: AADSTS50173 (3.2)',
  'sign-in-throttled': 'The token endpoint answers 429 with Retry-After (3.3)',
  'sign-in-unavailable': 'The token endpoint answers 503 (3.3)',
  'exchange-unauthorized': 'Exchange answers 401 with an empty body (1.7)',
  'exchange-forbidden': 'Exchange answers 403 with x-ms-diagnostics (1.7)',
  'exchange-forbidden-bare': 'Exchange answers 403 without a reason: a role that was just activated (1.7)',
  'exchange-throttled': 'Exchange answers 429 with Retry-After (1.7)',
  'exchange-concurrency': 'Exchange answers 400 in plain text: too many concurrent requests (1.7)',
  'exchange-unavailable': 'Exchange answers 503 with a page of HTML (1.7)',
  'exchange-crash': 'The cmdlet crashes with 500 before it has done anything (1.7)',
  'exchange-lost-reply': 'The cmdlet does its work, and then 504 is answered (1.7)',
  'exchange-error-in-200': 'The cmdlet does nothing and says so in @adminapi.errors of a 200 (1.5)',
  'exchange-warning': 'A warning comes with the answer, in @adminapi.warnings (1.2)',
  'exchange-silent': 'The cmdlet answers 200 with no output and has done nothing (1.5)',
  'exchange-redirect': 'Exchange answers 302 to another host of its cloud, port 446 (1.1)',
  'exchange-redirect-away': 'Exchange answers 302 to a host outside its cloud (1.1)',
  'exchange-not-found-400': 'An object that is not there is reported with 400 (1.7)',
  'exchange-lists-scoped': 'Get-OutboundConnector also lists what is scoped to rules (4.1)',
  'exchange-refuses-cloud-services-by-ip':
    'CloudServicesMailEnabled is refused where an inbound connector is identified by address (5.3)',
  'graph-unauthorized': 'Graph answers 401: the token is not accepted (10.4)',
  'graph-throttled': 'Graph answers 429 with Retry-After, in a batch for one of its requests (10.4)',
  'graph-unavailable': 'Graph answers 503 with a page of HTML (10.4)',
  'graph-forbidden': 'Graph answers 403: the permission is not there, or not yet (2.3)',
  'graph-resync': 'A delta query is answered 410: everything is to be read again (10.1)',
  'graph-cut-short': 'A 200 of Graph ends in the middle of its JSON',
  'graph-page-elsewhere': 'The next page of an answer lies at a host outside the cloud',
  'graph-no-managers': 'Delta queries of users bring no manager@delta (10.1, uncertain)',
  'connector-unreachable': 'Validate-OutboundConnector cannot connect to the smart host (4.1)',
  'connector-refuses-mail': 'Validate-OutboundConnector connects, and its mail is refused (4.1)',
} as const;

export type FaultName = keyof typeof serviceFaults | MailFaultName;

/** Those of mail flow as well. */
export const faultNames: Readonly<Record<FaultName, string>> = {
  ...serviceFaults,
  ...(Object.fromEntries(mailFaults.map(({ name, sentence }) => [name, sentence])) as Record<
    MailFaultName,
    string
  >),
};

export type FaultOptions = {
  /** How often it strikes; without, until it is switched off. */
  readonly times?: number;
  /** Calls that go well before. */
  readonly after?: number;
  /** Only for this cmdlet, or for paths that hold this text. */
  readonly only?: string;
  readonly retryAfterSeconds?: number;
};

export type Faults = {
  readonly put: (name: string, options?: FaultOptions) => boolean;
  /** All, without a name. */
  readonly clear: (name?: string) => void;
  readonly active: () => Readonly<Record<string, FaultOptions>>;
  /** Asks whether a fault strikes here, and counts that it did. */
  readonly strikes: (name: FaultName, subject?: string) => FaultOptions | undefined;
};

export function isFaultName(name: string): name is FaultName {
  return Object.hasOwn(faultNames, name);
}

export function createFaults(): Faults {
  const active = new Map<string, FaultOptions>();

  function put(name: string, options: FaultOptions = {}) {
    if (!isFaultName(name)) return false;
    active.set(name, options);
    return true;
  }

  function clear(name?: string) {
    if (name === undefined) active.clear();
    else active.delete(name);
  }

  function strikes(name: FaultName, subject = '') {
    const options = active.get(name);
    if (!options || (options.only && !subject.includes(options.only))) return undefined;
    const { after = 0, times } = options;
    if (after > 0) {
      active.set(name, { ...options, after: after - 1 });
      return undefined;
    }
    if (times !== undefined && times <= 1) active.delete(name);
    else if (times !== undefined) active.set(name, { ...options, times: times - 1 });
    return options;
  }

  return { put, clear, active: () => Object.fromEntries(active), strikes };
}
