/**
 * Whether one rule's conditions hold whenever another's do. Sound, not complete: a yes is certain for every message,
 * every directory and both kinds of delivery; where it cannot be certain the answer is no. Warnings stand on this, and
 * one false alarm teaches people to ignore them.
 */
import { asciiDomain } from '../mail/address.ts';
import { addressKey, domainOfKey } from './address-key.ts';
import type { LocalTime } from './local-time.ts';
import type {
  AttributeTest,
  Dimension,
  MessageCondition,
  RecipientEntry,
  Rule,
  SenderEntry,
  TimeCondition,
} from './rule.ts';
import { foldText } from './word-search.ts';

export type CoverContext = {
  /** Accepted and extra internal domains, compared form. */
  readonly internalDomains: ReadonlySet<string>;
  readonly localTime: LocalTime;
};

/** True when every message to every audience that meets `narrow` meets `wide` too. */
export function covers(wide: Rule, narrow: Rule, context: CoverContext): boolean {
  return (
    sendersCover(wide.senders, narrow.senders) &&
    recipientsCover(wide.recipients, narrow.recipients, context) &&
    messageCovers(wide.message, narrow.message) &&
    timeCovers(wide.time, narrow.time, context.localTime)
  );
}

/** An exception of the wide rule must be one of the narrow rule too, else it lets some mail through to it. */
function sendersCover(wide: Dimension<SenderEntry>, narrow: Dimension<SenderEntry>) {
  const isIncluded =
    wide.include.length === 0 || (narrow.include.length > 0 && allUnder(wide.include, narrow.include));
  return isIncluded && allUnder(narrow.except, wide.except);
}

function allUnder(wide: readonly SenderEntry[], narrow: readonly SenderEntry[]) {
  return narrow.every(entry => wide.some(other => senderCovers(other, entry)));
}

/** Every sender who meets `narrow` meets `wide`. */
export function senderCovers(wide: SenderEntry, narrow: SenderEntry): boolean {
  if (wide.kind === 'person')
    return narrow.kind === 'person' && addressKey(wide.address) === addressKey(narrow.address);
  if (wide.kind === 'group') return narrow.kind === 'group' && wide.id === narrow.id;
  if (wide.kind === 'domain')
    return narrow.kind === 'domain' && asciiDomain(wide.domain) === asciiDomain(narrow.domain);
  return narrow.kind === 'attribute' && testCovers(wide.test, narrow.test);
}

function testCovers(wide: AttributeTest, narrow: AttributeTest) {
  if (wide.field !== narrow.field) return false;
  const [has, wanted] = [normal(narrow), normal(wide)];
  if (wide.is === narrow.is && has.value === wanted.value) return true;
  if (has.is === 'equal') return holdsFor(has.value, wanted);
  if (has.is === 'contains' && wanted.is === 'contains') return has.value.includes(wanted.value);
  return has.is === 'contains' && has.value !== '' && wanted.is === 'not-empty';
}

/** `empty` is equality with nothing. */
function normal({ is, value }: AttributeTest): Pick<AttributeTest, 'is' | 'value'> {
  if (is === 'empty') return { is: 'equal', value: '' };
  return { is, value: is === 'not-empty' ? '' : value.normalize('NFC').toLowerCase().trim() };
}

function holdsFor(has: string, { is, value }: Pick<AttributeTest, 'is' | 'value'>) {
  if (is === 'equal') return has === value;
  if (is === 'contains') return has.includes(value);
  return is === 'not-empty' ? has !== '' : is === 'not-equal' && has !== value;
}

function recipientsCover(
  wide: Dimension<RecipientEntry>,
  narrow: Dimension<RecipientEntry>,
  context: CoverContext,
) {
  const kinds = new Set(wide.include.map(({ kind }) => kind));
  // Any audience is all internal or has somebody external.
  const isForAll = wide.include.length === 0 || (kinds.has('internal') && kinds.has('external'));
  const isIncluded =
    isForAll ||
    (narrow.include.length > 0 &&
      narrow.include.every(entry => wide.include.some(other => includeCovers(other, entry, context))));
  return isIncluded && wide.except.every(entry => isNeverMet(entry, narrow, context));
}

