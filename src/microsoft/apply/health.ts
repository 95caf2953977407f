/** PURE. Whether a tenant is as it was set up: configured, paused, or drifted and in what. */
import type { ConnectorSettings } from '../connectors/settings.ts';
import { driftSentences, isPausedOnly } from '../plan/drift.ts';
import { ownObjects } from '../plan/ownership.ts';
import { isSettled } from '../plan/plan.ts';
import type { ActualObjects } from '../plan/plan-types.ts';
import { planFor } from './connect.ts';
import type { Health } from './setup-types.ts';

/**
 * In the middle of a rotation (`previousRouteSecret` given) the rule may have either secret, and the relay takes both: that is
 * no drift.
 */
export function healthOf(settings: ConnectorSettings, actual: ActualObjects): Health {
  if (ownObjects(actual, settings.installationId).length === 0) return { kind: 'not-configured' };
  const { previousRouteSecret: previous, ...current } = settings;
  const plan = planFor(current, actual, true);
  const before = previous === undefined ? plan : planFor({ ...current, routeSecret: previous }, actual, true);
  if ([plan, before].some(isSettled)) return { kind: 'successful' };
  if ([plan, before].some(isPausedOnly)) return { kind: 'paused' };
  const [differences, others] = [driftSentences(plan), driftSentences(before)];
  return { kind: 'drifted', differences: differences.length <= others.length ? differences : others, plan };
}
