/**
 * What each run does. Everything that must hold before Exchange is touched is written first, and what became of it afterwards:
 * whenever the process dies in between, the relay takes the mail that comes, and the same run goes on from what the tenant shows.
 */
import { randomUUID } from 'node:crypto';
import type { Clock } from '../../clock.ts';
import { createTenantSetup } from '../../microsoft/apply/setup.ts';
import type { Health, SetupFailure } from '../../microsoft/apply/setup-types.ts';
import type { ConnectorSettings } from '../../microsoft/connectors/settings.ts';
import { createExchange, type Turn } from '../../microsoft/exchange/exchange.ts';
import { done, type Failure } from '../../microsoft/failure.ts';
import type {
  MailFlowReason,
  MailFlowResult,
  MailFlowState,
  RunPhase,
  RunResult,
  StandingAccess,
} from '../../microsoft/mail-flow-types.ts';
import type { Access } from '../../microsoft/tokens/sign-in-types.ts';
import type { MicrosoftState, MicrosoftStatus } from '../../store/microsoft.ts';
import type { Store } from '../../store/store.ts';
import { type Context, type ContextNeeds, contextOf, madeSettings, wantedSettings } from './context.ts';
import { keepFacts } from './keep-facts.ts';
import type { Names } from './names.ts';
import { refused } from './refused.ts';
import type { RunTools } from './runs.ts';
import { beginRotation, ensureSecret, routeSecrets, ruleHasSecret } from './secrets.ts';
import { type AppliedSettings, withSetup } from './stored-setup.ts';
import { phaseSentences, teller } from './telling.ts';
import { readGroups, readTenantFacts } from './tenant-facts.ts';
import { createTrials } from './trials.ts';

export type ActionNeeds = ContextNeeds & {
  readonly store: Pick<Store, 'tenants' | 'microsoft' | 'messages'>;
  readonly clock: Clock;
  readonly random: (bytes: number) => Buffer;
  readonly wait: (ms: number, signal?: AbortSignal) => Promise<void>;
  readonly relayFollows: () => Promise<void>;
  readonly hashAddress: (address: string) => string;
  readonly standing?: StandingAccess;
  /** For the preflight; without it DNS is not asked. */
  readonly names?: Names;
  /** One queue for each Microsoft tenant (exchange-online.md 1.7). */
  readonly turnOf: (microsoftTenantId: string) => Turn;
};

export type Acting = {
  readonly tenantId: string;
  readonly access: Access;
  readonly tools: RunTools;
};

export type Action = (needs: ActionNeeds, acting: Acting) => Promise<RunResult>;

export function setupWith(needs: ActionNeeds, { access: { cloud, fetch } }: Context, access: Access) {
  const { clock, wait, turnOf } = needs;
  const turn = turnOf(access.tenantId);
  const exchange = createExchange({ cloud, fetch, access, clock, wait, newId: randomUUID, turn });
  return { exchange, setup: createTenantSetup({ exchange, clock, wait }) };
}

export const connect: Action = async (needs, acting) => {
  const { tenantId, access, tools } = acting;
  const { store, clock, relayFollows } = needs;
  tools.tell({ kind: 'phase', phase: 'read', sentence: phaseSentences.read });
  const ready = await readyToConnect(needs, acting);
  if (ready.kind === 'failed') return await fail(needs, acting, ready);
  const { context, wanted, recipients } = ready.value;
  const { setup } = setupWith(needs, context, access);
  const secrets = await ensureSecret(secretsNeeds(needs), tenantId);
  await relayFollows();
  const { pilotMailbox } = context.choices;
  const connected = await setup.connect({
    settings: { ...wanted, routeSecret: secrets.current },
    trials: createTrials({ ...needs, ...store }, { tenantId, recipients, tools }),
    ...(pilotMailbox === undefined ? {} : { pilotMailbox }),
    isEnabled: true,
    onEvent: teller(tools, 'connect'),
    signal: tools.signal,
  });
  if (connected.kind === 'failed') return await fail(needs, acting, connected);
  const { routeSecret: _, previousRouteSecret: __, pilot: ___, ...applied } = connected.value.settings;
  await change(needs, tenantId, state =>
    ruleHasSecret(withSetup(settled(state, 'waiting', clock.now()), { applied }), {
      before: secrets.before,
      now: clock.now(),
    }),
  );
  return success('waiting', 'Connectors configuration successful.');
};

