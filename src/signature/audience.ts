/**
 * Recipients as conditions see them: some of them taken together, and of these only what a rule mentions. For
 * `one-for-all` that is the whole envelope, for `per-recipient` each recipient alone; recipients of whom the rules see
 * the same are one class, so that 1,000 strangers cost as much as one.
 */
import { asciiDomain } from '../mail/address.ts';
import { addressKey, domainOfKey } from './address-key.ts';
import { type Traits, traits } from './condition.ts';
import type { People } from './person.ts';
import type { RecipientEntry } from './rule.ts';

export type Audience = {
  /** As in the envelope. */
  readonly recipients: readonly string[];
  readonly external: number;
  /** Addresses (an alias stands for all of its person's), domains and group ids that any rule mentions. */
  readonly addresses: Traits;
  readonly domains: Traits;
  readonly groups: Traits;
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
  const addresses: string[] = [];
  const domains: string[] = [];
  const groups: string[] = [];
  for (const entry of entries) {
    if (entry.kind === 'address') addresses.push(addressKey(entry.address));
    if (entry.kind === 'domain') domains.push(asciiDomain(entry.domain));
    if (entry.kind === 'group') groups.push(entry.id);
  }
  return { addresses: traits(addresses), domains: traits(domains), groups: traits(groups) };
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

type Setting = Parameters<typeof createAudienceReader>[0];

function classesOf(recipients: readonly string[], setting: Setting) {
  const byTraits = new Map<string, Class>();
  for (const recipient of recipients) {
    const read = readTraits(recipient, setting);
    // A NUL stands in no address, domain or id, so that different traits have different keys.
    const lists = [read.address, read.domain, read.group].map(list => list.join('\0'));
    const key = `${read.isExternal}\0\0${lists.join('\0\0')}`;
    const known = byTraits.get(key);
    if (known) known.recipients.push(recipient);
    else byTraits.set(key, { recipients: [recipient], ...read });
  }
  return [...byTraits.values()];
}

function readTraits(recipient: string, { mentioned, people, internalDomains }: Setting) {
  const key = addressKey(recipient);
  const domain = domainOfKey(key);
  const isLookedUp = mentioned.addresses.list.length > 0 || mentioned.groups.list.length > 0;
  const person = isLookedUp ? people.byAddress(key) : undefined;
  const group = isLookedUp && !person ? people.groupByAddress(key) : undefined;
  const addresses = person ? [...new Set([key, person.address, ...person.aliases])] : [key];
  const groups = person ? person.groups : group ? [group.id] : [];
  return {
    isExternal: !internalDomains.has(domain),
    address: addresses.filter(address => mentioned.addresses.set.has(address)).sort(),
    domain: mentioned.domains.set.has(domain) ? [domain] : [],
    group: groups.filter(id => mentioned.groups.set.has(id)).sort(),
  };
}

function together(recipients: readonly string[], classes: readonly Class[]): Audience {
  return {
    recipients,
    external: classes.reduce((sum, one) => sum + (one.isExternal ? one.recipients.length : 0), 0),
    addresses: traits(classes.flatMap(one => one.address)),
    domains: traits(classes.flatMap(one => one.domain)),
    groups: traits(classes.flatMap(one => one.group)),
  };
}
