/** Inbound connectors (reference 4.2). */
import type { InboundConnector } from '../exchange-objects.ts';
import type { State } from '../state.ts';
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
import { isConnectorAddress, isTlsName } from './parameters.ts';

const settings: Parameters = {
  ConnectorType: { type: { oneOf: ['OnPremises', 'Partner'] } },
  ConnectorSource: { type: { oneOf: ['Default', 'Migrated', 'HybridWizard', 'AdminUI'] } },
  Enabled: { type: 'boolean' },
  Comment: { type: 'string', nullable: true },
  SenderIPAddresses: { type: 'strings', nullable: true, hashtable: true },
  RestrictDomainsToIPAddresses: { type: 'boolean' },
  RestrictDomainsToCertificate: { type: 'boolean' },
  RequireTls: { type: 'boolean' },
  TlsSenderCertificateName: { type: 'string', nullable: true },
  CloudServicesMailEnabled: { type: 'boolean' },
  TreatMessagesAsInternal: { type: 'boolean' },
  AssociatedAcceptedDomains: { type: 'strings', nullable: true, hashtable: true },
  EFSkipLastIP: { type: 'boolean' },
  EFSkipIPs: { type: 'strings', nullable: true, hashtable: true },
  EFUsers: { type: 'strings', nullable: true, hashtable: true },
  ClientHostNames: { type: 'strings', nullable: true },
};

const identity: Parameters = { Identity: { type: 'string', required: true } };
const writers = ['Remote and Accepted Domains', 'Organization Transport Settings'];
const readers = [...writers, 'View-Only Configuration'];

export const inboundConnectorCmdlets: Cmdlets = {
  'New-InboundConnector': {
    roles: writers,
    parameters: {
      ...settings,
      Name: { type: 'string', required: true, longest: 64 },
      SenderDomains: { type: 'strings', required: true },
    },
    run: create,
  },
  'Set-InboundConnector': {
    roles: writers,
    parameters: {
      ...settings,
      ...identity,
      Name: { type: 'string', longest: 64 },
      SenderDomains: { type: 'strings', hashtable: true },
    },
    run: change,
  },
  'Get-InboundConnector': {
    roles: readers,
    parameters: { Identity: { type: 'string' }, ResultSize: { type: 'result-size' } },
    run: list,
  },
  'Remove-InboundConnector': { roles: writers, parameters: identity, confirms: true, run: remove },
};

function create({ tenant, values, state, isTrial }: Call): Output | CmdletError {
  if (tenant.kind === 'developer') {
    return cmdletError(
      'operation',
      "You can't create an inbound connector in a developer or trial organization.",
    );
  }
  if (tenant.organization().IsDehydrated) return dehydrated;
  const Name = textOf(values, 'Name') ?? '';
  const all = tenant.inboundConnectors.latest();
  if (findByIdentity(all, Name)) return nameTaken(Name);
  const now = new Date(state.time.now()).toISOString();
  const made: InboundConnector = {
    ...defaults,
    ...normalised(values),
    Name,
    Identity: Name,
    Guid: state.newGuid(),
    WhenCreatedUTC: now,
    WhenChangedUTC: now,
  };
  const refusal = misfit(state, made);
  if (refusal) return refusal;
  if (!isTrial) tenant.inboundConnectors.put([...all, made], state.time.now());
  return output([made]);
}

const defaults = {
  ConnectorType: 'Partner',
  ConnectorSource: 'Default',
  Enabled: true,
  Comment: null,
  SenderDomains: [],
  SenderIPAddresses: [],
  RestrictDomainsToIPAddresses: false,
  RestrictDomainsToCertificate: false,
  RequireTls: false,
  TlsSenderCertificateName: null,
  CloudServicesMailEnabled: false,
  TreatMessagesAsInternal: false,
  AssociatedAcceptedDomains: [],
  EFSkipLastIP: false,
  EFSkipIPs: [],
  EFUsers: [],
} as const satisfies Partial<InboundConnector>;

const lists = ['SenderIPAddresses', 'AssociatedAcceptedDomains', 'EFSkipIPs', 'EFUsers'];

