/**
 * What the relay, the command line and the test lab need to know of a tenant to sign its mail: one immutable snapshot,
 * and the plan it makes for one message. Plain data and pure functions; who changes the configuration makes a new one.
 */
import type { FactNeeds, MessageFacts } from '../mail/facts.ts';
import type { CodeWords, Section } from '../mail/report.ts';
import type { People } from './person.ts';

export type { MessageFacts };

/** PRODUCT.md 7, each with its default in `defaultPreferences`. */
export type Preferences = {
  readonly delivery: 'one-for-all' | 'per-recipient';
  readonly identity: 'from' | 'sender';
  readonly unknownSenders: 'none' | 'from-message';
  readonly respectOtherProducts: boolean;
  readonly removeClientSignatures: boolean;
  readonly codeWords: CodeWords;
  readonly imagesInternal: 'embedded' | 'linked';
  readonly imagesExternal: 'embedded' | 'linked';
  readonly extraInternalDomains: readonly string[];
  /** IANA name, `Europe/Berlin`. */
  readonly timeZone: string;
  /** BCP 47, `en`. */
  readonly language: string;
  readonly logRetentionDays: number;
  readonly logAddresses: 'plain' | 'hashed';
  readonly alertAddresses: readonly string[];
  readonly holdBackBeyondLicence: boolean;
};

/** What a tenant's rules look at beyond the header, so that nothing else is read. */
export type Needs = FactNeeds;

export type Situation = {
  readonly facts: MessageFacts;
  /** Envelope recipients as received, lower case, domains as A-labels. */
  readonly recipients: readonly string[];
  /** Milliseconds since 1970-01-01 UTC. */
  readonly now: number;
  /** One result for all recipients, whatever the preference says: there were more than a message may have. */
  readonly delivery?: 'one-for-all';
};

/** One condition of one rule, with what it saw; words of the message are never repeated, only met or not. */
export type ConditionTrace = { readonly condition: string; readonly met: boolean; readonly saw: string };

export type RuleTrace = {
  readonly rule: string;
  readonly outcome: 'matched' | 'not-matched' | 'disabled' | 'not-reached';
  readonly conditions: readonly ConditionTrace[];
};

export type PlannedVariant = {
  /** A part of the envelope recipients; the variants of a plan are a partition of them. */
  readonly recipients: readonly string[];
  /** Empty: these recipients get the message without a signature. */
  readonly sections: readonly Section[];
  readonly rules: readonly string[];
  readonly signatures: readonly string[];
  /**
   * Built when asked for: most messages pass without anybody reading it. Several ways through the rules may lead to one
   * result; this is the way for `recipient`, without one for the first.
   */
  readonly trace: (recipient?: string) => readonly RuleTrace[];
};

export type Plan = {
  /** `id` of the person whose signature this is; undefined for an unknown sender. */
  readonly personId: string | undefined;
  /** Who takes a seat when this message is stamped: `personId`, for an unknown sender its address; '' without a From. */
  readonly seatKey?: string;
  /** Why nobody gets the signatures that the rules gave (PRODUCT.md 7: unknown senders, hold back beyond the licence). */
  readonly withheld?: 'unknown-sender' | 'beyond-licence';
  readonly variants: readonly PlannedVariant[];
};

export type SigningTenant = {
  /** Accepted domains, lower-case A-labels. */
  readonly domains: readonly string[];
  readonly preferences: Preferences;
  readonly people: People;
  readonly needs: Needs;
  /** Pure. May throw: the relay then hands the original on (promise 1). */
  readonly plan: (situation: Situation) => Plan;
};
