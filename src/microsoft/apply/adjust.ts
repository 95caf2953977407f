/**
 * PURE. Small changes to the rules that are there, without touching anything else that may differ: pause, resume, a new
 * route secret, a later expiry. Each answers steps as a plan does, none when it is done.
 */
import { routeHeader } from '../connectors/names.ts';
import type { ConnectorSettings } from '../connectors/settings.ts';
import { command } from '../exchange/cmdlets.ts';
import { type OwnObject, ownObjects } from '../plan/ownership.ts';
import type { ActualObjects, Difference, Plan, Step } from '../plan/plan-types.ts';
import { isSame, shown } from '../plan/values.ts';

/** Pausing stops a pilot as well. Resuming enables the route alone. */
export function stateSteps(actual: ActualObjects, installationId: string, isEnabled: boolean): Plan {
  const cmdlet = isEnabled ? 'Enable-TransportRule' : 'Disable-TransportRule';
  const roles = isEnabled ? ['route'] : ['route', 'pilot'];
  const word = (isOn: boolean) => (isOn ? 'enabled' : 'disabled');
  return ownRules(actual, installationId, roles)
    .filter(rule => rule.isEnabled !== isEnabled)
    .map(rule =>
      change(rule, {
        difference: { property: 'State', actual: word(rule.isEnabled), desired: word(isEnabled) },
        command: command(cmdlet, { Identity: rule.identity, Confirm: false }),
      }),
    );
}

export function secretSteps(actual: ActualObjects, settings: ConnectorSettings): Plan {
  const desired = { secret: 'route' } as const;
  return ownRules(actual, settings.installationId, ['route', 'pilot'])
    .filter(
      ({ row }) =>
        !isSame('SetHeaderValue', { desired, actual: row.SetHeaderValue, secret: settings.routeSecret }),
    )
    .map(rule =>
      change(rule, {
        difference: { property: 'SetHeaderValue', actual: 'another value', desired: 'the route secret' },
        command: command('Set-TransportRule', {
          Identity: rule.identity,
          SetHeaderName: routeHeader,
          SetHeaderValue: desired,
        }),
      }),
    );
}

/** Without `leaseUntil` the expiry is taken away. */
export function leaseSteps(actual: ActualObjects, { installationId, leaseUntil }: ConnectorSettings): Plan {
  const desired = leaseUntil === undefined ? null : new Date(leaseUntil).toISOString();
  return ownRules(actual, installationId, ['route'])
    .filter(({ row }) => !isSame('ExpiryDate', { desired, actual: row.ExpiryDate, secret: '' }))
    .map(rule =>
      change(rule, {
        difference: { property: 'ExpiryDate', actual: shown(rule.row.ExpiryDate), desired: shown(desired) },
        command: command('Set-TransportRule', { Identity: rule.identity, ExpiryDate: desired }),
      }),
    );
}

export function ownRules(actual: ActualObjects, installationId: string, roles: readonly string[]) {
  return ownObjects(actual, installationId).filter(
    ({ kind, role }) => kind === 'transport-rule' && roles.includes(role),
  );
}

function change(
  rule: OwnObject,
  {
    difference,
    command: one,
  }: {
    readonly difference: Difference;
    readonly command: ReturnType<typeof command>;
  },
): Step {
  return {
    kind: 'change',
    role: rule.role === 'pilot' ? 'pilot' : 'route',
    objectKind: 'transport-rule',
    name: rule.name,
    identity: rule.identity,
    differences: [difference],
    commands: [one],
    reason: `It differs: ${difference.property}.`,
  };
}
