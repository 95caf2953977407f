/**
 * What the mail flow rules make of one message (exchange-online.md 4.4). Pure. Rules run in the order of their priority;
 * conditions are AND-ed, values inside one OR-ed, exceptions OR-ed. A predicate about recipients forks the message, so that
 * only the recipients it holds for get the actions; copies share everything else. A rule sees the header as the rules
 * before it left it. A rule that is tested (`Audit`) is recorded and changes nothing.
 */
import { addressesOf, domainOf } from './addresses.ts';
import { allOf, firstOf, type Message, onTop, withField, without } from './message.ts';
import { isOfType } from './message-type.ts';
import { containsWord, matchesAddress, matchesHeader } from './patterns.ts';
import type { Action, Predicate, Rule } from './rule.ts';

/** What the rules ask about the tenant. */
export type Organisation = {
  /** Authoritative and internal relay domains: what `InOrganization` means for a domain. */
  readonly isInternalDomain: (domain: string) => boolean;
  /** A mailbox, mail user, group or public folder of the tenant. */
  readonly isRecipient: (address: string) => boolean;
  /** Members of groups in groups count; dynamic groups have none, and neither have groups that are gone. */
  readonly isMember: (address: string, group: string) => boolean;
  /** Primary address of an alias; the address itself when nobody has it. */
  readonly primaryOf: (address: string) => string;
  /** Primary address of a recipient that a rule names by address, name, alias or GUID. */
  readonly findAddress: (identity: string) => string | undefined;
};

export type Submission = {
  readonly message: Message;
  /** Envelope sender, '' for the null sender. */
  readonly sender: string;
  readonly recipients: readonly string[];
  /** Submitted by a signed-in client, or come back with its internal state promoted (8.1); not so when anonymous (8.2). */
  readonly isAuthenticated: boolean;
};

export type Copy = {
  readonly message: Message;
  readonly recipients: readonly string[];
  readonly route?: { readonly connector: string; readonly onError: Rule['onError'] };
  readonly isEncrypted: boolean;
  /** Names of the rules that matched, in their order. */
  readonly matched: readonly string[];
};

export type Evaluation = {
  /** Those in force, in their order. */
  readonly rules: readonly Rule[];
  readonly organisation: Organisation;
  /** How predicates about recipients act. `any`: one recipient that matches takes all of them with it. */
  readonly forking: 'per-recipient' | 'any';
};

export function evaluateRules(submission: Submission, evaluation: Evaluation): readonly Copy[] {
  const { message, recipients } = submission;
  const copy: Copy = { message, recipients, isEncrypted: false, matched: [] };
  return runRules(evaluation.rules, { copy, submission, evaluation });
}

type Run = { readonly copy: Copy; readonly submission: Submission; readonly evaluation: Evaluation };

function runRules([rule, ...later]: readonly Rule[], run: Run): readonly Copy[] {
  if (!rule) return [run.copy];
  const { copy } = run;
  const matching = recipientsFor(rule, run);
  const others = copy.recipients.filter(recipient => !matching.includes(recipient));
  const copies: Copy[] = [];
  if (matching.length > 0) {
    const acted = act(rule, { ...copy, recipients: matching });
    const ends = rule.isEnforced && rule.stops;
    copies.push(...(ends ? [acted] : runRules(later, { ...run, copy: acted })));
  }
  if (others.length > 0) copies.push(...runRules(later, { ...run, copy: { ...copy, recipients: others } }));
  return copies;
}

/** The recipients whose copy the rule takes. */
function recipientsFor(rule: Rule, run: Run): readonly string[] {
  const { recipients } = run.copy;
  const matching = recipients.filter(recipient => matches(rule, { ...run, recipient }));
  if (run.evaluation.forking === 'per-recipient' || matching.length === 0) return matching;
  return recipients;
}

type Question = Run & { readonly recipient: string };

function matches(rule: Rule, question: Question): boolean {
  const holds = (predicate: Predicate) => predicateHolds(predicate, rule, question);
  return rule.conditions.every(holds) && !rule.exceptions.some(holds);
}

