/**
 * PURE. The set-up by hand (PRODUCT.md 7, "Manual"): the objects of `desiredObjects` as steps with what to type where, each
 * with its command, and as one script that may be run any number of times and touches only what bears our comment.
 */
import type { Cloud } from '../cloud.ts';
import { type DesiredObject, desiredObjects } from '../connectors/desired.ts';
import { objectNames } from '../connectors/names.ts';
import type { ConnectorSettings } from '../connectors/settings.ts';
import type { Command, ParameterValue } from '../exchange/command.ts';
import { createCommands } from '../plan/commands.ts';
import { powershellCommand, powershellText } from './powershell.ts';

export type ManualStep = {
  readonly title: string;
  /** Where in the Exchange admin centre. */
  readonly where: string;
  /** What to enter, in the words of PowerShell, which the centre mostly shares. */
  readonly values: readonly { readonly label: string; readonly value: string }[];
  /** The same as one command, to be copied. */
  readonly command: string;
};

/** In the order in which they are to be done. They hold the route secret: show them to the administrator only. */
export function manualSteps(settings: ConnectorSettings): readonly ManualStep[] {
  return [
    ...desiredObjects(settings, { isEnabled: false }).map((object, place) => stepOf(object, place, settings)),
    {
      title: 'Switch the routing rule on',
      where: 'Mail flow > Rules',
      values: [{ label: 'Enable', value: objectNames.route }],
      command: powershellCommand(stateCommand(true), ''),
    },
  ];
}

/** Holds the route secret. `-Enable` also switches the routing rule on, which is the last step. */
export function setupScript(settings: ConnectorSettings, cloud: Cloud): string {
  const objects = desiredObjects(settings, { isEnabled: false });
  return `${[
    '# Connects this tenant to Signet. May be run again at any time: it changes only what Signet made.',
    '# Keep it private: it holds the secret by which the relay knows this tenant.',
    'param([switch]$Enable)',
    "$ErrorActionPreference = 'Stop'",
    connectLine(cloud),
    ...objects.map(object => upsert(object, settings)),
    `if ($Enable) { ${powershellCommand(stateCommand(true), '')} }`,
  ].join('\n\n')}\n`;
}

/** Rules first, then the connectors that they use. */
export function removalScript(settings: Pick<ConnectorSettings, 'installationId'>, cloud: Cloud): string {
  const remove = (noun: string, property: string) =>
    `Get-${noun}${allOf(noun)} | Where-Object { $_.${property} -like ${powershellText(`Signet * installation ${settings.installationId} *`)} } | ForEach-Object { Remove-${noun} -Identity "$($_.Guid)" -Confirm:$false }`;
  return `${[
    '# Removes everything that this Signet made, and nothing else.',
    "$ErrorActionPreference = 'Stop'",
    connectLine(cloud),
    remove('TransportRule', 'Comments'),
    remove('OutboundConnector', 'Comment'),
    remove('InboundConnector', 'Comment'),
  ].join('\n\n')}\n`;
}

/** `Connect-ExchangeOnline` knows the clouds by these names. */
export function connectLine({ name }: Cloud): string {
  const environments = {
    worldwide: '',
    'us-government-high': ' -ExchangeEnvironmentName O365USGovGCCHigh',
    'us-government-dod': ' -ExchangeEnvironmentName O365USGovDoD',
    china: ' -ExchangeEnvironmentName O365China',
    sandbox: '',
  };
  return `Connect-ExchangeOnline -ShowBanner:$false${environments[name]}`;
}

export function stateCommand(isEnabled: boolean): Command {
  const cmdlet = isEnabled ? 'Enable-TransportRule' : 'Disable-TransportRule';
  return { cmdlet, parameters: { Identity: objectNames.route, Confirm: false } };
}

const places = {
  'inbound-connector': { noun: 'InboundConnector', where: 'Mail flow > Connectors > Add a connector' },
  'outbound-connector': { noun: 'OutboundConnector', where: 'Mail flow > Connectors > Add a connector' },
  'transport-rule': { noun: 'TransportRule', where: 'Mail flow > Rules > Add a rule' },
} as const;

function stepOf(object: DesiredObject, place: number, settings: ConnectorSettings): ManualStep {
  const [create] = commandsFor(object, place, settings);
  const entries = Object.entries(create?.parameters ?? {});
  return {
    title: `${place + 1}. ${object.name}`,
    where: places[object.kind].where,
    values: entries.map(([label, value]) => ({ label, value: readable(value, settings.routeSecret) })),
    command: create ? powershellCommand(create, settings.routeSecret) : '',
  };
}

function commandsFor(object: DesiredObject, index: number, { priority }: ConnectorSettings) {
  // Two connectors come before the rules.
  const place = object.kind === 'transport-rule' ? priority + index - 2 : undefined;
  return createCommands(object, { place, connector: undefined });
}

/** Looks for the object by its comment, and sets or makes it. */
function upsert(object: DesiredObject, settings: ConnectorSettings): string {
  const { noun } = places[object.kind];
  const isRule = object.kind === 'transport-rule';
  const property = isRule ? 'Comments' : 'Comment';
  const pattern = powershellText(`Signet * installation ${settings.installationId} ${object.role}`);
  const index = desiredObjects(settings, { isEnabled: false }).findIndex(({ role }) => role === object.role);
  const [create] = commandsFor(object, index, settings);
  const set = {
    cmdlet: `Set-${noun}`,
    parameters: {
      ...object.parameters,
      Name: object.name,
      [property]: object.comment,
      ...(isRule ? {} : { Enabled: object.isEnabled }),
    },
  };
  const change = powershellCommand(set, settings.routeSecret).replace(
    `Set-${noun}`,
    `Set-${noun} -Identity "$($mine.Guid)"`,
  );
  return [
    `$mine = @(Get-${noun}${allOf(noun)} | Where-Object { $_.${property} -like ${pattern} })[0]`,
    `if ($mine) { ${change} } else { ${create ? powershellCommand(create, settings.routeSecret) : ''} }`,
  ].join('\n');
}

/** Rule-scoped connectors are listed only when asked for (exchange-online.md 4.1). */
function allOf(noun: string) {
  if (noun === 'OutboundConnector') return ' -IsTransportRuleScoped $true';
  return noun === 'TransportRule' ? ' -ResultSize Unlimited' : '';
}

function readable(value: ParameterValue, secret: string): string {
  if (value === null) return 'nothing';
  if (typeof value === 'boolean') return value ? 'yes' : 'no';
  if (typeof value === 'object' && 'secret' in value) return secret;
  return Array.isArray(value) ? value.join(', ') : String(value);
}
