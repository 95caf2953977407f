/**
 * Mail flow rules, from what the tenant stores to what is asked of each message (exchange-online.md 4.3). Pure. A rule
 * that is not in force, because it is disabled or out of its time, is left out here.
 */
import { bytesOf, type MessageType, type RulePredicates, type TransportRule } from '../exchange-objects.ts';

type Listed =
  | 'From'
  | 'FromMemberOf'
  | 'SentTo'
  | 'SentToMemberOf'
  | 'SenderDomainIs'
  | 'RecipientDomainIs'
  | 'FromAddressMatchesPatterns'
  | 'FromAddressContainsWords'
  | 'SubjectContainsWords'
  | 'SubjectMatchesPatterns';

export type Predicate =
  | { readonly kind: 'FromScope' | 'SentToScope'; readonly scope: 'InOrganization' | 'NotInOrganization' }
  | { readonly kind: Listed; readonly values: readonly string[] }
  | {
      readonly kind: 'HeaderContains' | 'HeaderMatches';
      readonly header: string;
      readonly values: readonly string[];
    }
  | { readonly kind: 'MessageTypeMatches'; readonly type: MessageType }
  | { readonly kind: 'MessageSizeOver'; readonly bytes: number };

export type Action =
  | { readonly kind: 'route'; readonly connector: string }
  | { readonly kind: 'set-header'; readonly name: string; readonly value: string }
  | { readonly kind: 'remove-header'; readonly name: string }
  | { readonly kind: 'prepend-subject'; readonly text: string }
  | { readonly kind: 'encrypt' };

export type Rule = {
  readonly name: string;
  /** False for a rule under test: it is recorded and changes nothing. */
  readonly isEnforced: boolean;
  readonly senderLocation: TransportRule['SenderAddressLocation'];
  readonly onError: TransportRule['RuleErrorAction'];
  readonly conditions: readonly Predicate[];
  readonly exceptions: readonly Predicate[];
  readonly actions: readonly Action[];
  readonly stops: boolean;
};

/** Those in force at `now`, in the order of their priority. */
export function rulesInForce(stored: readonly TransportRule[], now: number): readonly Rule[] {
  return stored
    .filter(rule => isInForce(rule, now))
    .toSorted((one, other) => one.Priority - other.Priority)
    .map(readRule);
}

function isInForce({ State, ActivationDate, ExpiryDate }: TransportRule, now: number) {
  const hasBegun = ActivationDate === null || Date.parse(ActivationDate) <= now;
  const hasEnded = ExpiryDate !== null && Date.parse(ExpiryDate) <= now;
  return State === 'Enabled' && hasBegun && !hasEnded;
}

function readRule(stored: TransportRule): Rule {
  return {
    name: stored.Name,
    isEnforced: stored.Mode === 'Enforce',
    senderLocation: stored.SenderAddressLocation,
    onError: stored.RuleErrorAction,
    conditions: readPredicates(stored),
    exceptions: readPredicates(exceptionsOf(stored)),
    actions: readActions(stored),
    stops: stored.StopRuleProcessing,
  };
}

/** Exceptions under the names of the conditions. */
function exceptionsOf(stored: TransportRule): RulePredicates {
  const entries = Object.entries(stored).filter(([name]) => name.startsWith('ExceptIf'));
  return Object.fromEntries(
    entries.map(([name, value]) => [name.slice('ExceptIf'.length), value]),
  ) as RulePredicates;
}

const listed = [
  'From',
  'FromMemberOf',
  'SentTo',
  'SentToMemberOf',
  'SenderDomainIs',
  'RecipientDomainIs',
  'FromAddressMatchesPatterns',
  'FromAddressContainsWords',
  'SubjectContainsWords',
  'SubjectMatchesPatterns',
] as const satisfies readonly Listed[];

const headerPredicates = [
  ['HeaderContains', 'HeaderContainsMessageHeader', 'HeaderContainsWords'],
  ['HeaderMatches', 'HeaderMatchesMessageHeader', 'HeaderMatchesPatterns'],
] as const;

function readPredicates(stored: RulePredicates): Predicate[] {
  const found: Predicate[] = [];
  for (const kind of ['FromScope', 'SentToScope'] as const) {
    const scope = stored[kind];
    if (scope) found.push({ kind, scope });
  }
  for (const kind of listed) {
    const values = stored[kind];
    if (values && values.length > 0) found.push({ kind, values });
  }
  for (const [kind, nameOfHeader, nameOfValues] of headerPredicates) {
    const [header, values] = [stored[nameOfHeader], stored[nameOfValues]];
    if (header && values) found.push({ kind, header, values });
  }
  const { MessageTypeMatches: type, MessageSizeOver: size } = stored;
  if (type) found.push({ kind: 'MessageTypeMatches', type });
  if (size) found.push({ kind: 'MessageSizeOver', bytes: bytesOf(size) });
  return found;
}

function readActions(stored: TransportRule): Action[] {
  const actions: Action[] = [];
  const { SetHeaderName: name, SetHeaderValue: value, RouteMessageOutboundConnector: connector } = stored;
  if (name && value) actions.push({ kind: 'set-header', name, value });
  if (stored.RemoveHeader) actions.push({ kind: 'remove-header', name: stored.RemoveHeader });
  if (stored.PrependSubject) actions.push({ kind: 'prepend-subject', text: stored.PrependSubject });
  if (stored.ApplyOME || stored.ApplyRightsProtectionTemplate) actions.push({ kind: 'encrypt' });
  if (connector) actions.push({ kind: 'route', connector });
  return actions;
}