function predicateHolds(predicate: Predicate, rule: Rule, question: Question): boolean {
  const { recipient, copy, evaluation } = question;
  const { organisation } = evaluation;
  const senders = () => senderAddresses(rule, question);
  switch (predicate.kind) {
    case 'FromScope':
      return (predicate.scope === 'InOrganization') === isFromInside(question);
    case 'SentToScope':
      return (predicate.scope === 'InOrganization') === isInside(organisation, recipient);
    case 'From':
      return namesAny(organisation, predicate.values, senders().map(organisation.primaryOf));
    case 'FromMemberOf':
      return predicate.values.some(group => senders().some(sender => organisation.isMember(sender, group)));
    // Primary addresses only, not aliases (4.3).
    case 'SentTo':
      return namesAny(organisation, predicate.values, [recipient]);
    case 'SentToMemberOf':
      return predicate.values.some(group => organisation.isMember(recipient, group));
    case 'SenderDomainIs':
      return senders().some(sender => isOfDomain(sender, predicate.values));
    case 'RecipientDomainIs':
      return isOfDomain(recipient, predicate.values);
    case 'FromAddressMatchesPatterns':
      return senders().some(sender => matchesAddress(sender, predicate.values));
    case 'FromAddressContainsWords':
      return senders().some(sender => containsWord(sender, predicate.values));
    case 'SubjectContainsWords':
      return containsWord(firstOf(copy.message, 'Subject') ?? '', predicate.values);
    case 'SubjectMatchesPatterns':
      return matchesHeader(firstOf(copy.message, 'Subject') ?? '', predicate.values);
    case 'HeaderContains':
      return allOf(copy.message, predicate.header).some(value => containsWord(value, predicate.values));
    case 'HeaderMatches':
      return allOf(copy.message, predicate.header).some(value => matchesHeader(value, predicate.values));
    case 'MessageTypeMatches':
      return isOfType(copy.message, predicate.type);
    case 'MessageSizeOver':
      return sizeOf(copy.message) > predicate.bytes;
  }
}

/** An authenticated connection AND a sender of the tenant (4.3). */
function isFromInside({ submission, evaluation: { organisation } }: Question) {
  const [from = submission.sender] = addressesOf(firstOf(submission.message, 'From') ?? '');
  return submission.isAuthenticated && isInside(organisation, from);
}

function isInside({ isRecipient, isInternalDomain }: Organisation, address: string) {
  return isRecipient(address) || isInternalDomain(domainOf(address));
}

/** `<>` stands for the null sender, which only the envelope has. */
function senderAddresses({ senderLocation }: Rule, { copy, submission }: Question): readonly string[] {
  const header = ['From', 'Sender', 'Reply-To'].flatMap(name =>
    allOf(copy.message, name).flatMap(addressesOf),
  );
  const envelope = [submission.sender === '' ? '<>' : submission.sender];
  switch (senderLocation) {
    case 'Header':
      return header;
    case 'Envelope':
      return envelope;
    case 'HeaderOrEnvelope':
      return [...header, ...envelope];
  }
}

function namesAny({ findAddress }: Organisation, named: readonly string[], addresses: readonly string[]) {
  const wanted = named.map(identity => (findAddress(identity) ?? identity).toLowerCase());
  return addresses.some(address => wanted.includes(address.toLowerCase()));
}

/** Subdomains are included (4.3). */
function isOfDomain(address: string, domains: readonly string[]) {
  const own = domainOf(address);
  return domains.some(domain => own === domain.toLowerCase() || own.endsWith(`.${domain.toLowerCase()}`));
}

function sizeOf({ fields, body }: Message) {
  return fields.reduce((sum, { raw }) => sum + raw.length, body.length + 2);
}

function act(rule: Rule, copy: Copy): Copy {
  const noted = { ...copy, matched: [...copy.matched, rule.name] };
  return rule.isEnforced
    ? rule.actions.reduce<Copy>((changed, action) => perform(action, rule, changed), noted)
    : noted;
}

function perform(action: Action, { onError }: Rule, copy: Copy): Copy {
  const { message } = copy;
  switch (action.kind) {
    case 'route':
      return { ...copy, route: { connector: action.connector, onError } };
    case 'set-header':
      return { ...copy, message: withField(message, action.name, action.value) };
    case 'remove-header':
      return { ...copy, message: without(message, [action.name]) };
    case 'prepend-subject':
      return { ...copy, message: prependSubject(message, action.text) };
    case 'encrypt':
      return { ...copy, isEncrypted: true };
  }
}

function prependSubject(message: Message, prefix: string): Message {
  const at = message.fields.findIndex(({ name }) => name === 'subject');
  const old = message.fields[at];
  if (!old) return onTop(message, [{ name: 'subject', raw: `Subject: ${prefix}\r\n` }]);
  const raw = old.raw.replace(/^([^:]*):[ \t]*/, `$1: ${prefix.replaceAll('$', '$$$$')}`);
  return { ...message, fields: message.fields.with(at, { ...old, raw }) };
}
