/** What Exchange refuses of a rule whose parameters are each in order: pairs, identities, reserved headers, limits (reference 4.3 to 4.6). */
import type { TransportRule } from '../exchange-objects.ts';
import type { Tenant } from '../tenant.ts';
import { findByIdentity } from './cmdlet.ts';
import { type CmdletError, cmdletError, notFound } from './errors.ts';
import { pairs, ruleLimits } from './transport-rule-parameters.ts';

/** @param others all rules but this one */
export function ruleMisfit(
  tenant: Tenant,
  rule: TransportRule,
  others: readonly TransportRule[],
): CmdletError | undefined {
  return (
    lonelyHalf(rule) ??
    reservedHeader(rule) ??
    unknownConnector(tenant, rule) ??
    unknownPeople(tenant, rule) ??
    beyondLimits(rule, others)
  );
}

function lonelyHalf(rule: TransportRule) {
  const values = new Map<string, unknown>(Object.entries(rule));
  const lonely = pairs.find(([one, other]) => isSet(values.get(one)) !== isSet(values.get(other)));
  return lonely && refuse(`The parameters ${lonely.join(' and ')} must be used together.`);
}

function isSet(value: unknown) {
  return Array.isArray(value) ? value.length > 0 : value !== null && value !== undefined && value !== '';
}

function reservedHeader({ SetHeaderName, RemoveHeader }: TransportRule) {
  const names = [SetHeaderName, RemoveHeader].filter(name => name !== null);
  const odd = names.find(name => !/^[!-9;-~]+$/.test(name));
  if (odd !== undefined) return refuse(`'${odd}' is not a valid message header name.`);
  const reserved = names.find(name => /^x-ms-exchange-organization-/i.test(name));
  return reserved === undefined ? undefined : refuse(`The header '${reserved}' can't be changed by a rule.`);
}

/** A connector that was made a moment ago may not be known yet (reference 1.7). */
function unknownConnector(tenant: Tenant, { RouteMessageOutboundConnector: identity }: TransportRule) {
  if (identity === null) return undefined;
  return findByIdentity(tenant.visible(tenant.outboundConnectors), identity) ? undefined : notFound(identity);
}

const people = ['From', 'SentTo', 'ExceptIfFrom', 'ExceptIfSentTo'] as const;
const senderGroups = ['FromMemberOf', 'ExceptIfFromMemberOf'] as const;
const recipientGroups = ['SentToMemberOf', 'ExceptIfSentToMemberOf'] as const;

/** Groups are recipients: a security group without an address is none; a dynamic one counts for recipients only (4.5). */
function unknownPeople({ directory }: Tenant, rule: TransportRule): CmdletError | undefined {
  const stranger = valuesOf(rule, people).find(key => !directory.findPerson(key) && !isMailGroup(key));
  if (stranger !== undefined) return notFound(stranger);
  for (const key of valuesOf(rule, [...senderGroups, ...recipientGroups])) {
    if (!isMailGroup(key)) return notFound(key);
  }
  const dynamic = valuesOf(rule, senderGroups).find(
    key => directory.findGroup(key)?.kind === 'dynamic-distribution',
  );
  return dynamic === undefined
    ? undefined
    : refuse(`The group '${dynamic}' is a dynamic distribution group, which FromMemberOf doesn't support.`);

  function isMailGroup(key: string) {
    const group = directory.findGroup(key);
    return group !== undefined && group.mail !== null;
  }
}

function valuesOf(
  rule: TransportRule,
  names: readonly (typeof people | typeof senderGroups | typeof recipientGroups)[number][],
) {
  return names.flatMap(name => rule[name] ?? []);
}

function beyondLimits(rule: TransportRule, others: readonly TransportRule[]) {
  if (others.length >= ruleLimits.rules)
    return refuse(`An organization can't have more than ${ruleLimits.rules} rules.`);
  if (sizeOf(rule) > ruleLimits.ruleCharacters) return refuse('The rule is too large: the limit is 8 KB.');
  const patterns = [...others, rule].flatMap(patternsOf).reduce((sum, { length }) => sum + length, 0);
  if (patterns > ruleLimits.patternCharacters) {
    return refuse(
      `The regular expressions of all rules are longer than ${ruleLimits.patternCharacters} characters.`,
    );
  }
  return undefined;
}

function patternsOf(rule: TransportRule): readonly string[] {
  return Object.entries(rule).flatMap(([name, value]) =>
    name.endsWith('Patterns') && Array.isArray(value) ? value : [],
  );
}

function sizeOf(rule: TransportRule) {
  const { Conditions, Exceptions, Actions, Description, ...own } = rule;
  return JSON.stringify(Object.fromEntries(Object.entries(own).filter(([, value]) => isSet(value)))).length;
}

function refuse(text: string) {
  return cmdletError('rule', text);
}
