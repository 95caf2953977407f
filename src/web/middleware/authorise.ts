/**
 * Whether this account may use this route. A tenant that the account has no role in does not exist for it: the answer is the
 * one for a typing mistake, so that nobody learns who is served here. Before the first account there is only the first run;
 * between passphrase and second factor there is only the second factor.
 */
import type { Clock } from '../../clock.ts';
import { limits } from '../../limits.ts';
import type { Account } from '../../store/accounts.ts';
import type { Session } from '../../store/sessions.ts';
import type { StoredTenant } from '../../store/tenants.ts';
import { isOwner, roleIn, suffices } from '../access.ts';
import type { Route } from '../route.ts';

export type Verdict =
  | { readonly kind: 'go' }
  /** `isProof`: to show the second factor again. */
  | { readonly kind: 'redirect'; readonly to: string; readonly isProof?: true }
  | { readonly kind: 'not-found' }
  | { readonly kind: 'forbidden' };

export type Claim = {
  readonly route: Pick<Route, 'access' | 'method' | 'needsProof'>;
  /** Path and query, to come back to. */
  readonly path: string;
  /** Path and query of the page that sent a form, where the browser says so. */
  readonly cameFrom?: string | undefined;
  readonly account?: Account | undefined;
  readonly session?: Session | undefined;
  readonly tenant?: StoredTenant | undefined;
};

export type AuthoriseNeeds = {
  readonly hasAccounts: () => Promise<boolean>;
  readonly hasFactors: (accountId: string) => Promise<boolean>;
  readonly clock: Clock;
};

const go = { kind: 'go' } as const;

export function createAuthorise({ hasAccounts, hasFactors, clock }: AuthoriseNeeds) {
  const isFresh = ({ provedAt }: Session) =>
    provedAt !== undefined && clock.now() - provedAt < limits.web.proofMs;

  return async (claim: Claim): Promise<Verdict> => {
    const { route, account, session } = claim;
    const { access } = route;
    if (access.kind === 'anyone') return go;
    if (!account || !session) return access.kind === 'guest' ? go : toSignIn(claim, await hasAccounts());
    const isFull = session.stage === 'full';
    if (access.kind === 'guest') return isFull ? { kind: 'redirect', to: '/' } : go;
    if (access.kind === 'half') return go;
    if (!isFull) return behindPassphrase(claim, await hasFactors(account.id));
    const verdict = may(claim, account);
    const wantsProof = route.needsProof || access.kind === 'enrol';
    return verdict.kind === 'go' && wantsProof && !isFresh(session) ? toProof(claim) : verdict;
  };
}

/** Who knows a passphrase alone adds no factor beside one that is there already: it would open the account. */
function behindPassphrase(claim: Claim, hasFactors: boolean): Verdict {
  if (hasFactors) return { kind: 'redirect', to: `/session/proof${wayBack(claim)}` };
  return claim.route.access.kind === 'enrol' ? go : { kind: 'redirect', to: '/account/factors/new' };
}

function may({ route: { access }, tenant }: Claim, account: Account): Verdict {
  if (access.kind === 'owner') return isOwner(account) ? go : { kind: 'forbidden' };
  if (access.kind === 'everywhere')
    return suffices(roleIn(account, ''), access.role) ? go : { kind: 'forbidden' };
  if (access.kind !== 'tenant') return go;
  const held = tenant && roleIn(account, tenant.id);
  if (!held) return { kind: 'not-found' };
  return suffices(held, access.role) ? go : { kind: 'forbidden' };
}

function toSignIn(claim: Claim, hasAccounts: boolean): Verdict {
  return hasAccounts
    ? { kind: 'redirect', to: `/session/new${wayBack(claim)}` }
    : { kind: 'redirect', to: '/first-run' };
}

/** Nothing is done behind it: back on the page that the form came from, it has to be sent again. */
function toProof(claim: Claim): Verdict {
  const back = claim.route.method === 'GET' ? claim.path : (claim.cameFrom ?? '/');
  return { kind: 'redirect', to: `/session/proof?to=${encodeURIComponent(back)}`, isProof: true };
}

function wayBack({ route, path }: Claim) {
  return route.method === 'GET' && path !== '/' ? `?to=${encodeURIComponent(path)}` : '';
}
