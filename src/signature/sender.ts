/**
 * Whose mail a message is: the one mailbox whose rules, signature and seat count (PRODUCT.md 5, 6). By default that is
 * From; with identity `sender` it is the delegate who really sent, if the directory knows that one. (A Sender that it
 * does not know is some service's, and says nothing about whose signature belongs under the letter.)
 */
import { addressKey, domainOfKey } from './address-key.ts';
import type { Group, People, Person } from './person.ts';
import type { MessageFacts, Preferences } from './tenant.ts';

export type Sender = {
  /** As the message has it, in the compared form; '' without a From. */
  readonly address: string;
  readonly domain: string;
  /** From the directory, or for an unknown sender made of what the message says. */
  readonly person: Person;
  readonly isKnown: boolean;
  /** The group or distribution list whose address this is. */
  readonly group: Group | undefined;
  /** Who takes the seat: `id` of the person, or of an unknown sender its address. */
  readonly seatKey: string;
};

export type Senders = {
  /** Decides: rules, signature, seat; `person` in templates. */
  readonly identity: Sender;
  /** Who really sent; the same one unless a delegate did. `sender` in templates. */
  readonly actual: Sender;
};

export function readSenders(
  facts: Pick<MessageFacts, 'from' | 'sender'>,
  people: People,
  identity: Preferences['identity'],
): Senders {
  const from = resolve(facts.from, people);
  const delegate = facts.sender ? resolve(facts.sender, people) : undefined;
  const actual = delegate?.isKnown ? delegate : from;
  return { identity: identity === 'sender' ? actual : from, actual };
}

function resolve(mailbox: MessageFacts['from'], people: People): Sender {
  const address = addressKey(mailbox?.address ?? '');
  const domain = domainOfKey(address);
  const person = people.byAddress(address);
  if (person) return { address, domain, person, isKnown: true, group: undefined, seatKey: person.id };
  const group = people.groupByAddress(address);
  const name = mailbox?.name || group?.name || '';
  return { address, domain, person: stranger(address, name, group), isKnown: false, group, seatKey: address };
}

function stranger(address: string, name: string, group: Group | undefined): Person {
  return {
    id: address,
    kind: 'user',
    address,
    aliases: [],
    fields: { ...(name && { displayName: name }), ...(address && { email: address }) },
    custom: {},
    groups: group ? [group.id] : [],
  };
}
