/**
 * The cmdlets that Signet runs, with the parameters it uses and their types (exchange-online.md 1.4, 4). What is not in
 * this table does not compile; the PowerShell that Signet writes goes by the same table.
 */
import type { Command, ParameterValue } from './command.ts';

type Kind = 'string' | 'boolean' | 'switch' | 'list' | 'bytes' | 'number' | 'date';

const inbound = {
  Name: 'string',
  ConnectorType: 'string',
  SenderDomains: 'list',
  RequireTls: 'boolean',
  RestrictDomainsToCertificate: 'boolean',
  TlsSenderCertificateName: 'string',
  RestrictDomainsToIPAddresses: 'boolean',
  SenderIPAddresses: 'list',
  CloudServicesMailEnabled: 'boolean',
  TreatMessagesAsInternal: 'boolean',
  Enabled: 'boolean',
  Comment: 'string',
} as const;

const outbound = {
  Name: 'string',
  ConnectorType: 'string',
  UseMXRecord: 'boolean',
  SmartHosts: 'list',
  TlsSettings: 'string',
  TlsDomain: 'string',
  IsTransportRuleScoped: 'boolean',
  RouteAllMessagesViaOnPremises: 'boolean',
  AllAcceptedDomains: 'boolean',
  CloudServicesMailEnabled: 'boolean',
  SenderRewritingEnabled: 'boolean',
  Enabled: 'boolean',
  Comment: 'string',
} as const;

const rule = {
  Name: 'string',
  Priority: 'number',
  Mode: 'string',
  FromScope: 'string',
  SentToScope: 'string',
  From: 'list',
  FromMemberOf: 'list',
  MessageTypeMatches: 'string',
  HeaderContainsMessageHeader: 'string',
  HeaderContainsWords: 'list',
  SenderAddressLocation: 'string',
  RouteMessageOutboundConnector: 'string',
  SetHeaderName: 'string',
  SetHeaderValue: 'string',
  ExceptIfHeaderMatchesMessageHeader: 'string',
  ExceptIfHeaderMatchesPatterns: 'list',
  ExceptIfHeaderContainsMessageHeader: 'string',
  ExceptIfHeaderContainsWords: 'list',
  ExceptIfFromAddressMatchesPatterns: 'list',
  ExceptIfMessageSizeOver: 'bytes',
  ExceptIfMessageTypeMatches: 'string',
  RuleErrorAction: 'string',
  SetAuditSeverity: 'string',
  StopRuleProcessing: 'boolean',
  ActivationDate: 'date',
  ExpiryDate: 'date',
  Comments: 'string',
} as const;

const identity = { Identity: 'string' } as const;
const confirmed = { Identity: 'string', Confirm: 'switch' } as const;
const all = { ResultSize: 'string' } as const;

export const cmdlets = {
  'Get-AcceptedDomain': {},
  'Get-OrganizationConfig': {},
  'Enable-OrganizationCustomization': { Confirm: 'switch' },
  'Get-Recipient': { RecipientTypeDetails: 'list', ResultSize: 'string', Identity: 'string' },
  'Get-DynamicDistributionGroup': all,
  'Get-InboundConnector': { ResultSize: 'string' },
  'New-InboundConnector': inbound,
  'Set-InboundConnector': { ...identity, ...inbound },
  'Remove-InboundConnector': confirmed,
  'Get-OutboundConnector': { ResultSize: 'string', IsTransportRuleScoped: 'boolean' },
  'New-OutboundConnector': outbound,
  'Set-OutboundConnector': {
    ...identity,
    ...outbound,
    IsValidated: 'boolean',
    LastValidationTimestamp: 'date',
    ValidationRecipients: 'list',
  },
  'Remove-OutboundConnector': confirmed,
  'Validate-OutboundConnector': { Identity: 'string', Recipients: 'list' },
  'Get-TransportRule': all,
  'New-TransportRule': { ...rule, Enabled: 'boolean' },
  'Set-TransportRule': { ...identity, ...rule },
  'Enable-TransportRule': confirmed,
  'Disable-TransportRule': confirmed,
  'Remove-TransportRule': confirmed,
} as const satisfies Readonly<Record<string, Readonly<Record<string, Kind>>>>;

export type Cmdlet = keyof typeof cmdlets;

type ValueOf<K> = K extends 'string' | 'date'
  ? string | { readonly secret: 'route' }
  : K extends 'boolean' | 'switch'
    ? boolean
    : K extends 'number' | 'bytes'
      ? number
      : readonly string[] | { readonly add?: readonly string[]; readonly remove?: readonly string[] };

/** Parameters of a cmdlet, each typed; `null` resets what is set. */
export type ParametersOf<C extends Cmdlet> = {
  readonly [Name in keyof (typeof cmdlets)[C]]?: ValueOf<(typeof cmdlets)[C][Name]> | null;
};

/** A command whose cmdlet and parameters are known to exist. */
export function command<C extends Cmdlet>(cmdlet: C, parameters: ParametersOf<C>): Command {
  return { cmdlet, parameters: parameters as Readonly<Record<string, ParameterValue>> };
}

/** Of which type a parameter is; undefined for one that Signet only resets, such as a condition somebody else added. */
export function kindOf(cmdlet: string, parameter: string): Kind | undefined {
  const known: Readonly<Record<string, Readonly<Record<string, Kind>>>> = cmdlets;
  return known[cmdlet]?.[parameter];
}
