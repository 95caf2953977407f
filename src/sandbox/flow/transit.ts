/** A message on its way through one organisation, and what can be told of it. Pure. */
import { isAccepted, type Tenant } from '../tenant.ts';
import { addressesOf, domainOf } from './addresses.ts';
import { firstOf, type Message, withField } from './message.ts';
import type { Failure } from './outbound.ts';
import type { Verdict } from './seals.ts';

/** A message inside the organisation, for some of its recipients. */
export type Transit = {
  readonly tenant: Tenant;
  readonly message: Message;
  readonly sender: string;
  readonly recipients: readonly string[];
  readonly isAuthenticated: boolean;
  readonly verdict: Verdict;
  readonly since: number;
  readonly networkId: string;
};

export const unsigned: Verdict = { dkim: 'none', arc: 'none', arcSets: 0 };

export function idOf(message: Message): string {
  return firstOf(message, 'Message-ID') ?? '';
}

export function fromDomain({ tenant, message, sender }: Transit): string {
  const domain = domainOf(addressesOf(firstOf(message, 'From') ?? '')[0] ?? sender);
  return isAccepted(tenant.inForce().acceptedDomains, domain) ? domain : initialDomain(tenant);
}

export function initialDomain(tenant: Tenant): string {
  const { acceptedDomains } = tenant.inForce();
  return (acceptedDomains.find(({ InitialDomain }) => InitialDomain) ?? acceptedDomains[0])?.DomainName ?? '';
}

export function expired(recipients: readonly string[], status: string): readonly Failure[] {
  return [
    { recipients, isPermanent: true, status: `550 4.4.7 QUEUE.Expired; message expired [Message=${status}]` },
  ];
}

export function isInternalMail(message: Message) {
  return firstOf(message, 'X-MS-Exchange-Organization-AuthAs') === 'Internal';
}

/** 8.2: for recipients outside, mail that came back counts as anonymous whatever was promoted. */
export function anonymous(message: Message): Message {
  return withField(message, 'X-MS-Exchange-Organization-AuthAs', 'Anonymous');
}

/** Exchange's internal address of a group; the real one is longer. */
export function fannedOut(message: Message, group: string | undefined): Message {
  if (group === undefined) return message;
  const name = group.split('@')[0] ?? '';
  return withField(
    message,
    'X-MS-Exchange-UnifiedGroup-SubmittedViaGroupAddress',
    `/o=ExchangeLabs/ou=Exchange Administrative Group (FYDIBOHF23SPDLT)/cn=Recipients/cn=${name}`,
  );
}

export function sidesOf(tenant: Tenant, recipients: readonly string[]) {
  const { acceptedDomains } = tenant.inForce();
  const isOurs = (recipient: string) => isAccepted(acceptedDomains, domainOf(recipient));
  const sides = [true, false].map(isInternal => ({
    isInternal,
    recipients: recipients.filter(recipient => isOurs(recipient) === isInternal),
  }));
  return sides.filter(side => side.recipients.length > 0);
}
