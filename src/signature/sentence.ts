/**
 * A rule as one English sentence, the way a colleague would say it (PRODUCT.md 5):
 * `New mail from members of Sales to external recipients gets “Full” and “Legal”.` What is default goes unsaid.
 */
import { alternatives } from './condition.ts';
import { bytesInWords } from './message-condition.ts';
import type { AttributeTest, MessageCondition, RecipientEntry, Rule, SenderEntry } from './rule.ts';
import { timeClause } from './sentence-time.ts';

/** What a reader knows things by; undefined leaves the address or id. */
export type SentenceNames = {
  readonly group: (id: string) => string | undefined;
  readonly person: (address: string) => string | undefined;
};

export function sentenceOf(rule: Rule, names: SentenceNames): string {
  const [mail, verb] = subjectOf(rule.message);
  const clauses = [
    mail,
    ...traits(rule.message),
    `from ${sendersOf(rule.senders, names)}`,
    ...recipientsOf(rule.recipients, names),
  ];
  const time = timeClause(rule.time);
  const sentence = `${time ? `${time}, ` : ''}${clauses.join(' ')} ${verb} ${gain(rule)}${flow(rule)}.`;
  return capital(sentence);
}

function subjectOf({ conversation }: MessageCondition): readonly [string, 'gets' | 'get'] {
  switch (conversation) {
    case 'any':
      return ['mail', 'gets'];
    case 'new':
      return ['new mail', 'gets'];
    case 'reply':
      return ['replies and forwards', 'get'];
    case 'first':
      return ['our first mail in a conversation', 'gets'];
  }
}

function traits(message: MessageCondition): string[] {
  const { importance } = message;
  return [
    ...(importance === 'any' ? [] : [`of ${importance} importance`]),
    ...sizeClause(message),
    ...wordClause(message),
  ];
}

function sizeClause({ minBytes, maxBytes }: MessageCondition): string[] {
  if (minBytes !== undefined && maxBytes !== undefined)
    return [`of ${bytesInWords(minBytes)} to ${bytesInWords(maxBytes)}`];
  if (minBytes !== undefined) return [`of at least ${bytesInWords(minBytes)}`];
  return maxBytes === undefined ? [] : [`of at most ${bytesInWords(maxBytes)}`];
}

function wordClause({ subjectWords, textWords }: MessageCondition): string[] {
  if (subjectWords.length + textWords.length === 0) return [];
  const inSubject = alternatives(subjectWords.map(quoted));
  const inText = alternatives(textWords.map(quoted));
  if (inText === '') return [`with ${inSubject} in the subject`];
  if (inSubject === '') return [`with ${inText} in the new text`];
  if (inSubject === inText) return [`with ${inSubject} in the subject or the new text`];
  return [`with ${inSubject} in the subject or ${inText} in the new text`];
}

function sendersOf({ include, except }: Rule['senders'], names: SentenceNames) {
  const excepted = senderList(except, names);
  if (include.length === 0) return except.length === 0 ? 'everyone' : `everyone but ${excepted}`;
  return except.length === 0
    ? senderList(include, names)
    : `${senderList(include, names)}, but not from ${excepted},`;
}

function senderList(entries: readonly SenderEntry[], names: SentenceNames) {
  const people = entries.flatMap(entry =>
    entry.kind === 'person' ? [personName(entry.address, names)] : [],
  );
  const attributes = entries.flatMap(entry =>
    entry.kind === 'attribute' ? [attributeClause(entry.test)] : [],
  );
  return alternatives([
    ...people,
    ...memberList(entries, names),
    ...domainList(entries),
    ...(attributes.length > 0 ? [`people ${alternatives(attributes)}`] : []),
  ]);
}

function recipientsOf({ include, except }: Rule['recipients'], names: SentenceNames): string[] {
  const excepted = recipientList(except, names);
  if (include.length === 0) return except.length === 0 ? [] : [`to anyone but ${excepted}`];
  const list = include.every(({ kind }) => kind === 'internal')
    ? 'internal recipients only'
    : recipientList(include, names);
  return [except.length === 0 ? `to ${list}` : `to ${list}, but not to ${excepted},`];
}

function recipientList(entries: readonly RecipientEntry[], names: SentenceNames) {
  const kinds = new Set(entries.map(({ kind }) => kind));
  const addresses = entries.flatMap(entry =>
    entry.kind === 'address' ? [personName(entry.address, names)] : [],
  );
  return alternatives([
    ...(kinds.has('internal') ? ['internal recipients'] : []),
    ...(kinds.has('external') ? ['external recipients'] : []),
    ...addresses,
    ...memberList(entries, names),
    ...domainList(entries),
  ]);
}

function memberList(entries: readonly (SenderEntry | RecipientEntry)[], names: SentenceNames): string[] {
  const groups = entries.flatMap(entry =>
    entry.kind === 'group' ? [names.group(entry.id) ?? entry.id] : [],
  );
  return groups.length > 0 ? [`members of ${alternatives(groups)}`] : [];
}

function domainList(entries: readonly (SenderEntry | RecipientEntry)[]): string[] {
  const domains = entries.flatMap(entry => (entry.kind === 'domain' ? [entry.domain] : []));
  return domains.length > 0 ? [`addresses at ${alternatives(domains)}`] : [];
}

function personName(address: string, names: SentenceNames) {
  return names.person(address) ?? address;
}

function attributeClause({ field, is, value }: AttributeTest) {
  const name = fieldName(field);
  switch (is) {
    case 'equal':
      return `whose ${name} is ${quoted(value)}`;
    case 'not-equal':
      return `whose ${name} is not ${quoted(value)}`;
    case 'contains':
      return `whose ${name} contains ${quoted(value)}`;
    case 'empty':
      return `without ${article(name)} ${name}`;
    case 'not-empty':
      return `with ${article(name)} ${name}`;
  }
}

/** `jobTitle` -> `job title`, `extensionAttribute1` -> `extension attribute 1`, `custom.Region` -> `Region`. */
export function fieldName(field: AttributeTest['field']): string {
  if (field.startsWith('custom.')) return field.slice('custom.'.length);
  return field
    .replace(/(?<=[a-z])(?=[A-Z0-9])/g, ' ')
    .toLowerCase()
    .replace(/\bid$/, 'ID');
}

function article(noun: string) {
  return /^[aeiou](?!ser)/i.test(noun) ? 'an' : 'a';
}

function gain({ action, onMatch }: Rule) {
  if (action.kind === 'sign' && action.signatures.length > 0)
    return alternatives(action.signatures.map(quoted), 'and');
  return onMatch === 'stop' ? 'no further signature' : 'nothing from this rule';
}

function flow({ onMatch, onNoMatch }: Rule) {
  if (onMatch === 'stop' && onNoMatch === 'stop') return '; the rules below are never reached';
  if (onNoMatch === 'stop') return ', and the rules below may add to it; other mail does not reach them';
  return onMatch === 'continue' ? ', and the rules below may add to it' : '';
}

function quoted(text: string) {
  return `“${text}”`;
}

function capital(sentence: string) {
  return sentence.charAt(0).toUpperCase() + sentence.slice(1);
}
