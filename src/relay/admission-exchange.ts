/**
 * Whose mail is it that comes from Exchange Online? Pure. Microsoft's certificate and addresses are those of every customer
 * of Microsoft, and any of them can aim a connector at this relay. What proves a tenant is the secret that its own mail flow
 * rule puts into the header, together with the id that Exchange puts there, over Microsoft's verified certificate
 * (PRODUCT.md 7). In doubt about a tenant that is served here the message waits: nobody's mail bounces because a secret was
 * rotated or restored.
 */
import type { Envelope, RelayTenant, ValidationWindow } from './message.ts';
import { isSamePassword } from './peers.ts';

/** What the header says, all values of each field. */
export type ExchangeMarks = {
  /** `X-MS-Exchange-CrossTenant-Id`. */
  readonly tenantIds: readonly string[];
  /** `X-Signet-Route`. */
  readonly routes: readonly string[];
};

export type ExchangeVerdict =
  | { readonly kind: 'own'; readonly tenant: RelayTenant }
  /** Exchange's own test of the connector, while the tenant's validation is open. */
  | { readonly kind: 'probe'; readonly tenant: RelayTenant; readonly window: ValidationWindow }
  /** Of a tenant served here, with a secret that is missing or wrong, or while this appliance lacks its own. */
  | {
      readonly kind: 'unproven';
      readonly tenant: RelayTenant;
      readonly secret: 'missing' | 'wrong' | 'not-known-here';
    }
  | { readonly kind: 'stranger' };

export type ExchangeQuestion = {
  /** Tenants that have an `exchange`. */
  readonly tenants: readonly RelayTenant[];
  readonly marks: ExchangeMarks;
  readonly envelope: Pick<Envelope, 'recipients'>;
  readonly now: number;
  /** Test messages taken in this window. */
  readonly taken: (window: ValidationWindow) => number;
};

/** Test messages of one validation; Exchange sends one to each recipient, and again when in doubt. */
export const MAX_PROBES = 10;
/** Values of a field that are looked at: honest mail has one of each. */
const MAX_VALUES = 5;

export function judgeExchange(question: ExchangeQuestion): ExchangeVerdict {
  const { tenants, marks } = question;
  const ids = new Set(marks.tenantIds.slice(0, MAX_VALUES).map(id => id.trim().toLowerCase()));
  const named = tenants.filter(({ exchange }) => exchange !== undefined && ids.has(exchange.tenantId));
  const routes = marks.routes.slice(0, MAX_VALUES);
  const own = named.filter(tenant => hasSecret(tenant, routes))[0];
  if (own) return { kind: 'own', tenant: own };
  const probe = probeOf(question, ids, named);
  if (probe) return probe;
  const [unproven] = named;
  if (!unproven) return { kind: 'stranger' };
  const isKnownHere = (unproven.exchange?.routeSecrets ?? []).length > 0;
  const secret = !isKnownHere ? 'not-known-here' : routes.length === 0 ? 'missing' : 'wrong';
  return { kind: 'unproven', tenant: unproven, secret };
}

/** All are compared, so that the time does not tell which one it was, nor how far it was right. */
function hasSecret({ exchange }: RelayTenant, routes: readonly string[]): boolean {
  const verdicts = (exchange?.routeSecrets ?? []).flatMap(secret =>
    routes.map(route => secret !== '' && isSamePassword(route.trim(), secret)),
  );
  return verdicts.includes(true);
}

/**
 * The test carries no secret, and perhaps no id. It is one of the tenant whose validation is open for all its recipients;
 * a message with the id of another tenant is that tenant's.
 */
function probeOf(
  { tenants, envelope, now, taken }: ExchangeQuestion,
  ids: ReadonlySet<string>,
  named: readonly RelayTenant[],
): ExchangeVerdict | undefined {
  const recipients = envelope.recipients.map(recipient => recipient.toLowerCase());
  for (const tenant of ids.size > 0 ? named : tenants) {
    const window = tenant.exchange?.validation;
    if (!window || now >= window.until || taken(window) >= MAX_PROBES) continue;
    if (recipients.length > 0 && recipients.every(recipient => window.recipients.includes(recipient)))
      return { kind: 'probe', tenant, window };
  }
  return undefined;
}

export type ProbeCount = {
  readonly of: (window: ValidationWindow) => number;
  readonly add: (window: ValidationWindow) => void;
};

/** Test messages by window. What is stored lags behind and survives a restart, what is counted here is exact. */
export function createProbeCount(): ProbeCount {
  const counted = new Map<string, number>();
  const of = ({ id, taken }: ValidationWindow) => Math.max(taken, counted.get(id) ?? 0);
  return {
    of,
    add: window => {
      const count = of(window) + 1;
      // One window at a time is usual; those of the past count for nothing.
      if (counted.size > 1_000) counted.clear();
      counted.set(window.id, count);
    },
  };
}