/** `internal` asks all recipients, so that a single recipient inside proves nothing about it. */
function includeCovers(wide: RecipientEntry, narrow: RecipientEntry, context: CoverContext) {
  if (wide.kind === 'internal') return narrow.kind === 'internal';
  return narrow.kind !== 'internal' && anyCovers(wide, narrow, context);
}

/** No audience that meets `dimension` has a recipient who meets `entry`. */
export function isNeverMet(
  entry: RecipientEntry,
  { include, except }: Dimension<RecipientEntry>,
  context: CoverContext,
): boolean {
  if (except.some(other => anyCovers(other, entry, context))) return true;
  const isInternalOnly = include.length > 0 && include.every(({ kind }) => kind === 'internal');
  return isInternalOnly && anyCovers({ kind: 'external' }, entry, context);
}

/** A recipient who meets `narrow` meets `wide`. Aliases keep an address from saying anything of a domain. */
export function anyCovers(wide: RecipientEntry, narrow: RecipientEntry, context: CoverContext): boolean {
  switch (wide.kind) {
    case 'internal':
      return narrow.kind === 'internal' || (narrow.kind === 'domain' && isInternal(narrow.domain, context));
    case 'external':
      return narrow.kind === 'external' || (narrow.kind === 'domain' && !isInternal(narrow.domain, context));
    case 'domain':
      return narrow.kind === 'domain' && asciiDomain(wide.domain) === asciiDomain(narrow.domain);
    case 'address':
      return narrow.kind === 'address' && addressKey(wide.address) === addressKey(narrow.address);
    case 'group':
      return narrow.kind === 'group' && wide.id === narrow.id;
  }
}

function isInternal(domain: string, { internalDomains }: CoverContext) {
  return internalDomains.has(domainOfKey(addressKey(`x@${domain}`)));
}

function messageCovers(wide: MessageCondition, narrow: MessageCondition) {
  return (
    (wide.conversation === 'any' || wide.conversation === narrow.conversation) &&
    (wide.importance === 'any' || wide.importance === narrow.importance) &&
    (wide.minBytes ?? 0) <= (narrow.minBytes ?? 0) &&
    (wide.maxBytes ?? Infinity) >= (narrow.maxBytes ?? Infinity) &&
    wordsCover(wide, narrow)
  );
}

function wordsCover(wide: MessageCondition, narrow: MessageCondition) {
  if (wide.subjectWords.length + wide.textWords.length === 0) return true;
  if (narrow.subjectWords.length + narrow.textWords.length === 0) return false;
  return wordsUnder(wide.subjectWords, narrow.subjectWords) && wordsUnder(wide.textWords, narrow.textWords);
}

function wordsUnder(wide: readonly string[], narrow: readonly string[]) {
  const known = new Set(wide.map(word => foldText(word).trim()));
  return narrow.every(word => known.has(foldText(word).trim()));
}

function timeCovers(wide: TimeCondition, narrow: TimeCondition, localTime: LocalTime) {
  const instant = (local: string | undefined, without: number) =>
    local === undefined ? without : (localTime.instantOf(local) ?? Number.NaN);
  return (
    instant(wide.from, -Infinity) <= instant(narrow.from, -Infinity) &&
    instant(wide.until, Infinity) >= instant(narrow.until, Infinity) &&
    hoursCover(wide.hours, narrow.hours) &&
    weekdaysCover(wide, narrow)
  );
}

type Hours = TimeCondition['hours'];

function hoursCover(wide: Hours, narrow: Hours) {
  if (!wide) return true;
  if (!narrow) return false;
  if (wide.from === narrow.from && wide.until === narrow.until) return true;
  return !isOvernight(wide) && !isOvernight(narrow) && wide.from <= narrow.from && wide.until >= narrow.until;
}

/** Hours over midnight shift what a weekday means, so then only equal hours can be compared. */
function weekdaysCover(wide: TimeCondition, narrow: TimeCondition) {
  const days = new Set(wide.weekdays);
  if (days.size === 0 || days.size === 7) return true;
  const isSameDay =
    (!isOvernight(wide.hours) && !isOvernight(narrow.hours)) ||
    (wide.hours?.from === narrow.hours?.from && wide.hours?.until === narrow.hours?.until);
  return isSameDay && narrow.weekdays.length > 0 && narrow.weekdays.every(day => days.has(day));
}

function isOvernight(hours: Hours) {
  return hours !== undefined && hours.from > hours.until;
}
