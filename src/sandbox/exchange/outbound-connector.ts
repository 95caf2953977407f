/** Outbound connectors (reference 4.1). */
import type { OutboundConnector } from '../exchange-objects.ts';
import type { Tenant } from '../tenant.ts';
import {
  type Call,
  type Cmdlets,
  findByIdentity,
  listOf,
  nothing,
  type Output,
  output,
  type Parameters,
  textOf,
  type Values,
} from './cmdlet.ts';
import { type CmdletError, cmdletError, dehydrated, notFound } from './errors.ts';
import { isConnectorAddress, isHostName, isTlsName } from './parameters.ts';

const settings: Parameters = {
  ConnectorType: { type: { oneOf: ['OnPremises', 'Partner'] } },
  ConnectorSource: { type: { oneOf: ['Default', 'Migrated', 'HybridWizard', 'AdminUI'] } },
  Enabled: { type: 'boolean' },
  Comment: { type: 'string', nullable: true },
  UseMXRecord: { type: 'boolean' },
  SmartHosts: { type: 'strings', nullable: true, hashtable: true },
  RecipientDomains: { type: 'strings', nullable: true, hashtable: true },
  TlsSettings: {
    type: { oneOf: ['EncryptionOnly', 'CertificateValidation', 'DomainValidation'] },
    nullable: true,
  },
  TlsDomain: { type: 'string', nullable: true },
  IsTransportRuleScoped: { type: 'boolean' },
  RouteAllMessagesViaOnPremises: { type: 'boolean' },
  AllAcceptedDomains: { type: 'boolean' },
  CloudServicesMailEnabled: { type: 'boolean' },
  SenderRewritingEnabled: { type: 'boolean' },
  TestMode: { type: 'boolean' },
  SmtpDaneMode: { type: { oneOf: ['Opportunistic', 'Mandatory', 'None'] } },
  MtaStsMode: { type: { oneOf: ['Opportunistic', 'None'] } },
};

const identity: Parameters = { Identity: { type: 'string', required: true } };
const writers = ['Remote and Accepted Domains', 'Organization Transport Settings'];
const readers = [...writers, 'View-Only Configuration'];

export const outboundConnectorCmdlets: Cmdlets = {
  'New-OutboundConnector': {
    roles: writers,
    parameters: { ...settings, Name: { type: 'string', required: true, longest: 64 } },
    run: create,
  },
  'Set-OutboundConnector': {
    roles: writers,
    parameters: {
      ...settings,
      ...identity,
      Name: { type: 'string', longest: 64 },
      IsValidated: { type: 'boolean' },
      LastValidationTimestamp: { type: 'date', nullable: true },
      ValidationRecipients: { type: 'strings', nullable: true },
    },
    run: change,
  },
  'Get-OutboundConnector': {
    roles: readers,
    parameters: {
      Identity: { type: 'string' },
      IsTransportRuleScoped: { type: 'boolean' },
      IncludeTestModeConnectors: { type: 'boolean' },
      ResultSize: { type: 'result-size' },
    },
    run: list,
  },
  'Remove-OutboundConnector': { roles: writers, parameters: identity, confirms: true, run: remove },
  'Validate-OutboundConnector': {
    roles: writers,
    parameters: { ...identity, Recipients: { type: 'strings', required: true } },
    run: validate,
  },
};

function create({ tenant, values, state, isTrial }: Call): Output | CmdletError {
  if (tenant.organization().IsDehydrated) return dehydrated;
  const Name = textOf(values, 'Name') ?? '';
  const all = tenant.outboundConnectors.latest();
  if (findByIdentity(all, Name)) return nameTaken(Name);
  const now = new Date(state.time.now()).toISOString();
  const made: OutboundConnector = {
    ...defaults,
    ...normalised(values),
    Name,
    Identity: Name,
    Guid: state.newGuid(),
    WhenCreatedUTC: now,
    WhenChangedUTC: now,
  };
  const refusal = misfit(made);
  if (refusal) return refusal;
  if (!isTrial) tenant.outboundConnectors.put([...all, made], state.time.now());
  return output([made]);
}

const defaults = {
  ConnectorType: 'Partner',
  ConnectorSource: 'Default',
  Enabled: true,
  Comment: null,
  UseMXRecord: true,
  SmartHosts: [],
  RecipientDomains: [],
  TlsSettings: null,
  TlsDomain: null,
  IsTransportRuleScoped: false,
  RouteAllMessagesViaOnPremises: false,
  AllAcceptedDomains: false,
  CloudServicesMailEnabled: false,
  SenderRewritingEnabled: false,
  TestMode: false,
  SmtpDaneMode: 'Opportunistic',
  MtaStsMode: 'Opportunistic',
  IsValidated: false,
  LastValidationTimestamp: null,
  ValidationRecipients: null,
} as const satisfies Partial<OutboundConnector>;

/** Lists that are taken away are empty, never null. */
function normalised(values: Values): Partial<OutboundConnector> {
  const lists = ['SmartHosts', 'RecipientDomains'].filter(name => values[name] === null);
  return { ...values, ...Object.fromEntries(lists.map(name => [name, []])) };
}