function normalised(values: Values): Partial<InboundConnector> {
  const cleared = Object.fromEntries(lists.filter(name => values[name] === null).map(name => [name, []]));
  const domains = Array.isArray(values.SenderDomains)
    ? { SenderDomains: values.SenderDomains.map(storedDomain) }
    : {};
  return { ...values, ...cleared, ...domains };
}

/** `*` is kept as `smtp:*;1`: kind, domain, cost. */
function storedDomain(given: string) {
  const [, domain = given, cost = '1'] = /^(?:smtp:)?([^;]*)(?:;(\d+))?$/i.exec(given) ?? [];
  return `smtp:${domain};${cost}`;
}

function misfit({ faults }: State, connector: InboundConnector): CmdletError | undefined {
  const { ConnectorType, TreatMessagesAsInternal, CloudServicesMailEnabled, TlsSenderCertificateName } =
    connector;
  const odd = connector.SenderIPAddresses.find(address => !isConnectorAddress(address));
  if (odd !== undefined) {
    return refuse(
      `The IP address '${odd}' is not valid. Use an IPv4 address or an IPv4 range with a mask of /24 to /32.`,
    );
  }
  if (TreatMessagesAsInternal && ConnectorType !== 'OnPremises') {
    return refuse('TreatMessagesAsInternal can only be used with connectors of type OnPremises.');
  }
  if (TreatMessagesAsInternal && CloudServicesMailEnabled) {
    return refuse('TreatMessagesAsInternal cannot be used together with CloudServicesMailEnabled.');
  }
  if (TlsSenderCertificateName !== null && !isTlsName(TlsSenderCertificateName)) {
    return refuse(`'${TlsSenderCertificateName}' is not a valid certificate name.`);
  }
  const isByAddress = connector.SenderIPAddresses.length > 0 && TlsSenderCertificateName === null;
  if (isByAddress && CloudServicesMailEnabled && faults.strikes('exchange-refuses-cloud-services-by-ip')) {
    return refuse('CloudServicesMailEnabled requires TlsSenderCertificateName.');
  }
  return undefined;
}

function change({ tenant, values, state, isTrial }: Call): Output | CmdletError {
  if (tenant.organization().IsDehydrated) return dehydrated;
  const { Identity, ...settings } = values;
  const all = tenant.inboundConnectors.latest();
  const before = findByIdentity(all, String(Identity));
  if (!before) return notFound(String(Identity));
  const renamed = textOf(settings, 'Name');
  const namesake = renamed === undefined ? undefined : findByIdentity(all, renamed);
  if (renamed !== undefined && namesake && namesake.Guid !== before.Guid) return nameTaken(renamed);
  const after: InboundConnector = {
    ...before,
    ...normalised(settings),
    Identity: renamed ?? before.Name,
    WhenChangedUTC: new Date(state.time.now()).toISOString(),
  };
  const refusal = misfit(state, after);
  if (refusal) return refusal;
  const next = all.map(one => (one.Guid === after.Guid ? after : one));
  if (!isTrial) tenant.inboundConnectors.put(next, state.time.now());
  return nothing;
}

function list({ tenant, values }: Call): Output | CmdletError {
  const all = tenant.visible(tenant.inboundConnectors);
  const identity = textOf(values, 'Identity');
  if (identity === undefined) return output(all);
  const found = findByIdentity(all, identity);
  return found ? output([found]) : notFound(identity);
}

function remove({ tenant, values, state, isTrial }: Call): Output | CmdletError {
  const identity = textOf(values, 'Identity') ?? '';
  const all = tenant.inboundConnectors.latest();
  const found = findByIdentity(all, identity);
  if (!found) return notFound(identity);
  const rest = all.filter(({ Guid }) => Guid !== found.Guid);
  if (!isTrial) tenant.inboundConnectors.put(rest, state.time.now());
  return { ...nothing, isBare: true };
}

function nameTaken(name: string) {
  return cmdletError('exists', `A connector with the name '${name}' already exists.`);
}

function refuse(text: string) {
  return cmdletError('connector', text);
}
