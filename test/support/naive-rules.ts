/**
 * What rules mean, a second time and as plainly as it can be said: a loop over everything, from the words of the
 * product's description and from nothing in src/. Slow, and made to be read beside that description.
 */
import type { Group, Person } from '../../src/signature/person.ts';
import type { RecipientEntry, Rule, SenderEntry, TimeCondition } from '../../src/signature/rule.ts';
import type { Preferences, Situation } from '../../src/signature/tenant.ts';

export type NaiveWorld = {
  readonly people: readonly Person[];
  readonly groups: readonly Group[];
  readonly internalDomains: readonly string[];
  readonly preferences: Pick<Preferences, 'delivery' | 'identity' | 'timeZone'>;
};

/** For each recipient the signatures it gets; in one-for-all the same for all. */
export function naiveSignatures(rules: readonly Rule[], situation: Situation, world: NaiveWorld) {
  return situation.recipients.map(recipient => {
    const together = world.preferences.delivery === 'one-for-all' ? situation.recipients : [recipient];
    const given: string[] = [];
    for (const rule of rules) {
      if (!rule.enabled) continue;
      const isMatch = naiveMatch(rule, situation, together, world);
      if (isMatch && rule.action.kind === 'sign')
        for (const name of rule.action.signatures) if (!given.includes(name)) given.push(name);
      if (isMatch && rule.onMatch === 'stop') break;
      if (!isMatch && rule.onNoMatch === 'stop') break;
    }
    return given;
  });
}

export function naiveMatch(
  rule: Rule,
  situation: Situation,
  recipients: readonly string[],
  world: NaiveWorld,
) {
  return (
    senderFits(rule, situation, world) &&
    recipientsFit(rule, recipients, world) &&
    messageFits(rule, situation) &&
    timeFits(rule.time, situation.now, world.preferences.timeZone)
  );
}

function who(address: string, { people }: NaiveWorld) {
  return people.find(person => [person.address, ...person.aliases].includes(address.toLowerCase()));
}

function senderFits({ senders }: Rule, { facts }: Situation, world: NaiveWorld) {
  const delegate =
    world.preferences.identity === 'sender' && facts.sender && who(facts.sender.address, world);
  const address = ((delegate ? facts.sender?.address : facts.from?.address) ?? '').toLowerCase();
  const person = who(address, world);
  const fits = (entry: SenderEntry) => {
    if (entry.kind === 'person')
      return entry.address === address || (person !== undefined && who(entry.address, world) === person);
    if (entry.kind === 'domain') return address.endsWith(`@${entry.domain}`);
    if (entry.kind === 'group')
      return person
        ? person.groups.includes(entry.id)
        : world.groups.some(group => group.id === entry.id && group.address === address);
    const { field, is, value } = entry.test;
    const unknown: Record<string, string> = { displayName: facts.from?.name ?? '', email: address };
    const known: Record<string, string | undefined> = { ...person?.fields };
    for (const name in person?.custom) known[`custom.${name}`] = person?.custom[name];
    const has = ((person ? known[field] : unknown[field]) ?? '').toLowerCase();
    if (is === 'equal') return has === value.toLowerCase();
    if (is === 'not-equal') return has !== value.toLowerCase();
    if (is === 'contains') return has.includes(value.toLowerCase());
    return is === 'empty' ? has === '' : has !== '';
  };
  return (senders.include.length === 0 || senders.include.some(fits)) && !senders.except.some(fits);
}

function recipientsFit({ recipients: wanted }: Rule, recipients: readonly string[], world: NaiveWorld) {
  const isInternal = (address: string) => world.internalDomains.includes(address.split('@')[1] ?? '');
  const meets = (address: string, entry: RecipientEntry) => {
    const person = who(address, world);
    if (entry.kind === 'internal') return isInternal(address);
    if (entry.kind === 'external') return !isInternal(address);
    if (entry.kind === 'domain') return address.split('@')[1] === entry.domain;
    if (entry.kind === 'address')
      return address === entry.address || (person !== undefined && who(entry.address, world) === person);
    return person
      ? person.groups.includes(entry.id)
      : world.groups.some(group => group.id === entry.id && group.address === address);
  };
  const included = (entry: RecipientEntry) =>
    entry.kind === 'internal'
      ? recipients.every(address => meets(address, entry))
      : recipients.some(address => meets(address, entry));
  const excepted = (entry: RecipientEntry) => recipients.some(address => meets(address, entry));
  return (wanted.include.length === 0 || wanted.include.some(included)) && !wanted.except.some(excepted);
}

function messageFits({ message }: Rule, { facts }: Situation) {
  const { conversation, subjectWords, textWords, importance, minBytes = 0, maxBytes = Infinity } = message;
  if (conversation === 'new' && facts.isReply) return false;
  if (conversation === 'reply' && !facts.isReply) return false;
  if (conversation === 'first' && facts.isMarkedBefore) return false;
  if (importance !== 'any' && importance !== facts.importance) return false;
  if (facts.sizeBytes < minBytes || facts.sizeBytes > maxBytes) return false;
  const wordsOf = (text: string) => text.toLowerCase().split(/[^a-z0-9]+/);
  const inSubject = subjectWords.some(word => wordsOf(facts.subject).includes(word.toLowerCase()));
  const inText = textWords.some(word => wordsOf(facts.newText ?? '').includes(word.toLowerCase()));
  return subjectWords.length + textWords.length === 0 || inSubject || inText;
}

/** By the strings of the wall clock: so `from` and `until` must keep away from the hour that a clock shows twice. */
function timeFits({ from, until, weekdays, hours }: TimeCondition, now: number, timeZone: string) {
  const shown = swedish(timeZone).format(now).replace(' ', 'T');
  const [date = '', clock = ''] = shown.split('T');
  const hour = clock.slice(0, 5);
  if (from !== undefined && shown < from) return false;
  if (until !== undefined && shown >= until) return false;
  const day = (days: number) =>
    (['sun', 'mon', 'tue', 'wed', 'thu', 'fri', 'sat'] as const)[
      new Date(Date.parse(`${date}T12:00:00Z`) + days * 86_400_000).getUTCDay()
    ];
  const isDay = (days: number) => weekdays.length === 0 || weekdays.some(one => one === day(days));
  if (!hours) return isDay(0);
  if (hours.from <= hours.until) return isDay(0) && hour >= hours.from && hour < hours.until;
  return (isDay(0) && hour >= hours.from) || (isDay(-1) && hour < hours.until);
}

const zones = new Map<string, Intl.DateTimeFormat>();

/** Swedes write `2026-03-04 10:00`. */
function swedish(timeZone: string) {
  const options = { timeZone, dateStyle: 'short', timeStyle: 'short' } as const;
  const zone = zones.get(timeZone) ?? new Intl.DateTimeFormat('sv-SE', options);
  zones.set(timeZone, zone);
  return zone;
}
