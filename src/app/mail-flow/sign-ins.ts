/**
 * The sign-ins that are under way or done, in memory and nowhere else. Each is named by an id that nobody guesses and belongs
 * to one tenant and one owner. It ends when its code runs out, when it was not used for a while, when its owner ends it, or with
 * the process; then every token of it is wiped.
 */
import type { Clock } from '../../clock.ts';
import { limits } from '../../limits.ts';
import type { Outcome } from '../../microsoft/failure.ts';
import { done } from '../../microsoft/failure.ts';
import type { MailFlowResult, Session, SignInView } from '../../microsoft/mail-flow-types.ts';
import type { Access, Callback, SignIn, SignInFailure } from '../../microsoft/tokens/sign-in-types.ts';
import type { Timers } from '../../relay/server-deadline.ts';
import { refused } from './refused.ts';

export type SignInsNeeds = {
  readonly clock: Pick<Clock, 'now'>;
  readonly random: (bytes: number) => Buffer;
  readonly timers: Timers;
};

export type Beginning = {
  readonly tenantId: string;
  readonly owner: string;
  readonly flow: SignInView['flow'];
  readonly redirectUri?: string;
  readonly signIn: SignIn;
};

type Entry = {
  readonly id: string;
  readonly tenantId: string;
  readonly owner: string;
  readonly flow: SignInView['flow'];
  readonly signIn: SignIn;
  readonly begunAt: number;
  /** Ends with the entry. */
  readonly over: AbortController;
  /** Resolves when it is no longer pending. */
  readonly settled: PromiseWithResolvers<void>;
  state: SignInView['state'];
  access?: Access;
  /** Those who work with it at the moment: it does not run out under them. */
  users: number;
  /** Takes the next look back. */
  takeBack: () => void;
  /** Of `authorization-code`: what names it in the callback. */
  callbackState?: string;
};

export type SignIns = ReturnType<typeof createSignIns>;

