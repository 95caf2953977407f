/** What mail flow asks about a tenant's domains, people and groups, from the tenant's state. */
import type { Group } from '../directory.ts';
import { isAccepted, type Tenant } from '../tenant.ts';
import type { Organisation } from './rule-evaluation.ts';

/** Groups whose members a rule's `...MemberOf` sees (4.5): dynamic ones are unsupported, security ones no recipients. */
const ruleGroups = new Set<Group['kind']>(['distribution', 'mail-security', 'microsoft365']);

export function organisationOf({ directory, inForce }: Tenant): Organisation {
  const { acceptedDomains } = inForce();
  const internal = acceptedDomains.filter(({ DomainType }) => DomainType !== 'ExternalRelay');
  return {
    isInternalDomain: domain => isAccepted(internal, domain),
    isRecipient: address =>
      isMailbox(directory.findPerson(address)) || groupAt(directory, address) !== undefined,
    isMember: (address, name) => {
      const group = directory.findGroup(name);
      const person = directory.findPerson(address);
      if (!group || !person || !ruleGroups.has(group.kind)) return false;
      return directory.peopleIn(group.id).has(person.id);
    },
    primaryOf: address => directory.findPerson(address)?.mail ?? address,
    findAddress: identity =>
      (directory.findPerson(identity) ?? directory.findGroup(identity))?.mail ?? undefined,
  };
}

export type Expanded = { readonly recipients: readonly string[]; readonly viaUnifiedGroup?: string };

/**
 * Recipients with groups replaced by their members and aliases by primary addresses, each once. Members of a Microsoft 365
 * group get copies of their own, which say so (8.4).
 */
export function expandRecipients({ directory }: Tenant, recipients: readonly string[]): readonly Expanded[] {
  const direct = new Set<string>();
  const fannedOut: Expanded[] = [];
  for (const recipient of recipients) {
    const group = groupAt(directory, recipient);
    if (!group) direct.add(directory.findPerson(recipient)?.mail ?? recipient);
    else if (group.kind === 'microsoft365')
      fannedOut.push({ recipients: membersOf(directory, group), viaUnifiedGroup: group.mail ?? recipient });
    else for (const member of membersOf(directory, group)) direct.add(member);
  }
  return [...(direct.size > 0 ? [{ recipients: [...direct] }] : []), ...fannedOut];
}

function groupAt(directory: Tenant['directory'], address: string): Group | undefined {
  const group = directory.findGroup(address);
  const isAddressed = [group?.mail, ...(group?.aliases ?? [])].some(
    own => own?.toLowerCase() === address.toLowerCase(),
  );
  return isAddressed && group?.kind !== 'security' ? group : undefined;
}

function membersOf(directory: Tenant['directory'], { id }: Group): string[] {
  return [...directory.peopleIn(id)].flatMap(person => directory.person(person)?.mail ?? []);
}

function isMailbox(person: { readonly mail: string | null; readonly mailbox: string } | undefined) {
  return person !== undefined && person.mailbox !== 'none' && person.mail !== null;
}
