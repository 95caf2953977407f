/**
 * PURE. From settings to the objects that a tenant should have (exchange-online.md 5.3). The order is that of their making:
 * a rule never names a connector that is not there, and the rule that moves mail comes last.
 */
import type { ParametersOf } from '../exchange/cmdlets.ts';
import type { ParameterValue } from '../exchange/command.ts';
import { commentOf } from './marking.ts';
import { objectNames, processedHeader, routeHeader } from './names.ts';
import type { ConnectorSettings } from './settings.ts';

export type ObjectKind = 'inbound-connector' | 'outbound-connector' | 'transport-rule';

export type Role = 'inbound' | 'outbound' | 'out-of-office' | 'recall' | 'pilot' | 'route';

export type DesiredObject = {
  readonly role: Role;
  readonly kind: ObjectKind;
  readonly name: string;
  readonly comment: string;
  readonly isEnabled: boolean;
  /**
   * Everything that matters, by the parameter's name; `null` means it must not be set. Without Name, Comment(s), Enabled
   * and Priority, which the plan adds.
   */
  readonly parameters: Readonly<Record<string, ParameterValue>>;
};

/** `isEnabled` is about the routing rule alone: a paused tenant keeps everything else. */
export function desiredObjects(
  settings: ConnectorSettings,
  { isEnabled }: { readonly isEnabled: boolean },
): readonly DesiredObject[] {
  const make = (role: Role, kind: ObjectKind, parameters: DesiredObject['parameters'], isOn = true) => ({
    role,
    kind,
    name: objectNames[role],
    comment: commentOf({ ...settings, role }),
    isEnabled: isOn,
    parameters,
  });
  const { pilot } = settings;
  return [
    make('inbound', 'inbound-connector', inboundParameters(settings)),
    make('outbound', 'outbound-connector', outboundParameters(settings)),
    make('out-of-office', 'transport-rule', {
      ...marker(settings),
      MessageTypeMatches: 'OOF',
    }),
    make('recall', 'transport-rule', {
      ...marker(settings),
      // The message that takes others back is made by Exchange and would no longer do so with a changed body.
      HeaderContainsMessageHeader: 'X-MS-Exchange-Generated-Message-Source',
      HeaderContainsWords: ['Transport Message Recall Routing Agent'],
    }),
    ...(pilot ? [make('pilot', 'transport-rule', pilotParameters(settings, pilot))] : []),
    make('route', 'transport-rule', routeParameters(settings), isEnabled),
  ];
}

function inboundParameters({ identification, keepsHeaders }: ConnectorSettings) {
  const isByCertificate = identification.kind === 'certificate';
  return {
    // A Partner connector cannot relay to the internet; SenderDomains is mandatory and scopes only that type.
    ConnectorType: 'OnPremises',
    SenderDomains: ['*'],
    RequireTls: true,
    RestrictDomainsToCertificate: isByCertificate,
    TlsSenderCertificateName: isByCertificate ? identification.name : null,
    RestrictDomainsToIPAddresses: !isByCertificate,
    SenderIPAddresses: isByCertificate ? null : identification.addresses,
    CloudServicesMailEnabled: keepsHeaders,
    TreatMessagesAsInternal: false,
  } as const satisfies ParametersOf<'New-InboundConnector'>;
}

function outboundParameters({ relayHost, relayTls, keepsHeaders }: ConnectorSettings) {
  return {
    ConnectorType: 'OnPremises',
    UseMXRecord: false,
    SmartHosts: [relayHost],
    TlsSettings: relayTls === 'verified' ? 'DomainValidation' : 'EncryptionOnly',
    TlsDomain: relayTls === 'verified' ? relayHost : null,
    // Without it the connector would take all of the tenant's mail, not only what the rule sends.
    IsTransportRuleScoped: true,
    RouteAllMessagesViaOnPremises: false,
    AllAcceptedDomains: false,
    CloudServicesMailEnabled: keepsHeaders,
    SenderRewritingEnabled: false,
  } as const satisfies ParametersOf<'New-OutboundConnector'>;
}

/** Marks what the routing rule then leaves alone: a rule has one exception of each type, so each kind takes a rule. */
function marker({ token }: ConnectorSettings) {
  return {
    Mode: 'Enforce',
    SetHeaderName: processedHeader,
    SetHeaderValue: token,
    RuleErrorAction: 'Ignore',
    SetAuditSeverity: 'DoNotAudit',
    StopRuleProcessing: false,
  } as const satisfies ParametersOf<'New-TransportRule'>;
}

function routeParameters(settings: ConnectorSettings) {
  const { scope, token, leaseUntil } = settings;
  return {
    Mode: 'Enforce',
    FromScope: 'InOrganization',
    SentToScope: scope.isInternalToo ? null : 'NotInOrganization',
    From: null,
    FromMemberOf: scope.senders.kind === 'group' ? [scope.senders.address] : null,
    SenderAddressLocation: 'HeaderOrEnvelope',
    RouteMessageOutboundConnector: objectNames.outbound,
    SetHeaderName: routeHeader,
    SetHeaderValue: { secret: 'route' },
    // The loop stops here and nowhere else: FromScope may hold or not hold on the second pass (8.2).
    ExceptIfHeaderMatchesMessageHeader: processedHeader,
    ExceptIfHeaderMatchesPatterns: [token],
    ExceptIfHeaderContainsMessageHeader: 'X-MS-Exchange-UnifiedGroup-SubmittedViaGroupAddress',
    ExceptIfHeaderContainsWords: ['ExchangeLabs'],
    ExceptIfFromAddressMatchesPatterns: ['<>'],
    ExceptIfMessageSizeOver: settings.sizeLimitBytes,
    ExceptIfMessageTypeMatches: 'Calendaring',
    RuleErrorAction: settings.onRuleError === 'ignore' ? 'Ignore' : 'Defer',
    SetAuditSeverity: 'DoNotAudit',
    StopRuleProcessing: settings.stopsOtherRules,
    ExpiryDate: leaseUntil === undefined ? null : new Date(leaseUntil).toISOString(),
  } as const satisfies ParametersOf<'New-TransportRule'>;
}

function pilotParameters(
  settings: ConnectorSettings,
  { mailbox, until }: NonNullable<ConnectorSettings['pilot']>,
) {
  return {
    ...routeParameters(settings),
    // One mailbox whatever the scope says, and mail to anyone: the probe may go to the administrator.
    SentToScope: null,
    FromMemberOf: null,
    From: [mailbox],
    ExpiryDate: new Date(until).toISOString(),
  } satisfies ParametersOf<'New-TransportRule'>;
}
