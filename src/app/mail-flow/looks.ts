/** What only looks at a tenant: groups, the plan, what a removal would take, whether all is as it was made. */

import { ownRules } from '../../microsoft/apply/adjust.ts';
import { planFor } from '../../microsoft/apply/connect.ts';
import { healthOf } from '../../microsoft/apply/health.ts';
import { checkSettings } from '../../microsoft/connectors/check.ts';
import type { ConnectorSettings } from '../../microsoft/connectors/settings.ts';
import { done } from '../../microsoft/failure.ts';
import type {
  GroupChoice,
  MailFlowResult,
  PlanLine,
  Preview,
  Session,
  Verification,
} from '../../microsoft/mail-flow-types.ts';
import { planRemoval } from '../../microsoft/plan/plan.ts';
import type { ActualObjects } from '../../microsoft/plan/plan-types.ts';
import { preflight } from '../../microsoft/preflight/preflight.ts';
import type { Access } from '../../microsoft/tokens/sign-in-types.ts';
import { type ActionNeeds, checkGroup, setupWith, withHealth, withRouteSecrets } from './actions.ts';
import { type Context, contextOf, madeSettings, wantedSettings } from './context.ts';
import { planLines } from './plan-lines.ts';
import { readGroups, readTenantFacts, type TenantFacts } from './tenant-facts.ts';

type Look = Pick<Session, 'tenantId' | 'signal'>;

export async function listGroups(
  needs: ActionNeeds,
  { tenantId, signal }: Look,
  access: Access,
): Promise<MailFlowResult<readonly GroupChoice[]>> {
  const context = await contextOf(needs, tenantId);
  if (context.kind === 'failed') return context;
  return await readGroups(setupWith(needs, context.value, access).exchange, signal ? { signal } : {});
}

export async function preview(
  needs: ActionNeeds,
  { tenantId, signal }: Look,
  access: Access,
): Promise<MailFlowResult<Preview>> {
  const context = await contextOf(needs, tenantId);
  if (context.kind === 'failed') return context;
  const stored = await needs.store.microsoft.changeMicrosoft(tenantId, state => state);
  const wanted = wantedSettings(needs, context.value, stored.installationId);
  if (wanted.kind === 'failed') return wanted;
  const settings = await withRouteSecrets(needs, context.value, wanted.value);
  const checked = checkSettings(settings);
  if (checked.kind === 'failed') return checked;
  const { exchange, setup } = setupWith(needs, context.value, access);
  const facts = await readTenantFacts(exchange, signal ? { signal } : {});
  if (facts.kind === 'failed') return facts;
  const group = await checkGroup(exchange, context.value, signal);
  if (group.kind === 'failed') return group;
  const actual = await setup.read(signal ? { signal } : {});
  if (actual.kind === 'failed') return actual;
  const isLive = ownRules(actual.value, settings.installationId, ['route']).some(rule => rule.isEnabled);
  return done({
    plan: planLines(planFor(settings, actual.value, true)),
    lights: await lightsOf(needs, context.value, { settings, actual: actual.value, facts: facts.value }),
    microsoftTenantId: access.tenantId,
    organisation: facts.value.organisation,
    domains: facts.value.domains,
    username: access.username,
    isLive,
  });
}

export async function previewRemoval(
  needs: ActionNeeds,
  { tenantId, signal }: Look,
  access: Access,
): Promise<MailFlowResult<readonly PlanLine[]>> {
  const context = await contextOf(needs, tenantId);
  if (context.kind === 'failed') return context;
  const actual = await setupWith(needs, context.value, access).setup.read(signal ? { signal } : {});
  if (actual.kind === 'failed') return actual;
  const installationId = context.value.stored?.installationId ?? '';
  return done(planLines(planRemoval({ actual: actual.value, installationId })));
}

export async function verify(
  needs: ActionNeeds,
  { tenantId, signal }: Look,
  access: Access,
): Promise<MailFlowResult<Verification>> {
  const context = await contextOf(needs, tenantId);
  if (context.kind === 'failed') return context;
  const made = madeSettings(needs, context.value);
  if (made.kind === 'failed') return made;
  const settings = await withRouteSecrets(needs, context.value, made.value);
  const { setup } = setupWith(needs, context.value, access);
  const actual = await setup.read(signal ? { signal } : {});
  if (actual.kind === 'failed') return actual;
  const health = healthOf(settings, actual.value);
  const now = needs.clock.now();
  await needs.store.microsoft.changeMicrosoft(tenantId, state => withHealth(state, health, now));
  const differences = health.kind === 'drifted' ? health.differences : [];
  const { domains } = context.value.tenant;
  const lights = await lightsOf(needs, context.value, { settings, actual: actual.value, facts: { domains } });
  return done({ state: health.kind, differences, lights });
}

async function lightsOf(
  needs: ActionNeeds,
  { tenant, access }: Context,
  {
    settings,
    actual,
    facts,
  }: {
    readonly settings: ConnectorSettings;
    readonly actual: ActualObjects;
    readonly facts: Pick<TenantFacts, 'domains'>;
  },
) {
  const { domains } = facts;
  // A simulated cloud has no names in DNS.
  const names =
    access.cloud.name === 'sandbox' ? undefined : await needs.names?.(settings.relayHost, domains[0] ?? '');
  const certificate = tenant.connection.nextHop.certificate ?? needs.appliance.certificate();
  return preflight({ settings, actual, domains, certificate, now: needs.clock.now(), names });
}
