/**
 * What is kept of a tenant's set-up beside its secrets: what the administrator chose, and what was made of it at Microsoft.
 * Both are kept apart, so that choices that were not carried out are no drift.
 */
import type { StoredCloudName } from '../../microsoft/cloud.ts';
import { type ConnectorSettings, defaultSizeLimitBytes } from '../../microsoft/connectors/settings.ts';
import type { Choices } from '../../microsoft/mail-flow-types.ts';
import type { MicrosoftState } from '../../store/microsoft.ts';
import type { StoredTenant } from '../../store/tenants.ts';

/** Without what the vault keeps, and without the pilot, which is gone when a set-up is done. */
export type AppliedSettings = Omit<ConnectorSettings, 'routeSecret' | 'previousRouteSecret' | 'pilot'>;

export type StoredSetup = {
  readonly choices?: Partial<Choices>;
  readonly applied?: AppliedSettings;
  /** What "stop signing now" took the place of. */
  readonly modeBefore?: 'on' | 'shadow';
};

export function setupOf({ setup }: Pick<MicrosoftState, 'setup'>): StoredSetup {
  return (setup ?? {}) as StoredSetup;
}

export function withSetup(state: MicrosoftState, changes: Partial<StoredSetup>): MicrosoftState {
  return { ...state, setup: { ...setupOf(state), ...changes } };
}

/** `usual`: the cloud of a tenant that chose none. */
export function choicesOf(state: MicrosoftState | undefined, usual: StoredCloudName): Choices {
  return {
    method: 'automatic',
    cloud: usual,
    application: { kind: 'microsoft-exchange' },
    relayTls: 'verified',
    scope: { senders: { kind: 'all' }, isInternalToo: false },
    priority: 0,
    stopsOtherRules: true,
    onRuleError: 'ignore',
    sizeLimitBytes: defaultSizeLimitBytes,
    ...(state ? setupOf(state).choices : {}),
  };
}

/** Takes back what is given as `undefined`. */
export function changedChoices(
  before: Partial<Choices>,
  changes: { readonly [Name in keyof Choices]?: Choices[Name] | undefined },
): Partial<Choices> {
  const entries = Object.entries({ ...before, ...changes }).filter(([, value]) => value !== undefined);
  return Object.fromEntries(entries);
}

/** The settings for what was chosen. `relayHost` is the name that the choices or the appliance give. */
export function settingsFor(
  choices: Choices,
  about: {
    readonly installationId: string;
    readonly version: string;
    readonly relayHost: string;
    /** In the certificate that is shown to Exchange. */
    readonly certificateName: string;
    readonly token: string;
    readonly now: number;
  },
): AppliedSettings {
  const { installationId, version, relayHost, certificateName, token, now } = about;
  const { identification, leaseHours } = choices;
  return {
    installationId,
    version,
    relayHost,
    relayTls: choices.relayTls,
    identification: identification ?? { kind: 'certificate', name: certificateName },
    keepsHeaders: true,
    scope: choices.scope,
    token,
    priority: choices.priority,
    stopsOtherRules: choices.stopsOtherRules,
    onRuleError: choices.onRuleError,
    sizeLimitBytes: choices.sizeLimitBytes,
    ...(leaseHours === undefined ? {} : { leaseUntil: now + leaseHours * 3_600_000 }),
  };
}

/** Whether the tenant is one of Microsoft 365 and still kept. */
export function isExchangeTenant({ kind, retiredAt }: StoredTenant): boolean {
  return kind === 'exchange-online' && retiredAt === undefined;
}
