/** The set-up by hand: its steps with this tenant's values, and the administrator's word that they are done. */
import { done } from '../../microsoft/failure.ts';
import type { MailFlowResult, ManualSetup } from '../../microsoft/mail-flow-types.ts';
import { emergencyPage } from '../../microsoft/script/emergency.ts';
import { manualSteps, removalScript, setupScript } from '../../microsoft/script/manual.ts';
import { entraId, findEntraTenant } from '../../microsoft/tokens/find-tenant.ts';
import { type ActionNeeds, withRouteSecrets } from './actions.ts';
import { contextOf, wantedSettings } from './context.ts';
import { keepFacts } from './keep-facts.ts';
import { refused } from './refused.ts';
import { setupOf, withSetup } from './stored-setup.ts';

/** Holds the route secret: for the administrator's eyes. */
export async function manualSetup(
  needs: ActionNeeds,
  tenantId: string,
): Promise<MailFlowResult<ManualSetup>> {
  const ready = await settingsByHand(needs, tenantId);
  if (ready.kind === 'failed') return ready;
  const { context, settings } = ready.value;
  const { cloud } = context.access;
  return done({
    steps: manualSteps(settings),
    script: setupScript(settings, cloud),
    removalScript: removalScript(settings, cloud),
    emergency: emergencyPage(settings, { cloud, tenantName: context.tenant.name }),
  });
}

/** Nobody reads the tenant: what was told to be done counts as done. */
export async function confirmManual(
  needs: ActionNeeds,
  { tenantId, microsoftTenantId }: { readonly tenantId: string; readonly microsoftTenantId?: string },
): Promise<MailFlowResult<'confirmed'>> {
  const ready = await settingsByHand(needs, tenantId);
  if (ready.kind === 'failed') return ready;
  const { context, settings } = ready.value;
  const [domain] = context.tenant.domains;
  if (domain === undefined)
    return refused(
      'invalid',
      'SIGNET_CONNECTOR_SETTINGS',
      'Without a sign-in Signet must be told the domains of the tenant: give them first.',
    );
  const known = microsoftTenantId ?? context.tenant.connection.microsoft?.tenantId;
  const found = known === undefined ? await findEntraTenant(context.access, domain) : done(known);
  if (found.kind === 'failed') return found;
  if (!entraId.test(found.value))
    return refused(
      'invalid',
      'SIGNET_CONNECTOR_SETTINGS',
      'The tenant id is a GUID such as 11111111-2222-3333-4444-555555555555: the Entra admin centre shows it.',
    );
  const kept = await keepFacts(needs, context, {
    access: { tenantId: found.value },
    facts: { domains: context.tenant.domains },
  });
  if (kept.kind === 'failed') return kept;
  const { routeSecret: _, previousRouteSecret: __, pilot: ___, ...applied } = settings;
  const now = needs.clock.now();
  await needs.store.microsoft.changeMicrosoft(tenantId, ({ failure: ____, drift: _____, ...state }) =>
    withSetup(
      { ...state, status: 'waiting', statusAt: now },
      { applied, choices: { ...setupOf(state).choices, method: 'manual' } },
    ),
  );
  return done('confirmed');
}

async function settingsByHand(needs: ActionNeeds, tenantId: string) {
  const context = await contextOf(needs, tenantId);
  if (context.kind === 'failed') return context;
  const stored = await needs.store.microsoft.changeMicrosoft(tenantId, state => state);
  const wanted = wantedSettings(needs, context.value, stored.installationId);
  if (wanted.kind === 'failed') return wanted;
  const settings = await withRouteSecrets(needs, context.value, wanted.value);
  return done({ context: context.value, settings });
}
