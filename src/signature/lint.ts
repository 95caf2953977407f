/**
 * Warnings about rules, for whoever saves one (PRODUCT.md 5): rules that can never match, names of things that are not
 * there, rules that an earlier one always stops, and conditions that do not mean what they seem to. No false alarms:
 * "never" and "shadowed" are certain (`cover.ts`), and what is not certain is not said.
 */
import { asciiDomain } from '../mail/address.ts';
import { alternatives, type Condition, type Seen } from './condition.ts';
import { type CoverContext, covers, isNeverMet, senderCovers } from './cover.ts';
import { createLocalTime, type LocalTime } from './local-time.ts';
import type { MessageCondition, Rule, TimeCondition } from './rule.ts';
import type { Preferences } from './tenant.ts';
import { timeConditions } from './time-condition.ts';
import { foldText } from './word-search.ts';

export type RuleWarning = {
  /** `id` of the rule. */
  readonly rule: string;
  readonly kind: 'never' | 'shadowed' | 'unknown' | 'misleading';
  /** For people, whole. */
  readonly sentence: string;
  /** `id` of the earlier rule that shadows this one. */
  readonly by?: string;
};

export type LintContext = {
  /** Accepted domains of the tenant. */
  readonly domains: readonly string[];
  readonly preferences: Pick<
    Preferences,
    'identity' | 'extraInternalDomains' | 'timeZone' | 'unknownSenders'
  >;
  readonly groupName: (id: string) => string | undefined;
  readonly isPerson: (address: string) => boolean;
  readonly isSignature: (name: string) => boolean;
};

/** Of all rules, in their order; disabled ones too, but they shadow nobody. */
export function lintRules(rules: readonly Rule[], context: LintContext): readonly RuleWarning[] {
  const domains = new Set(context.domains.map(asciiDomain));
  const extra = context.preferences.extraInternalDomains.map(asciiDomain);
  const cover: CoverContext = {
    internalDomains: new Set([...domains, ...extra]),
    localTime: createLocalTime(context.preferences.timeZone),
  };
  return rules.flatMap((rule, at) => {
    const never = neverSentences(rule, { context, cover, domains });
    const shadow = never.length === 0 ? shadowOf(rule, rules.slice(0, at), cover) : undefined;
    return [
      ...never.map(sentence => ({ rule: rule.id, kind: 'never', sentence }) as const),
      ...(shadow ? [shadow] : []),
      ...unknownSentences(rule, context).map(
        sentence => ({ rule: rule.id, kind: 'unknown', sentence }) as const,
      ),
      ...misleadingSentences(rule, cover).map(
        sentence => ({ rule: rule.id, kind: 'misleading', sentence }) as const,
      ),
    ];
  });
}

type Bench = {
  readonly context: LintContext;
  readonly cover: CoverContext;
  readonly domains: ReadonlySet<string>;
};

function neverSentences(rule: Rule, bench: Bench): string[] {
  return [
    ...neverSenders(rule, bench),
    ...neverRecipients(rule, bench),
    ...neverMessage(rule.message),
    ...neverTime(rule.time, bench.cover.localTime),
  ];
}

function neverSenders({ senders: { include, except } }: Rule, { context, domains }: Bench): string[] {
  if (include.length === 0) return [];
  if (include.every(entry => except.some(other => senderCovers(other, entry))))
    return ['It can never match: every sender that it names is excepted too.'];
  if (include.every(entry => entry.kind === 'group' && context.groupName(entry.id) === undefined))
    return ['It can never match: none of the groups that it names as senders exists any more.'];
  // With identity `sender` a delegate may well have an address elsewhere.
  const isForeign = context.preferences.identity === 'from';
  const foreign = include.flatMap(entry =>
    entry.kind === 'domain' && !domains.has(asciiDomain(entry.domain)) ? [entry.domain] : [],
  );
  if (isForeign && foreign.length === include.length)
    return [
      `It can never match: only mail from this organisation's own domains is signed, and ${alternatives(foreign, 'and')} ${foreign.length > 1 ? 'are' : 'is'} none of them.`,
    ];
  return [];
}

function neverRecipients({ recipients }: Rule, { cover }: Bench): string[] {
  const { include, except } = recipients;
  const kinds = new Set(except.map(({ kind }) => kind));
  if (kinds.has('internal') && kinds.has('external'))
    return ['It can never match: internal and external recipients are both excepted.'];
  const isContradicted =
    include.length > 0 &&
    include.every(entry => isNeverMet(entry, { include: [], except: recipients.except }, cover));
  return isContradicted ? ['It can never match: every recipient that it names is excepted too.'] : [];
}