function misfit(connector: OutboundConnector): CmdletError | undefined {
  const { UseMXRecord, SmartHosts, TlsSettings, TlsDomain } = connector;
  if (!UseMXRecord && SmartHosts.length === 0)
    return refuse('SmartHosts must be specified when UseMXRecord is set to false.');
  const odd = SmartHosts.find(host => !isHostName(host) && !isConnectorAddress(host));
  if (odd !== undefined) return refuse(`The smart host '${odd}' is not a valid domain name or IP address.`);
  if (TlsDomain !== null && TlsSettings !== 'DomainValidation') {
    return refuse('TlsDomain can only be specified when TlsSettings is set to DomainValidation.');
  }
  if (TlsSettings === 'DomainValidation' && TlsDomain === null) {
    return refuse('TlsDomain must be specified when TlsSettings is set to DomainValidation.');
  }
  if (TlsDomain !== null && !isTlsName(TlsDomain)) return refuse(`'${TlsDomain}' is not a valid TLS domain.`);
  return undefined;
}

function change({ tenant, values, state, isTrial }: Call): Output | CmdletError {
  if (tenant.organization().IsDehydrated) return dehydrated;
  const all = tenant.outboundConnectors.latest();
  const before = findConnector(tenant, values);
  if (before.kind === 'error') return before;
  const { Identity: _, ...settings } = values;
  const renamed = textOf(settings, 'Name');
  const namesake = renamed === undefined ? undefined : findByIdentity(all, renamed);
  if (renamed !== undefined && namesake && namesake.Guid !== before.connector.Guid) return nameTaken(renamed);
  const after: OutboundConnector = {
    ...before.connector,
    ...normalised(settings),
    Identity: renamed ?? before.connector.Name,
    WhenChangedUTC: new Date(state.time.now()).toISOString(),
  };
  const refusal = misfit(after);
  if (refusal) return refusal;
  const next = all.map(one => (one.Guid === after.Guid ? after : one));
  if (!isTrial) tenant.outboundConnectors.put(next, state.time.now());
  return nothing;
}

/**
 * Without `IsTransportRuleScoped` only those that are not scoped to rules; an identity that is null or unknown lists as if there
 * were none (reference 1.7, 4.1).
 */
function list({ tenant, values, state }: Call): Output {
  const all = tenant.visible(tenant.outboundConnectors);
  const named = findByIdentity(all, textOf(values, 'Identity') ?? '');
  if (named) return output([named]);
  const listsAll = state.faults.strikes('exchange-lists-scoped') !== undefined;
  const isScoped = values.IsTransportRuleScoped === true;
  const shown = all.filter(one => listsAll || one.IsTransportRuleScoped === isScoped);
  return output(shown.filter(({ TestMode }) => !TestMode || values.IncludeTestModeConnectors === true));
}

/** A connector that a rule still routes to stays (reference 4.1). */
function remove({ tenant, values, state, isTrial }: Call): Output | CmdletError {
  const found = findConnector(tenant, values);
  if (found.kind === 'error') return found;
  const { Guid, Name } = found.connector;
  const rule = tenant.transportRules
    .latest()
    .find(one => findByIdentity([found.connector], one.RouteMessageOutboundConnector ?? ''));
  if (rule) {
    const text = `The connector '${Name}' can't be removed because it's used by the transport rule '${rule.Name}'.`;
    return cmdletError('operation', text);
  }
  const rest = tenant.outboundConnectors.latest().filter(one => one.Guid !== Guid);
  if (!isTrial) tenant.outboundConnectors.put(rest, state.time.now());
  return nothing;
}

async function validate({ tenant, values, state }: Call): Promise<Output | CmdletError> {
  const identity = textOf(values, 'Identity') ?? '';
  const connector = findByIdentity(tenant.visible(tenant.outboundConnectors), identity);
  if (!connector) return notFound(identity);
  const recipients = listOf(values, 'Recipients') ?? [];
  const { validateConnector } = state.hooks;
  const unreachable = state.faults.strikes('connector-unreachable');
  const refused = state.faults.strikes('connector-refuses-mail');
  if (validateConnector && !unreachable && !refused)
    return output(await validateConnector(tenant, connector, recipients));
  return output([
    ...connector.SmartHosts.map(SmartHost => ({
      TaskName: `Check connectivity to '${SmartHost}'`,
      IsTaskSuccessful: !unreachable,
      TaskDetail: unreachable ? '450 4.4.316 Connection refused [Message=Socket error code 10061]' : '',
      SmartHost,
    })),
    ...recipients.map(recipient => ({
      TaskName: `Send test email to '${recipient}'`,
      IsTaskSuccessful: !unreachable && !refused,
      TaskDetail: refused
        ? '450 4.4.317 Cannot connect to remote server [Message=451 4.7.1 Try again later]'
        : '',
    })),
  ]);
}

function findConnector(tenant: Tenant, values: Values) {
  const identity = textOf(values, 'Identity') ?? '';
  const connector = findByIdentity(tenant.outboundConnectors.latest(), identity);
  return connector ? { kind: 'found' as const, connector } : notFound(identity);
}

function nameTaken(name: string) {
  return cmdletError('exists', `A connector with the name '${name}' already exists.`);
}

function refuse(text: string) {
  return cmdletError('connector', text);
}
