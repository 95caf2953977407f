/**
 * The use cases of a tenant's mail flow, as the wizard, the dashboard, `signet tenant` and `signet demo` call them: one
 * contract, made in `src/app/mail-flow/service.ts`. Everything here survives JSON but for functions and streams. No token,
 * code of a callback, key or route secret is in any of it, with one exception that says so (`ManualSetup`).
 */
import type { Problem } from '../problem.ts';
import type { SetupReason } from './apply/setup-types.ts';
import type { StoredCloudName } from './cloud.ts';
import type { ObjectKind, Role } from './connectors/desired.ts';
import type { Identification, Scope } from './connectors/settings.ts';
import type { Outcome } from './failure.ts';
import type { EmergencyPage } from './script/emergency.ts';
import type { ManualStep } from './script/manual.ts';
import type { Application } from './tokens/application.ts';
import type { Access, Callback, SignInReason } from './tokens/sign-in-types.ts';

export type MailFlowReason =
  | SetupReason
  | SignInReason
  /** No tenant of Signet's has this id, or it is none of Exchange Online. */
  | 'no-tenant'
  | 'name-taken'
  /** The Microsoft tenant that was signed in to is another tenant of Signet's already. */
  | 'already-connected'
  /** Something is missing on this appliance: its name, its certificate. */
  | 'appliance'
  /** The cloud `sandbox` outside a demonstration's data folder, or one of Microsoft's inside. */
  | 'cloud'
  /** Another run of this tenant is under way: `MailFlowService.run` tells which. */
  | 'running'
  /** This needs a sign-in that is there and not over. */
  | 'sign-in-needed'
  /** The previous route secret is still taken; a further one would bounce nobody and hold mail up. */
  | 'rotation';

export type MailFlowResult<Value> = Outcome<Value, MailFlowReason>;

/** What an administrator chose; kept from step to step and from run to run. */
export type Choices = {
  readonly method: 'automatic' | 'manual';
  readonly cloud: StoredCloudName;
  readonly application: Application;
  /** GUID or domain by which to sign in; needed by all applications but Microsoft's own. */
  readonly signInTenant?: string;
  /** The relay's public name; without it SIGNET_HOSTNAME. */
  readonly relayHost?: string;
  readonly relayTls: 'verified' | 'encrypted';
  /** Without it by certificate, in the relay's name. */
  readonly identification?: Identification;
  readonly scope: Scope;
  readonly priority: number;
  readonly stopsOtherRules: boolean;
  readonly onRuleError: 'ignore' | 'defer';
  readonly sizeLimitBytes: number;
  /** Mailbox whose mail goes through Signet first; undefined: no pilot. */
  readonly pilotMailbox?: string;
  /** Hours after which the rule ends by itself unless Signet is well and extends it; undefined: never. */
  readonly leaseHours?: number;
};

export type NewTenant = {
  readonly name: string;
  /** Accepted domains; read from the tenant when it is connected, needed beforehand for the manual method. */
  readonly domains?: readonly string[];
  readonly choices?: Partial<Choices>;
};

/**
 * How a tenant's mail flow stands. `waiting`: everything is made, and Exchange may take up to an hour (`waitingUntil`);
 * becomes `successful` with the first mail or when that time is over.
 */
export type MailFlowState =
  | 'not-configured'
  | 'running'
  | 'waiting'
  | 'successful'
  | 'paused'
  | 'drifted'
  | 'failed';

