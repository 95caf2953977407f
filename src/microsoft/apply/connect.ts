/**
 * The safe order of PRODUCT.md 7: connectors, Exchange's test of them, a rule for one mailbox, a mail of it through the whole
 * round trip, the real rule disabled, then enabled. Whatever fails, no mail but the pilot's was touched.
 */

import type { Clock } from '../../clock.ts';
import { limits } from '../../limits.ts';
import { failed } from '../../problem.ts';
import { checkSettings } from '../connectors/check.ts';
import { desiredObjects, type Role } from '../connectors/desired.ts';
import type { ConnectorSettings } from '../connectors/settings.ts';
import type { Exchange } from '../exchange/exchange-types.ts';
import { ownObjects } from '../plan/ownership.ts';
import { planRemoval, planSetup } from '../plan/plan.ts';
import type { ActualObjects, Plan } from '../plan/plan-types.ts';
import { ownRules } from './adjust.ts';
import { missingRights } from './permission.ts';
import { readTenant } from './read-tenant.ts';
import { cancelled, settle, stopped, type Wait } from './settle.ts';
import type { Connected, ConnectOptions, Phase, Setup, SetupFailure, Trials } from './setup-types.ts';
import { validate } from './validate.ts';

export type SetupPorts = {
  readonly exchange: Exchange;
  readonly clock: Pick<Clock, 'now'>;
  readonly wait: Wait;
};

export async function connect(ports: SetupPorts, options: ConnectOptions): Promise<Setup<Connected>> {
  const { settings, onEvent = () => {}, signal } = options;
  onEvent({ kind: 'phase', phase: 'read' });
  const checked = checkSettings(settings);
  if (checked.kind === 'failed') return stopped('read', checked);
  const rights = await missingRights(ports.exchange, signal);
  if (rights) return stopped('read', rights);
  const before = await readTenant(ports.exchange, signal ? { signal } : {});
  if (before.kind === 'failed') return stopped('read', before);
  const isLive = ownRules(before.value, settings.installationId, ['route']).some(rule => rule.isEnabled);
  const first = await connectWith(ports, { ...options, isLive });
  if (first.kind === 'ok' || !isHeaderRefusal(first, settings)) return first;
  onEvent({
    kind: 'note',
    sentence:
      'Exchange does not keep headers on a connector that is identified by addresses, so they are not kept: internal mail that comes back may be marked as external.',
  });
  return await connectWith(ports, { ...options, settings: { ...settings, keepsHeaders: false }, isLive });
}

/** The sheet does not know whether Exchange takes both together (exchange-online.md 5.3). */
function isHeaderRefusal(
  { reason, step }: SetupFailure,
  { identification, keepsHeaders }: ConnectorSettings,
) {
  return (
    reason === 'invalid' && step?.role === 'inbound' && identification.kind === 'addresses' && keepsHeaders
  );
}

type Way = ConnectOptions & { readonly isLive: boolean };

/** A tenant that is already live has been through the trials; it only gets what differs. */
async function connectWith(ports: SetupPorts, way: Way): Promise<Setup<Connected>> {
  const connectors = await inPhase(ports, way, { phase: 'connectors', roles: ['inbound', 'outbound'] });
  if (connectors.kind === 'failed') return connectors;
  const { trials } = way;
  if (trials && !way.isLive) {
    const tested = await tryOut(ports, { ...way, trials }, connectors.value);
    if (tested.kind === 'failed') return tested;
  }
  const isEnabledMeanwhile = way.isLive && way.isEnabled;
  const rule = await inPhase(ports, way, {
    phase: 'rule',
    roles: ['out-of-office', 'recall', 'route'],
    isEnabled: isEnabledMeanwhile,
  });
  if (rule.kind === 'failed') return rule;
  if (way.isEnabled && !isEnabledMeanwhile) {
    const enabled = await inPhase(ports, way, { phase: 'enable', roles: ['route'], isEnabled: true });
    if (enabled.kind === 'failed') return enabled;
  }
  const tidy = await inPhase(ports, way, { phase: 'tidy', isEnabled: way.isEnabled });
  return tidy.kind === 'ok' ? { kind: 'ok', value: { actual: tidy.value, settings: way.settings } } : tidy;
}

async function tryOut(
  ports: SetupPorts,
  way: Way & { readonly trials: Trials },
  actual: ActualObjects,
): Promise<Setup<'tried'>> {
  const { trials, pilotMailbox, settings, onEvent = () => {}, signal = new AbortController().signal } = way;
  onEvent({ kind: 'phase', phase: 'validation' });
  const outbound = ownObjects(actual, settings.installationId).find(({ role }) => role === 'outbound');
  const identity = outbound?.identity ?? '';
  const valid = await validate({ ...ports, identity, trials, onEvent, signal });
  if (valid.kind === 'failed') return valid;
  if (pilotMailbox === undefined) return { kind: 'ok', value: 'tried' };

  const pilot = { mailbox: pilotMailbox, until: ports.clock.now() + limits.microsoft.pilotMs };
  const piloted = { ...way, settings: { ...settings, pilot } };
  const roles = ['out-of-office', 'recall', 'pilot'] as const;
  const made = await inPhase(ports, piloted, { phase: 'pilot', roles });
  if (made.kind === 'failed') return made;
  onEvent({ kind: 'phase', phase: 'probe' });
  const probe = await trials.probe({ mailbox: pilotMailbox, signal });
  if (signal.aborted) return stopped('probe', cancelled());
  if (probe.kind === 'through') return { kind: 'ok', value: 'tried' };
  await removePilot(ports, way);
  return stopped('probe', probeFailure(probe.sentence));
}

/** Best effort: it expires by itself. */
async function removePilot(ports: SetupPorts, { settings, signal }: Way) {
  const planner = (actual: ActualObjects): Plan =>
    planRemoval({ actual, installationId: settings.installationId }).filter(({ role }) => role === 'pilot');
  await settle({ ...ports, phase: 'probe', planner, routeSecret: settings.routeSecret, signal });
}

type Scope = {
  readonly phase: Phase;
  /** Undefined: everything, removals of what is not desired included. */
  readonly roles?: readonly Role[];
  readonly isEnabled?: boolean;
};

async function inPhase(ports: SetupPorts, way: ConnectOptions, scope: Scope): Promise<Setup<ActualObjects>> {
  const { settings, onEvent, signal } = way;
  const { phase, roles, isEnabled = false } = scope;
  onEvent?.({ kind: 'phase', phase });
  const planner = (actual: ActualObjects) =>
    planFor(settings, actual, isEnabled).filter(
      step =>
        roles === undefined ||
        step.kind === 'conflict' ||
        (step.kind !== 'remove' && step.role !== undefined && roles.includes(step.role)),
    );
  return await settle({ ...ports, phase, planner, routeSecret: settings.routeSecret, onEvent, signal });
}

export function planFor(settings: ConnectorSettings, actual: ActualObjects, isEnabled: boolean): Plan {
  return planSetup({
    desired: desiredObjects(settings, { isEnabled }),
    actual,
    installationId: settings.installationId,
    routeSecret: settings.routeSecret,
    priority: settings.priority,
  });
}

function probeFailure(sentence: string) {
  const whole = `The probe did not come through (${sentence}): mail flow is as it was; put that right and run this again.`;
  return {
    reason: 'probe' as const,
    problem: failed('SIGNET_CONNECTOR_PROBE', whole).problem,
    detail: sentence,
  };
}
