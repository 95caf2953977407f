/** The parameters of mail flow rules as a table (reference 4.3): conditions, each also as an exception, then actions and settings. */
import { messageTypes } from '../exchange-objects.ts';
import type { Parameter, Parameters } from './cmdlet.ts';

const texts: Parameter = { type: 'strings', nullable: true, hashtable: true };
const text: Parameter = { type: 'string', nullable: true };
const scope: Parameter = { type: { oneOf: ['InOrganization', 'NotInOrganization'] }, nullable: true };

export const conditions: Parameters = {
  FromScope: scope,
  SentToScope: scope,
  From: texts,
  FromMemberOf: texts,
  SentTo: texts,
  SentToMemberOf: texts,
  SenderDomainIs: texts,
  RecipientDomainIs: texts,
  FromAddressMatchesPatterns: texts,
  FromAddressContainsWords: texts,
  SubjectContainsWords: { ...texts, longest: 128 },
  SubjectMatchesPatterns: texts,
  HeaderContainsMessageHeader: text,
  HeaderContainsWords: texts,
  HeaderMatchesMessageHeader: text,
  HeaderMatchesPatterns: texts,
  MessageTypeMatches: { type: { oneOf: messageTypes }, nullable: true },
  MessageSizeOver: { type: 'size', nullable: true },
};

export const exceptions: Parameters = Object.fromEntries(
  Object.entries(conditions).map(([name, parameter]) => [`ExceptIf${name}`, parameter]),
);

export const actions: Parameters = {
  RouteMessageOutboundConnector: text,
  SetHeaderName: { ...text, longest: 64 },
  SetHeaderValue: { ...text, longest: 128 },
  RemoveHeader: { ...text, longest: 64 },
  PrependSubject: text,
  ApplyOME: { type: 'boolean' },
  ApplyRightsProtectionTemplate: text,
  StopRuleProcessing: { type: 'boolean' },
};

export const settings: Parameters = {
  Priority: { type: 'integer' },
  Mode: { type: { oneOf: ['Enforce', 'Audit', 'AuditAndNotify'] } },
  Comments: { ...text, longest: 1024 },
  SenderAddressLocation: { type: { oneOf: ['Header', 'Envelope', 'HeaderOrEnvelope'] } },
  RuleErrorAction: { type: { oneOf: ['Ignore', 'Defer'] } },
  SetAuditSeverity: { type: { oneOf: ['DoNotAudit', 'Low', 'Medium', 'High'] } },
  ActivationDate: { type: 'date', nullable: true },
  ExpiryDate: { type: 'date', nullable: true },
};

/** What `New-` and `Set-` share. */
export const ruleParameters: Parameters = { ...conditions, ...exceptions, ...actions, ...settings };

/** Pairs of which one without the other is refused. */
export const pairs: readonly (readonly [string, string])[] = [
  ['SetHeaderName', 'SetHeaderValue'],
  ['HeaderContainsMessageHeader', 'HeaderContainsWords'],
  ['HeaderMatchesMessageHeader', 'HeaderMatchesPatterns'],
  ['ExceptIfHeaderContainsMessageHeader', 'ExceptIfHeaderContainsWords'],
  ['ExceptIfHeaderMatchesMessageHeader', 'ExceptIfHeaderMatchesPatterns'],
];

export const ruleLimits = {
  /** Rules of one organisation (4.4.9). */
  rules: 300,
  /** Characters of one rule. */
  ruleCharacters: 8 * 1024,
  /** Characters of all patterns of all rules. */
  patternCharacters: 20_480,
};
