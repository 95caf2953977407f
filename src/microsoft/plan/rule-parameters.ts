/**
 * Conditions and actions of a mail flow rule that Signet does not use (exchange-online.md 4.3). Found on a rule of ours,
 * somebody added them: mail would be left out, or something else happen to it, and nobody would know why.
 */
const conditions = [
  ...['FromScope', 'SentToScope', 'From', 'FromMemberOf', 'SentTo', 'SentToMemberOf', 'SenderDomainIs'],
  ...['RecipientDomainIs', 'FromAddressMatchesPatterns', 'FromAddressContainsWords'],
  ...['RecipientAddressMatchesPatterns', 'RecipientAddressContainsWords', 'AnyOfToHeader', 'AnyOfCcHeader'],
  ...['AnyOfToCcHeader', 'AnyOfToHeaderMemberOf', 'AnyOfCcHeaderMemberOf', 'AnyOfToCcHeaderMemberOf'],
  ...['BetweenMemberOf1', 'BetweenMemberOf2', 'ManagerAddresses', 'ManagerForEvaluatedUser'],
  ...['SenderADAttributeContainsWords', 'SenderADAttributeMatchesPatterns', 'SenderIpRanges'],
  ...[
    'RecipientADAttributeContainsWords',
    'RecipientADAttributeMatchesPatterns',
    'SenderManagementRelationship',
  ],
  ...['SubjectContainsWords', 'SubjectMatchesPatterns', 'SubjectOrBodyContainsWords'],
  ...['SubjectOrBodyMatchesPatterns', 'HeaderContainsMessageHeader', 'HeaderContainsWords'],
  ...['HeaderMatchesMessageHeader', 'HeaderMatchesPatterns', 'AttachmentNameMatchesPatterns'],
  ...['AttachmentExtensionMatchesWords', 'AttachmentContainsWords', 'AttachmentMatchesPatterns'],
  ...['AttachmentSizeOver', 'AttachmentHasExecutableContent', 'AttachmentIsUnsupported'],
  ...['AttachmentIsPasswordProtected', 'HasSenderOverride', 'HasClassification', 'HasNoClassification'],
  ...[
    'MessageContainsDataClassifications',
    'MessageTypeMatches',
    'MessageSizeOver',
    'SCLOver',
    'WithImportance',
  ],
];

const actions = [
  ...[
    'RouteMessageOutboundConnector',
    'SetHeaderName',
    'SetHeaderValue',
    'RemoveHeader',
    'RedirectMessageTo',
  ],
  ...['BlindCopyTo', 'CopyTo', 'AddToRecipients', 'AddManagerAsRecipientType', 'ModerateMessageByUser'],
  ...['ModerateMessageByManager', 'DeleteMessage', 'Quarantine', 'RejectMessageReasonText'],
  ...['RejectMessageEnhancedStatusCode', 'PrependSubject', 'SetSCL', 'ApplyClassification', 'ApplyOME'],
  ...[
    'ApplyHtmlDisclaimerText',
    'ApplyRightsProtectionTemplate',
    'RemoveOME',
    'RemoveOMEv2',
    'SmtpRejectMessageRejectText',
  ],
  ...['GenerateIncidentReport', 'GenerateNotification', 'RouteMessageOutboundRequireTls'],
];

/** Everything that may narrow, widen or change what a rule does. */
export const ruleParameters: readonly string[] = [
  ...conditions,
  ...conditions.map(name => `ExceptIf${name}`),
  ...actions,
  'ActivationDate',
  'ExpiryDate',
];
