/**
 * A rule: who, to whom, when -> which signatures (PRODUCT.md 5). Plain data in the shape of the bundle, with every
 * default filled in. Dimensions are AND-ed, entries of one are OR-ed, exceptions win; an empty `include` means everyone.
 */
import type { PersonField } from './person.ts';

export type AttributeTest = {
  readonly field: PersonField | `custom.${string}`;
  readonly is: 'equal' | 'not-equal' | 'contains' | 'empty' | 'not-empty';
  /** Compared without regard to case; unused by `empty` and `not-empty`. */
  readonly value: string;
};

export type SenderEntry =
  | { readonly kind: 'person'; readonly address: string }
  | { readonly kind: 'group'; readonly id: string }
  | { readonly kind: 'domain'; readonly domain: string }
  | { readonly kind: 'attribute'; readonly test: AttributeTest };

/** `internal` = inside the tenant's accepted and extra internal domains, `external` = outside of them. */
export type RecipientEntry =
  | { readonly kind: 'internal' }
  | { readonly kind: 'external' }
  | { readonly kind: 'address'; readonly address: string }
  | { readonly kind: 'group'; readonly id: string }
  | { readonly kind: 'domain'; readonly domain: string };

export type Dimension<Entry> = { readonly include: readonly Entry[]; readonly except: readonly Entry[] };

export type MessageCondition = {
  readonly conversation: 'any' | 'new' | 'reply' | 'first';
  /** Any of these words in the subject; no content of the message is ever logged. */
  readonly subjectWords: readonly string[];
  readonly textWords: readonly string[];
  readonly minBytes?: number;
  readonly maxBytes?: number;
  readonly importance: 'any' | 'low' | 'normal' | 'high';
};

export type Weekday = 'mon' | 'tue' | 'wed' | 'thu' | 'fri' | 'sat' | 'sun';

/** In the tenant's time zone. `from` and `until` are local `YYYY-MM-DD` or `YYYY-MM-DDTHH:MM`, `until` exclusive. */
export type TimeCondition = {
  readonly from?: string;
  readonly until?: string;
  readonly weekdays: readonly Weekday[];
  /** Local `HH:MM`; `{from: '22:00', until: '06:00'}` runs over midnight. */
  readonly hours?: { readonly from: string; readonly until: string };
};

export type RuleAction =
  | { readonly kind: 'sign'; readonly signatures: readonly string[] }
  | { readonly kind: 'no-signature' };

export type Rule = {
  readonly id: string;
  readonly name: string;
  readonly enabled: boolean;
  readonly senders: Dimension<SenderEntry>;
  readonly recipients: Dimension<RecipientEntry>;
  readonly message: MessageCondition;
  readonly time: TimeCondition;
  readonly action: RuleAction;
  readonly onMatch: 'stop' | 'continue';
  readonly onNoMatch: 'continue' | 'stop';
};
