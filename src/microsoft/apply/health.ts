/** PURE. Whether a tenant is as it was set up: configured, paused, or drifted and in what. */
import type { ConnectorSettings } from '../connectors/settings.ts';
import { driftSentences, isPausedOnly } from '../plan/drift.ts';
import { ownObjects } from '../plan/ownership.ts';
import { isSettled } from '../plan/plan.ts';
import type { ActualObjects } from '../plan/plan-types.ts';
import { planFor } from './connect.ts';
import type { Health } from './setup-types.ts';

export function healthOf(settings: ConnectorSettings, actual: ActualObjects): Health {
  if (ownObjects(actual, settings.installationId).length === 0) return { kind: 'not-configured' };
  const plan = planFor(settings, actual, true);
  if (isSettled(plan)) return { kind: 'successful' };
  if (isPausedOnly(plan)) return { kind: 'paused' };
  return { kind: 'drifted', differences: driftSentences(plan), plan };
}