/** Refusals that need no change at Microsoft, and what the relay must know before mail can come. */
async function readyToConnect(needs: ActionNeeds, { tenantId, access, tools }: Acting) {
  const context = await contextOf(needs, tenantId);
  if (context.kind === 'failed') return context;
  const { signal } = tools;
  const { exchange } = setupWith(needs, context.value, access);
  const facts = await readTenantFacts(exchange, { signal });
  if (facts.kind === 'failed') return facts;
  if (facts.value.isDehydrated)
    return refused(
      'dehydrated',
      'SIGNET_EXCHANGE_TENANT',
      'This organisation was never customised, and takes no connectors yet: let Exchange prepare it (hydrate), which takes some minutes, then connect again.',
    );
  const group = await checkGroup(exchange, context.value, signal);
  if (group.kind === 'failed') return group;
  const lease = await checkLease(needs, context.value);
  if (lease.kind === 'failed') return lease;
  const { installationId } = await change(needs, tenantId, state => state);
  const wanted = wantedSettings(needs, context.value, installationId);
  if (wanted.kind === 'failed') return wanted;
  const kept = await keepFacts(needs, context.value, { access, facts: facts.value });
  if (kept.kind === 'failed') return kept;
  for (const sentence of kept.value) tools.tell({ kind: 'note', sentence });
  const recipient =
    context.value.choices.pilotMailbox ?? access.username ?? `postmaster@${facts.value.domains[0] ?? ''}`;
  return done({ context: context.value, wanted: wanted.value, recipients: [recipient] });
}

/** A rule whose end nobody may move would end with all signatures. */
async function checkLease(needs: ActionNeeds, { tenant, choices }: Context): Promise<MailFlowResult<'fine'>> {
  if (choices.leaseHours === undefined) return done('fine');
  const access = await needs.standing?.(tenant.id, 'lease');
  access?.forget();
  return access
    ? done('fine')
    : refused(
        'invalid',
        'SIGNET_CONNECTOR_SETTINGS',
        'A rule with an end needs an access of its own by which Signet moves that end (the standing access "lease"), and there is none: connect without a lease, or give it first.',
      );
}

/** Exchange would take a dynamic group, or a misspelt one, and route nobody's mail (exchange-online.md 4.5). */
export async function checkGroup(
  exchange: Parameters<typeof readGroups>[0],
  { choices: { scope } }: Context,
  signal: AbortSignal | undefined,
): Promise<MailFlowResult<'fine'>> {
  if (scope.senders.kind === 'all') return done('fine');
  const groups = await readGroups(exchange, signal ? { signal } : {});
  if (groups.kind === 'failed') return groups;
  const address = scope.senders.address.toLowerCase();
  const found = groups.value.find(group => group.address === address);
  if (!found)
    return refused(
      'invalid',
      'SIGNET_CONNECTOR_SETTINGS',
      `There is no mail-enabled group with the address ${address} in this organisation: choose one by its primary address.`,
    );
  return found.refusal === undefined
    ? done('fine')
    : refused('invalid', 'SIGNET_CONNECTOR_SETTINGS', `${found.name}: ${found.refusal}`);
}

type Adjusting = 'repair' | 'pause' | 'resume';

function adjusting(verb: Adjusting): Action {
  return async (needs, acting) => {
    const { access, tools } = acting;
    const ready = await readyToChange(needs, acting);
    if (ready.kind === 'failed') return await fail(needs, acting, ready);
    const { context, settings, before } = ready.value;
    const { setup } = setupWith(needs, context, access);
    const result = await setup[verb]({ settings, onEvent: teller(tools, verb), signal: tools.signal });
    if (result.kind === 'failed') return await fail(needs, acting, result);
    // Pausing and resuming leave the secret in the rule as it is.
    const now = needs.clock.now();
    return await settle(needs, acting, {
      health: result.value,
      isResumed: verb === 'resume',
      mend: state => (verb === 'repair' ? ruleHasSecret(state, { before, now }) : state),
    });
  };
}

export const repair = adjusting('repair');
export const pause = adjusting('pause');
export const resume = adjusting('resume');

