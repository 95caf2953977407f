/** PURE. In what an object of ours differs from what it should be, property by property, readable. */
import type { DesiredObject } from '../connectors/desired.ts';
import type { ParameterValue } from '../exchange/command.ts';
import type { OwnObject } from './ownership.ts';
import type { PlanInput } from './plan.ts';
import type { Difference } from './plan-types.ts';
import { ruleParameters } from './rule-parameters.ts';
import { fingerprint, isNothing, isSame, shown } from './values.ts';

/** With the parameter that mends it; undefined for what another cmdlet mends (enabled or disabled). */
export type Mendable = Difference & {
  readonly parameter: { readonly name: string; readonly value: ParameterValue } | undefined;
};

export type Comparison = {
  readonly wanted: DesiredObject;
  readonly found: OwnObject;
  /** Priority that a rule should have. */
  readonly place: number | undefined;
  readonly connector: OwnObject | undefined;
  readonly input: Pick<PlanInput, 'routeSecret' | 'aliases'>;
};

export function differencesOf(comparison: Comparison): readonly Mendable[] {
  const { wanted, found } = comparison;
  return [
    ...(found.name === wanted.name ? [] : [difference('Name', wanted.name, found.name)]),
    ...parameterDifferences(comparison),
    ...strangeParameters(comparison),
    ...placeDifference(comparison),
    ...stateDifference(comparison),
  ];
}

function difference(property: string, value: ParameterValue, actual: unknown): Mendable {
  return { property, desired: shown(value), actual: shown(actual), parameter: { name: property, value } };
}

function parameterDifferences({ wanted, found, connector, input }: Comparison) {
  const aliases = { ...input.aliases, ...connectorNames(wanted, connector) };
  return Object.entries(wanted.parameters).flatMap(([property, desired]) => {
    const actual = found.row[property];
    if (isSame(property, { desired, actual, secret: input.routeSecret, aliases })) return [];
    return isSecret(desired)
      ? [secretDifference(property, desired, actual)]
      : [difference(property, desired, actual)];
  });
}

/** A rule may name its connector by name or GUID. */
function connectorNames({ parameters }: DesiredObject, connector: OwnObject | undefined) {
  const name = parameters.RouteMessageOutboundConnector;
  return typeof name === 'string' && connector ? { [name]: [connector.name, connector.identity] } : {};
}

function isSecret(value: ParameterValue): value is { readonly secret: 'route' } {
  return typeof value === 'object' && value !== null && 'secret' in value;
}

function secretDifference(property: string, value: ParameterValue, actual: unknown): Mendable {
  const had = isNothing(actual) ? 'not set' : actual === fingerprint('') ? 'empty' : 'another value';
  return { property, desired: 'the route secret', actual: had, parameter: { name: property, value } };
}

function strangeParameters({ wanted, found }: Comparison) {
  if (wanted.kind !== 'transport-rule') return [];
  return ruleParameters
    .filter(name => !(name in wanted.parameters) && !isNothing(found.row[name]))
    .map(name => difference(name, null, found.row[name]));
}

function placeDifference({ found, place, wanted }: Comparison) {
  const isPlaced = wanted.kind !== 'transport-rule' || place === undefined || found.priority === place;
  return isPlaced ? [] : [difference('Priority', place, found.priority)];
}

function stateDifference({ wanted, found }: Comparison): Mendable[] {
  if (wanted.isEnabled === found.isEnabled) return [];
  const word = (isOn: boolean) => (isOn ? 'enabled' : 'disabled');
  const parameter =
    wanted.kind === 'transport-rule' ? undefined : { name: 'Enabled', value: wanted.isEnabled };
  return [{ property: 'State', desired: word(wanted.isEnabled), actual: word(found.isEnabled), parameter }];
}
