/** Recipients and groups as Exchange shows them (reference 6, 4.5). A security group without an address is no recipient. */
import type { Group, GroupKind, Person } from '../directory.ts';
import type { Tenant } from '../tenant.ts';
import { type Call, type Cmdlets, listOf, type Output, output, type Parameters, textOf } from './cmdlet.ts';
import { type CmdletError, notFound } from './errors.ts';

const typeDetails = {
  user: 'UserMailbox',
  shared: 'SharedMailbox',
  distribution: 'MailUniversalDistributionGroup',
  'mail-security': 'MailUniversalSecurityGroup',
  microsoft365: 'GroupMailbox',
  'dynamic-distribution': 'DynamicDistributionGroup',
} as const;

const usual: Parameters = { Identity: { type: 'string' }, ResultSize: { type: 'result-size' } };
const byType: Parameters = {
  ...usual,
  RecipientTypeDetails: { type: { anyOf: Object.values(typeDetails) } },
};
const readers = ['View-Only Recipients', 'Mail Recipients', 'Distribution Groups'];

type Entry = ReturnType<typeof groupEntry>;

function cmdlet(parameters: Parameters, entriesOf: (tenant: Tenant) => readonly Entry[]) {
  return { roles: readers, parameters, run: (call: Call) => list(call, entriesOf(call.tenant)) };
}

export const recipientCmdlets: Cmdlets = {
  'Get-Recipient': cmdlet(byType, tenant => [...mailboxes(tenant), ...groups(tenant)]),
  'Get-Mailbox': cmdlet(byType, mailboxes),
  'Get-DistributionGroup': cmdlet(byType, tenant => groups(tenant, ['distribution', 'mail-security'])),
  'Get-UnifiedGroup': cmdlet(usual, tenant => groups(tenant, ['microsoft365'])),
  'Get-DynamicDistributionGroup': cmdlet(usual, tenant => groups(tenant, ['dynamic-distribution'])),
  'Get-Group': cmdlet(byType, groups),
  'Get-DistributionGroupMember': {
    roles: readers,
    parameters: { Identity: { type: 'string', required: true }, ResultSize: { type: 'result-size' } },
    run: members,
  },
};

function mailboxes({ directory }: Tenant): readonly Entry[] {
  return directory.people().flatMap(person => (person.mailbox === 'none' ? [] : [personEntry(person)]));
}

function groups({ directory }: Tenant, kinds?: readonly GroupKind[]): readonly Entry[] {
  const shown = directory
    .groups()
    .filter(({ mail, kind }) => mail !== null && (!kinds || kinds.includes(kind)));
  return shown.map(groupEntry);
}

function personEntry(person: Person): Entry {
  const details = typeDetails[person.mailbox === 'shared' ? 'shared' : 'user'];
  return {
    ...names(person.displayName, person.mail ?? person.userPrincipalName, person.id),
    EmailAddresses: person.proxyAddresses,
    RecipientType: 'UserMailbox',
    RecipientTypeDetails: details,
  };
}

function groupEntry(group: Group) {
  const details = group.kind === 'security' ? '' : typeDetails[group.kind];
  const address = group.mail ?? '';
  return {
    ...names(group.displayName, address, group.id),
    EmailAddresses: [`SMTP:${address}`, ...group.aliases.map(alias => `smtp:${alias}`)] as readonly string[],
    RecipientType: details.replace('GroupMailbox', 'MailUniversalDistributionGroup'),
    RecipientTypeDetails: details as string,
  };
}

function names(displayName: string, address: string, id: string) {
  return {
    Name: displayName,
    Identity: displayName,
    DisplayName: displayName,
    Alias: address.split('@')[0] ?? '',
    PrimarySmtpAddress: address,
    // Exchange and Entra know an object by different ids.
    Guid: `e${id.slice(1)}`,
    ExternalDirectoryObjectId: id,
  };
}

function list({ values }: Call, entries: readonly Entry[]): Output | CmdletError {
  const identity = textOf(values, 'Identity');
  if (identity !== undefined) {
    const found = entries.find(entry => isNamed(entry, identity));
    return found ? output([found]) : notFound(identity);
  }
  const types = listOf(values, 'RecipientTypeDetails');
  return limited(
    entries.filter(entry => !types || types.includes(entry.RecipientTypeDetails)),
    values.ResultSize,
  );
}

function isNamed(
  { Name, Alias, PrimarySmtpAddress, Guid, ExternalDirectoryObjectId }: Entry,
  identity: string,
) {
  const keys = [Name, Alias, PrimarySmtpAddress, Guid, ExternalDirectoryObjectId];
  return keys.some(key => key.toLowerCase() === identity.toLowerCase());
}

/** A thousand, unless more are asked for (reference 1.4). */
function limited(entries: readonly object[], resultSize: unknown = 1000): Output {
  const most = Number(resultSize);
  const warning = `By default, only the first ${most} items are returned. Use the ResultSize parameter to specify the number of items returned. To return all items, specify "-ResultSize Unlimited".`;
  return output(entries.slice(0, most), entries.length > most ? [warning] : []);
}

function members({ tenant, values }: Call): Output | CmdletError {
  const identity = textOf(values, 'Identity') ?? '';
  const group = tenant.directory.findGroup(identity);
  if (!group || group.mail === null || group.kind === 'dynamic-distribution') return notFound(identity);
  const entries = group.members.flatMap(id => {
    const person = tenant.directory.person(id);
    const inner = tenant.directory.group(id);
    return [...(person ? [personEntry(person)] : []), ...(inner ? [groupEntry(inner)] : [])];
  });
  return limited(entries, values.ResultSize);
}