/** What the status strip and `signet tenant status` show. */
export type MailFlowStatus = {
  readonly tenantId: string;
  readonly name: string;
  readonly state: MailFlowState;
  /** One sentence for `state`; "Connectors configuration successful" where it is. */
  readonly sentence: string;
  /** Milliseconds since 1970-01-01 UTC, as are all times here. */
  readonly since: number;
  readonly waitingUntil?: number;
  /** Local: `off` after "stop signing now". */
  readonly signing: 'on' | 'shadow' | 'off';
  readonly method: Choices['method'];
  readonly cloud: StoredCloudName;
  /** Entra's id of the tenant, once it is known. */
  readonly microsoftTenantId?: string;
  readonly domains: readonly string[];
  readonly scope: Scope;
  /** One sentence for each difference that the last look found. */
  readonly drift: readonly string[];
  /** Why the last run failed; gone with the next that goes well. */
  readonly failure?: Problem;
  readonly verifiedAt?: number;
  readonly lastMessageAt?: number;
  readonly rotation?:
    | { readonly kind: 'unfinished' }
    /** Both secrets are taken until then. */
    | { readonly kind: 'both-taken'; readonly until: number };
  readonly leaseUntil?: number;
  /** The run that is under way or was cut short. */
  readonly run?: { readonly id: string; readonly action: RunAction; readonly state: RunState };
};

/** A sign-in is named by `id`, which nobody guesses, and belongs to one tenant and one owner (a session of the pages). */
export type Session = {
  readonly tenantId: string;
  readonly signInId: string;
  readonly owner: string;
  readonly signal?: AbortSignal;
};

export type SignInView = {
  readonly id: string;
  readonly tenantId: string;
  readonly flow: 'device-code' | 'authorization-code';
  readonly state:
    | {
        readonly kind: 'pending';
        /** What is typed at `url`; only of `device-code`. */
        readonly userCode?: string;
        /** Microsoft's page. */
        readonly url: string;
        readonly expiresAt: number;
      }
    /** Tokens are in memory until `endsAt`, or until the sign-in is ended. */
    | {
        readonly kind: 'signed-in';
        readonly username: string | undefined;
        readonly microsoftTenantId: string;
        readonly endsAt: number;
      }
    | {
        readonly kind: 'failed';
        readonly reason: MailFlowReason;
        readonly problem: Problem;
        readonly aadsts?: string;
      };
};

/** A mail-enabled group of the tenant. */
export type GroupChoice = {
  readonly address: string;
  readonly name: string;
  readonly kind: 'distribution' | 'mail-security' | 'microsoft365' | 'dynamic';
  /** Why it cannot be chosen, one sentence. */
  readonly refusal?: string;
};

/** One light of the preflight; `sentence` says what is so and, where something is to be done, what. */
export type PreflightLight = {
  readonly name: string;
  readonly health: 'well' | 'look' | 'broken' | 'unknown';
  readonly sentence: string;
};

/** One object of the plan, in the order of doing. */
export type PlanLine = {
  readonly action: 'create' | 'change' | 'keep' | 'remove' | 'conflict';
  readonly objectKind: ObjectKind;
  readonly role?: Role;
  readonly name: string;
  /** What happens, and what differs: whole sentences. */
  readonly sentences: readonly string[];
};

export type Preview = {
  readonly plan: readonly PlanLine[];
  readonly lights: readonly PreflightLight[];
  readonly microsoftTenantId: string;
  /** As Exchange calls the organisation. */
  readonly organisation: string;
  readonly domains: readonly string[];
  readonly username: string | undefined;
  /** Whether the routing rule is enabled already: a set-up then only changes what differs, without trials. */
  readonly isLive: boolean;
};

export type Verification = {
  readonly state: 'not-configured' | 'successful' | 'paused' | 'drifted';
  readonly differences: readonly string[];
  readonly lights: readonly PreflightLight[];
};

export type RunAction =
  | 'connect'
  | 'repair'
  | 'pause'
  | 'resume'
  | 'remove'
  | 'rotate-secret'
  | 'hydrate'
  | 'extend-lease';

/** `interrupted`: its process ended. Starting the same again goes on from what the tenant shows. */
export type RunState = 'running' | 'succeeded' | 'failed' | 'cancelled' | 'interrupted';

