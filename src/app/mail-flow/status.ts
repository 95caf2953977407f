/** PURE. How a tenant's mail flow stands, in fields, from what is stored of it. */
import { limits } from '../../limits.ts';
import type { StoredCloudName } from '../../microsoft/cloud.ts';
import type { MailFlowState, MailFlowStatus, RunView } from '../../microsoft/mail-flow-types.ts';
import type { Problem } from '../../problem.ts';
import type { StoredMicrosoft } from '../../store/microsoft.ts';
import type { StoredTenant } from '../../store/tenants.ts';
import { choicesOf, setupOf } from './stored-setup.ts';

export type StatusFacts = {
  readonly tenant: StoredTenant;
  readonly stored: StoredMicrosoft | undefined;
  readonly run: RunView | undefined;
  readonly lastMessageAt: number | undefined;
  readonly hasSecretBefore: boolean;
  readonly usual: StoredCloudName;
  readonly now: number;
};

export function statusOf(facts: StatusFacts): MailFlowStatus {
  const { tenant, stored, run, lastMessageAt, usual } = facts;
  const state = stored?.state;
  const choices = choicesOf(state, usual);
  const applied = state && setupOf(state).applied;
  const now = stateOf(facts);
  const since = state?.statusAt ?? tenant.createdAt;
  const known = tenant.connection.microsoft;
  const isOpen = run?.state === 'running' || run?.state === 'interrupted';
  return {
    tenantId: tenant.id,
    name: tenant.name,
    state: now,
    sentence: sentences[now],
    since,
    ...(now === 'waiting' ? { waitingUntil: since + limits.microsoft.ruleMs } : {}),
    signing: tenant.mode,
    method: choices.method,
    cloud: known?.cloud ?? choices.cloud,
    ...(known ? { microsoftTenantId: known.tenantId } : {}),
    domains: tenant.domains,
    scope: applied?.scope ?? choices.scope,
    drift: state?.drift ?? [],
    ...(state?.failure ? { failure: state.failure as Problem } : {}),
    ...(state?.verifiedAt === undefined ? {} : { verifiedAt: state.verifiedAt }),
    ...(lastMessageAt === undefined ? {} : { lastMessageAt }),
    ...rotationOf(facts),
    ...(applied?.leaseUntil === undefined ? {} : { leaseUntil: applied.leaseUntil }),
    ...(run && isOpen ? { run: { id: run.id, action: run.action, state: run.state } } : {}),
  };
}

function stateOf({ stored, run, lastMessageAt, now }: StatusFacts): MailFlowState {
  if (run?.state === 'running') return 'running';
  const { status = 'not-configured', statusAt = 0 } = stored?.state ?? {};
  if (status !== 'waiting') return status;
  const hasMail = lastMessageAt !== undefined && lastMessageAt >= statusAt;
  return hasMail || now >= statusAt + limits.microsoft.ruleMs ? 'successful' : 'waiting';
}

const sentences: Readonly<Record<MailFlowState, string>> = {
  'not-configured': 'Not configured: no mail of this tenant goes through Signet.',
  running: 'Something is being done to this tenant at Microsoft.',
  waiting:
    'Connectors configuration successful; Exchange may take up to an hour until its rule works everywhere.',
  successful: 'Connectors configuration successful.',
  paused: 'Paused: the mail flow rule is switched off, and mail goes out unsigned.',
  drifted: 'Drifted: connectors or rules are not as Signet made them.',
  failed: 'The last set-up failed; mail flow is as it was before it.',
};

function rotationOf({ stored, hasSecretBefore }: StatusFacts): Pick<MailFlowStatus, 'rotation'> {
  const until = stored?.state.routeSecretBeforeUntil;
  if (!hasSecretBefore) return {};
  return { rotation: until === undefined ? { kind: 'unfinished' } : { kind: 'both-taken', until } };
}