function neverMessage({ minBytes = 0, maxBytes = Infinity, subjectWords, textWords }: MessageCondition) {
  const sentences: string[] = [];
  if (minBytes > maxBytes)
    sentences.push('It can never match: its smallest size is larger than its largest.');
  const words = [...subjectWords, ...textWords];
  if (words.length > 0 && words.every(word => foldText(word).trim() === ''))
    sentences.push('It can never match: the words that it looks for are empty.');
  return sentences;
}

const minuteMs = 60_000;
/** Longer periods hold every weekday and every hour. */
const shortPeriodMs = 8 * 1_440 * minuteMs;

function neverTime(time: TimeCondition, localTime: LocalTime): string[] {
  const { from, until, hours } = time;
  if (hours && hours.from === hours.until)
    return [`It can never match: no time lies between ${hours.from} and ${hours.until}.`];
  if (from === undefined || until === undefined) return [];
  const begin = localTime.instantOf(from) ?? 0;
  const end = localTime.instantOf(until) ?? 0;
  if (begin >= end) return ['It can never match: it ends before it begins.'];
  if (end - begin > shortPeriodMs || holdsEver(timeConditions(time, localTime), begin, end, localTime))
    return [];
  return ['It can never match: none of its weekdays and hours lies between its begin and its end.'];
}

/** Minute by minute with the conditions themselves, since they change at minutes only. */
function holdsEver(conditions: readonly Condition<Seen>[], begin: number, end: number, localTime: LocalTime) {
  for (let now = begin; now < end; now += minuteMs) {
    const clock = localTime.at(now);
    const eveningBefore = () => localTime.at(now - (clock.minutes + 360) * minuteMs);
    const seen = { now, clock: () => clock, eveningBefore } as Seen;
    if (conditions.every(condition => condition.holds(seen))) return true;
  }
  return false;
}

function shadowOf(rule: Rule, earlier: readonly Rule[], cover: CoverContext): RuleWarning | undefined {
  for (const other of earlier) {
    if (!other.enabled || other.onMatch !== 'stop') continue;
    if (other.onNoMatch === 'stop')
      return shadow(rule, other, `It is never reached: the rule “${other.name}” always stops before it.`);
    if (covers(other, rule, cover))
      return shadow(
        rule,
        other,
        `It is never reached: the rule “${other.name}” matches all of its mail first, and stops.`,
      );
  }
  return undefined;
}

function shadow(rule: Rule, other: Rule, sentence: string): RuleWarning {
  return { rule: rule.id, kind: 'shadowed', by: other.id, sentence };
}

function unknownSentences({ senders, recipients, action }: Rule, context: LintContext): string[] {
  const entries = [...senders.include, ...senders.except, ...recipients.include, ...recipients.except];
  const groups = entries.flatMap(entry =>
    entry.kind === 'group' && context.groupName(entry.id) === undefined ? [entry.id] : [],
  );
  const people = [...senders.include, ...senders.except].flatMap(entry =>
    entry.kind === 'person' && !context.isPerson(entry.address) ? [entry.address] : [],
  );
  const names = action.kind === 'sign' ? action.signatures : [];
  return [
    ...[...new Set(names)]
      .filter(name => !context.isSignature(name))
      .map(name => `There is no signature “${name}”: mail that matches goes without it.`),
    ...[...new Set(groups)].map(id => `There is no group ${id}: nobody is in it.`),
    ...[...new Set(people)].map(address => `There is no person ${address} in the directory.`),
  ];
}

function misleadingSentences({ recipients, action, onMatch }: Rule, { internalDomains }: CoverContext) {
  const { include } = recipients;
  const foreign = include.flatMap(entry =>
    entry.kind === 'domain' && !internalDomains.has(asciiDomain(entry.domain)) ? [entry.domain] : [],
  );
  const has = (kind: string) => include.some(entry => entry.kind === kind);
  const isEmpty = action.kind === 'sign' && action.signatures.length === 0;
  return [
    ...(has('internal') && foreign.length > 0 && !has('external')
      ? [
          `It is for internal recipients or ${alternatives(foreign)}, not only for internal ones: either is enough.`,
        ]
      : []),
    ...(has('external') && foreign.length > 0
      ? [
          `It is for all external recipients: naming ${alternatives(foreign, 'and')} beside them changes nothing.`,
        ]
      : []),
    ...(isEmpty ? [`It adds no signature${onMatch === 'stop' ? ', and stops' : ''}.`] : []),
  ];
}
