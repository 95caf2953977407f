/**
 * What can be done to a tenant, and what is told on the way. Everything reads the tenant's state first, so each of these
 * may be run again at any time: after a failure, a restart, an expired sign-in, or for no reason.
 */
import type { ConnectorSettings } from '../connectors/settings.ts';
import type { ExchangeReason } from '../exchange/exchange-types.ts';
import type { Failure } from '../failure.ts';
import type { ActualObjects, Plan, Step } from '../plan/plan-types.ts';

/** Of `connect`, in this order (PRODUCT.md 7, step 4). */
export const phases = [
  'read',
  'connectors',
  'validation',
  'pilot',
  'probe',
  'rule',
  'enable',
  'tidy',
] as const;

export type Phase = (typeof phases)[number];

export type SetupReason =
  | ExchangeReason
  /** Something of that name is there and not ours. */
  | 'conflict'
  /** Exchange's own test of the connector failed. */
  | 'validation'
  /** No probe came through the whole round trip in time. */
  | 'probe'
  /** Exchange said yes and shows no effect. */
  | 'no-effect'
  /** There is nothing of ours to act on. */
  | 'not-configured';

export type SetupEvent =
  | { readonly kind: 'phase'; readonly phase: Phase }
  | { readonly kind: 'plan'; readonly plan: Plan }
  | { readonly kind: 'step'; readonly state: 'started' | 'done'; readonly step: Step }
  /** Exchange needs time; `sentence` says for what. */
  | { readonly kind: 'waiting'; readonly sentence: string; readonly forMs: number }
  /** Something the administrator should see that stops nothing: Exchange's warnings, a fallback taken. */
  | { readonly kind: 'note'; readonly sentence: string };

/** `reached`: everything before this phase stands; running again goes on there. */
export type SetupFailure = Failure<SetupReason> & { readonly reached: Phase; readonly step?: Step };

export type Setup<Value> = { readonly kind: 'ok'; readonly value: Value } | SetupFailure;

/** What `connect` needs of the relay and the page beside the tenant itself. */
export type Trials = {
  /** Addresses to which Exchange's test mail goes; the relay takes it for these while `open`, at most 15 minutes. */
  readonly validationRecipients: readonly string[];
  readonly openValidation: () => Promise<void>;
  readonly closeValidation: () => Promise<void>;
  /**
   * Resolves when a mail of the pilot mailbox, routed with this tenant's secret, went through the relay and was taken
   * back by Exchange; or says in one sentence why not. The caller decides how long to wait.
   */
  readonly probe: (pilot: {
    readonly mailbox: string;
    readonly signal: AbortSignal;
  }) => Promise<{ readonly kind: 'through' } | { readonly kind: 'not-through'; readonly sentence: string }>;
};

export type ConnectOptions = {
  readonly settings: ConnectorSettings;
  /** Undefined: no pilot and no probe (the caller has reasons, as after a repair). */
  readonly trials?: Trials;
  /** Mailbox of the pilot rule; needs `trials`. */
  readonly pilotMailbox?: string;
  /** False: the real rule is made and stays disabled, until `resume`. */
  readonly isEnabled: boolean;
  readonly onEvent?: (event: SetupEvent) => void;
  readonly signal?: AbortSignal;
};

export type Connected = {
  readonly actual: ActualObjects;
  /** As they finally are: store these. Exchange may have refused to keep headers with an address-identified connector. */
  readonly settings: ConnectorSettings;
};

export type ActOptions = Pick<ConnectOptions, 'settings' | 'onEvent' | 'signal'>;

export type Health =
  | { readonly kind: 'not-configured' }
  | { readonly kind: 'successful' }
  | { readonly kind: 'paused' }
  /** One readable sentence for each difference. */
  | { readonly kind: 'drifted'; readonly differences: readonly string[]; readonly plan: Plan };

export type TenantSetup = {
  readonly read: (options?: { readonly signal?: AbortSignal }) => Promise<Setup<ActualObjects>>;
  /** What `connect` would do. */
  readonly preview: (
    options: Pick<ConnectOptions, 'settings' | 'isEnabled' | 'signal'>,
  ) => Promise<Setup<Plan>>;
  readonly connect: (options: ConnectOptions) => Promise<Setup<Connected>>;
  /** Compares, changes nothing. */
  readonly verify: (options: ActOptions) => Promise<Setup<Health>>;
  /** Makes everything as desired again, and leaves the rule enabled or paused as it is. */
  readonly repair: (options: ActOptions) => Promise<Setup<Health>>;
  readonly pause: (options: ActOptions) => Promise<Setup<Health>>;
  readonly resume: (options: ActOptions) => Promise<Setup<Health>>;
  /** Lists what would be removed (`plan` event), removes rules, then connectors, and looks that all are gone. */
  readonly remove: (options: ActOptions) => Promise<Setup<Plan>>;
  /** `settings` hold the new secret and the previous one, both valid at the relay; the rule gets the new one. */
  readonly rotateSecret: (options: ActOptions) => Promise<Setup<Health>>;
  /** Asks Exchange to make the organisation customisable (a failure `dehydrated` offers it); takes effect in minutes. */
  readonly hydrate: (options?: { readonly signal?: AbortSignal }) => Promise<Setup<'asked'>>;
  /** Moves the rule's expiry to `settings.leaseUntil`. */
  readonly extendLease: (options: ActOptions) => Promise<Setup<Health>>;
};
