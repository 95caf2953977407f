/**
 * Connectors, mail flow rules and domains with the names and the types that `Get-*` prints (reference 4.1 to 4.3, 6, examples
 * 01 to 08): sizes are `22.5 MB (23,592,960 bytes)`, times are ISO 8601, what is not set is null, and lists that are
 * empty are `[]` on connectors but null on rules.
 */

type Stored = {
  readonly Name: string;
  readonly Identity: string;
  readonly Guid: string;
  readonly WhenCreatedUTC: string;
  readonly WhenChangedUTC: string;
};

export type AcceptedDomain = {
  readonly DomainName: string;
  readonly DomainType: 'Authoritative' | 'InternalRelay' | 'ExternalRelay';
  readonly Default: boolean;
  readonly InitialDomain: boolean;
  readonly MatchSubDomains: boolean;
  readonly Name: string;
  readonly Guid: string;
};

export type OutboundConnector = Stored & {
  readonly ConnectorType: 'OnPremises' | 'Partner';
  readonly ConnectorSource: string;
  readonly Enabled: boolean;
  readonly Comment: string | null;
  readonly UseMXRecord: boolean;
  readonly SmartHosts: readonly string[];
  readonly RecipientDomains: readonly string[];
  readonly TlsSettings: 'EncryptionOnly' | 'CertificateValidation' | 'DomainValidation' | null;
  readonly TlsDomain: string | null;
  readonly IsTransportRuleScoped: boolean;
  readonly RouteAllMessagesViaOnPremises: boolean;
  readonly AllAcceptedDomains: boolean;
  readonly CloudServicesMailEnabled: boolean;
  readonly SenderRewritingEnabled: boolean;
  readonly TestMode: boolean;
  readonly SmtpDaneMode: 'Opportunistic' | 'Mandatory' | 'None';
  readonly MtaStsMode: 'Opportunistic' | 'None';
  readonly IsValidated: boolean;
  readonly LastValidationTimestamp: string | null;
  readonly ValidationRecipients: readonly string[] | null;
};

export type InboundConnector = Stored & {
  readonly ConnectorType: 'OnPremises' | 'Partner';
  readonly ConnectorSource: string;
  readonly Enabled: boolean;
  readonly Comment: string | null;
  /** `smtp:*;1`: kind, domain, cost. */
  readonly SenderDomains: readonly string[];
  readonly SenderIPAddresses: readonly string[];
  readonly RestrictDomainsToIPAddresses: boolean;
  readonly RestrictDomainsToCertificate: boolean;
  readonly RequireTls: boolean;
  readonly TlsSenderCertificateName: string | null;
  readonly CloudServicesMailEnabled: boolean;
  readonly TreatMessagesAsInternal: boolean;
  readonly AssociatedAcceptedDomains: readonly string[];
  readonly EFSkipLastIP: boolean;
  readonly EFSkipIPs: readonly string[];
  readonly EFUsers: readonly string[];
};

export const messageTypes = [
  ...(['OOF', 'AutoForward', 'Encrypted', 'Calendaring', 'PermissionControlled', 'Voicemail'] as const),
  ...(['Signed', 'ApprovalRequest', 'ReadReceipt'] as const),
] as const;
export type MessageType = (typeof messageTypes)[number];

type Scope = 'InOrganization' | 'NotInOrganization';
type Texts = readonly string[] | null;

/** Each is a condition by its own name and an exception as `ExceptIf` + name. */
export type RulePredicates = {
  readonly FromScope: Scope | null;
  readonly SentToScope: Scope | null;
  /** Addresses, names or GUIDs of people and groups, as they were given. */
  readonly From: Texts;
  readonly FromMemberOf: Texts;
  readonly SentTo: Texts;
  readonly SentToMemberOf: Texts;
  readonly SenderDomainIs: Texts;
  readonly RecipientDomainIs: Texts;
  readonly FromAddressMatchesPatterns: Texts;
  readonly FromAddressContainsWords: Texts;
  readonly SubjectContainsWords: Texts;
  readonly SubjectMatchesPatterns: Texts;
  readonly HeaderContainsMessageHeader: string | null;
  readonly HeaderContainsWords: Texts;
  readonly HeaderMatchesMessageHeader: string | null;
  readonly HeaderMatchesPatterns: Texts;
  readonly MessageTypeMatches: MessageType | null;
  /** `22.5 MB (23,592,960 bytes)`; `bytesOf` reads it. */
  readonly MessageSizeOver: string | null;
};

export type RuleExceptions = {
  readonly [Name in keyof RulePredicates as `ExceptIf${Name}`]: RulePredicates[Name];
};

export type TransportRule = RulePredicates &
  RuleExceptions & {
    readonly Name: string;
    readonly Identity: string;
    readonly Guid: string;
    readonly ImmutableId: string;
    readonly State: 'Enabled' | 'Disabled';
    /** 0 comes first; without gaps. */
    readonly Priority: number;
    readonly Mode: 'Enforce' | 'Audit' | 'AuditAndNotify';
    readonly Comments: string | null;
    readonly SenderAddressLocation: 'Header' | 'Envelope' | 'HeaderOrEnvelope';
    readonly RuleErrorAction: 'Ignore' | 'Defer';
    readonly SetAuditSeverity: 'DoNotAudit' | 'Low' | 'Medium' | 'High' | null;
    readonly StopRuleProcessing: boolean;
    readonly RouteMessageOutboundConnector: string | null;
    readonly SetHeaderName: string | null;
    readonly SetHeaderValue: string | null;
    readonly RemoveHeader: string | null;
    readonly PrependSubject: string | null;
    readonly ApplyOME: boolean;
    readonly ApplyRightsProtectionTemplate: string | null;
    /** The rule acts between these two. */
    readonly ActivationDate: string | null;
    readonly ExpiryDate: string | null;
    readonly Conditions: readonly string[];
    readonly Exceptions: readonly string[];
    readonly Actions: readonly string[];
    readonly Description: string;
    readonly WhenChanged: string;
  };

export type OrganizationConfig = {
  readonly Name: string;
  readonly Identity: string;
  readonly DisplayName: string;
  readonly Guid: string;
  readonly IsDehydrated: boolean;
};

/** @returns the bytes of a size as `Get-TransportRule` prints it */
export function bytesOf(size: string): number {
  return Number(/\(([\d,]+) bytes\)/.exec(size)?.[1]?.replaceAll(',', ''));
}