export const rotateSecret: Action = async (needs, acting) => {
  const { tenantId, access, tools } = acting;
  const ready = await readyToChange(needs, acting);
  if (ready.kind === 'failed') return await fail(needs, acting, ready);
  const rotation = await beginRotation(secretsNeeds(needs), tenantId);
  if (rotation.kind === 'too-early') return await fail(needs, acting, tooEarly(rotation.until));
  // The relay takes both before the rule sets the new one.
  await needs.relayFollows();
  tools.tell({ kind: 'note', sentence: 'Signet takes both route secrets now.' });
  const { context, settings } = ready.value;
  const { setup } = setupWith(needs, context, access);
  const { current, before } = rotation.secrets;
  const { previousRouteSecret: _, ...others } = settings;
  const result = await setup.rotateSecret({
    settings: { ...others, routeSecret: current },
    onEvent: teller(tools, 'rotate-secret'),
    signal: tools.signal,
  });
  if (result.kind === 'failed') return await fail(needs, acting, result);
  const now = needs.clock.now();
  return await settle(needs, acting, {
    health: result.value,
    mend: state => ruleHasSecret(state, { before, now }),
  });
};

export const remove: Action = async (needs, acting) => {
  const { tenantId, access, tools } = acting;
  const ready = await readyToChange(needs, acting);
  if (ready.kind === 'failed') return await fail(needs, acting, ready);
  const { context, settings } = ready.value;
  const { setup } = setupWith(needs, context, access);
  const gone = await setup.remove({ settings, onEvent: teller(tools, 'remove'), signal: tools.signal });
  if (gone.kind === 'failed') return await fail(needs, acting, gone);
  // Secrets stay: mail that waits for Signet already still carries them.
  await change(needs, tenantId, state => {
    const { applied: _, ...setup } = (state.setup ?? {}) as Readonly<Record<string, unknown>>;
    return { ...settled(state, 'not-configured', needs.clock.now()), setup };
  });
  return success('not-configured', 'Everything that Signet made is gone; mail goes out without it.');
};

export const hydrate: Action = async (needs, acting) => {
  const context = await contextOf(needs, acting.tenantId);
  if (context.kind === 'failed') return await fail(needs, acting, context);
  const { setup } = setupWith(needs, context.value, acting.access);
  const asked = await setup.hydrate({ signal: acting.tools.signal });
  if (asked.kind === 'failed') return await fail(needs, acting, asked);
  const state = context.value.stored?.state.status ?? 'not-configured';
  return success(state, 'Exchange prepares the organisation: wait some minutes, then connect.');
};

/** A later end of the rule; without a lease there is nothing to do. */
export const extendLease: Action = async (needs, acting) => {
  const { access, tools } = acting;
  const ready = await readyToChange(needs, acting);
  if (ready.kind === 'failed') return await fail(needs, acting, ready);
  const { context, settings } = ready.value;
  const { leaseHours } = context.choices;
  const { leaseUntil: _, ...others } = settings;
  const leaseUntil = leaseHours === undefined ? undefined : needs.clock.now() + leaseHours * 3_600_000;
  const extended = leaseUntil === undefined ? others : { ...others, leaseUntil };
  const { setup } = setupWith(needs, context, access);
  const result = await setup.extendLease({
    settings: extended,
    onEvent: teller(tools, 'extend-lease'),
    signal: tools.signal,
  });
  if (result.kind === 'failed') return await fail(needs, acting, result);
  const { routeSecret: __, previousRouteSecret: ___, pilot: ____, ...applied } = extended;
  return await settle(needs, acting, { health: result.value, mend: state => withSetup(state, { applied }) });
};

async function readyToChange(
  needs: ActionNeeds,
  { tenantId, tools }: Acting,
): Promise<
  MailFlowResult<{
    readonly context: Context;
    readonly settings: ConnectorSettings;
    readonly before: string | undefined;
  }>
> {
  tools.tell({ kind: 'phase', phase: 'read', sentence: phaseSentences.read });
  const context = await contextOf(needs, tenantId);
  if (context.kind === 'failed') return context;
  const made = madeSettings(needs, context.value);
  if (made.kind === 'failed') return made;
  const { before } = await routeSecrets({ tenants: needs.store.tenants }, tenantId);
  const settings = await withRouteSecrets(needs, context.value, made.value);
  return done({ context: context.value, settings, before });
}

