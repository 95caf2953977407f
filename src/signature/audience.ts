/**
 * Recipients as conditions see them: some of them taken together, and of these only what a rule mentions. For
 * `one-for-all` that is the whole envelope, for `per-recipient` each recipient alone; recipients of whom the rules see
 * the same are one class, so that 1,000 strangers cost as much as one.
 */
import { asciiDomain } from '../mail/address.ts';
import { addressKey, domainOfKey } from './address-key.ts';
import type { People } from './person.ts';
import type { RecipientEntry } from './rule.ts';

export type Audience = {
  /** As in the envelope. */
  readonly recipients: readonly string[];
  readonly external: number;
  /** Addresses (an alias stands for all of its person's), domains and group ids that any rule mentions. */
  readonly addresses: ReadonlySet<string>;
  readonly domains: ReadonlySet<string>;
  readonly groups: ReadonlySet<string>;
};

/** What all rules together ask about recipients. */
export type Mentioned = Pick<Audience, 'addresses' | 'domains' | 'groups'>;

type Class = {
  readonly recipients: string[];
  readonly isExternal: boolean;
  readonly address: readonly string[];
  readonly domain: readonly string[];
  readonly group: readonly string[];
};

export function mentionedBy(entries: readonly RecipientEntry[]): Mentioned {
  const addresses = new Set<string>();
  const domains = new Set<string>();
  const groups = new Set<string>();
  for (const entry of entries) {
    if (entry.kind === 'address') addresses.add(addressKey(entry.address));
    if (entry.kind === 'domain') domains.add(asciiDomain(entry.domain));
    if (entry.kind === 'group') groups.add(entry.id);
  }
  return { addresses, domains, groups };
}

export type AudienceReader = {
  /** Everyone together. */
  readonly whole: (recipients: readonly string[]) => Audience;
  /** A partition into classes, in the order of their first recipient. */
  readonly classes: (recipients: readonly string[]) => readonly Audience[];
};

export function createAudienceReader(setting: {
  readonly mentioned: Mentioned;
  readonly people: People;
  /** Compared form. */
  readonly internalDomains: ReadonlySet<string>;
}): AudienceReader {
  return {
    whole: recipients => together(recipients, classesOf(recipients, setting)),
    classes: recipients => classesOf(recipients, setting).map(one => together(one.recipients, [one])),
  };
}

function classesOf(recipients: readonly string[], setting: Parameters<typeof createAudienceReader>[0]) {
  const byTraits = new Map<string, Class>();
  for (const recipient of recipients) {
    const traits = traitsOf(recipient, setting);
    const key = JSON.stringify([traits.isExternal, traits.address, traits.domain, traits.group]);
    const known = byTraits.get(key);
    if (known) known.recipients.push(recipient);
    else byTraits.set(key, { recipients: [recipient], ...traits });
  }
  return [...byTraits.values()];
}

function traitsOf(
  recipient: string,
  { mentioned, people, internalDomains }: Parameters<typeof createAudienceReader>[0],
) {
  const key = addressKey(recipient);
  const domain = domainOfKey(key);
  const isLookedUp = mentioned.addresses.size > 0 || mentioned.groups.size > 0;
  const person = isLookedUp ? people.byAddress(key) : undefined;
  const group = isLookedUp && !person ? people.groupByAddress(key) : undefined;
  const addresses = person ? [key, person.address, ...person.aliases] : [key];
  const groups = person ? person.groups : group ? [group.id] : [];
  return {
    isExternal: !internalDomains.has(domain),
    address: [...new Set(addresses)].filter(address => mentioned.addresses.has(address)).sort(),
    domain: mentioned.domains.has(domain) ? [domain] : [],
    group: groups.filter(id => mentioned.groups.has(id)).sort(),
  };
}

function together(recipients: readonly string[], classes: readonly Class[]): Audience {
  return {
    recipients,
    external: classes.reduce((sum, one) => sum + (one.isExternal ? one.recipients.length : 0), 0),
    addresses: new Set(classes.flatMap(one => one.address)),
    domains: new Set(classes.flatMap(one => one.domain)),
    groups: new Set(classes.flatMap(one => one.group)),
  };
}
