/**
 * The use cases of a tenant's mail flow, put together: see `mail-flow-types.ts` for what each promises. Made once for a process,
 * by the server for its pages and by a command for itself; both work on one data folder at the same time.
 */
import type { Clock } from '../../clock.ts';
import type { Log } from '../../log.ts';
import { createTurn, type Turn } from '../../microsoft/exchange/exchange.ts';
import { done } from '../../microsoft/failure.ts';
import type {
  Choices,
  MailFlowResult,
  MailFlowService,
  MailFlowStatus,
  NewTenant,
  RunAction,
  RunRequest,
  RunView,
  StandingAccess,
} from '../../microsoft/mail-flow-types.ts';
import { createSignIn } from '../../microsoft/tokens/sign-in.ts';
import type { Access, ApplicationCertificate } from '../../microsoft/tokens/sign-in-types.ts';
import type { Timers } from '../../relay/server-deadline.ts';
import type { Store } from '../../store/store.ts';
import type { StoredTenant } from '../../store/tenants.ts';
import {
  type Action,
  type ActionNeeds,
  connect,
  extendLease,
  hydrate,
  pause,
  remove,
  repair,
  resume,
  rotateSecret,
} from './actions.ts';
import { addTenant } from './add-tenant.ts';
import type { Clouds } from './clouds.ts';
import { type Appliance, contextOf } from './context.ts';
import { listGroups, preview, previewRemoval, verify } from './looks.ts';
import { confirmManual, manualSetup } from './manual-method.ts';
import type { Names } from './names.ts';
import { refused } from './refused.ts';
import { createRuns } from './runs.ts';
import { routeSecrets } from './secrets.ts';
import { createSignIns } from './sign-ins.ts';
import { statusOf } from './status.ts';
import { changedChoices, choicesOf, isExchangeTenant, setupOf, withSetup } from './stored-setup.ts';

export type MailFlowServiceNeeds = {
  readonly store: Pick<Store, 'tenants' | 'microsoft' | 'messages' | 'mailFlowRuns'>;
  readonly clock: Clock;
  readonly random: (bytes: number) => Buffer;
  readonly log: Log;
  readonly timers: Timers;
  /** Resolves after `ms`, or at once when the signal aborts. */
  readonly wait: (ms: number, signal?: AbortSignal) => Promise<void>;
  readonly clouds: Clouds;
  readonly appliance: Appliance;
  /** Resolves when the relay, of this process or another, has what was stored before. */
  readonly relayFollows: () => Promise<void>;
  /** An address as the message log shows it for a tenant that hashes addresses. */
  readonly hashAddress: (address: string) => string;
  /** For the preflight; without it DNS is not asked. */
  readonly names?: Names;
  /** With what Signet shows itself as the tenant's own registration, for `authorization-code`; undefined: it has none. */
  readonly applicationCertificate?: (tenantId: string) => Promise<ApplicationCertificate | undefined>;
  /** Access that stands without a person; undefined where it was not given. */
  readonly standing?: StandingAccess;
};