/** Numbered from 1 within a run; kept, so that a page may be reloaded and a second one may follow. */
export type RunEvent = { readonly number: number; readonly at: number } & (
  | { readonly kind: 'phase'; readonly phase: RunPhase; readonly sentence: string }
  | { readonly kind: 'plan'; readonly lines: readonly PlanLine[] }
  | { readonly kind: 'step'; readonly state: 'started' | 'done'; readonly line: PlanLine }
  | { readonly kind: 'waiting'; readonly sentence: string; readonly forMs: number }
  /** The administrator is to send a mail from the pilot's mailbox. */
  | { readonly kind: 'probe'; readonly mailbox: string; readonly until: number; readonly sentence: string }
  | { readonly kind: 'note'; readonly sentence: string }
  | { readonly kind: 'end'; readonly result: RunResult }
);

/** Those of `connect` in this order; other actions have `read` and `rule` only. */
export type RunPhase = 'read' | 'connectors' | 'validation' | 'pilot' | 'probe' | 'rule' | 'enable' | 'tidy';

export type RunResult =
  | { readonly kind: 'succeeded'; readonly state: MailFlowState; readonly sentence: string }
  | {
      readonly kind: 'failed';
      readonly reason: MailFlowReason;
      /** Everything before it stands. */
      readonly phase: RunPhase;
      /** Name of the connector or rule at which it stopped. */
      readonly step?: string;
      readonly problem: Problem;
      /** What Microsoft said. */
      readonly detail?: string;
    }
  | { readonly kind: 'cancelled'; readonly phase: RunPhase }
  | { readonly kind: 'interrupted' };

export type RunView = {
  readonly id: string;
  readonly tenantId: string;
  readonly action: RunAction;
  /** Who began it. */
  readonly actor: string;
  readonly startedAt: number;
  readonly state: RunState;
  readonly events: readonly RunEvent[];
};

/** `actor`: an account's name or `command line`, for the history. */
export type RunRequest = Session & { readonly actor: string };

/** Holds the route secret in its script and steps: show it to the administrator only, and never log it. */
export type ManualSetup = {
  readonly steps: readonly ManualStep[];
  readonly script: string;
  readonly removalScript: string;
  /** Holds no secret. */
  readonly emergency: EmergencyPage;
};