/** With the secret before, while no rule is known to have the present one. */
export async function withRouteSecrets(
  needs: Pick<ActionNeeds, 'store' | 'clock' | 'random'>,
  { tenant, stored }: Context,
  made: AppliedSettings,
): Promise<ConnectorSettings> {
  const { current, before } = await ensureSecret(secretsNeeds(needs), tenant.id);
  const isOpen = before !== undefined && stored?.state.routeSecretBeforeUntil === undefined;
  return { ...made, routeSecret: current, ...(isOpen ? { previousRouteSecret: before } : {}) };
}

function secretsNeeds({ store, clock, random }: Pick<ActionNeeds, 'store' | 'clock' | 'random'>) {
  return { tenants: store.tenants, microsoft: store.microsoft, now: clock.now, random };
}

function change(
  { store }: Pick<ActionNeeds, 'store'>,
  tenantId: string,
  changed: (state: MicrosoftState) => MicrosoftState,
) {
  return store.microsoft.changeMicrosoft(tenantId, changed);
}

/** After a run that went well: what failed before is history. */
function settled(
  { failure: _, drift: __, progress: ___, ...state }: MicrosoftState,
  status: MicrosoftStatus,
  now: number,
): MicrosoftState {
  return { ...state, status, statusAt: now, verifiedAt: now };
}

const healthStatus = {
  'not-configured': 'not-configured',
  successful: 'successful',
  paused: 'paused',
  drifted: 'drifted',
} as const satisfies Record<Health['kind'], MicrosoftStatus>;

export function withHealth(state: MicrosoftState, health: Health, now: number): MicrosoftState {
  const status = healthStatus[health.kind];
  // Waiting for Exchange is more than being as it should be.
  const isSame = status === state.status || (status === 'successful' && state.status === 'waiting');
  const next = settled(state, isSame ? state.status : status, isSame ? state.statusAt : now);
  return health.kind === 'drifted' ? { ...next, drift: health.differences } : next;
}

async function settle(
  needs: ActionNeeds,
  { tenantId }: Acting,
  {
    health,
    isResumed = false,
    mend,
  }: {
    readonly health: Health;
    readonly isResumed?: boolean;
    readonly mend: (state: MicrosoftState) => MicrosoftState;
  },
): Promise<RunResult> {
  const now = needs.clock.now();
  const { state } = await change(needs, tenantId, before => {
    const after = mend(withHealth(before, health, now));
    return isResumed && after.status === 'successful'
      ? { ...after, status: 'waiting', statusAt: now }
      : after;
  });
  return success(state.status, resultSentences[state.status]);
}

const resultSentences: Readonly<Record<MicrosoftStatus, string>> = {
  'not-configured': 'Nothing of Signet is there.',
  waiting: 'Connectors configuration successful; Exchange may take up to an hour.',
  successful: 'Connectors configuration successful.',
  paused:
    'Paused: the rule is switched off; Exchange may take up to an hour until all mail goes out unsigned.',
  drifted: 'Done; and something else is not as Signet made it: see the differences.',
  failed: 'Failed.',
};

function success(state: MailFlowState, sentence: string): RunResult {
  return { kind: 'succeeded', state, sentence };
}

type AnyFailure = Failure<MailFlowReason> | SetupFailure;

/** A tenant that was live before stays what it was: mail flow is as it was, and the failure stands beside. */
async function fail(
  needs: ActionNeeds,
  { tenantId, tools }: Acting,
  failure: AnyFailure,
): Promise<RunResult> {
  const { reason, problem, detail } = failure;
  const phase: RunPhase = 'reached' in failure ? failure.reached : tools.phase();
  if (reason === 'cancelled' || tools.signal.aborted) return { kind: 'cancelled', phase };
  const now = needs.clock.now();
  await change(needs, tenantId, state => ({
    ...state,
    ...(state.status === 'not-configured' || state.status === 'failed'
      ? { status: 'failed' as const, statusAt: now }
      : {}),
    progress: { phase, at: now },
    failure: problem,
  })).catch(() => undefined);
  const step = 'step' in failure ? failure.step?.name : undefined;
  return {
    kind: 'failed',
    reason,
    phase,
    problem,
    ...(step === undefined ? {} : { step }),
    ...(detail === undefined ? {} : { detail }),
  };
}

function tooEarly(until: number) {
  return refused(
    'rotation',
    'SIGNET_ROTATION_RUNNING',
    `The route secret was changed lately, and mail may still come with the one before until ${new Date(until).toISOString()}: change it again after that.`,
  );
}
