/** Mail flow rules (reference 4.3, examples 07 to 10). Priorities have no gaps: a rule that comes or goes moves the others. */
import type { TransportRule } from '../exchange-objects.ts';
import {
  type Call,
  type Cmdlets,
  findByIdentity,
  nothing,
  type Output,
  output,
  type Parameters,
  textOf,
  type Values,
} from './cmdlet.ts';
import { type CmdletError, cmdletError, dehydrated, notFound } from './errors.ts';
import { ruleMisfit } from './transport-rule-checks.ts';
import { actions, conditions, exceptions, ruleParameters } from './transport-rule-parameters.ts';

const identity: Parameters = { Identity: { type: 'string', required: true } };
const writers = ['Transport Rules'];

export const transportRuleCmdlets: Cmdlets = {
  'New-TransportRule': {
    roles: writers,
    parameters: {
      ...ruleParameters,
      Name: { type: 'string', required: true, longest: 64 },
      Enabled: { type: 'boolean' },
      UseLegacyRegex: { type: 'boolean' },
    },
    run: create,
  },
  'Set-TransportRule': {
    roles: writers,
    parameters: { ...ruleParameters, ...identity, Name: { type: 'string', longest: 64 } },
    run: change,
  },
  'Enable-TransportRule': { roles: writers, parameters: identity, run: call => setState(call, 'Enabled') },
  'Disable-TransportRule': { roles: writers, parameters: identity, run: call => setState(call, 'Disabled') },
  'Remove-TransportRule': { roles: writers, parameters: identity, confirms: true, run: remove },
  'Get-TransportRule': {
    roles: [...writers, 'View-Only Configuration'],
    parameters: {
      Identity: { type: 'string' },
      State: { type: { oneOf: ['Enabled', 'Disabled'] } },
      ResultSize: { type: 'result-size' },
    },
    run: list,
  },
};

function create({ tenant, values, state, isTrial }: Call): Output | CmdletError {
  if (tenant.organization().IsDehydrated) return dehydrated;
  const Name = textOf(values, 'Name') ?? '';
  const others = tenant.transportRules.latest();
  if (findByIdentity(others, Name)) return nameTaken(Name);
  const { Enabled = true, UseLegacyRegex: _, Priority = others.length, ...settings } = values;
  if (!isPriority(Priority, others.length)) return badPriority(others.length);
  const Guid = state.newGuid();
  const made = described({
    ...unset,
    ...printed(settings),
    Name,
    Identity: Name,
    Guid,
    ImmutableId: Guid,
    State: Enabled ? 'Enabled' : 'Disabled',
    Priority,
    WhenChanged: new Date(state.time.now()).toISOString(),
  });
  const refusal = ruleMisfit(tenant, made, others);
  if (refusal) return refusal;
  if (!isTrial) tenant.transportRules.put(placed(others, made), state.time.now());
  return output([made]);
}

/** Every condition, exception and action that is not used is null, except where its type has no null. */
const unset = {
  ...Object.fromEntries(Object.keys({ ...conditions, ...exceptions, ...actions }).map(name => [name, null])),
  ApplyOME: false,
  StopRuleProcessing: false,
  Mode: 'Enforce',
  Comments: null,
  SenderAddressLocation: 'Header',
  RuleErrorAction: 'Ignore',
  SetAuditSeverity: null,
  ActivationDate: null,
  ExpiryDate: null,
} as unknown as TransportRule;

/** As `Get-` prints it: sizes in words, empty lists as null. */
function printed(values: Values): Partial<TransportRule> {
  return Object.fromEntries(
    Object.entries(values).map(([name, value]) => {
      if (typeof value === 'number' && name.endsWith('MessageSizeOver')) return [name, printedSize(value)];
      return [name, Array.isArray(value) && value.length === 0 ? null : value];
    }),
  );
}

/** `22.5 MB (23,592,960 bytes)`. */
function printedSize(bytes: number) {
  const [unit, factor] = bytes >= 1024 ** 2 ? ['MB', 1024 ** 2] : bytes >= 1024 ? ['KB', 1024] : ['B', 1];
  const amount = Number((bytes / Number(factor)).toPrecision(4));
  return `${amount} ${unit} (${bytes.toLocaleString('en-US')} bytes)`;
}

