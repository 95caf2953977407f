/**
 * A condition of a rule, compiled: what it asks, whether it holds, and what it saw. The trace that an administrator
 * reads is made by the very functions that decide.
 */
import type { Audience, Mentioned } from './audience.ts';
import type { WallClock } from './local-time.ts';
import type { AttributeTest } from './rule.ts';
import type { Sender } from './sender.ts';
import type { MessageFacts } from './tenant.ts';

/** One message in one moment. */
export type Seen = {
  readonly sender: Sender;
  /** Of the sender, the group itself included when the mail comes from a group's address. */
  readonly senderGroups: Traits;
  /** A field of the sender in the form in which values are compared. */
  readonly senderField: (field: AttributeTest['field']) => string;
  readonly facts: MessageFacts;
  readonly now: number;
  /** Costly, and asked for by few rules: made once, when first asked for. */
  readonly clock: () => WallClock;
  /** The clock on the evening before, for hours that began then. */
  readonly eveningBefore: () => WallClock;
  readonly subject: () => string;
  readonly newText: () => string;
};

export type Condition<What> = {
  /** A clause for the trace: `sender is in Sales`. */
  readonly describe: () => string;
  readonly holds: (what: What) => boolean;
  /** The value looked at; '' where the log must not repeat it. */
  readonly saw: (what: What) => string;
};

export type CompiledRule = {
  readonly id: string;
  readonly isEnabled: boolean;
  /** The same for all recipients of a message: sender, message, time. */
  readonly ofMessage: readonly Condition<Seen>[];
  readonly ofRecipients: readonly Condition<Audience>[];
  /** Without one of these among its traits no audience can match. */
  readonly onlyFor: Mentioned | undefined;
  readonly signatures: readonly string[];
  readonly stopsOnMatch: boolean;
  readonly stopsOnNoMatch: boolean;
};

/** What names look like in traces and sentences. */
export type Names = { readonly group: (id: string) => string | undefined };

/** A set that is asked for members and walked through, the latter without making an iterator. */
export type Traits = { readonly list: readonly string[]; readonly set: ReadonlySet<string> };

export function traits(of: Iterable<string>): Traits {
  const set = new Set(of);
  return { list: [...set], set };
}

/** Walks through the smaller one: rules may list thousands, a message may have a thousand recipients. */
export function meets(some: Traits, others: Traits): boolean {
  if (some.list.length === 0 || others.list.length === 0) return false;
  return some.list.length <= others.list.length ? anyOf(some.list, others.set) : anyOf(others.list, some.set);
}

function anyOf(list: readonly string[], set: ReadonlySet<string>) {
  for (let at = 0; at < list.length; at++) if (set.has(list[at] as string)) return true;
  return false;
}

/** `a`, `a or b`, `a, b or c`; beyond eight the rest is counted. */
export function alternatives(words: readonly string[], joint = 'or'): string {
  const shown = words.length > 9 ? [...words.slice(0, 8), `${words.length - 8} more`] : words;
  const last = shown.at(-1) ?? '';
  return shown.length < 2 ? last : `${shown.slice(0, -1).join(', ')} ${joint} ${last}`;
}
