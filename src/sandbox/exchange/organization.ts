/** Domains, the organisation and its connection filter (reference 6, 5.1, examples 01, 13, 19). */
import {
  type Call,
  type Cmdlets,
  findByIdentity,
  listOf,
  nothing,
  nothingChanged,
  output,
  textOf,
} from './cmdlet.ts';
import { cmdletError, notFound } from './errors.ts';

export const organizationCmdlets: Cmdlets = {
  'Get-AcceptedDomain': {
    roles: ['Remote and Accepted Domains', 'View-Only Configuration'],
    parameters: { Identity: { type: 'string' }, ResultSize: { type: 'result-size' } },
    run: domains,
  },
  'Get-OrganizationConfig': {
    roles: ['Organization Configuration', 'View-Only Configuration'],
    parameters: {},
    run: ({ tenant }) => output([tenant.organization()]),
  },
  'Enable-OrganizationCustomization': { roles: ['Organization Configuration'], parameters: {}, run: hydrate },
  'Get-HostedConnectionFilterPolicy': {
    roles: ['Transport Hygiene', 'View-Only Configuration'],
    parameters: { Identity: { type: 'string' } },
    run: ({ tenant }) =>
      output([{ Name: 'Default', Identity: 'Default', IPAllowList: tenant.ipAllowList.addresses }]),
  },
  'Set-HostedConnectionFilterPolicy': {
    roles: ['Transport Hygiene'],
    parameters: {
      Identity: { type: 'string', required: true },
      IPAllowList: { type: 'strings', nullable: true, hashtable: true },
    },
    run: setConnectionFilter,
  },
};

/** An identity that is null or unknown lists all (reference 1.7). */
function domains({ tenant, values }: Call) {
  const all = tenant.visible(tenant.acceptedDomains);
  const found = findByIdentity(all, textOf(values, 'Identity') ?? '');
  return output(found ? [found] : all);
}

function hydrate({ tenant, isTrial }: Call) {
  if (!tenant.organization().IsDehydrated) {
    return cmdletError(
      'operation',
      'This operation is not required. Organization is already enabled for customization.',
    );
  }
  if (!isTrial) tenant.setOrganization({ IsDehydrated: false });
  return nothing;
}

/** A plain list replaces what is there; `{Add}` keeps it. */
function setConnectionFilter({ tenant, values, isTrial }: Call) {
  const identity = textOf(values, 'Identity') ?? '';
  if (identity.toLowerCase() !== 'default') return notFound(identity);
  const next =
    values.IPAllowList === null ? [] : (listOf(values, 'IPAllowList') ?? tenant.ipAllowList.addresses);
  const before = tenant.ipAllowList.addresses;
  if (next.length === before.length && next.every(address => before.includes(address)))
    return nothingChanged('Default');
  if (!isTrial) tenant.ipAllowList.addresses = next;
  return nothing;
}