const task = 'Microsoft.Exchange.MessagingPolicies.Rules.Tasks';

function described(rule: TransportRule): TransportRule {
  const values = new Map<string, unknown>(Object.entries(rule));
  const used = (names: object) =>
    Object.keys(names).filter(name => values.get(name) !== null && values.get(name) !== false);
  const [is, except, does] = [used(conditions), used(exceptions), used(actions)];
  return {
    ...rule,
    Conditions: is.map(name => `${task}.${name}Predicate`),
    Exceptions: except.map(name => `${task}.${name.replace('ExceptIf', '')}Predicate`),
    Actions: does.map(name => `${task}.${name}Action`),
    Description: `If the message: ${is.join(', ')}. Take the following actions: ${does.join(', ')}. Except if: ${except.join(', ')}.`,
  };
}

function change({ tenant, values, state, isTrial }: Call): Output | CmdletError {
  if (tenant.organization().IsDehydrated) return dehydrated;
  const { Identity, ...settings } = values;
  const all = tenant.transportRules.latest();
  const before = findByIdentity(all, String(Identity));
  if (!before) return notFound(String(Identity));
  const others = all.filter(one => one !== before);
  const renamed = textOf(settings, 'Name');
  if (renamed !== undefined && findByIdentity(others, renamed)) return nameTaken(renamed);
  if (settings.Priority !== undefined && !isPriority(settings.Priority, others.length))
    return badPriority(others.length);
  const after = described({
    ...before,
    ...printed(settings),
    Identity: renamed ?? before.Name,
    WhenChanged: new Date(state.time.now()).toISOString(),
  });
  const refusal = ruleMisfit(tenant, after, others);
  if (refusal) return refusal;
  if (!isTrial) tenant.transportRules.put(placed(others, after), state.time.now());
  return nothing;
}

function setState(
  { tenant, values, state, isTrial }: Call,
  State: TransportRule['State'],
): Output | CmdletError {
  const identity = textOf(values, 'Identity') ?? '';
  const all = tenant.transportRules.latest();
  const found = findByIdentity(all, identity);
  if (!found) return notFound(identity);
  const WhenChanged = new Date(state.time.now()).toISOString();
  const next = all.map(one => (one === found ? { ...one, State, WhenChanged } : one));
  if (!isTrial) tenant.transportRules.put(next, state.time.now());
  return nothing;
}

function remove({ tenant, values, state, isTrial }: Call): Output | CmdletError {
  const identity = textOf(values, 'Identity') ?? '';
  const all = tenant.transportRules.latest();
  const found = findByIdentity(all, identity);
  if (!found) return notFound(identity);
  const rest = inOrder(all.filter(one => one !== found));
  if (!isTrial) tenant.transportRules.put(rest, state.time.now());
  return nothing;
}

function list({ tenant, values }: Call): Output | CmdletError {
  const all = tenant.visible(tenant.transportRules).toSorted((a, b) => a.Priority - b.Priority);
  const identity = textOf(values, 'Identity');
  if (identity !== undefined) {
    const found = findByIdentity(all, identity);
    return found ? output([found]) : notFound(identity);
  }
  const wanted = textOf(values, 'State');
  return output(all.filter(({ State }) => wanted === undefined || State === wanted));
}

/** Behind those before its place; those behind move on. */
function placed(others: readonly TransportRule[], rule: TransportRule) {
  const ordered = others.toSorted((a, b) => a.Priority - b.Priority);
  return inOrder(ordered.toSpliced(rule.Priority, 0, rule));
}

function inOrder(rules: readonly TransportRule[]): readonly TransportRule[] {
  return rules.map((rule, Priority) => ({ ...rule, Priority }));
}

function isPriority(value: unknown, most: number): value is number {
  return typeof value === 'number' && value >= 0 && value <= most;
}

function badPriority(most: number) {
  return cmdletError('rule', `The priority must be between 0 and ${most}.`);
}

function nameTaken(name: string) {
  return cmdletError('exists', `The rule name '${name}' already exists.`);
}