export function createSignIns({ clock, random, timers }: SignInsNeeds) {
  const entries = new Map<string, Entry>();

  async function begin({ redirectUri = '', ...about }: Beginning): Promise<MailFlowResult<SignInView>> {
    for (const one of entries.values())
      if (one.tenantId === about.tenantId && one.owner === about.owner) end(one);
    const begun = await (about.flow === 'device-code'
      ? about.signIn.deviceCode()
      : about.signIn.authorizationCode({ redirectUri }));
    if (begun.kind === 'failed') return begun;
    const { expiresAt } = begun.value;
    const isCode = 'userCode' in begun.value;
    const entry: Entry = {
      ...about,
      id: random(16).toString('hex'),
      over: new AbortController(),
      settled: Promise.withResolvers(),
      users: 0,
      takeBack: () => {},
      begunAt: clock.now(),
      state: {
        kind: 'pending',
        url: isCode ? begun.value.verificationUri : begun.value.url,
        expiresAt,
        ...(isCode ? { userCode: begun.value.userCode } : {}),
      },
      ...(isCode ? {} : { callbackState: begun.value.state }),
    };
    entries.set(entry.id, entry);
    if (isCode) void begun.value.result.then(result => settle(entry, result));
    expire(entry);
    return done(viewOf(entry));
  }

  /** The outcome of a sign-in that was ended meanwhile counts no more. */
  function settle(entry: Entry, result: Outcome<Access> | SignInFailure) {
    if (entry.over.signal.aborted) {
      if (result.kind === 'ok') result.value.forget();
      return;
    }
    if (result.kind === 'ok') {
      entry.access = result.value;
      const { username, tenantId } = result.value;
      const endsAt = clock.now() + limits.microsoft.sessionMs;
      entry.state = { kind: 'signed-in', username, microsoftTenantId: tenantId, endsAt };
    } else {
      const { problem, reason } = result;
      const { aadsts } = result as SignInFailure;
      entry.state = {
        kind: 'failed',
        reason: reason as SignInFailure['reason'],
        problem,
        ...(aadsts === undefined ? {} : { aadsts }),
      };
      entry.signIn.forget();
    }
    entry.settled.resolve();
  }

  /** Looks again and again until it is over: when is moved by each use. */
  function expire(entry: Entry) {
    const now = clock.now();
    const isOver = now >= endOf(entry);
    if (isOver && entry.users > 0) touch(entry);
    if (isOver && entry.users === 0) end(entry);
    else
      entry.takeBack = timers.after(Math.max(1_000, Math.min(endOf(entry) - now, 60_000)), () =>
        expire(entry),
      );
  }

  /** What was refused is shown for as long; of a code that is over, MSAL says so itself, and in what words. */
  function endOf({ state, flow, begunAt }: Entry): number {
    if (state.kind === 'signed-in') return state.endsAt;
    if (state.kind === 'failed') return begunAt + limits.microsoft.sessionMs;
    return state.expiresAt + (flow === 'device-code' ? limits.microsoft.signInRequestMs : 0);
  }

  function touch(entry: Entry) {
    if (entry.state.kind === 'signed-in')
      entry.state = { ...entry.state, endsAt: clock.now() + limits.microsoft.sessionMs };
  }

  function end(entry: Entry) {
    entries.delete(entry.id);
    entry.takeBack();
    entry.over.abort();
    entry.signIn.forget();
    entry.access?.forget();
    entry.settled.resolve();
  }

  function find({ tenantId, signInId, owner }: Pick<Session, 'tenantId' | 'signInId' | 'owner'>) {
    const entry = entries.get(signInId);
    return entry?.tenantId === tenantId && entry.owner === owner ? entry : undefined;
  }

  /** Runs `work` with the tokens of a sign-in, which does not run out meanwhile. */
  async function using<Value>(
    session: Session,
    work: (access: Access) => Promise<MailFlowResult<Value>>,
  ): Promise<MailFlowResult<Value>> {
    const entry = find(session);
    if (!entry?.access || entry.state.kind !== 'signed-in')
      return refused(
        'sign-in-needed',
        'SIGNET_SIGN_IN_ENDED',
        'Sign in first: there is no sign-in for this tenant, or it is over.',
      );
    entry.users++;
    touch(entry);
    try {
      return await work(entry.access);
    } finally {
      entry.users--;
      touch(entry);
    }
  }

  async function redeem(callback: Callback, owner: string): Promise<MailFlowResult<SignInView>> {
    const entry = [...entries.values()].find(
      one => one.callbackState !== undefined && one.callbackState === callback.state && one.owner === owner,
    );
    if (entry?.state.kind !== 'pending')
      return refused(
        'state-mismatch',
        'SIGNET_SIGN_IN_ENDED',
        'This answer of Microsoft belongs to no sign-in that is under way here: begin it again.',
      );
    settle(entry, await entry.signIn.redeem(callback));
    return done(viewOf(entry));
  }

  async function settled({ signal, ...session }: Session): Promise<SignInView | undefined> {
    const entry = find(session);
    if (!entry) return undefined;
    const aborted = Promise.withResolvers<void>();
    const abort = () => aborted.resolve();
    signal?.addEventListener('abort', abort, { once: true });
    if (!signal?.aborted) await Promise.race([entry.settled.promise, aborted.promise]);
    signal?.removeEventListener('abort', abort);
    return find(session) && viewOf(entry);
  }

  return {
    begin,
    using,
    redeem,
    settled,
    view: (session: Session): SignInView | undefined => {
      const entry = find(session);
      return entry && viewOf(entry);
    },
    open: ({ tenantId, owner }: Pick<Session, 'tenantId' | 'owner'>): SignInView | undefined => {
      const own = [...entries.values()].filter(one => one.tenantId === tenantId && one.owner === owner);
      const entry = own.findLast(({ state }) => state.kind !== 'failed');
      return entry && viewOf(entry);
    },
    end: (session: Session): void => {
      const entry = find(session);
      if (entry) end(entry);
    },
    close: (): void => {
      for (const entry of entries.values()) end(entry);
    },
  };
}

function viewOf({ id, tenantId, flow, state }: Entry): SignInView {
  return { id, tenantId, flow, state };
}
