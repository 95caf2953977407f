/** PURE. The cmdlets that carry out a step. */
import type { DesiredObject, ObjectKind } from '../connectors/desired.ts';
import type { Command, Parameters } from '../exchange/command.ts';
import type { Mendable } from './differences.ts';
import type { OwnObject } from './ownership.ts';

const nouns: Readonly<Record<ObjectKind, string>> = {
  'inbound-connector': 'InboundConnector',
  'outbound-connector': 'OutboundConnector',
  'transport-rule': 'TransportRule',
};

/** A routing rule is made disabled and enabled by a command of its own: nothing moves before all of it is there. */
export function createCommands(
  object: DesiredObject,
  { place, connector }: { readonly place: number | undefined; readonly connector: string | undefined },
): readonly Command[] {
  const isRule = object.kind === 'transport-rule';
  const isLate = object.role === 'route' && object.isEnabled;
  const create = {
    cmdlet: `New-${nouns[object.kind]}`,
    parameters: {
      Name: object.name,
      ...(isRule && place !== undefined ? { Priority: place } : {}),
      ...withoutNulls(withConnector(object.parameters, connector)),
      Enabled: object.isEnabled && !isLate,
      [isRule ? 'Comments' : 'Comment']: object.comment,
    },
  };
  return isLate ? [create, stateCommand(object.name, true)] : [create];
}

/** One Set with all that differs, then the state: an object is never switched on half-mended, and off before all else. */
export function changeCommands(change: {
  readonly wanted: DesiredObject;
  readonly found: OwnObject;
  readonly differences: readonly Mendable[];
  readonly place: number | undefined;
  readonly connector: string | undefined;
}): readonly Command[] {
  const { wanted, found, differences } = change;
  const parameters = Object.fromEntries(
    differences.flatMap(({ parameter }) => (parameter ? [[parameter.name, parameter.value]] : [])),
  );
  const isRule = wanted.kind === 'transport-rule';
  const set = {
    cmdlet: `Set-${nouns[wanted.kind]}`,
    parameters: {
      Identity: found.identity,
      ...complete(withConnector(parameters, change.connector), wanted),
      [isRule ? 'Comments' : 'Comment']: wanted.comment,
    },
  };
  const isStateOnly = Object.keys(parameters).length === 0;
  const state =
    isRule && found.isEnabled !== wanted.isEnabled ? [stateCommand(found.identity, wanted.isEnabled)] : [];
  if (isStateOnly) return state;
  return wanted.isEnabled ? [set, ...state] : [...state, set];
}

export function removeCommands({ kind, identity }: OwnObject): readonly Command[] {
  return [{ cmdlet: `Remove-${nouns[kind]}`, parameters: { Identity: identity, Confirm: false } }];
}

function stateCommand(identity: string, isEnabled: boolean): Command {
  const verb = isEnabled ? 'Enable' : 'Disable';
  return { cmdlet: `${verb}-TransportRule`, parameters: { Identity: identity, Confirm: false } };
}

/** Exchange takes these two and two only together (exchange-online.md 4.3, 4.1). */
const pairs: readonly (readonly [string, string])[] = [
  ['SetHeaderName', 'SetHeaderValue'],
  ['HeaderContainsMessageHeader', 'HeaderContainsWords'],
  ['HeaderMatchesMessageHeader', 'HeaderMatchesPatterns'],
  ['ExceptIfHeaderContainsMessageHeader', 'ExceptIfHeaderContainsWords'],
  ['ExceptIfHeaderMatchesMessageHeader', 'ExceptIfHeaderMatchesPatterns'],
  ['TlsSettings', 'TlsDomain'],
  ['UseMXRecord', 'SmartHosts'],
];

function complete(parameters: Parameters, { parameters: all }: DesiredObject): Parameters {
  const partners = pairs
    .filter(pair => pair.some(name => name in parameters))
    .flatMap(pair => pair.map(name => [name, parameters[name] ?? all[name] ?? null] as const));
  return { ...parameters, ...Object.fromEntries(partners) };
}

function withConnector(parameters: Parameters, connector: string | undefined): Parameters {
  return connector !== undefined && parameters.RouteMessageOutboundConnector
    ? { ...parameters, RouteMessageOutboundConnector: connector }
    : parameters;
}

function withoutNulls(parameters: Parameters): Parameters {
  return Object.fromEntries(Object.entries(parameters).filter(([, value]) => value !== null));
}