export type MailFlowService = {
  readonly addTenant: (tenant: NewTenant) => Promise<MailFlowResult<{ readonly tenantId: string }>>;
  /** Tenants of Exchange Online, by name. */
  readonly listTenants: () => Promise<readonly MailFlowStatus[]>;
  readonly status: (tenantId: string) => Promise<MailFlowResult<MailFlowStatus>>;
  readonly choices: (tenantId: string) => Promise<MailFlowResult<Choices>>;
  /** Keeps what is given beside what was chosen before; `undefined` takes a choice back. Changes nothing at Microsoft. */
  readonly choose: (
    tenantId: string,
    changes: { readonly [Name in keyof Choices]?: Choices[Name] | undefined },
  ) => Promise<MailFlowResult<Choices>>;

  /** A sign-in of the same tenant and owner that is under way ends. `redirectUri` is needed by `authorization-code`. */
  readonly beginSignIn: (request: {
    readonly tenantId: string;
    readonly owner: string;
    readonly flow: SignInView['flow'];
    readonly redirectUri?: string;
  }) => Promise<MailFlowResult<SignInView>>;
  /** Undefined: there is none, it is another's, or it was ended. */
  readonly signIn: (request: Session) => SignInView | undefined;
  /** The newest of this tenant and owner that is pending or signed in: after a reload. */
  readonly openSignIn: (request: Pick<Session, 'tenantId' | 'owner'>) => SignInView | undefined;
  /** Resolves when it is no longer pending, or the signal aborts. */
  readonly awaitSignIn: (request: Session) => Promise<SignInView | undefined>;
  /** The callback of `authorization-code`; `state` names the sign-in, `owner` must be that of `beginSignIn`. */
  readonly redeemSignIn: (callback: Callback, owner: string) => Promise<MailFlowResult<SignInView>>;
  /** Cancels or signs out: every token of it is wiped. */
  readonly endSignIn: (request: Session) => void;

  /** Mail-enabled groups by name; those that cannot be chosen say why. */
  readonly groups: (session: Session) => Promise<MailFlowResult<readonly GroupChoice[]>>;
  /** What `connect` would do, and the preflight. Changes nothing at Microsoft. */
  readonly preview: (session: Session) => Promise<MailFlowResult<Preview>>;
  /** What `remove` would take away. */
  readonly previewRemoval: (session: Session) => Promise<MailFlowResult<readonly PlanLine[]>>;
  /** Compares the tenant with what was set up and keeps the finding. Without `signInId` by standing access, where there is one. */
  readonly verify: (
    session: Omit<Session, 'signInId' | 'owner'> & Partial<Session>,
  ) => Promise<MailFlowResult<Verification>>;

  /**
   * Each begins a run and answers as soon as it is under way; `follow` and `run` tell how it goes. One run of a tenant at a
   * time, over all processes of the appliance. When a run ends, its sign-in stays until it ends by itself or is ended.
   */
  readonly connect: (request: RunRequest) => Promise<MailFlowResult<RunView>>;
  readonly repair: (request: RunRequest) => Promise<MailFlowResult<RunView>>;
  readonly pause: (request: RunRequest) => Promise<MailFlowResult<RunView>>;
  readonly resume: (request: RunRequest) => Promise<MailFlowResult<RunView>>;
  readonly remove: (request: RunRequest) => Promise<MailFlowResult<RunView>>;
  /** A rotation that was cut short goes on with the secret that it made. */
  readonly rotateSecret: (request: RunRequest) => Promise<MailFlowResult<RunView>>;
  /** After a failure `dehydrated`; takes minutes at Microsoft. */
  readonly hydrate: (request: RunRequest) => Promise<MailFlowResult<RunView>>;
  /** Moves the end of a rule that has one. Without `signInId` by standing access, where there is one. */
  readonly extendLease: (
    request: Pick<RunRequest, 'tenantId' | 'actor'> & Partial<RunRequest>,
  ) => Promise<MailFlowResult<RunView>>;
  /** The tenant's last run, also of another process or of one that ended. */
  readonly run: (tenantId: string) => Promise<RunView | undefined>;
  /** Events after `after`, the past ones first; ends behind the event `end`. Runs of other processes are followed too. */
  readonly follow: (request: {
    readonly tenantId: string;
    readonly runId: string;
    readonly after?: number;
    readonly signal?: AbortSignal;
  }) => AsyncIterable<RunEvent>;
  /** Stops this process's run of the tenant at the next safe point. */
  readonly cancelRun: (tenantId: string) => void;

  /** Local and instant: mail passes unsigned from now on. */
  readonly stopSigning: (tenantId: string) => Promise<MailFlowResult<MailFlowStatus>>;
  /** Back to what it was before. */
  readonly startSigning: (tenantId: string) => Promise<MailFlowResult<MailFlowStatus>>;

  readonly manual: (tenantId: string) => Promise<MailFlowResult<ManualSetup>>;
  /** The administrator's word that the manual steps are done. Without `microsoftTenantId` Microsoft is asked by domain. */
  readonly confirmManual: (request: {
    readonly tenantId: string;
    readonly microsoftTenantId?: string;
  }) => Promise<MailFlowResult<MailFlowStatus>>;

  /** Ends runs and sign-ins, and wipes every token. */
  readonly close: () => Promise<void>;
};

/** What stands without a person, each switched on by itself (PRODUCT.md 7). */
export type StandingPurpose = 'watch' | 'lease';

/**
 * Access that stands, made of the certificate in the vault. Undefined where it was not given; a failure later, as of a
 * registration that was removed, comes with the first token.
 */
export type StandingAccess = (tenantId: string, purpose: StandingPurpose) => Promise<Access | undefined>;