export function createMailFlowService(needs: MailFlowServiceNeeds): MailFlowService {
  const { store, clock, clouds } = needs;
  const turns = new Map<string, Turn>();
  const actionNeeds: ActionNeeds = { ...needs, turnOf: id => turnOf(turns, id) };
  const signIns = createSignIns(needs);
  const runs = createRuns({ ...needs, store: store.mailFlowRuns });

  async function statusOfTenant(tenant: StoredTenant): Promise<MailFlowStatus> {
    const stored = await store.microsoft.findMicrosoft(tenant.id);
    const last = await store.messages.searchMessages({ tenantId: tenant.id }, { size: 1 });
    const { before } = await routeSecrets(store, tenant.id);
    return statusOf({
      tenant,
      stored,
      run: await runs.last(tenant.id),
      lastMessageAt: last.entries[0]?.at,
      hasSecretBefore: before !== undefined,
      usual: clouds.usual,
      now: clock.now(),
    });
  }

  async function status(tenantId: string): Promise<MailFlowResult<MailFlowStatus>> {
    const context = await contextOf(needs, tenantId);
    return context.kind === 'ok' ? done(await statusOfTenant(context.value.tenant)) : context;
  }

  const choose: MailFlowService['choose'] = async (tenantId, changes) => {
    const context = await contextOf(needs, tenantId);
    if (context.kind === 'failed') return context;
    const cloud = changes.cloud === undefined ? done('same') : clouds.find(changes.cloud);
    if (cloud.kind === 'failed') return cloud;
    const { state } = await store.microsoft.changeMicrosoft(tenantId, before =>
      withSetup(before, { choices: changedChoices(setupOf(before).choices ?? {}, changes) }),
    );
    return done(choicesOf(state, clouds.usual));
  };

  const beginSignIn: MailFlowService['beginSignIn'] = async ({ tenantId, owner, flow, redirectUri }) => {
    const context = await contextOf(needs, tenantId);
    if (context.kind === 'failed') return context;
    const { choices, tenant, access } = context.value;
    const certificate = await needs.applicationCertificate?.(tenantId);
    const known = tenant.connection.microsoft?.tenantId;
    const signInTenant = choices.signInTenant ?? known;
    const signIn = createSignIn({
      ...access,
      clock,
      wait: needs.wait,
      application: choices.application,
      ...(signInTenant === undefined ? {} : { tenant: signInTenant }),
      ...(known === undefined ? {} : { expectedTenantId: known }),
      ...(certificate ? { certificate } : {}),
    });
    return await signIns.begin({
      tenantId,
      owner,
      flow,
      signIn,
      ...(redirectUri === undefined ? {} : { redirectUri }),
    });
  };

  /** Answers when the run is under way; it goes on, and holds the access until it is over. */
  async function begin(
    { tenantId, action, actor }: Pick<RunRequest, 'tenantId' | 'actor'> & { readonly action: RunAction },
    hold: (work: (access: Access) => Promise<MailFlowResult<RunView>>) => Promise<MailFlowResult<RunView>>,
  ): Promise<MailFlowResult<RunView>> {
    const begun = Promise.withResolvers<MailFlowResult<RunView>>();
    const held = hold(async access => {
      const over = Promise.withResolvers<void>();
      const started = await runs.start({ tenantId, action, actor }, tools =>
        works[action](actionNeeds, { tenantId, access, tools }).finally(over.resolve),
      );
      begun.resolve(started);
      if (started.kind === 'ok') await over.promise;
      return started;
    });
    void held.then(begun.resolve, begun.reject);
    return await begun.promise;
  }

  function runner(action: RunAction) {
    return (request: RunRequest) => begin({ ...request, action }, work => signIns.using(request, work));
  }

  const extendLeaseOf: MailFlowService['extendLease'] = async ({ signInId, owner, ...request }) => {
    const about = { ...request, action: 'extend-lease' } as const;
    if (signInId !== undefined && owner !== undefined)
      return await begin(about, work => signIns.using({ ...request, signInId, owner }, work));
    const access = await needs.standing?.(request.tenantId, 'lease');
    if (!access) return signInNeeded();
    return await begin(about, work => work(access).finally(access.forget));
  };

  const verifyNow: MailFlowService['verify'] = async ({ signInId, owner, ...session }) => {
    if ((await runs.last(session.tenantId))?.state === 'running') return runningNow();
    if (signInId !== undefined && owner !== undefined)
      return await signIns.using({ ...session, signInId, owner }, access =>
        verify(actionNeeds, session, access),
      );
    const access = await needs.standing?.(session.tenantId, 'watch');
    if (!access) return signInNeeded();
    return await verify(actionNeeds, session, access).finally(access.forget);
  };

  async function changeMode(
    tenantId: string,
    mode: 'off' | 'before',
  ): Promise<MailFlowResult<MailFlowStatus>> {
    const context = await contextOf(needs, tenantId);
    if (context.kind === 'failed') return context;
    const { tenant, stored } = context.value;
    const before = (stored && setupOf(stored.state).modeBefore) ?? 'on';
    const { revision: _, createdAt: __, retiredAt: ___, ...kept } = tenant;
    if (mode === 'off' && tenant.mode !== 'off') {
      const modeBefore = tenant.mode;
      await store.microsoft.changeMicrosoft(tenantId, state => withSetup(state, { modeBefore }));
    }
    if (mode === 'off' || tenant.mode === 'off')
      await store.tenants.saveTenant({ ...kept, mode: mode === 'off' ? 'off' : before });
    await needs.relayFollows();
    return await status(tenantId);
  }

  return {
    addTenant: (tenant: NewTenant) => addTenant(needs, tenant),
    listTenants: async () => {
      const all = (await store.tenants.listTenants()).filter(isExchangeTenant);
      return await Promise.all(all.map(statusOfTenant));
    },
    status,
    choices: async (tenantId: string): Promise<MailFlowResult<Choices>> => {
      const context = await contextOf(needs, tenantId);
      return context.kind === 'ok' ? done(context.value.choices) : context;
    },
    choose,
    beginSignIn,
    signIn: signIns.view,
    openSignIn: signIns.open,
    awaitSignIn: signIns.settled,
    redeemSignIn: signIns.redeem,
    endSignIn: signIns.end,
    groups: session => signIns.using(session, access => listGroups(actionNeeds, session, access)),
    preview: session => signIns.using(session, access => preview(actionNeeds, session, access)),
    previewRemoval: session => signIns.using(session, access => previewRemoval(actionNeeds, session, access)),
    verify: verifyNow,
    connect: runner('connect'),
    repair: runner('repair'),
    pause: runner('pause'),
    resume: runner('resume'),
    remove: runner('remove'),
    rotateSecret: runner('rotate-secret'),
    hydrate: runner('hydrate'),
    extendLease: extendLeaseOf,
    run: runs.last,
    follow: runs.follow,
    cancelRun: runs.cancel,
    stopSigning: tenantId => changeMode(tenantId, 'off'),
    startSigning: tenantId => changeMode(tenantId, 'before'),
    manual: tenantId => manualSetup(actionNeeds, tenantId),
    confirmManual: async request => {
      const confirmed = await confirmManual(actionNeeds, request);
      return confirmed.kind === 'ok' ? await status(request.tenantId) : confirmed;
    },
    close: async () => {
      await runs.close();
      signIns.close();
    },
  };
}

const works: Readonly<Record<RunAction, Action>> = {
  connect,
  repair,
  pause,
  resume,
  remove,
  'rotate-secret': rotateSecret,
  hydrate,
  'extend-lease': extendLease,
};

function signInNeeded() {
  return refused(
    'sign-in-needed',
    'SIGNET_SIGN_IN_ENDED',
    'Signet may not do this by itself: sign in first.',
  );
}

function runningNow() {
  return refused(
    'running',
    'SIGNET_SETUP_RUNNING',
    'Something is being done to this tenant at the moment: look at it when that is over.',
  );
}

function turnOf(turns: Map<string, Turn>, id: string): Turn {
  const turn = turns.get(id) ?? createTurn();
  turns.set(id, turn);
  return turn;
}
