/** What every use case begins with: the tenant, what was chosen for it, its cloud, and what this appliance shows of itself. */
import { X509Certificate } from 'node:crypto';
import type { Clock } from '../../clock.ts';
import { done } from '../../microsoft/failure.ts';
import type { Choices, MailFlowResult } from '../../microsoft/mail-flow-types.ts';
import type { StoredMicrosoft } from '../../store/microsoft.ts';
import type { Store } from '../../store/store.ts';
import type { StoredTenant } from '../../store/tenants.ts';
import type { CloudAccess, Clouds } from './clouds.ts';
import { refused } from './refused.ts';
import { type AppliedSettings, choicesOf, isExchangeTenant, settingsFor, setupOf } from './stored-setup.ts';

export type Appliance = {
  /** SIGNET_HOSTNAME. */
  readonly hostname: string | undefined;
  /** PEM of the relay's certificate as it is now. */
  readonly certificate: () => string | undefined;
  readonly version: string;
};

export type ContextNeeds = {
  readonly store: Pick<Store, 'tenants' | 'microsoft'>;
  readonly clock: Pick<Clock, 'now'>;
  readonly clouds: Clouds;
  readonly appliance: Appliance;
};

export type Context = {
  readonly tenant: StoredTenant;
  readonly stored: StoredMicrosoft | undefined;
  readonly choices: Choices;
  readonly access: CloudAccess;
};

export async function contextOf(needs: ContextNeeds, tenantId: string): Promise<MailFlowResult<Context>> {
  const tenant = await needs.store.tenants.findTenant(tenantId);
  if (!tenant || !isExchangeTenant(tenant))
    return refused(
      'no-tenant',
      'SIGNET_TENANT_UNKNOWN',
      `There is no tenant of Exchange Online with the id ${tenantId}.`,
    );
  const stored = await needs.store.microsoft.findMicrosoft(tenantId);
  const choices = choicesOf(stored?.state, needs.clouds.usual);
  const cloud = tenant.connection.microsoft?.cloud ?? choices.cloud;
  const access = needs.clouds.find(cloud);
  return access.kind === 'ok' ? done({ tenant, stored, choices, access: access.value }) : access;
}

/** The settings for what is chosen now; refused where the appliance lacks what they need. */
export function wantedSettings(
  { clock, appliance }: Pick<ContextNeeds, 'clock' | 'appliance'>,
  { tenant, choices }: Context,
  installationId: string,
): MailFlowResult<AppliedSettings> {
  const relayHost = choices.relayHost ?? appliance.hostname;
  if (relayHost === undefined)
    return refused(
      'appliance',
      'SIGNET_CONNECTOR_APPLIANCE',
      'Exchange must find this appliance by a name: set SIGNET_HOSTNAME to its public host name, such as signet.example.com.',
    );
  const shown = tenant.connection.nextHop.certificate ?? appliance.certificate();
  if (shown === undefined)
    return refused(
      'appliance',
      'SIGNET_CONNECTOR_APPLIANCE',
      'Exchange hands mail only to a relay with a certificate: set SIGNET_TLS_CERT and SIGNET_TLS_KEY to one for its public host name.',
    );
  const { token } = tenant.connection;
  const certificateName = tenant.connection.nextHop.certificate ? (nameIn(shown) ?? relayHost) : relayHost;
  const { version } = appliance;
  return done(
    settingsFor(choices, { installationId, version, relayHost, certificateName, token, now: clock.now() }),
  );
}

/** As they were made last; what is chosen now where nothing was made yet. */
export function madeSettings(
  needs: Pick<ContextNeeds, 'clock' | 'appliance'>,
  context: Context,
): MailFlowResult<AppliedSettings> {
  const applied = context.stored && setupOf(context.stored.state).applied;
  return applied ? done(applied) : wantedSettings(needs, context, context.stored?.installationId ?? '');
}

function nameIn(certificate: string): string | undefined {
  return /DNS:([^,\s]+)/.exec(new X509Certificate(certificate).subjectAltName ?? '')?.[1];
}
