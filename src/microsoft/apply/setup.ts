/**
 * Everything that can be done to one tenant; `TenantSetup` says what each promises. Only objects with this installation's
 * comment are written, and every one of these reads before it writes.
 */
import { failed } from '../../problem.ts';
import { checkSettings } from '../connectors/check.ts';
import { command } from '../exchange/cmdlets.ts';
import { planRemoval } from '../plan/plan.ts';
import type { ActualObjects, Plan } from '../plan/plan-types.ts';
import { leaseSteps, ownRules, secretSteps, stateSteps } from './adjust.ts';
import { connect, planFor, type SetupPorts } from './connect.ts';
import { healthOf } from './health.ts';
import { readTenant } from './read-tenant.ts';
import { settle, stopped } from './settle.ts';
import type { ActOptions, Health, Setup, TenantSetup } from './setup-types.ts';

export function createTenantSetup(ports: SetupPorts): TenantSetup {
  const read: TenantSetup['read'] = async ({ signal } = {}) => {
    const actual = await readTenant(ports.exchange, signal ? { signal } : {});
    return actual.kind === 'ok' ? actual : stopped('read', actual);
  };
  return {
    read,
    connect: options => connect(ports, options),
    preview: async ({ settings, isEnabled, signal }) => {
      const checked = checkSettings(settings);
      if (checked.kind === 'failed') return stopped('read', checked);
      const actual = await read(signal ? { signal } : {});
      return actual.kind === 'ok'
        ? { kind: 'ok', value: planFor(settings, actual.value, isEnabled) }
        : actual;
    },
    verify: async ({ settings, signal }) => {
      const actual = await read(signal ? { signal } : {});
      return actual.kind === 'ok' ? { kind: 'ok', value: healthOf(settings, actual.value) } : actual;
    },
    repair: options => repair(ports, options, read),
    pause: options =>
      adjust(ports, options, actual => stateSteps(actual, options.settings.installationId, false)),
    resume: options =>
      adjust(ports, options, actual => stateSteps(actual, options.settings.installationId, true)),
    rotateSecret: options => adjust(ports, options, actual => secretSteps(actual, options.settings)),
    extendLease: options => adjust(ports, options, actual => leaseSteps(actual, options.settings)),
    remove: options => remove(ports, options, read),
    hydrate: async ({ signal } = {}) => {
      const asked = await ports.exchange.run(
        command('Enable-OrganizationCustomization', { Confirm: false }),
        signal ? { signal } : {},
      );
      return asked.kind === 'ok' ? { kind: 'ok', value: 'asked' } : stopped('read', asked);
    },
  };
}

/** The routing rule stays enabled or paused as it is; where it is gone, it comes back enabled. */
async function repair(
  ports: SetupPorts,
  options: ActOptions,
  read: TenantSetup['read'],
): Promise<Setup<Health>> {
  const { settings, signal } = options;
  const actual = await read(signal ? { signal } : {});
  if (actual.kind === 'failed') return actual;
  const [route] = ownRules(actual.value, settings.installationId, ['route']);
  const isEnabled = route?.isEnabled ?? true;
  const connected = await connect(ports, { ...options, isEnabled });
  if (connected.kind === 'failed') return connected;
  return { kind: 'ok', value: healthOf(connected.value.settings, connected.value.actual) };
}

async function adjust(
  ports: SetupPorts,
  { settings, onEvent, signal }: ActOptions,
  steps: (actual: ActualObjects) => Plan,
): Promise<Setup<Health>> {
  let isThere = false;
  const planner = (actual: ActualObjects) => {
    isThere ||= ownRules(actual, settings.installationId, ['route']).length > 0;
    return steps(actual);
  };
  const { routeSecret } = settings;
  const settled = await settle({ ...ports, phase: 'rule', planner, routeSecret, onEvent, signal });
  if (settled.kind === 'failed') return settled;
  return isThere
    ? { kind: 'ok', value: healthOf(settings, settled.value) }
    : stopped('read', notConfigured());
}

async function remove(
  ports: SetupPorts,
  { settings, onEvent, signal }: ActOptions,
  read: TenantSetup['read'],
): Promise<Setup<Plan>> {
  const { installationId, routeSecret } = settings;
  const before = await read(signal ? { signal } : {});
  if (before.kind === 'failed') return before;
  const planner = (actual: ActualObjects) => planRemoval({ actual, installationId });
  const listed = planner(before.value);
  const gone = await settle({ ...ports, phase: 'tidy', planner, routeSecret, onEvent, signal });
  return gone.kind === 'ok' ? { kind: 'ok', value: listed } : gone;
}

function notConfigured() {
  const sentence = 'This tenant has no connectors of this Signet: run the set-up first.';
  return { reason: 'not-configured' as const, problem: failed('SIGNET_CONNECTOR_MISSING', sentence).problem };
}
